"""How numbers, money, days and times are written in the reader's language: units go in, text comes out."""

from datetime import date, datetime
from decimal import Decimal

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, get_currency_precision
from django.utils.translation import get_language

LOCALES = {"en": "en", "zh-hans": "zh_Hans_CN", "zh-hant": "zh_Hant_TW"}
DAYS = {"en": "d MMMM y", "zh": "y年M月d日"}
SHORT_DAYS = {"en": "d MMM y", "zh": "y年M月d日"}
MONTHS = {"en": "MMMM y", "zh": "y年M月"}
# English sets a narrow space before the sign, Chinese none.
PERCENT = {"en": "{}\N{NARROW NO-BREAK SPACE}%", "zh": "{}%"}
MINUS = "\N{MINUS SIGN}"


def locale() -> str:
    return LOCALES.get(get_language() or "en", "en")


def tongue() -> str:
    """`en` or `zh`: patterns are the same in both Chinese scripts."""
    return locale()[:2]


def number(value: int) -> str:
    return _typeset(format_decimal(value, locale=locale()))


def decimal(value: Decimal, digits: int) -> str:
    return _typeset(format_decimal(value, format="#,##0." + "0" * digits, locale=locale()))


def money(minor: int, currency: str, *, trim: bool = False) -> str:
    """Minor units in the currency's own form; `trim` leaves the decimals of a whole amount away."""
    digits = get_currency_precision(currency)
    amount = Decimal(minor).scaleb(-digits)
    whole = trim and amount == amount.to_integral_value()
    pattern = "¤#,##0" if whole or not digits else "¤#,##0." + "0" * digits
    return _typeset(format_currency(amount, currency, format=pattern, locale=locale(), currency_digits=False))


def percent(share: Decimal, digits: int = 1) -> str:
    return PERCENT[tongue()].format(decimal(share * 100, digits))


def signed(value: int) -> str:
    return ("+" if value > 0 else "") + number(value)


def day(value: date) -> str:
    return format_date(value, DAYS[tongue()], locale=locale())


def short_day(value: date) -> str:
    return format_date(value, SHORT_DAYS[tongue()], locale=locale())


def month(value: date) -> str:
    return format_date(value, MONTHS[tongue()], locale=locale())


def hour(value: datetime) -> str:
    return format_datetime(value, "HH:mm", locale=locale())


def moment(value: datetime) -> str:
    """Day and time as the clock of `value` shows them."""
    return f"{short_day(value.date())}{' ' if tongue() == 'zh' else ', '}{hour(value)}"


def _typeset(text: str) -> str:
    return text.replace("-", MINUS)

"""How days and times are written in lists, in the reader's language. For figures and money see `insight.wording`."""

from datetime import date, datetime

from babel.dates import format_date, format_datetime, get_timezone_location
from babel.numbers import format_decimal

from regulars.insight.wording import locale

SHORT_DAYS = {"en": "d MMM y", "zh": "y年M月d日"}
DAYS_OF_MONTH = {"en": "d MMM", "zh": "M月d日"}


def short_day(value: date) -> str:
    return format_date(value, SHORT_DAYS[locale().language], locale=locale())


def day_of_month(value: date) -> str:
    """For lists under a heading that says month and year."""
    return format_date(value, DAYS_OF_MONTH[locale().language], locale=locale())


def hour(value: datetime) -> str:
    return format_datetime(value, "HH:mm", locale=locale())


def moment(value: datetime) -> str:
    """Day and time as the clock of `value` shows them."""
    between = " " if locale().language == "zh" else ", "
    return f"{short_day(value.date())}{between}{hour(value)}"


def place(zone: str) -> str:
    """Whose clock it is, as people call it: "New York", "紐約" of `America/New_York`."""
    return get_timezone_location(zone, locale=locale(), return_city=True)


def plain(value: float) -> str:
    """As many decimals as the number needs."""
    return format_decimal(value, locale=locale())

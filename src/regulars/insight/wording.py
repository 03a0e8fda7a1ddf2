"""Numbers, periods and changes in words, in the active language. Nothing here counts anything.

Money comes in minor units and is shown in major ones; rates with one decimal; everything grouped as its readers do.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel import Locale, dates, numbers
from django.utils.translation import get_language, gettext, ngettext, pgettext

from regulars.insight.figure import Compared, Figure, local_day
from regulars.insight.periods import Period
from regulars.programs.wording import MINUS, WHOLE_MONEY

LOCALES = {"zh-hant": "zh_Hant_TW", "zh-hans": "zh_Hans_CN"}
DAYS = {"en": "d MMMM y", "zh": "y年M月d日"}
MONTHS = {"en": "MMMM y", "zh": "y年M月"}
SHORT_MONTHS = {"en": "MMM y", "zh": "y年M月"}
NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"


def locale() -> Locale:
    return Locale.parse(LOCALES.get(get_language() or "en", "en"))


def named(names: dict[str, str], otherwise: str = "") -> str:
    """The name in the active language, else in English, else the first there is."""
    by_language = {language.lower(): name for language, name in names.items()}
    for language in (get_language() or "en", "en"):
        if name := by_language.get(language):
            return name
    return next(iter(names.values()), otherwise)


# Numbers


def count(value: int) -> str:
    return _typeset(numbers.format_decimal(value, locale=locale()))


def signed(value: int) -> str:
    return f"+{count(value)}" if value > 0 else count(value)


def money(minor: int, currency: str) -> str:
    """A figure: without decimals where people count without them."""
    is_whole = currency in WHOLE_MONEY
    amount = major(minor, currency).quantize(Decimal(1), ROUND_HALF_UP) if is_whole else major(minor, currency)
    pattern = "¤#,##0" if is_whole else "¤#,##0.00"
    said = numbers.format_currency(amount, currency, format=pattern, locale=locale(), currency_digits=not is_whole)
    return _typeset(said)


def major(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-minor_digits(currency))


# The least share that a decimal can tell from nothing.
LEAST = 0.001


def minor_digits(currency: str) -> int:
    """Decimal places by ISO 4217, which Babel knows."""
    return numbers.get_currency_precision(currency)


def percent(value: float, digits: int = 1) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    said = _typeset(numbers.format_decimal(round(value * 100, digits), format=pattern, locale=locale()))
    return f"{said}%" if _chinese() else f"{said}{NARROW_SPACE}%"


def about(share: float) -> str:
    """A share in whole percent, with a decimal where it would else look like all or nothing."""
    nearly = round(share, 2) in (0, 1) and share not in (0, 1)
    return part(share) if nearly else percent(share, 0)


def part(share: float) -> str:
    """A share with a decimal, which says all or nothing of nothing less."""
    return percent(min(max(share, LEAST), 1 - LEAST) if 0 < share < 1 else share)


def value(figure: Figure) -> str:
    """The figure as it is shown, with its unit; a dash where there is nothing to divide by."""
    if figure.value is None:
        return "–"
    match figure.unit:
        case "money":
            return money(int(figure.value), figure.currency)
        case "rate":
            return percent(figure.value)
        case "ratio":
            return numbers.format_decimal(round(figure.value, 2), format="#,##0.00", locale=locale())
        case "count" | "points":
            return count(int(figure.value))


def parts(figure: Figure) -> str:
    """What was divided by what, for figures that are a division."""
    if figure.denominator is None:
        return ""
    above = money(figure.numerator, figure.currency) if _is_money(figure) else count(figure.numerator)
    below = money(figure.denominator, figure.currency) if _shares_money(figure) else count(figure.denominator)
    return f"{above} / {below}"


def _is_money(figure: Figure) -> bool:
    return figure.unit == "money" or _shares_money(figure)


def _shares_money(figure: Figure) -> bool:
    return figure.definition == "members-share-of-revenue"


# Days and periods


def day(value: date) -> str:
    return dates.format_date(value, _pattern(DAYS), locale=locale())


def month(start: date) -> str:
    return dates.format_date(start, _pattern(MONTHS), locale=locale())


def short_month(start: date) -> str:
    return dates.format_date(start, _pattern(SHORT_MONTHS), locale=locale())


def month_alone(start: date) -> str:
    return dates.format_skeleton("MMM", start, locale=locale())


def year_alone(start: date) -> str:
    return dates.format_skeleton("y", start, locale=locale())


def period_so_far(value: Period, today: date) -> str:
    """The period's name, and that it is not over when it is not."""
    name = period(value)
    return gettext("%(period)s, so far") % {"period": name} if value.end > today else name


def period(value: Period) -> str:
    match value.kind:
        case "year":
            return dates.format_skeleton("y", value.start, locale=locale())
        case "quarter":
            return dates.format_skeleton("yQQQ", value.start, locale=locale())
        case "month":
            return month(value.start)
        case "week":
            year, number, _ = value.start.isocalendar()
            return gettext("week %(number)d of %(year)d") % {"number": number, "year": year}
        case "range":
            return _days(value)


def _days(value: Period) -> str:
    if value.days == 1:
        return day(value.start)
    # Days before months, as on every other page: the English of Britain.
    spoken = locale() if _chinese() else Locale("en", "GB")
    return dates.format_interval(value.start, value.last_day, skeleton="yMMMd", locale=spoken)


def _pattern(patterns: dict[str, str]) -> str:
    return patterns["zh" if _chinese() else "en"]


def _chinese() -> bool:
    return locale().language == "zh"


def _typeset(text: str) -> str:
    return text.replace("-", MINUS)


# Changes and reasons


def change(compared: Compared, beside: Period) -> str:
    """How the figure differs from the one beside it; empty where nothing can be said."""
    by = compared.change
    if by is None:
        return ""
    names = {"period": period(beside), "by": _difference(by, compared.now.unit)}
    if round(by, 3) == 0:
        return gettext("the same as in %(period)s") % names
    if compared.now.unit == "rate":
        more, less = gettext("%(by)s points more than in %(period)s"), gettext("%(by)s points less than in %(period)s")
    else:
        more, less = gettext("%(by)s more than in %(period)s"), gettext("%(by)s less than in %(period)s")
    return (more if by > 0 else less) % names


def _difference(by: float, unit: str) -> str:
    if unit == "rate":
        return numbers.format_decimal(round(abs(by) * 100, 1), format="#,##0.0", locale=locale())
    return percent(abs(by))


def note(figure: Figure) -> str:
    """Why the figure is what it is, in a sentence; empty when there is nothing to explain."""
    return {
        "data_begin_inside": gettext("The orders on record begin in this period, so everybody looks new in it."),
        "engagement_is_redemption": gettext("So far the only sign of life recorded besides buying is a redemption."),
        "no_rewards_yet": gettext("Nobody redeemed any points up to the end of this period."),
        "no_worth_named": gettext("The program does not say what a point is worth."),
    }.get(figure.note, "")


def few(figure: Figure) -> str:
    """The warning on a rate of few: the count says more than the rate."""
    if not figure.few or figure.denominator is None:
        return ""
    said = ngettext("of %(count)d only", "of %(count)d only", figure.denominator)
    return said % {"count": figure.denominator}


def unfinished(figure: Figure) -> str:
    if figure.complete:
        return ""
    return pgettext("a figure of a period that is not over", "so far, up to %(day)s") % {"day": day(local_day(figure))}

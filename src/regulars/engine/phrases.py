"""Reads the phrases of a program document: "7 days", "12 months, end of month", "1 point per 100 TWD".

Each reader raises Wrong with what is allowed.
"""

import re
from datetime import date

from msgspec import Struct

from regulars.engine.calendar import UNTIL_FULFILLED, Span, Term, Yearly, day_of, end_of
from regulars.engine.money import parse_major
from regulars.engine.problems import Wrong
from regulars.engine.program import Worth

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
LONG_YEAR = 2000
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LARGEST_FACTOR = 100
LARGEST_SHARE = 100
LONGEST_MONTHS = 100 * 12
# So that no order of at most 10^12 minor units earns more than 64 bits hold, whatever multiplies it.
MOST_POINTS_PER_MINOR = 1_000

_SPAN = re.compile(r"(\d{1,4}) (hour|day|week|month|year)s?", re.ASCII)
_END = re.compile(r"end of (day|month|quarter|year)", re.ASCII)
_ENDS = re.compile(r"end of (next )?(month|quarter|year)", re.ASCII)
_DATE = re.compile(r"(\d{1,2}) ([A-Z][a-z]+)", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_GIVE = re.compile(r"(\d{1,9}(?:\.\d+)?) ([a-z][a-z_-]*?)(?: per (\d+(?:\.\d+)?) ([A-Z]{3}))?", re.ASCII)
_PER_UNIT = re.compile(r"(\d{1,9}(?:\.\d+)?) ([a-z][a-z_-]*?) per (?:unit|([1-9]\d{0,5}) units)", re.ASCII)
_SHARE = re.compile(r"(\d{1,3})(?:\.(\d{1,3}))?% ([a-z][a-z_-]*)", re.ASCII)
_TIMES = re.compile(r"([1-9]\d{0,5}) per (order|day|week|month|year|lifetime)", re.ASCII)
_WORTH = re.compile(r"(\d+(?:\.\d+)?) ([A-Z]{3}) per (\d{1,9})", re.ASCII)
_FACTOR = re.compile(r"(\d{1,3})(?:\.(\d{1,3}))?", re.ASCII)
_IN_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_POINTS = re.compile(r"(\d{1,9})(?: ([a-z][a-z_-]*))?", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?%", re.ASCII)
_HOURS = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", re.ASCII)
_NTH = re.compile(r"(every )?([1-9]\d{0,5})", re.ASCII)
IMMEDIATE = Span(0, "hour")
AFTER = " after the last activity"
NEVER = Term(Span(0, "never"))
PERIOD_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_UNITS = {"week": ("day", 7), "year": ("month", 12)}


def span(text: str) -> Span:
    found = _SPAN.fullmatch(text)
    if not found or found[1] == "0":
        raise Wrong("not_a_length", "12 hours", "7 days", "2 weeks", "12 months")
    unit, times = _UNITS.get(found[2], (found[2], 1))
    count = int(found[1]) * times
    if unit == "month" and count > LONGEST_MONTHS:
        raise Wrong("longer_than_possible", years=str(LONGEST_MONTHS // 12))
    return Span(count, unit)


def wait(text: str) -> Span:
    """How long points are pending; "until fulfilled" has no length."""
    if text == "until fulfilled":
        return UNTIL_FULFILLED
    return IMMEDIATE if text == "none" else span(text)


def term(text: str) -> Term:
    """A span and where it is rounded up to; always at least to the end of a local day."""
    length, _, rounded = text.partition(", ")
    found = _END.fullmatch(rounded)
    counted = span(length)
    if (rounded and not found) or counted.unit == "hour":
        raise Wrong("not_a_term", "90 days", "12 months, end of month")
    return Term(counted, found[1] if found else "day")


def sliding(text: str) -> Term:
    """The term in "12 months after the last activity, end of month"."""
    length, _, rounded = text.partition(", ")
    if not length.endswith(AFTER):
        raise Wrong("not_a_term", f"12 months{AFTER}", f"12 months{AFTER}, end of month")
    return term(", ".join(filter(None, (length.removesuffix(AFTER), rounded))))


def lasting(text: str) -> Term:
    """A term, "end of next year", "31 December", "12 months, next 31 March", a day, or "never"."""
    if text == "never":
        return NEVER
    if AFTER in text:
        raise Wrong("renewed_together")
    if found := _ENDS.fullmatch(text):
        return Term(Span(PERIOD_MONTHS[found[2]] if found[1] else 0, "month"), found[2])
    if _ISO.fullmatch(text):
        return Term(Span(0, "day"), until=local_day(text))
    said, _, more = text.partition(", ")
    if _DATE.fullmatch(said):
        if more and not more.startswith("earned before "):
            raise Wrong("not_a_term", "31 December", "31 December, earned before 1 July")
        before = day_of_year(more.removeprefix("earned before ")) if more else None
        return Term(Span(0, "day"), yearly=Yearly(day_of_year(said), before))
    if more.startswith("next "):
        return Term(term(said).span, yearly=Yearly(day_of_year(more.removeprefix("next "))))
    return term(text)


def day_of_year(text: str) -> tuple[int, int]:
    """(12, 31) of "31 December"."""
    found = _DATE.fullmatch(text)
    if found and found[2] in MONTHS:
        month = MONTHS.index(found[2]) + 1
        if 1 <= int(found[1]) <= end_of(date(LONG_YEAR, month, 1), "month").day:
            return month, int(found[1])
    raise Wrong("not_a_term", "31 December")


def rolling(text: str) -> Span:
    if not text.startswith("rolling "):
        raise Wrong("not_rolling", "rolling 12 months", "rolling 90 days")
    counted = span(text.removeprefix("rolling "))
    if counted.unit == "hour":
        raise Wrong("window_of_hours", "rolling 12 months", "rolling 90 days")
    return counted


def money(text: str, currency: str) -> int:
    """Minor units of "100 TWD" or "100"; never negative."""
    amount, _, code = text.partition(" ")
    if _IN_THOUSANDS.fullmatch(amount):
        raise Wrong("comma_in_amount", text.replace(",", ""))
    if code not in ("", currency) or amount.startswith("-"):
        raise Wrong("not_an_amount", "100", f"100 {currency}", currency=currency)
    return parse_major(amount, currency)


class Gift(Struct, frozen=True):
    """What a rule gives: an amount of a wallet's unit; per money (minor units), per so many units, or as a share of
    money (thousandths of a per cent)."""

    amount: str
    unit: str
    kind: str
    per: int = 0


def give(text: str, currency: str) -> Gift:
    if found := _SHARE.fullmatch(text):
        share = int(found[1]) * 1000 + int((found[2] or "").ljust(3, "0"))
        if 0 < share <= LARGEST_SHARE * 1000:
            return Gift(str(share), found[3], "percent", 100_000)
    if found := _PER_UNIT.fullmatch(text):
        return Gift(found[1], found[2], "per_unit", int(found[3] or 1))
    found = _GIVE.fullmatch(text)
    if found and found[4] not in (None, currency):
        raise Wrong("other_currency", currency)
    if not found:
        raise Wrong("not_a_gift", f"1 point per 100 {currency}", "1 stamp per unit", "5% credit", "50 points")
    if not found[3]:
        return Gift(found[1], found[2], "fixed")
    if (step := parse_major(found[3], currency)) <= 0:
        raise Wrong("gift_per_nothing")
    return Gift(found[1], found[2], "per_money", step)


def times(text: str) -> tuple[int, str]:
    """(3, "month") of "3 per month"; "once" is once in a lifetime."""
    found = _TIMES.fullmatch(text)
    if text == "once":
        return 1, "lifetime"
    if not found:
        raise Wrong("not_a_limit", "once", "1 per day", "3 per month")
    return int(found[1]), found[2]


def worth(text: str, currency: str) -> Worth:
    found = _WORTH.fullmatch(text)
    if not found or found[2] != currency or not int(found[3]):
        raise Wrong("not_a_worth", f"10 {currency} per 100")
    return Worth(parse_major(found[1], currency), int(found[3]))


def beyond_one(text: str) -> tuple[int, int]:
    """Factor − 1 as (numerator, denominator): "1.5" is (500, 1000)."""
    found = _FACTOR.fullmatch(text)
    thousandths = int(found[1]) * 1000 + int((found[2] or "").ljust(3, "0")) if found else 0
    if not 1000 < thousandths <= LARGEST_FACTOR * 1000:
        raise Wrong("not_a_factor", "2", "1.5", most=str(LARGEST_FACTOR))
    return thousandths - 1000, 1000


def local_day(text: str) -> int:
    try:
        return day_of(date.fromisoformat(text))
    except ValueError:
        raise Wrong("not_a_date", "2026-05-01") from None


def weekday(text: str) -> int:
    if text not in WEEKDAYS:
        raise Wrong("not_a_weekday", *WEEKDAYS)
    return WEEKDAYS.index(text)


def points(text: str, wallet: str) -> int:
    """A number of a wallet's points, above zero: "100 points" or "100"."""
    found = _POINTS.fullmatch(text)
    if not found or not int(found[1]) or found[2] not in (None, wallet, wallet.removesuffix("s")):
        raise Wrong("not_points", "100", f"100 {wallet}")
    return int(found[1])


def percent(text: str) -> int:
    """Hundredths of a percent: "12.5%" is 1250."""
    found = _PERCENT.fullmatch(text)
    hundredths = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
    if not 0 < hundredths <= 10_000:
        raise Wrong("not_a_share", "50%", "12.5%")
    return hundredths


def hours(text: str) -> tuple[int, int]:
    """Minutes since midnight (from, until) of "14:00-17:00", the end not included; "22:00-02:00" spans midnight."""
    found = _HOURS.fullmatch(text)
    since, until = (int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])) if found else (0, 0)
    if since == until or max(since, until) > 24 * 60:
        raise Wrong("not_hours", "14:00-17:00", "22:00-02:00")
    return since, until


def nth(text: str) -> tuple[int, int]:
    """(number, every): "3" is (3, 0), "every 10" is (0, 10)."""
    found = _NTH.fullmatch(text)
    if not found:
        raise Wrong("not_a_number_of_order", "1", "every 10")
    return (0, int(found[2])) if found[1] else (int(found[2]), 0)


def whole(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise Wrong("not_whole")
    return int(text)

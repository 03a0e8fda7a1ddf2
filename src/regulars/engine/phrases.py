"""Reads the phrases of a program document: "7 days", "12 months, end of month", "1 point per 100 TWD".

Each reader raises ValueError with a sentence saying what is allowed.
"""

import re
from datetime import date

from regulars.engine.calendar import Span, Term, day_of
from regulars.engine.money import parse_major
from regulars.engine.program import Worth

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LARGEST_FACTOR = 100
LONGEST_MONTHS = 100 * 12
# So that no order of at most 10^12 minor units earns more than 64 bits hold, whatever multiplies it.
MOST_POINTS_PER_MINOR = 1_000

_SPAN = re.compile(r"(\d{1,4}) (hour|day|week|month|year)s?", re.ASCII)
_END = re.compile(r"end of (day|month|quarter|year)", re.ASCII)
_GIVE = re.compile(r"(\d{1,9}) ([a-z][a-z_-]*?)(?: per (\d+(?:\.\d+)?) ([A-Z]{3}))?", re.ASCII)
_WORTH = re.compile(r"(\d+(?:\.\d+)?) ([A-Z]{3}) per (\d{1,9})", re.ASCII)
_FACTOR = re.compile(r"(\d{1,3})(?:\.(\d{1,3}))?", re.ASCII)
_POINTS = re.compile(r"(\d{1,9})(?: ([a-z][a-z_-]*))?", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?%", re.ASCII)
_UNITS = {"week": ("day", 7), "year": ("month", 12)}


def span(text: str) -> Span:
    found = _SPAN.fullmatch(text)
    if not found or found[1] == "0":
        raise ValueError("a length of time such as '12 hours', '7 days', '2 weeks' or '12 months' is needed")
    unit, times = _UNITS.get(found[2], (found[2], 1))
    count = int(found[1]) * times
    if unit == "month" and count > LONGEST_MONTHS:
        raise ValueError("at most 100 years are possible")
    return Span(count, unit)


def term(text: str) -> Term:
    """A span and where it is rounded up to; always at least to the end of a local day."""
    length, _, rounded = text.partition(", ")
    found = _END.fullmatch(rounded) if rounded else None
    counted = span(length)
    if (rounded and not found) or counted.unit == "hour":
        raise ValueError("a time such as '90 days' or '12 months, end of month' is needed")
    return Term(counted, found[1] if found else "day")


def rolling(text: str) -> Span:
    if not text.startswith("rolling "):
        raise ValueError("a window such as 'rolling 12 months' or 'rolling 90 days' is needed")
    counted = span(text.removeprefix("rolling "))
    if counted.unit == "hour":
        raise ValueError("a rolling window counts local days: use days or months")
    return counted


def money(text: str, currency: str) -> int:
    """Minor units of "100 TWD" or "100"; never negative."""
    amount, _, code = text.partition(" ")
    if code not in ("", currency) or amount.startswith("-"):
        raise ValueError(f"an amount in {currency} such as '100 {currency}' is needed")
    return parse_major(amount, currency)


def give(text: str, currency: str) -> tuple[int, str, int]:
    """(points, unit word, step in minor units; 0 when it is a fixed award)."""
    found = _GIVE.fullmatch(text)
    if not found or found[4] not in (None, currency) or not int(found[1]):
        raise ValueError(f"a gift such as '1 point per 100 {currency}' or '50 points' is needed")
    step = parse_major(found[3], currency) if found[3] else 0
    if found[3] and step <= 0:
        raise ValueError("points are given per an amount above zero")
    if found[3] and int(found[1]) > step * MOST_POINTS_PER_MINOR:
        raise ValueError(f"at most {MOST_POINTS_PER_MINOR:,} points for the smallest amount of money are possible")
    return int(found[1]), found[2], step


def worth(text: str, currency: str) -> Worth:
    found = _WORTH.fullmatch(text)
    if not found or found[2] != currency or not int(found[3]):
        raise ValueError(f"a worth such as '10 {currency} per 100' is needed")
    return Worth(parse_major(found[1], currency), int(found[3]))


def extra(text: str) -> tuple[int, int]:
    """Factor − 1 as (numerator, denominator): "1.5" is (500, 1000)."""
    found = _FACTOR.fullmatch(text)
    thousandths = int(found[1]) * 1000 + int((found[2] or "").ljust(3, "0")) if found else 0
    if not 1000 < thousandths <= LARGEST_FACTOR * 1000:
        raise ValueError(f"a factor above 1 and at most {LARGEST_FACTOR} is needed, with up to three decimals")
    return thousandths - 1000, 1000


def local_day(text: str) -> int:
    try:
        return day_of(date.fromisoformat(text))
    except ValueError:
        raise ValueError("a date such as '2026-05-01' is needed") from None


def weekday(text: str) -> int:
    if text not in WEEKDAYS:
        raise ValueError("a weekday is one of " + ", ".join(WEEKDAYS))
    return WEEKDAYS.index(text)


def points(text: str, wallet: str) -> int:
    """A number of a wallet's points, above zero: "100 points" or "100"."""
    found = _POINTS.fullmatch(text)
    if not found or not int(found[1]) or found[2] not in (None, wallet, wallet.removesuffix("s")):
        raise ValueError(f"a number of points such as '100' or '100 {wallet}' is needed")
    return int(found[1])


def percent(text: str) -> int:
    """Hundredths of a percent: "12.5%" is 1250."""
    found = _PERCENT.fullmatch(text)
    hundredths = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
    if not 0 < hundredths <= 10_000:
        raise ValueError("a share above 0% and at most 100%, with up to two decimals, is needed")
    return hundredths

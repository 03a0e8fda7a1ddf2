"""Calendar periods in the program's zone: half-open ranges of local dates, what precedes them, how they are written.

Written forms, which addresses and the API use: `2017`, `2017-Q4`, `2017-12`, `2017-W52` (ISO week) and
`2017-12-01..2017-12-24` (both days included).
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

Kind = Literal["month", "quarter", "range", "week", "year"]
Comparison = Literal["none", "previous", "year_before"]

MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}
DAY = timedelta(days=1)


class Period(Struct, frozen=True):
    """The local days from `start` up to, but not including, `end`."""

    kind: Kind
    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        return self.end - DAY

    def __str__(self) -> str:
        return written(self)


class UnreadablePeriod(ValueError):
    """The text is none of the written forms, or names a day that does not exist."""


def month(year: int, number: int) -> Period:
    start = date(year, number, 1)
    return Period("month", start, add_months(start, 1))


def quarter(year: int, number: int) -> Period:
    start = date(year, 3 * number - 2, 1)
    return Period("quarter", start, add_months(start, 3))


def year(number: int) -> Period:
    return Period("year", date(number, 1, 1), date(number + 1, 1, 1))


def week(iso_year: int, number: int) -> Period:
    start = date.fromisocalendar(iso_year, number, 1)
    return Period("week", start, start + 7 * DAY)


def days(first: date, last: date) -> Period:
    if last < first:
        raise UnreadablePeriod(f"{first} is after {last}")
    return Period("range", first, last + DAY)


def containing(kind: Kind, day: date) -> Period:
    """The calendar period of that kind in which the day lies."""
    match kind:
        case "year":
            return year(day.year)
        case "quarter":
            return quarter(day.year, (day.month + 2) // 3)
        case "month":
            return month(day.year, day.month)
        case "week":
            return week(*day.isocalendar()[:2])
        case "range":
            return days(day, day)


def previous(period: Period) -> Period:
    """The period just before, of the same kind; before a range, as many days."""
    if period.kind in MONTHS:
        return Period(period.kind, add_months(period.start, -MONTHS[period.kind]), period.start)
    return Period(period.kind, period.start - timedelta(days=period.days), period.start)


def year_before(period: Period) -> Period:
    """The same calendar days a year earlier; for a week, the week of the same ISO number (52 for 53)."""
    if period.kind == "week":
        iso_year, number, _ = period.start.isocalendar()
        return week(iso_year - 1, min(number, weeks_in(iso_year - 1)))
    if period.kind == "range":
        return days(add_months(period.start, -12), add_months(period.last_day, -12))
    return Period(period.kind, add_months(period.start, -12), add_months(period.end, -12))


def compared(period: Period, comparison: Comparison) -> Period | None:
    match comparison:
        case "previous":
            return previous(period)
        case "year_before":
            return year_before(period)
        case "none":
            return None


def latest_complete(kind: Kind, today: date) -> Period:
    """The last period of that kind whose days are all over."""
    return previous(containing(kind, today))


def add_months(day: date, count: int) -> date:
    """The same day so many months on, or the month's last day where there is no such day."""
    total = day.year * 12 + day.month - 1 + count
    first = date(total // 12, total % 12 + 1, 1)
    following = date((total + 1) // 12, (total + 1) % 12 + 1, 1)
    return min(first + (day.day - 1) * DAY, following - DAY)


def weeks_in(iso_year: int) -> int:
    return date(iso_year, 12, 28).isocalendar().week


FORMS: dict[Kind, str] = {
    "year": r"(\d{4})",
    "quarter": r"(\d{4})-Q([1-4])",
    "month": r"(\d{4})-(\d{2})",
    "week": r"(\d{4})-W(\d{2})",
    "range": r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})",
}
MAKE: dict[Kind, Callable[..., Period]] = {
    "year": lambda number: year(int(number)),
    "quarter": lambda number, part: quarter(int(number), int(part)),
    "month": lambda number, part: month(int(number), int(part)),
    "week": lambda number, part: week(int(number), int(part)),
    "range": lambda first, last: days(date.fromisoformat(first), date.fromisoformat(last)),
}


def parse(text: str) -> Period:
    """Read a written form."""
    for kind, form in FORMS.items():
        if found := re.fullmatch(form, text.strip()):
            try:
                return MAKE[kind](*found.groups())
            except (ValueError, OverflowError) as error:
                raise UnreadablePeriod(f"{text!r} is not a period: {error}") from error
    raise UnreadablePeriod(
        f"{text!r} is not a period: write 2017, 2017-Q4, 2017-12, 2017-W52 or 2017-12-01..2017-12-24"
    )


def written(period: Period) -> str:
    start = period.start
    match period.kind:
        case "year":
            return f"{start.year:04}"
        case "quarter":
            return f"{start.year:04}-Q{(start.month + 2) // 3}"
        case "month":
            return f"{start:%Y-%m}"
        case "week":
            return "{:04}-W{:02}".format(*start.isocalendar()[:2])
        case "range":
            return f"{start}..{period.last_day}"

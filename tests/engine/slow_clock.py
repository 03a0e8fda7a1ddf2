"""Local time, asked of the standard library."""

import calendar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.engine.slow_reading import forward

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AFTER = " after the last activity"
MONTHS = list(calendar.month_name)[1:]
US = timedelta(microseconds=1)


class Clock:
    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)

    def local(self, at: int) -> datetime:
        return (EPOCH + at * US).astimezone(self.zone)

    def day(self, at: int) -> date:
        return self.local(at).date()

    def minute(self, at: int) -> str:
        return self.local(at).strftime("%H:%M")

    def begins(self, day: date) -> int:
        return (datetime(day.year, day.month, day.day, tzinfo=self.zone) - EPOCH) // US

    def later(self, at: int, length: str) -> int:
        count, unit = length.split(" ")
        if unit.startswith("hour"):
            return at + int(count) * 3600 * 10**6
        local = self.local(at)
        landed = forward(local.date(), int(count), unit)
        return (datetime.combine(landed, local.replace(tzinfo=None, fold=0).time(), self.zone) - EPOCH) // US

    def end(self, at: int, term: str) -> int:
        return self.begins(last_day(self.day(at), term.replace(AFTER, "")) + timedelta(days=1))


def last_day(earned: date, term: str) -> date:
    """The first day that can be the last one, looking at one after the other."""
    if term[4:5] == "-":
        return max(earned, date.fromisoformat(term))
    first, *more = term.split(", ")
    day = earned
    if first[0].isdigit() and first.split(" ")[1] not in MONTHS:
        count, unit = first.split(" ")
        day = forward(day, int(count), unit)
    elif first.startswith("end of next "):
        while not ends(day, first.removeprefix("end of next ")):
            day += timedelta(days=1)
        day += timedelta(days=1)
    wanted = first if not first[0].isdigit() or first.split(" ")[1] in MONTHS else more[0] if more else "end of day"
    before = more[0].removeprefix("earned before ") if more and "before" in more[0] else ""
    while not (is_last(day, wanted) and not (before and is_too_late(earned, day, before))):
        day += timedelta(days=1)
    return day


def is_last(day: date, wanted: str) -> bool:
    if "end of" in wanted:
        return ends(day, wanted.rsplit(" ", maxsplit=1)[-1])
    return is_on(day, wanted.removeprefix("next "))


def ends(day: date, period: str) -> bool:
    after = day + timedelta(days=1)
    return {
        "day": True,
        "month": after.month != day.month,
        "quarter": after.month != day.month and day.month % 3 == 0,
        "year": after.year != day.year,
    }[period]


def is_on(day: date, named: str) -> bool:
    """29 February is the last day of February in other years."""
    number, month = named.split(" ")
    if day.month != MONTHS.index(month) + 1:
        return False
    return day.day == int(number) or (int(number) > day.day and ends(day, "month"))


def is_too_late(earned: date, last: date, before: str) -> bool:
    """Whether that day came up to the last one, and the points not before it."""
    day = last
    while not is_on(day, before):
        day -= timedelta(days=1)
    return earned >= day

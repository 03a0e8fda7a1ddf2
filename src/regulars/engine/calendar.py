"""Local time in a program's zone, with whole numbers.

Instants are microseconds since 1970 in UTC; a day is a count of days since 1970-01-01 in the program's zone. Offsets
are looked up once per day of UTC, and once per minute on days on which the zone changes its offset. A local time that a
change to summer time skips is read with the offset before the change, one that occurs twice is read as the first. Where
the date line moved, a whole day was skipped: it begins and ends with the next one, and a term that would end with it
ends with that one.

The calendar has a first and a last day, and what would lie beyond is theirs, so that no date and no length that people
write leads out of it.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct

K = TypeVar("K")
V = TypeVar("V")

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# Instants are long numbers, dear to divide: they are looked up by what is left when this many bits are cut off. Such a
# turn takes 19 hours, so that a local day begins at most once in it.
TURN = 36
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
# Of years whose neighbours can be dated, too.
FIRST, LAST = date(2, 1, 1), date(9998, 12, 31)
MICROSECOND = timedelta(microseconds=1)
# From the first day of a window the next one is no nearer, and the one after that farther away.
ON_TO_NEXT = {"day": 1, "week": 7, "month": 31, "year": 366}


class Span(Struct, frozen=True):
    """A length of calendar time: hours are exact, days and months are local and clamped to the month's end."""

    count: int
    unit: str


class Yearly(Struct, frozen=True):
    """A day of every year, (month, day); where a year has no such day, its month's last. What comes too late for
    `before`, the last such day up to it, waits for the year after."""

    on: tuple[int, int]
    before: tuple[int, int] | None = None


class Term(Struct, frozen=True):
    """A span counted from a local day and rounded up to the end of its day, month, quarter or year, or to a `yearly`
    day; or until a local day (`until`), but never less than the day it begins on."""

    span: Span
    end_of: str = "day"
    yearly: Yearly | None = None
    until: int | None = None


UNTIL_FULFILLED = Span(0, "fulfilment")
# Not by time alone.
FOREVER = 2**62


def day_of(local: date) -> int:
    return local.toordinal() - EPOCH_ORDINAL


FIRST_DAY, LAST_DAY = day_of(FIRST), day_of(LAST)


def date_of(day: int) -> date:
    return date.fromordinal(min(max(day, FIRST_DAY), LAST_DAY) + EPOCH_ORDINAL)


def instant_of(moment: datetime) -> int:
    """Microseconds of an aware datetime."""
    return (moment - EPOCH) // MICROSECOND


def datetime_of(instant: int) -> datetime:
    return EPOCH + instant * MICROSECOND


def minute_of(clock: int) -> int:
    """The minute of the day that a clock shows, from midnight on."""
    return clock % DAY // MINUTE


def plus_months(local: date, months: int) -> date:
    """The same day so many months on, or that month's last day."""
    years, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    if not FIRST.year <= years <= LAST.year:
        return FIRST if years < FIRST.year else LAST
    return date(years, month + 1, min(local.day, monthrange(years, month + 1)[1]))


def plus_span(local: date, span: Span) -> date:
    if span.unit == "month":
        return plus_months(local, span.count)
    return date_of(day_of(local) + span.count)


def end_of(local: date, period: str) -> date:
    """The last day of the period that `local` lies in."""
    if period == "month":
        return local.replace(day=monthrange(local.year, local.month)[1])
    if period == "quarter":
        month = (local.month + 2) // 3 * 3
        return date(local.year, month, monthrange(local.year, month)[1])
    if period == "year":
        return date(local.year, 12, 31)
    return local


def in_year(year: int, on: tuple[int, int]) -> date:
    if year > LAST.year:
        return LAST
    month, day = on
    return date(year, month, min(day, monthrange(year, month)[1]))


def next_yearly(local: date, yearly: Yearly) -> date:
    """The first such day from `local` on for which it is not too late."""
    last = in_year(local.year, yearly.on)
    if last < local:
        last = in_year(local.year + 1, yearly.on)
    if yearly.before is None:
        return last
    ends = in_year(last.year, yearly.before)
    if ends > last:
        ends = in_year(last.year - 1, yearly.before)
    return last if local < ends else in_year(last.year + 1, yearly.on)


def start_of(local: date, period: str) -> date:
    """The first day of the calendar week (from Monday), month or else year that `local` lies in."""
    if period == "week":
        return local - timedelta(days=local.weekday())
    if period == "month":
        return local.replace(day=1)
    return local.replace(month=1, day=1)


class Remembered(dict[K, V]):
    """Answers, each of which is worked out when it is asked for the first time."""

    def __init__(self, answer: Callable[[K], V]) -> None:
        self.answer = answer

    def __missing__(self, asked: K) -> V:
        found = self[asked] = self.answer(asked)
        return found


class Calendar:
    """Conversions in one zone, remembered as they are asked for."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        # Of a day of UTC, and of a local day; None where the zone changes it, which none does twice within two days.
        self._offsets: Remembered[int, int | None] = Remembered(lambda day: self._same(day * DAY, (day + 1) * DAY))
        self._steady = Remembered(self._steady_offset)
        self._minutes = Remembered(self._offset_of_minute)
        self._turns = Remembered(self._turn)
        self._midnights = Remembered(self._midnight)
        self._terms = Remembered(self._term_end)
        self._windows = Remembered(_window)
        self.months_back: Remembered[int, Remembered[int, int]] = Remembered(_months_back)
        self._shifts = Remembered(self._shift)
        self._firsts = Remembered(_first_of)

    def offset(self, instant: int) -> int:
        """Microseconds that local time is ahead of UTC."""
        ahead = self._offsets[instant // DAY]
        return self._minutes[instant // MINUTE] if ahead is None else ahead

    def _same(self, start: int, end: int) -> int | None:
        """The offset from one instant to another about a day later; None where it changes in between."""
        first, last = self._minutes[start // MINUTE], self._minutes[end // MINUTE]
        return first if first == last else None

    def _steady_offset(self, day: int) -> int | None:
        """The offset whenever clocks show a local day: that is on the day of UTC of its number, or on one beside it,
        also where clocks go back over midnight and the day before comes a second time."""
        ahead = self._offsets[day]
        return ahead if self._offsets[day - 1] == ahead == self._offsets[day + 1] else None

    def _offset_of_minute(self, minute: int) -> int:
        moment = datetime.combine(date_of(minute * MINUTE // DAY), datetime_of(minute * MINUTE % DAY).timetz())
        ahead = moment.astimezone(self.zone).utcoffset() or timedelta()
        return ahead // MICROSECOND

    def day(self, instant: int) -> int:
        turn = self._turns[instant >> TURN]
        if turn is None:
            return (instant + self.offset(instant)) // DAY
        return turn[1] if instant >= turn[0] else turn[1] - 1

    def local(self, instant: int) -> tuple[int, int]:
        """The local day, and what the clock shows: microseconds since 1970 as if it were a clock of UTC."""
        turn = self._turns[instant >> TURN]
        if turn is None:
            clock = instant + self.offset(instant)
            return clock // DAY, clock
        midnight, day, ahead = turn
        return day if instant >= midnight else day - 1, instant + ahead

    def _turn(self, turn: int) -> tuple[int, int, int] | None:
        """The midnight before the end of a turn, the local day that it begins, the offset; None where that changes."""
        last = ((turn + 1) << TURN) - 1
        ahead = self._offsets[last // DAY]
        if ahead is None or ahead != self._offsets[(turn << TURN) // DAY]:
            return None
        begins = (last + ahead) // DAY
        return begins * DAY - ahead, begins, ahead

    def midnight(self, day: int) -> int:
        """The instant at which a local day begins."""
        return self._midnights[day]

    def _midnight(self, day: int) -> int:
        local = date_of(day)
        return instant_of(datetime(local.year, local.month, local.day, tzinfo=self.zone))

    def after(self, instant: int, span: Span) -> int:
        """So much later: the same local time of day for days and months, exact for hours; FOREVER for fulfilment."""
        return self.later(instant, self.day(instant), span)

    def later(self, instant: int, day: int, span: Span) -> int:
        """The same where the local day of the instant is known."""
        shift = self.shift(day, span)
        return self._later(instant, day, span) if shift is None else instant + shift

    def shift(self, day: int, span: Span) -> int | None:
        """How much later that is, for all instants of a local day; None where it differs."""
        return self._shifts[day, span.unit, span.count]

    def _shift(self, asked: tuple[int, str, int]) -> int | None:
        day, unit, count = asked
        if unit == "hour":
            return count * HOUR
        if unit == UNTIL_FULFILLED.unit:
            return None
        landing = self._landing(day, Span(count, unit))
        before, after = self._steady[day], self._steady[landing]
        return None if before is None or after is None else (landing - day) * DAY + before - after

    def _later(self, instant: int, day: int, span: Span) -> int:
        if span.unit == UNTIL_FULFILLED.unit:
            return FOREVER
        time = datetime_of(instant + self.offset(instant)).time()
        return instant_of(datetime.combine(date_of(self._landing(day, span)), time, tzinfo=self.zone))

    def _landing(self, day: int, span: Span) -> int:
        return day_of(plus_span(date_of(day), span))

    def last_day(self, day: int, term: Term) -> int:
        """The last local day of a term that starts on `day`."""
        if term.until is not None:
            return max(day, term.until)
        counted = plus_span(date_of(day), term.span)
        return day_of(end_of(counted, term.end_of) if term.yearly is None else next_yearly(counted, term.yearly))

    def term_end(self, day: int, term: Term) -> int:
        """The first instant after a term that starts on `day`."""
        return self._terms[day, term]

    def _term_end(self, asked: tuple[int, Term]) -> int:
        last = self.last_day(*asked)
        return self.midnight((last if self.exists(last) else last + 1) + 1)

    def exists(self, day: int) -> bool:
        """Whether the zone had this local day."""
        return self.midnight(day) < self.midnight(day + 1)

    def window(self, day: int, period: str) -> int:
        """The first day of the calendar window (day, week, month, year; or lifetime) that `day` lies in."""
        return day if period == "day" else self._windows[day, period]

    def next_window(self, start: int, period: str) -> int:
        """The first day of the window after the one that begins with `start`."""
        found = self.window(start + ON_TO_NEXT[period], period)
        return found + 1 if period == "day" and not self.exists(found) else found

    def window_before(self, start: int, period: str) -> int:
        """The first day of the window before the one that begins with `start`."""
        skips = period == "day" and not self.exists(start - 1)
        return self.window(start - (2 if skips else 1), period)

    def back(self, day: int, span: Span) -> int:
        """The day so much earlier; a rolling window holds the days after it."""
        return day - span.count if span.unit == "day" else self.months_back[span.count][day]

    def first_of(self, day: int, months: int) -> int:
        """The first day of the month, quarter, half-year or year (1, 3, 6, 12 months) that holds `day`."""
        return self._firsts[day, months]


_calendars: Remembered[str, Calendar] = Remembered(lambda zone: Calendar(ZoneInfo(zone)))


def calendar(zone: str) -> Calendar:
    """The calendar of a zone by its IANA name; raises ZoneInfoNotFoundError (a KeyError), ValueError or OSError."""
    return _calendars[zone]


def _window(asked: tuple[int, str]) -> int:
    day, period = asked
    return 0 if period == "lifetime" else day_of(start_of(date_of(day), period))


def _months_back(months: int) -> Remembered[int, int]:
    return Remembered(lambda day: day_of(plus_months(date_of(day), -months)))


def _first_of(asked: tuple[int, int]) -> int:
    day, months = asked
    local = date_of(day)
    return day_of(local.replace(month=(local.month - 1) // months * months + 1, day=1))

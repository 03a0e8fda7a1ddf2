"""Local time in a program's zone, with whole numbers.

Instants are microseconds since 1970 in UTC; a day is a count of days since 1970-01-01 in the program's zone. Offsets
are looked up once per day of UTC, and once per minute on days on which the zone changes its offset. A local time that a
change to summer time skips is read with the offset before the change, one that occurs twice is read as the first. Where
the date line moved, a whole day was skipped: it begins and ends with the next one, and a term that would end with it
ends with that one.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from msgspec import Struct

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
MICROSECOND = timedelta(microseconds=1)


class Span(Struct, frozen=True):
    """A length of calendar time: hours are exact, days and months are local and clamped to the month's end."""

    count: int
    unit: str


class Term(Struct, frozen=True):
    """A span counted from a local day and rounded up to the end of its day, month, quarter or year."""

    span: Span
    end_of: str = "day"


UNTIL_FULFILLED = Span(0, "fulfilment")


def day_of(local: date) -> int:
    return local.toordinal() - EPOCH_ORDINAL


def date_of(day: int) -> date:
    return date.fromordinal(day + EPOCH_ORDINAL)


def instant_of(moment: datetime) -> int:
    """Microseconds of an aware datetime."""
    return (moment - EPOCH) // MICROSECOND


def datetime_of(instant: int) -> datetime:
    return EPOCH + instant * MICROSECOND


def plus_months(local: date, months: int) -> date:
    """The same day so many months on, or that month's last day."""
    years, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    return date(years, month + 1, min(local.day, _last_day(years, month + 1)))


def plus_span(local: date, span: Span) -> date:
    if span.unit == "month":
        return plus_months(local, span.count)
    return local + timedelta(days=span.count)


def end_of(local: date, period: str) -> date:
    """The last day of the period that `local` lies in."""
    if period == "month":
        return local.replace(day=_last_day(local.year, local.month))
    if period == "quarter":
        month = (local.month + 2) // 3 * 3
        return date(local.year, month, _last_day(local.year, month))
    if period == "year":
        return date(local.year, 12, 31)
    return local


def start_of(local: date, period: str) -> date:
    """The first day of the calendar week (from Monday), month or else year that `local` lies in."""
    if period == "week":
        return local - timedelta(days=local.weekday())
    if period == "month":
        return local.replace(day=1)
    return local.replace(month=1, day=1)


class Calendar:
    """Conversions in one zone, remembered as they are asked for."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self._offsets: dict[int, int | None] = {}
        self._changing: dict[int, int] = {}
        self._steady: dict[int, int | None] = {}
        self._ahead = self._offsets.get
        self._midnights: dict[int, int] = {}
        self._terms: dict[tuple[Term, int], int] = {}
        self._windows: dict[tuple[str, int], int] = {}
        self._months_back: dict[tuple[int, int], int] = {}
        # An order's points and its growth ask the same, one after the other.
        self._asked_at, self._asked_span, self._answer = 0, Span(0, ""), 0
        self._firsts: dict[tuple[int, int], int] = {}

    def offset(self, instant: int) -> int:
        """Microseconds that local time is ahead of UTC."""
        day = instant // DAY
        if day not in self._offsets:
            self._offsets[day] = self._all_day(day * DAY)
        ahead = self._offsets[day]
        return self._offset_at(instant) if ahead is None else ahead

    def _all_day(self, start: int) -> int | None:
        """The offset from `start` to the same time tomorrow; None where it changes in between."""
        first, last = self._offset_at(start), self._offset_at(start + DAY)
        return first if first == last else None

    def _offset_at(self, instant: int) -> int:
        block = instant // MINUTE
        found = self._changing.get(block)
        if found is None:
            ahead = datetime_of(block * MINUTE).astimezone(self.zone).utcoffset() or timedelta()
            found = self._changing[block] = ahead // MICROSECOND
        return found

    def _offset_of_day(self, day: int) -> int | None:
        """The offset that a local day has from just before it begins to its end; None where it changes."""
        found = self._steady[day] = self._all_day(self.midnight(day) - 1)
        return found

    def day(self, instant: int) -> int:
        ahead = self._ahead(instant // DAY)
        return (instant + (self.offset(instant) if ahead is None else ahead)) // DAY

    def local(self, instant: int) -> tuple[int, int]:
        """The local day, and the minutes that the clock shows since midnight."""
        ahead = self._ahead(instant // DAY)
        shown = instant + (self.offset(instant) if ahead is None else ahead)
        return shown // DAY, shown % DAY // MINUTE

    def midnight(self, day: int) -> int:
        """The instant at which a local day begins."""
        found = self._midnights.get(day)
        if found is None:
            local = date_of(day)
            found = instant_of(datetime(local.year, local.month, local.day, tzinfo=self.zone))
            self._midnights[day] = found
        return found

    def after(self, instant: int, span: Span) -> int:
        """So much later: the same local time of day for days and months, exact for hours."""
        if span.unit == "hour":
            return instant + span.count * HOUR
        if self._asked_at != instant or self._asked_span is not span:
            self._answer = self._after(instant, span)
            self._asked_at, self._asked_span = instant, span
        return self._answer

    def _after(self, instant: int, span: Span) -> int:
        ahead = self._ahead(instant // DAY)
        local = instant + (self.offset(instant) if ahead is None else ahead)
        day = local // DAY
        landing = day + span.count if span.unit == "day" else self.last_day(day, Term(span))
        ahead = self._steady[landing] if landing in self._steady else self._offset_of_day(landing)
        if ahead is not None:
            return local + (landing - day) * DAY - ahead
        time = datetime_of(local).time()
        return instant_of(datetime.combine(date_of(landing), time, tzinfo=self.zone))

    def last_day(self, day: int, term: Term) -> int:
        """The last local day of a term that starts on `day`."""
        return day_of(end_of(plus_span(date_of(day), term.span), term.end_of))

    def term_end(self, day: int, term: Term) -> int:
        """The first instant after a term that starts on `day`."""
        found = self._terms.get((term, day))
        if found is None:
            last = self.last_day(day, term)
            found = self._terms[term, day] = self.midnight((last if self.exists(last) else last + 1) + 1)
        return found

    def exists(self, day: int) -> bool:
        """Whether the zone had this local day."""
        return self.midnight(day) < self.midnight(day + 1)

    def window(self, day: int, period: str) -> int:
        """The first day of the calendar window (day, week, month, year; or lifetime) that `day` lies in."""
        if period == "day":
            return day
        found = self._windows.get((period, day))
        if found is None:
            found = 0 if period == "lifetime" else day_of(start_of(date_of(day), period))
            self._windows[period, day] = found
        return found

    def next_window(self, start: int, period: str) -> int:
        """The first day of the window after the one that begins with `start`."""
        found = self.window(start + {"day": 1, "week": 7, "month": 31, "year": 366}[period], period)
        return found + 1 if period == "day" and not self.exists(found) else found

    def window_before(self, start: int, period: str) -> int:
        """The first day of the window before the one that begins with `start`."""
        skips = period == "day" and not self.exists(start - 1)
        return self.window(start - (2 if skips else 1), period)

    def back(self, day: int, span: Span) -> int:
        """The day so much earlier; a rolling window holds the days after it."""
        if span.unit == "day":
            return day - span.count
        key = (day, span.count)
        found = self._months_back.get(key)
        if found is None:
            found = self._months_back[key] = day_of(plus_months(date_of(day), -span.count))
        return found

    def first_of(self, day: int, months: int) -> int:
        """The first day of the month, quarter, half-year or year (1, 3, 6, 12 months) that holds `day`."""
        found = self._firsts.get((day, months))
        if found is None:
            local = date_of(day)
            first = local.replace(month=(local.month - 1) // months * months + 1, day=1)
            found = self._firsts[day, months] = day_of(first)
        return found


_calendars: dict[str, Calendar] = {}


def calendar(zone: str) -> Calendar:
    """The calendar of a zone by its IANA name; raises ZoneInfoNotFoundError (a KeyError) or ValueError."""
    found = _calendars.get(zone)
    if found is None:
        found = _calendars[zone] = Calendar(ZoneInfo(zone))
    return found


def _last_day(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day

"""Local time by whole numbers against the standard library's, over summer times that skip and repeat."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.engine.calendar import (
    DAY,
    FOREVER,
    HOUR,
    MICROSECOND,
    MINUTE,
    UNTIL_FULFILLED,
    Calendar,
    Span,
    Term,
    Yearly,
    calendar,
    date_of,
    datetime_of,
    day_of,
    end_of,
    instant_of,
    next_yearly,
    plus_span,
)
from tests.builders import at
from tests.engine.histories import thoroughly

SECOND = 1_000_000
QUARTER_HOUR = HOUR // 4
ZONES = [
    "Africa/Casablanca", "America/Havana", "America/New_York", "America/Sao_Paulo", "America/St_Johns", "Asia/Beirut",
    "Asia/Kathmandu", "Asia/Taipei", "Australia/Lord_Howe", "Europe/London", "Pacific/Apia", "UTC",
]  # fmt: skip
# Anywhere from 1990 to 2037, or at a quarter of an hour of 2011 to 2018, give or take a microsecond.
instants = st.integers(20 * 366 * DAY, 67 * 366 * DAY) | st.builds(
    lambda quarter, off: at("2011-01-01") + quarter * QUARTER_HOUR + off,
    st.integers(0, 8 * 366 * 96),
    st.sampled_from([-1, 0, 1]),
)
spans = st.builds(Span, st.integers(1, 40), st.sampled_from(["day", "month"]))


@thoroughly
@given(st.sampled_from(ZONES), instants, spans)
def test_local_time_is_that_of_the_standard_library(zone: str, instant: int, span: Span):
    clock, local = Calendar(ZoneInfo(zone)), datetime_of(instant).astimezone(ZoneInfo(zone))
    assert clock.offset(instant) == (local.utcoffset() or timedelta()) // MICROSECOND
    assert clock.day(instant) == day_of(local.date())
    assert clock.local(instant) == (day_of(local.date()), instant_of(local.replace(tzinfo=UTC)))
    landed = datetime.combine(plus_span(local.date(), span), local.time(), tzinfo=ZoneInfo(zone))
    assert clock.after(instant, span) == instant_of(landed)
    assert clock.after(instant, Span(span.count, "hour")) == instant + span.count * HOUR


@thoroughly
@given(st.sampled_from(ZONES), instants)
def test_a_day_begins_once_and_lasts_until_the_next(zone: str, instant: int):
    clock = calendar(zone)
    day = clock.day(instant)
    assert clock.midnight(day) <= instant < clock.midnight(day + 1)
    assert clock.day(clock.midnight(day)) == day
    assert clock.day(clock.midnight(day) - 1) < day


def test_what_one_calendar_remembers_serves_every_instant():
    """The same questions to a fresh calendar and to one that was asked before, in any order."""
    asked = calendar("America/New_York")
    for quarter in range(0, 96 * 400, 7):
        instant = at("2026-01-01") + quarter * QUARTER_HOUR
        assert asked.offset(instant) == Calendar(ZoneInfo("America/New_York")).offset(instant)


def test_a_change_need_not_be_at_a_quarter_of_an_hour():
    """Newfoundland changed its clocks a minute after midnight."""
    clock = Calendar(ZoneInfo("America/St_Johns"))
    for minute in range(-30, 30):
        instant = at("2007-03-11 00:00", "America/St_Johns") + minute * MINUTE
        there = datetime_of(instant).astimezone(ZoneInfo("America/St_Johns"))
        assert clock.offset(instant) == (there.utcoffset() or timedelta()) // MICROSECOND


def test_clocks_change_to_the_microsecond():
    """In the morning of a day of UTC they showed something else; now they are where they were in 1970."""
    change, sydney = at("2026-04-04 16:00", "UTC"), ZoneInfo("Australia/Sydney")
    for instant in (change - 1, change):
        local = datetime_of(instant).astimezone(sydney)
        assert Calendar(sydney).local(instant) == (day_of(local.date()), instant_of(local.replace(tzinfo=UTC)))


def test_the_last_hour_of_a_day_may_come_twice():
    """In Beirut clocks went back to eleven when the day was over: an order of the second hour is one hour later."""
    beirut = ZoneInfo("Asia/Beirut")
    clock, first = Calendar(beirut), at("2011-10-29 23:30", "Asia/Beirut")
    tomorrow = at("2011-10-30 23:30", "Asia/Beirut")
    assert [clock.after(bought, Span(1, "day")) for bought in (first, first + HOUR)] == [tomorrow, tomorrow]
    assert clock.after(first - DAY, Span(1, "day")) == first


def test_what_is_left_of_a_day_after_midnight_comes_a_second_time():
    """At the Casey station clocks went from two at night back to eleven, when it was the day before again."""
    casey = ZoneInfo("Antarctica/Casey")
    first, due = at("2010-03-04 23:30", "Antarctica/Casey"), at("2010-03-06 23:30", "Antarctica/Casey")
    clock = Calendar(casey)
    assert clock.day(first) == clock.day(first + 3 * HOUR) == day_of(date(2010, 3, 4))
    assert [clock.after(bought, Span(2, "day")) for bought in (first, first + 3 * HOUR)] == [due, due]


def ahead_of(zone: ZoneInfo, instant: int) -> timedelta:
    return datetime_of(instant).astimezone(zone).utcoffset() or timedelta()


def changes_of_all_zones() -> Iterator[tuple[ZoneInfo, Calendar, int]]:
    """When clocks changed from 1990 to 2037, as a day differs from that 20 days on; where zones agree, those of one."""
    days = range(at("1990-01-01", "UTC"), at("2038-01-01", "UTC"), 20 * DAY)
    zones = map(ZoneInfo, sorted(available_timezones()))
    for offsets, zone in {tuple([ahead_of(zone, day) for day in days]): zone for zone in zones}.items():
        clock = Calendar(zone)
        for day, was, now in zip(days, offsets, offsets[1:], strict=False):
            if was != now:
                yield zone, clock, change_between(zone, day, day + 20 * DAY, was)


def change_between(zone: ZoneInfo, before: int, after: int, was: timedelta) -> int:
    while after - before > SECOND:
        middle = (before + after) // (2 * SECOND) * SECOND
        before, after = (middle, after) if ahead_of(zone, middle) == was else (before, middle)
    return after


def test_no_change_of_any_zone_leads_astray():
    """From a day before it to a day after it: what is due a day later, or two."""
    around, astray = (-DAY, HOUR // 2 - DAY, -1, 0, HOUR // 2, DAY), []
    for zone, clock, change in changes_of_all_zones():
        for instant in [change + off for off in around]:
            local = datetime_of(instant).astimezone(zone)
            was_right = clock.local(instant) == (day_of(local.date()), instant_of(local.replace(tzinfo=UTC)))
            for days in (1, 2):
                due = datetime.combine(local.date() + timedelta(days), local.time().replace(fold=0), tzinfo=zone)
                was_right &= clock.after(instant, Span(days, "day")) == instant_of(due)
            if not was_right:
                astray.append((zone.key, str(local)))
    assert not astray


@pytest.mark.parametrize(("zone", "day"), [("Pacific/Apia", "2011-12-30"), ("Pacific/Kwajalein", "1993-08-21")])
def test_a_day_that_was_skipped_begins_and_ends_with_the_next(zone: str, day: str):
    clock, skipped = Calendar(ZoneInfo(zone)), day_of(date.fromisoformat(day))
    change = clock.midnight(skipped)
    assert clock.midnight(skipped + 1) == change
    assert (clock.day(change - 1), clock.day(change)) == (skipped - 1, skipped + 1)
    assert [clock.exists(skipped + days) for days in (-1, 0, 1)] == [True, False, True]
    assert clock.term_end(skipped - 1, Term(Span(1, "day"))) == clock.midnight(skipped + 2)
    assert clock.term_end(skipped - 1, Term(Span(2, "day"))) == clock.midnight(skipped + 2)
    assert clock.next_window(skipped - 1, "day") == skipped + 1
    assert clock.window_before(skipped + 1, "day") == skipped - 1
    assert clock.window_before(skipped + 40, "day") == skipped + 39
    assert clock.window_before(clock.window(skipped, "month"), "month") < clock.window(skipped, "month")


@pytest.mark.parametrize("zone", [*ZONES, "Pacific/Kwajalein"])
def test_a_term_ends_after_the_day_from_which_it_counts(zone: str):
    """Whatever is due at its end is not due again at once."""
    clock = Calendar(ZoneInfo(zone))
    for day in range(day_of(date(1993, 8, 1)), day_of(date(2012, 1, 15))):
        end = clock.term_end(day, Term(Span(1, "day")))
        assert end > clock.midnight(day + 1)
        assert clock.term_end(clock.day(end - 1), Term(Span(1, "day"))) > end


@pytest.mark.parametrize(
    ("day", "period", "last"),
    [
        ("2026-05-10", "day", "2026-05-10"),
        ("2026-05-10", "month", "2026-05-31"),
        ("2026-04-01", "quarter", "2026-06-30"),
        ("2026-05-10", "quarter", "2026-06-30"),
        ("2026-06-30", "quarter", "2026-06-30"),
        ("2026-05-10", "year", "2026-12-31"),
    ],
)
def test_the_end_of_a_period(day: str, period: str, last: str):
    assert str(end_of(date.fromisoformat(day), period)) == last


@pytest.mark.parametrize(
    ("day", "period", "first"),
    [
        ("2026-05-10", "day", "2026-05-10"),
        ("2026-05-10", "week", "2026-05-04"),
        ("2026-05-10", "month", "2026-05-01"),
        ("2026-05-10", "year", "2026-01-01"),
        ("2026-01-01", "year", "2026-01-01"),
        ("2026-05-10", "lifetime", "1970-01-01"),
    ],
)
def test_the_first_day_of_a_window(day: str, period: str, first: str):
    clock = Calendar(ZoneInfo("Asia/Taipei"))
    found = [clock.window(day_of(date.fromisoformat(day)), period) for _ in range(2)]
    assert found == [day_of(date.fromisoformat(first))] * 2


@pytest.mark.parametrize(
    ("start", "period", "following"),
    [
        ("2026-05-10", "day", "2026-05-11"),
        ("2026-12-28", "week", "2027-01-04"),
        ("2026-01-01", "month", "2026-02-01"),
        ("2026-02-01", "month", "2026-03-01"),
        ("2026-12-01", "month", "2027-01-01"),
        ("2024-01-01", "year", "2025-01-01"),
        ("2026-01-01", "year", "2027-01-01"),
    ],
)
def test_the_window_after_a_window(start: str, period: str, following: str):
    found = Calendar(ZoneInfo("Asia/Taipei")).next_window(day_of(date.fromisoformat(start)), period)
    assert str(date_of(found)) == following


def test_the_day_a_month_earlier_and_the_first_of_a_quarter():
    clock, last_of_may = Calendar(ZoneInfo("Asia/Taipei")), day_of(date(2026, 5, 31))
    assert date_of(clock.back(last_of_may, Span(1, "month"))) == date(2026, 4, 30)
    assert date_of(clock.first_of(last_of_may, 3)) == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("zone", "utc", "day", "time"),
    [
        ("Asia/Taipei", "2026-01-05 02:30:59", "2026-01-05", "10:30:59"),
        ("Asia/Taipei", "2026-01-05 15:59:59", "2026-01-05", "23:59:59"),
        ("Asia/Taipei", "2026-01-05 16:00:00", "2026-01-06", "00:00:00"),
        ("Asia/Taipei", "1969-01-05 15:59:59", "1969-01-05", "23:59:59"),
        ("America/New_York", "2026-01-05 04:59:59", "2026-01-04", "23:59:59"),
        ("America/New_York", "2026-01-05 05:00:00", "2026-01-05", "00:00:00"),
        ("America/New_York", "2026-03-08 06:59:59", "2026-03-08", "01:59:59"),
        ("America/New_York", "2026-03-08 07:00:00", "2026-03-08", "03:00:00"),
        ("Australia/Lord_Howe", "2026-04-04 14:59:00", "2026-04-05", "01:59:00"),
        ("Australia/Lord_Howe", "2026-04-04 15:00:00", "2026-04-05", "01:30:00"),
    ],
)
def test_what_the_clock_shows(zone: str, utc: str, day: str, time: str):
    instant, clock = at(utc, "UTC"), Calendar(ZoneInfo(zone))
    assert repr(clock.local(instant)) == repr((day_of(date.fromisoformat(day)), at(f"{day} {time}", "UTC")))
    assert repr(clock.day(instant)) == repr(day_of(date.fromisoformat(day)))


@pytest.mark.parametrize(
    ("zone", "instant", "span", "later"),
    [
        ("America/Sao_Paulo", "2017-10-14 00:30", Span(1, "day"), "2017-10-15 00:30"),
        ("America/Sao_Paulo", "2017-10-13 00:30", Span(2, "day"), "2017-10-15 00:30"),
        ("America/New_York", "2026-03-07 12:00", Span(1, "day"), "2026-03-08 12:00"),
        ("Asia/Taipei", "2026-01-31 12:00", Span(1, "month"), "2026-02-28 12:00"),
        ("Asia/Taipei", "2026-01-31 12:00", Span(36, "hour"), "2026-02-02 00:00"),
    ],
)
def test_so_much_later(zone: str, instant: str, span: Span, later: str):
    assert Calendar(ZoneInfo(zone)).after(at(instant, zone), span) == at(later, zone)


def test_fulfilment_does_not_come_by_time_alone():
    assert Calendar(ZoneInfo("Asia/Taipei")).after(at("2026-01-05"), UNTIL_FULFILLED) == FOREVER


def test_what_is_too_late_on_the_last_day_itself_is_in_time_on_the_days_before():
    new_years_eve = Yearly((12, 31), (12, 31))
    assert next_yearly(date(2026, 12, 30), new_years_eve) == date(2026, 12, 31)
    assert next_yearly(date(2026, 12, 31), new_years_eve) == date(2027, 12, 31)


def test_every_day_of_the_first_and_the_last_year_can_be_reached():
    assert plus_span(date(2, 5, 31), Span(1, "month")) == date(2, 6, 30)
    assert plus_span(date(9998, 5, 31), Span(1, "month")) == date(9998, 6, 30)
    assert next_yearly(date(9998, 1, 1), Yearly((3, 31))) == date(9998, 3, 31)

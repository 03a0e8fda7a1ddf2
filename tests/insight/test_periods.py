"""Periods: written and read, preceded and compared."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.insight import periods
from regulars.insight.periods import Period

kinds = st.sampled_from(["month", "quarter", "week", "year"])
recent = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@given(kinds, recent)
def test_calendar_periods_meet_without_gap_or_overlap(kind: periods.Kind, day: date) -> None:
    period = periods.containing(kind, day)
    assert period.start <= day < period.end
    assert periods.previous(period).end == period.start
    assert periods.containing(kind, periods.previous(period).start) == periods.previous(period)
    assert periods.parse(str(period)) == period


@given(recent, st.integers(1, 400))
def test_a_range_is_compared_with_as_many_days_before(day: date, length: int) -> None:
    period = periods.days(day, day + length * periods.DAY)
    assert periods.parse(str(period)) == period
    assert periods.previous(period).days == period.days
    assert periods.previous(period).end == day


@pytest.mark.parametrize(
    ("text", "a_year_before"),
    [
        ("2024-02", "2023-02"),
        ("2025-02", "2024-02"),
        ("2024-Q1", "2023-Q1"),
        ("2017", "2016"),
        ("2020-W53", "2019-W52"),
        ("2021-W53", None),
        ("2024-02-29..2024-02-29", "2023-02-28..2023-02-28"),
        ("2017-12-01..2017-12-24", "2016-12-01..2016-12-24"),
    ],
)
def test_the_same_a_year_before(text: str, a_year_before: str | None) -> None:
    if a_year_before is None:
        with pytest.raises(periods.UnreadablePeriod):
            periods.parse(text)
    else:
        before = periods.year_before(periods.parse(text))
        assert str(before) == a_year_before
        assert before == periods.parse(a_year_before)


@pytest.mark.parametrize(
    "text", ["", "2017-13", "2017-1", "2017-Q5", "17", "2017-02-30..2017-03-01", "2017-12-24..2017-12-01", "x"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(periods.UnreadablePeriod):
        periods.parse(text)


def test_weeks_are_iso_weeks() -> None:
    assert periods.containing("week", date(2018, 1, 1)) == Period("week", date(2018, 1, 1), date(2018, 1, 8))
    assert str(periods.containing("week", date(2017, 1, 1))) == "2016-W52"


def test_the_latest_complete_period_is_over() -> None:
    assert periods.latest_complete("month", date(2018, 1, 1)) == periods.month(2017, 12)
    assert periods.latest_complete("quarter", date(2018, 3, 31)) == periods.quarter(2017, 4)

"""Accounting periods: where entries are posted, and that nothing is posted to a closed one."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event

import pytest
from django.db import ProgrammingError, connection, transaction

from regulars.engine.calendar import day_of
from regulars.ledger import periods
from regulars.ledger.claims import Contended
from regulars.ledger.connect import raw, rows
from regulars.ledger.due import advance_due
from regulars.ledger.verify import verify
from tests.engine.pages import PAGES, Row, instant, tables
from tests.ledger.shop import NOW, PROGRAMS, at, enrolment, member, order, put, refund

pytestmark = pytest.mark.django_db(transaction=True)
[TABLE] = [table for table in tables(PAGES / "periods.md") if "posted to" in table.columns]
JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 1)


@pytest.mark.parametrize("row", TABLE.rows, ids=str)
def test_the_page(row: Row):
    calendar, occurred_at = PROGRAMS.calendar, instant(row["occurred"], str(PROGRAMS.zone))
    since = calendar.midnight(day_of(date.fromisoformat(f"{row['open from']}-01"))) if row["open from"] else None
    posted = periods.posted_on(calendar, occurred_at, since)
    own = date.fromisoformat(row["occurred"][:10]).replace(day=1)
    assert str(posted or own)[:7] == row["posted to"]


def close(month: date, now: int = NOW) -> None:
    with transaction.atomic():
        periods.lock(raw(), 1)
        while advance_due(raw(), PROGRAMS, now, 10, periods.end_of(PROGRAMS.calendar, month) - 1):
            pass
        periods.close(raw(), PROGRAMS, month, now)


def moved(month: date) -> Counter[str]:
    """Points by kind in a period."""
    found: Counter[str] = Counter()
    for one in periods.totals(raw(), PROGRAMS):
        if one.starts_on == month:
            found[one.kind] += one.points
    return found


def test_what_comes_late_is_posted_to_the_oldest_open_period():
    put("lin", order("A", "2026-01-10 12:00", 1000, category="cups"))
    close(JANUARY)
    january = moved(JANUARY)
    put(
        "lin",
        order("B", "2026-01-11 12:00", 500, category="cups"),
        order("C", "2026-03-01 12:00", 300, category="cups"),
    )
    assert moved(JANUARY) == january == {"earn": 10 + 10, "mature": 10}
    assert moved(date(2026, 2, 1)) == {"earn": 5, "mature": 5}
    assert moved(MARCH) == {"earn": 3}
    assert [one.late for one in periods.totals(raw(), PROGRAMS) if one.starts_on == date(2026, 2, 1)] == [1, 1]
    assert verify(raw(), PROGRAMS).is_exact


def test_figures_do_not_depend_on_when_time_was_let_pass():
    put("lin", order("A", "2026-01-10 12:00", 1000))
    put("mei", order("B", "2026-01-30 12:00", 1000))
    close(date(2026, 5, 1))
    put("lin", order("C", "2026-06-02 12:00", 1000))
    assert moved(date(2026, 5, 1)) == {"expire": 60}, "what January earned runs out when April is over"
    assert moved(date(2026, 2, 1)) == {"mature": 20}
    assert verify(raw(), PROGRAMS).is_exact


def test_what_cannot_be_closed():
    def refused(month: date, now: str) -> str:
        return periods.refusal(raw(), PROGRAMS, month, at(now))

    assert refused(JANUARY, "2026-01-31 23:59") == "not_over"
    assert refused(JANUARY, "2026-02-01 00:00") == ""
    close(MARCH)
    assert [refused(month, "2026-12-31 00:00") for month in (JANUARY, MARCH, date(2026, 4, 1))] == [
        "closed",
        "closed",
        "",
    ]


def test_an_account_that_was_not_advanced_keeps_its_period_open():
    put("lin", order("A", "2026-01-10 12:00", 1000))
    with pytest.raises(Contended), transaction.atomic():
        periods.close(raw(), PROGRAMS, JANUARY, NOW)
    assert not rows(raw(), "SELECT FROM ledger_closing")


def test_whoever_is_writing_finishes_before_a_period_is_sealed():
    """A write that began before the closing is in the period, one that comes after it is not."""
    wrote, may_commit = Event(), Event()

    def writing() -> None:
        try:
            with transaction.atomic():
                put("lin", order("A", "2026-01-31 12:00", 1000, category="cups"))
                wrote.set()
                assert may_commit.wait(20)
        finally:
            connection.close()

    def closing() -> None:
        try:
            close(JANUARY)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(writing)
        assert wrote.wait(20)
        second = pool.submit(closing)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.5)
        may_commit.set()
        first.result()
        second.result()
    put("mei", order("B", "2026-01-31 12:00", 1000, category="cups"))
    assert moved(JANUARY) == {"earn": 20}
    assert moved(date(2026, 2, 1))["earn"] == 20


def test_closings_are_only_added_and_what_is_posted_is_part_of_the_chain():
    put("lin", enrolment("lin", "2026-01-05 12:00"), order("A", "2026-01-10 12:00", 1000))
    close(JANUARY)
    put("lin", refund("A", "2026-01-12 12:00"))
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute("DELETE FROM ledger_closing")
    assert verify(raw(), PROGRAMS).is_exact
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ledger_entry WHERE posted_on = '2026-02-01' AND member_id = %s", [member("lin")]
        )
        assert cursor.fetchone() != (0,)

"""Accounting periods: calendar months of the program's zone, open until they are closed, oldest first.

An entry is posted to the period of its occurred_at while that is open, else to the oldest open one. Closing a period
first advances all accounts to its end, so that what time alone did in it is in it, whenever jobs ran. Worked examples:
docs/rules/periods.md.
"""

from datetime import date
from typing import Any

import psycopg
from msgspec import Struct

from regulars.engine.calendar import Calendar, date_of, day_of
from regulars.engine.program import Programs
from regulars.ledger.claims import Contended
from regulars.ledger.connect import instant, moment, rows, run

# Held by whoever closes a period, shared by whoever writes entries (sql/periods.sql).
LOCK = "SELECT pg_advisory_xact_lock(7245, %s)"
OPEN_FROM = "SELECT ledger_open_from(%s)"
CLOSE = "INSERT INTO ledger_closing (program_id, until, closed_at) VALUES (%s, %s, %s)"
STILL_DUE = "SELECT 1 FROM ledger_account WHERE program_id = %s AND next_due_at < %s LIMIT 1"
TOTALS = """
    SELECT COALESCE(posted_on, date_trunc('month', occurred_at AT TIME ZONE %s)::date) AS period, wallet, kind,
        source, target, sum(points)::bigint, count(posted_on)
    FROM ledger_entry WHERE program_id = %s GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""

# Why a period is not closed. Stable for ever.
CODES = ("closed", "not_over")


class Moved(Struct, frozen=True):
    """Points that a period's entries moved; `late` of these entries happened in a period that was closed before."""

    starts_on: date
    wallet: str
    kind: str
    source: str
    target: str
    points: int
    late: int


def open_from(conn: psycopg.Connection[Any], program_id: int) -> int | None:
    """The instant from which on periods are open, until the transaction ends; None when none was ever closed."""
    return instant(rows(conn, OPEN_FROM, [program_id])[0][0])


def posted_on(calendar: Calendar, occurred_at: int, since: int | None) -> date | None:
    """The first day of the oldest open period for what happened before it; None where its own period is open."""
    return None if since is None or occurred_at >= since else date_of(calendar.day(since))


def end_of(calendar: Calendar, month: date) -> int:
    return calendar.midnight(calendar.next_window(day_of(month.replace(day=1)), "month"))


def refusal(conn: psycopg.Connection[Any], programs: Programs, month: date, now: int) -> str:
    """Why a month cannot be closed, as a code; "" when it can. The months before it are closed with it."""
    until, since = end_of(programs.calendar, month), open_from(conn, programs.program_id)
    if until > now:
        return "not_over"
    return "closed" if since is not None and until <= since else ""


def lock(conn: psycopg.Connection[Any], program_id: int) -> None:
    """Nobody writes entries until the transaction ends; whoever is writing now has finished."""
    run(conn, LOCK, [program_id])


def close(conn: psycopg.Connection[Any], programs: Programs, month: date, now: int) -> None:
    """Close the period, locked and advanced to its end. Raises `Contended` when an account was not advanced."""
    until = moment(end_of(programs.calendar, month))
    if rows(conn, STILL_DUE, [programs.program_id, until]):
        raise Contended("somebody holds an account that has to be advanced to the end of the period; try again")
    run(conn, CLOSE, [programs.program_id, until, moment(now)])


def totals(conn: psycopg.Connection[Any], programs: Programs) -> list[Moved]:
    """What moved in every period, oldest first."""
    return [Moved(*row) for row in rows(conn, TOTALS, [str(programs.zone), programs.program_id])]

"""Accounts that time has something for, written down in chunks: each a transaction of its own, and a short one.

Who is due is read by the index in slices, without a lock: what was done already lies behind, however long the database
must keep old versions of it (a backup reads them for hours). A chunk locks those of its members who are still due and
whom nobody else holds, so walks side by side never wait for each other or for orders; whoever is passed over is still
due the next time. Nothing is remembered about how far a walk came: an account says itself whether it is due, so a walk
that was killed goes on by beginning anew.
"""

from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any
from uuid import UUID

import psycopg

from regulars.engine.program import Programs
from regulars.ledger.connect import moment, rows
from regulars.ledger.record import advance

DUE = "SELECT member_id FROM ledger_account WHERE program_id = %s AND next_due_at <= %s ORDER BY next_due_at LIMIT %s"
MORE = "SELECT 1 FROM ledger_account WHERE program_id = %s AND next_due_at <= %s ORDER BY next_due_at OFFSET %s LIMIT 1"
SLICE = 50_000
# Orders of the same members wait as long as a chunk takes: it grows and shrinks to take about so long.
HOLD_SECONDS = 0.2
CHUNK_LEAST, CHUNK_FIRST, CHUNK_MOST = 20, 200, 500


def walk(
    conn: psycopg.Connection[Any],
    programs: Programs,
    now: Callable[[], int],
    until: int | None = None,
    *,
    backwards: bool = False,
) -> Iterator[int]:
    """Persist what time did to all who are due until then (now, if not said); how many accounts each chunk touched.

    `now` is asked anew for each chunk. Two walks that begin at different ends meet in the middle.
    """
    size = CHUNK_FIRST
    while members := due(conn, programs.program_id, now() if until is None else until, SLICE):
        if backwards:
            members.reverse()
        done = place = 0
        while place < len(members):
            begun = monotonic()
            with conn.transaction():
                touched = advance(conn, programs, members[place : place + size], now(), until)
            place += size
            done += touched
            size = paced(size, monotonic() - begun)
            yield touched
        if not done:
            return


def due(conn: psycopg.Connection[Any], program_id: int, until: int, limit: int) -> list[UUID]:
    """Those who are due, longest first; nobody is locked."""
    return [member_id for (member_id,) in rows(conn, DUE, [program_id, moment(until), limit])]


def is_more_due(conn: psycopg.Connection[Any], program_id: int, until: int, than: int) -> bool:
    return bool(rows(conn, MORE, [program_id, moment(until), than]))


def paced(size: int, seconds: float) -> int:
    """How many to take next, after so many took so long."""
    if seconds > HOLD_SECONDS:
        return max(size // 2, CHUNK_LEAST)
    return min(size * 2, CHUNK_MOST) if seconds < HOLD_SECONDS / 3 else size


def advance_due(
    conn: psycopg.Connection[Any], programs: Programs, now: int, limit: int = 2000, until: int | None = None
) -> int:
    """The same for up to `limit` accounts in the caller's transaction; how many it touched."""
    members = due(conn, programs.program_id, now if until is None else until, limit)
    return advance(conn, programs, members, now, until)

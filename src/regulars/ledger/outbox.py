"""The outbox: announcements, written in the transaction of what brought them about, and read by whoever delivers them.

What no longer holds is withdrawn by a row of its own. What is older than `OLDEST`, and what an import brought, is kept
and not sent, and so is what moved to another instant only. Each reader comes as far as it has delivered: in a
transaction of its own it asks for what is `unread` and says how far it `has_read`, so that everything is delivered, and
again only if that transaction fails. What is told of one member is read in the order in which it was written.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Struct

from regulars.engine.calendar import DAY, datetime_of
from regulars.engine.outcome import Told
from regulars.ledger import codec
from regulars.ledger.connect import moment, rows, run
from regulars.ledger.load import told_of
from regulars.ledger.resume import Folded

OLDEST = 7 * DAY
# Transactions still under way may yet add rows before others: those are read when all before them have ended.
UNREAD = """
    SELECT member_id, seq, sends, written::text, identity, kind, withdrawn, occurred_at, payload
    FROM ledger_announcement
    WHERE program_id = %s AND (written, member_id, seq) > (%s::xid8, %s::uuid, %s)
        AND written < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY written, member_id, seq LIMIT %s
"""
OPEN_READER = """
    INSERT INTO ledger_reader (program_id, reader, written, member_id, seq)
    VALUES (%s, %s, '0'::xid8, '00000000-0000-0000-0000-000000000000', 0) ON CONFLICT DO NOTHING
"""
LOCK_READER = """
    SELECT written::text, member_id, seq FROM ledger_reader WHERE program_id = %s AND reader = %s FOR UPDATE
"""
MOVE_READER = """
    UPDATE ledger_reader SET written = %s::xid8, member_id = %s, seq = %s WHERE program_id = %s AND reader = %s
"""
LAST = """
    SELECT DISTINCT ON (member_id) member_id, seq, written::text FROM ledger_announcement
    WHERE program_id = %s AND member_id = ANY(%b) ORDER BY member_id, seq DESC
"""
# A transaction that began earlier may come to a member later: its letters are as late as those before them.
ADD = """
    INSERT INTO ledger_announcement
        (program_id, member_id, seq, identity, kind, withdrawn, occurred_at, recorded_at, payload, sends, written)
    SELECT %s, member_id, seq, identity, kind, withdrawn, occurred_at, %b, payload, sends,
        GREATEST(pg_current_xact_id(), after::xid8)
    FROM unnest(%b::uuid[], %b::int4[], %b::text[], %b::text[], %b::text[], %b::bool[], %b::timestamptz[],
        %b::bytea[], %b::bool[])
        AS new (member_id, seq, after, identity, kind, withdrawn, occurred_at, payload, sends)
"""
NEVER = "0"


class Letter(Struct, frozen=True):
    """What was told of a member, the `seq`-th of it; `written` says in which transaction, or one that ended since it
    began."""

    member_id: UUID
    seq: int
    sends: bool
    written: str
    told: Told


def write(conn: psycopg.Connection[Any], program_id: int, work: Sequence[Folded], now: int, sends: bool = True) -> None:
    """What a batch announces and withdraws; with `sends` false nobody is told."""
    speaking = [item for item in work if item.told]
    if speaking:
        members = [item.loaded.member_id for item in speaking]
        last = {member: (seq, written) for member, seq, written in rows(conn, LAST, [program_id, members])}
        columns = [list(column) for column in zip(*_rows(speaking, last, now, sends), strict=True)]
        run(conn, ADD, [program_id, datetime_of(now), *columns])


def _rows(
    work: Sequence[Folded], last: dict[UUID, tuple[int, str]], now: int, sends: bool
) -> Iterator[tuple[Any, ...]]:
    for item in work:
        member_id = item.loaded.member_id
        before, after = last.get(member_id, (0, NEVER))
        for seq, told in enumerate(item.told, start=before + 1):
            said = told.announcement
            payload, is_sent = codec.encode(said.payload), sends and told.is_news and said.occurred_at >= now - OLDEST
            happened = moment(said.occurred_at)
            yield member_id, seq, after, said.identity, said.kind, told.withdrawn, happened, payload, is_sent


def unread(conn: psycopg.Connection[Any], program_id: int, reader: str, limit: int) -> list[Letter]:
    """What comes next for a reader, which nobody else reads as until the transaction ends; also what is not sent."""
    run(conn, OPEN_READER, [program_id, reader])
    [position] = rows(conn, LOCK_READER, [program_id, reader])
    found = rows(conn, UNREAD, [program_id, *position, limit])
    return [
        Letter(member_id, seq, sends, written, told_of(tuple(told))) for member_id, seq, sends, written, *told in found
    ]


def has_read(conn: psycopg.Connection[Any], program_id: int, reader: str, last: Letter) -> None:
    """Everything up to this letter is delivered."""
    run(conn, MOVE_READER, [last.written, last.member_id, last.seq, program_id, reader])

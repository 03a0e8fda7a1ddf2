"""What is known of a member in the order in which it happened, however late it was learned.

Balances are what was left when the instant of an entry was over, as all is known now: in which order the entries of one
instant are told is for whoever tells them. What stood in the ledger when it was written is with the entry
(`queries.entries`).
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Struct

from regulars.engine.facts import Fact
from regulars.ledger import codec
from regulars.ledger.connect import moment, rows
from regulars.ledger.queries import LedgerLine, line_of

HAPPENED = """
    SELECT seq, identity, kind, wallet, source, target, points, occurred_at, version, why, balance, pending, held,
           recorded_at, hash, funder, member_id, oldest
    FROM (
        SELECT *, min(occurred_at) OVER () AS oldest,
            (sum(points * ((target = 'available')::integer - (source = 'available')::integer))
                OVER (PARTITION BY member_id, wallet ORDER BY occurred_at))::bigint AS balance
        FROM ledger_entry WHERE program_id = %s AND member_id = ANY(%b)
    ) AS entry
    WHERE occurred_at < %s ORDER BY occurred_at DESC FETCH FIRST (%s) ROWS WITH TIES
"""
KNOWN = """
    SELECT member_id, recorded_at, body FROM ledger_fact
    WHERE program_id = %s AND member_id = ANY(%b) ORDER BY member_id, seq
"""
NEVER = 2**53


class Known(Struct, frozen=True):
    """A fact in the history of a member, and when it was learned."""

    member_id: UUID
    recorded_at: datetime
    fact: Fact


def happened(
    conn: psycopg.Connection[Any], program_id: int, members: Collection[UUID], before: int | None, limit: int
) -> tuple[list[LedgerLine], bool]:
    """Entries of these members before an instant, newest first, and whether there are older ones. All of one instant
    come together, so there may be more than `limit`."""
    until = moment(NEVER if before is None else before)
    found = rows(conn, HAPPENED, [program_id, list(members), until, limit])
    lines = [line_of(row) for row in found]
    lines.sort(key=lambda line: (line.entry.occurred_at, line.seq, line.member_id), reverse=True)
    return lines, bool(found) and min(row[7] for row in found) > found[0][-1]


def known(conn: psycopg.Connection[Any], program_id: int, members: Collection[UUID]) -> list[Known]:
    """Everything that is known of these members, each one's facts in the order in which they were learned."""
    found = rows(conn, KNOWN, [program_id, list(members)])
    return [Known(member_id, recorded_at, codec.decode_fact(body)) for member_id, recorded_at, body in found]

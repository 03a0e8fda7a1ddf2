"""What is known of a member in the order in which it happened, however late it was learned.

Balances are those that each entry left as all is known now, so that they add up in this order; what stood in the ledger
when it was written is with the entry (`queries.entries`).
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Struct

from regulars.ledger import codec
from regulars.ledger.codec import KIND_ORDER
from regulars.ledger.connect import moment, rows
from regulars.ledger.queries import LedgerLine, line_of

HAPPENED = """
    SELECT seq, identity, kind, wallet, source, target, points, occurred_at, version, why, balance, pending, held,
           recorded_at, hash, funder, member_id, oldest
    FROM (
        SELECT *, min(occurred_at) OVER () AS oldest,
            (sum(points * ((target = 'available')::integer - (source = 'available')::integer))
                OVER (PARTITION BY member_id, wallet ORDER BY occurred_at, seq))::bigint AS balance
        FROM ledger_entry WHERE program_id = %s AND member_id = ANY(%b)
    ) AS entry
    WHERE occurred_at < %s ORDER BY occurred_at DESC FETCH FIRST (%s) ROWS WITH TIES
"""
ARRIVALS = """
    SELECT kind, key, min(occurred_at), recorded_at FROM ledger_fact
    WHERE program_id = %s AND member_id = ANY(%b) AND recorded_at = ANY(%b) AND kind = ANY(%b::smallint[])
    GROUP BY kind, key, recorded_at ORDER BY 3, key
"""
FIRST_KNOWN = """
    SELECT '', min(recorded_at) FROM ledger_fact WHERE program_id = %s AND member_id = ANY(%b) AND seq = 1
    UNION ALL
    SELECT key, min(recorded_at) FROM ledger_fact
    WHERE program_id = %s AND member_id = ANY(%b) AND kind = %b AND key = ANY(%b) GROUP BY key
"""
NEVER = 2**53
# What somebody tells us of, and may tell late; decisions are made when they are recorded.
TOLD = tuple(
    kind for fact, kind in codec.KINDS.items() if fact.__name__ in ("Activity", "Enrolment", "Order", "Refund")
)


class Arrival(Struct, frozen=True):
    """A fact that was learned at an instant."""

    kind: int
    key: str
    occurred_at: datetime
    recorded_at: datetime


def happened(
    conn: psycopg.Connection[Any], program_id: int, members: Collection[UUID], before: int | None, limit: int
) -> tuple[list[LedgerLine], bool]:
    """Entries of these members before an instant, newest first, and whether there are older ones. All of one instant
    come together, so there may be more than `limit`."""
    until = moment(NEVER if before is None else before)
    found = rows(conn, HAPPENED, [program_id, list(members), until, limit])
    lines = [line_of(row) for row in found]
    lines.sort(key=lambda line: (line.entry.occurred_at, line.seq), reverse=True)
    return lines, bool(found) and min(row[7] for row in found) > found[0][-1]


def arrived(
    conn: psycopg.Connection[Any], program_id: int, members: Collection[UUID], instants: Collection[datetime]
) -> list[Arrival]:
    """What was told of these members at these instants, in the order in which it happened."""
    found = rows(conn, ARRIVALS, [program_id, list(members), list(instants), list(TOLD)])
    return [Arrival(*row) for row in found if row[2] is not None]


def first_known(
    conn: psycopg.Connection[Any], program_id: int, members: Collection[UUID], orders: Collection[str]
) -> tuple[datetime | None, dict[str, datetime]]:
    """When anything was first known of these members, and when each of these orders was."""
    people = list(members)
    (_, ever), *found = rows(conn, FIRST_KNOWN, [program_id, people, program_id, people, KIND_ORDER, list(orders)])
    return ever, dict(found)

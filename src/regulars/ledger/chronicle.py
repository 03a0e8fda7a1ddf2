"""What is known of a member in the order in which it happened, however late it was learned.

Balances are what was left when the instant of an entry was over, as all is known now: in which order the entries of one
instant are told is for whoever tells them. What stood in the ledger when it was written is with the entry
(`queries.entries`).
"""

from collections.abc import Collection, Container, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Struct

from regulars.engine.explain import order_of
from regulars.engine.facts import Claimed, Fact, Order, Theirs
from regulars.engine.timeline import version_of
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
ELSEWHERE = """
    SELECT seq, identity, kind, wallet, source, target, points, occurred_at, version, why, available, pending, held,
           recorded_at, hash, funder, member_id
    FROM ledger_entry WHERE program_id = %s AND member_id = ANY(%b) AND occurred_at >= %s AND occurred_at < %s
        AND kind <> 'mature'
    ORDER BY occurred_at DESC, member_id, seq DESC
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


def elsewhere(
    conn: psycopg.Connection[Any],
    program_id: int,
    others: Collection[UUID],
    own: Container[str],
    span: tuple[int, int | None],
) -> list[LedgerLine]:
    """What `own` orders, their edits and their refunds gave and took in the ledgers of others, newest first; not what
    time did. Within a span of time that is open without an end."""
    if not others:
        return []
    since, before = span
    until = moment(NEVER if before is None else before)
    found = [line_of(row) for row in rows(conn, ELSEWHERE, [program_id, list(others), moment(since), until])]
    return [line for line in found if order_of(line.entry.identity) in own]


def own_orders(known: Iterable[Known]) -> set[str]:
    """Orders of those of whom this is known, and of guests who they were; not those that are somebody else's since."""
    facts = [one.fact for one in known]
    guests = {fact.guest for fact in facts if isinstance(fact, Claimed)}
    own = [fact.fact if isinstance(fact, Theirs) and fact.of in guests else fact for fact in facts]
    newest = {order.key: order for order in sorted((one for one in own if isinstance(one, Order)), key=version_of)}
    return {key for key, order in newest.items() if not order.moved_to}


def known(conn: psycopg.Connection[Any], program_id: int, members: Collection[UUID]) -> list[Known]:
    """Everything that is known of these members, each one's facts in the order in which they were learned."""
    found = rows(conn, KNOWN, [program_id, list(members)])
    return [Known(member_id, recorded_at, codec.decode_fact(body)) for member_id, recorded_at, body in found]

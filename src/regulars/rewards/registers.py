"""Issued rewards and batches of codes as lists, and how many there are of each: for people who look them over."""

from typing import Any
from uuid import UUID

from msgspec import Struct

from regulars.ledger.connect import instant, moment, raw, rows
from regulars.rewards import looking
from regulars.rewards.looking import Owned

STATES = ("issued", "held", "used", "expired", "cancelled")
FULFILMENT = ("ordered", "shipped", "delivered")
PAGE_LIMIT = 200
# What a copy is now: a lapsed hold counts as given back, and time may have ended it (as `looking.owned_of` says).
LIST = """
    SELECT i.id, i.member_id, i.reward, i.state, i.issued_at, i.valid_from, i.expires_at, i.held_until, i.checkout_id,
        i.fulfilment
    FROM rewards_issued AS i,
        LATERAL (SELECT
            CASE WHEN i.state = 'held' AND i.held_until <= %(now)s THEN 'issued' ELSE i.state END AS unlapsed
        ) AS a,
        LATERAL (SELECT
            CASE WHEN unlapsed = 'issued' AND i.expires_at <= %(now)s THEN 'expired' ELSE unlapsed END AS present
        ) AS b
    WHERE i.program_id = %(program_id)s
        AND (%(state)s = '' OR present = %(state)s)
        AND (%(fulfilment)s = '' OR i.fulfilment = %(fulfilment)s)
        AND (%(reward)s = '' OR i.reward = %(reward)s)
        AND (%(member_ids)s::uuid[] IS NULL OR i.member_id = ANY(%(member_ids)s))
        AND (%(after_at)s::timestamptz IS NULL OR (i.issued_at, i.id) < (%(after_at)s, %(after_id)s::uuid))
    ORDER BY i.issued_at DESC, i.id DESC LIMIT %(limit)s
"""
COUNTS = """
    SELECT reward, CASE WHEN unlapsed = 'issued' AND expires_at <= %s THEN 'expired' ELSE unlapsed END, count(*)
    FROM (
        SELECT reward, expires_at,
            CASE WHEN state = 'held' AND held_until <= %s THEN 'issued' ELSE state END AS unlapsed
        FROM rewards_issued WHERE program_id = %s
    ) AS i GROUP BY 1, 2
"""
COUPON_USES = """
    SELECT part ->> 'name', count(*) FROM rewards_checkout, jsonb_array_elements(parts) AS part
    WHERE program_id = %s AND state = 'captured' AND part ->> 'kind' = 'coupon' GROUP BY 1
"""
# Codes of coupons are used up as supplies are, those of a pool by being somebody's.
BATCHES = """
    WITH used AS (
        SELECT c.batch_id, count(*) AS codes FROM rewards_supply AS s
        JOIN rewards_code AS c ON c.program_id = s.program_id AND c.mark = decode(substr(s.thing, 6), 'hex')
        WHERE s.program_id = %s AND s.thing LIKE 'code:%%' AND s.taken > 0 GROUP BY c.batch_id
    )
    SELECT b.id, b.coupon, b.reward, b.prefix, b.length, b.wanted, b.made, b.uses, b.valid_from, b.expires_at,
        b.made_at, b.made_by, b.cancelled_at,
        CASE WHEN b.reward = '' THEN COALESCE(used.codes, 0)
        ELSE (SELECT count(*) FROM rewards_code AS c WHERE c.batch_id = b.id AND c.issued_id IS NOT NULL) END
    FROM rewards_batch AS b LEFT JOIN used ON used.batch_id = b.id
    WHERE b.program_id = %s AND (%s OR b.id = %s) ORDER BY b.id DESC LIMIT %s
"""


class Filters(Struct, frozen=True):
    """Which issued rewards a list shows; what is empty does not matter."""

    state: str = ""
    fulfilment: str = ""
    reward: str = ""
    member_ids: tuple[UUID, ...] = ()


class Position(Struct, frozen=True):
    """Where a page ended."""

    issued_at: int
    id: UUID


class Row(Struct, frozen=True):
    """An issued reward without its code."""

    owned: Owned
    fulfilment: str


class Tally(Struct, frozen=True):
    """How many copies of a reward there are, and how many of them are what now."""

    all: int = 0
    issued: int = 0
    held: int = 0
    used: int = 0
    expired: int = 0
    cancelled: int = 0


class BatchRow(Struct, frozen=True):
    """`used` are codes of a coupon that were used at least once, or those of a pool that somebody has."""

    id: int
    coupon: str
    reward: str
    prefix: str
    length: int
    wanted: int
    made: int
    uses: int | None
    valid_from: int | None
    expires_at: int | None
    made_at: int
    made_by: str
    cancelled_at: int | None
    used: int


def issued_list(
    program_id: int, filters: Filters, now: int, after: Position | None = None, limit: int = 50
) -> list[Row]:
    """Newest first."""
    values = {
        "program_id": program_id,
        "now": moment(now),
        "state": filters.state,
        "fulfilment": filters.fulfilment,
        "reward": filters.reward,
        "member_ids": list(filters.member_ids) or None,
        "after_at": moment(after.issued_at) if after else None,
        "after_id": after.id if after else None,
        "limit": min(limit, PAGE_LIMIT),
    }
    found = raw().execute(LIST, values).fetchall()
    return [Row(looking.owned_of(row[:9], now), row[9]) for row in found]


def tallies(program_id: int, now: int) -> dict[str, Tally]:
    """By reward."""
    counts: dict[str, dict[str, int]] = {}
    for reward, state, count in rows(raw(), COUNTS, [moment(now), moment(now), program_id]):
        counts.setdefault(reward, {})[state] = count
    return {reward: Tally(sum(states.values()), **states) for reward, states in counts.items()}


def coupon_uses(program_id: int) -> dict[str, int]:
    """How often each coupon was used, by its name."""
    return dict(rows(raw(), COUPON_USES, [program_id]))


def batches(program_id: int, limit: int = 100) -> list[BatchRow]:
    """Newest first."""
    return [_batch(row) for row in rows(raw(), BATCHES, [program_id, program_id, True, 0, min(limit, PAGE_LIMIT)])]


def batch(program_id: int, batch_id: int) -> BatchRow | None:
    found = rows(raw(), BATCHES, [program_id, program_id, False, batch_id, 1])
    return _batch(found[0]) if found else None


def _batch(row: tuple[Any, ...]) -> BatchRow:
    *described, valid_from, expires_at, made_at, made_by, cancelled_at, used = row
    times = (instant(valid_from), instant(expires_at), instant(made_at) or 0)
    return BatchRow(*described, *times, made_by, instant(cancelled_at), used)

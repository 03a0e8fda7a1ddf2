"""Checkouts as people look them up: a member's, one alone, and those that wait for a second person."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from regulars.ledger.connect import instant, moment, raw, rows
from regulars.rewards.parts import Part

ONE = """
    SELECT id, member_id, state, order_key, made_at, until, ended_at, actor, place, parts FROM rewards_checkout
    WHERE program_id = %s AND id = %s
"""
OF_MEMBERS = """
    SELECT id, member_id, state, order_key, made_at, until, ended_at, actor, place, parts FROM rewards_checkout
    WHERE program_id = %s AND member_id = ANY(%b)
    ORDER BY made_at DESC, id LIMIT %s
"""
SEVERAL = """
    SELECT id, member_id, state, order_key, made_at, until, ended_at, actor, place, parts FROM rewards_checkout
    WHERE program_id = %s AND id = ANY(%b)
"""
# Those that ask are few (migration 0006 has their index).
WAITING = """
    SELECT id, member_id, state, order_key, made_at, until, ended_at, actor, place, parts FROM rewards_checkout
    WHERE program_id = %s AND parts @> '[{"asks_approval": true}]' AND state = 'held' AND until > %s
    ORDER BY made_at, id LIMIT %s
"""
DECIDED = """
    SELECT id, member_id, state, order_key, made_at, until, ended_at, actor, place, parts FROM rewards_checkout
    WHERE program_id = %s AND parts @> '[{"asks_approval": true}]' AND (state <> 'held' OR until <= %s)
    ORDER BY made_at DESC, id LIMIT %s
"""
PAGE_LIMIT = 200


class CheckoutLine(Struct, frozen=True):
    """`state` is what it is now: held, captured, released, voided or lapsed. `actor` is who began it."""

    id: UUID
    member_id: UUID | None
    state: str
    order_key: str
    made_at: int
    until: int | None
    ended_at: int | None
    actor: str
    place: str
    parts: list[Part]

    @property
    def asks_approval(self) -> bool:
        return any(part.asks_approval for part in self.parts)


def checkout(program_id: int, checkout_id: UUID, now: int) -> CheckoutLine | None:
    found = rows(raw(), ONE, [program_id, checkout_id])
    return _line(found[0], now) if found else None


def several(program_id: int, numbers: Collection[UUID], now: int) -> list[CheckoutLine]:
    return [_line(row, now) for row in rows(raw(), SEVERAL, [program_id, list(numbers)])] if numbers else []


def checkouts_of(program_id: int, member_ids: Collection[UUID], now: int, limit: int = 20) -> list[CheckoutLine]:
    """Newest first."""
    found = rows(raw(), OF_MEMBERS, [program_id, list(member_ids), min(limit, PAGE_LIMIT)])
    return [_line(row, now) for row in found]


def waiting(program_id: int, now: int, limit: int = 50) -> list[CheckoutLine]:
    """Those that a second person has to let pass, the longest waiting first."""
    return [_line(row, now) for row in rows(raw(), WAITING, [program_id, moment(now), min(limit, PAGE_LIMIT)])]


def decided(program_id: int, now: int, limit: int = 20) -> list[CheckoutLine]:
    """Those that waited once, newest first."""
    return [_line(row, now) for row in rows(raw(), DECIDED, [program_id, moment(now), min(limit, PAGE_LIMIT)])]


def _line(row: tuple[Any, ...], now: int) -> CheckoutLine:
    number, member_id, state, order_key, made_at, until, ended_at, actor, place, parts = row
    ends = instant(until)
    if state == "held" and ends is not None and ends <= now:
        state = "lapsed"
    return CheckoutLine(
        number,
        member_id,
        state,
        order_key,
        instant(made_at) or 0,
        ends,
        instant(ended_at),
        actor,
        place,
        msgspec.convert(parts, list[Part]),
    )

"""What a code that somebody shows is, and whether it may be used by them now. Nothing is locked or changed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Struct

from regulars.engine.calendar import instant_of
from regulars.ledger.connect import instant, rows
from regulars.rewards import secrecy
from regulars.rewards.refusing import Refused
from regulars.rewards.spelling import is_spelled, plain

BY_MARK = """
    SELECT id, member_id, reward, state, issued_at, valid_from, expires_at, held_until, checkout_id FROM rewards_issued
    WHERE program_id = %s AND mark = ANY(%b)
"""
BY_ID = """
    SELECT id, member_id, reward, state, issued_at, valid_from, expires_at, held_until, checkout_id FROM rewards_issued
    WHERE program_id = %s AND id = %s
"""
CODES = """
    SELECT c.mark, b.coupon, b.uses, c.owner_id, c.giver_id, b.valid_from, b.expires_at, b.cancelled_at, c.issued_id
    FROM rewards_code AS c JOIN rewards_batch AS b ON b.id = c.batch_id
    WHERE c.program_id = %s AND c.mark = ANY(%b)
"""


class Owned(Struct, frozen=True):
    """An issued reward. `state` is what it is now; a lapsed hold counts as given back."""

    id: UUID
    member_id: UUID
    reward: str
    state: str
    issued_at: int
    valid_from: int | None
    expires_at: int | None
    checkout_id: UUID | None


class Coupon(Struct, frozen=True):
    """A coupon's code. `thing` is what is left of its own uses (of `uses`; None: any number)."""

    name: str
    thing: str = ""
    uses: int | None = None
    owner_id: UUID | None = None
    giver_id: UUID | None = None
    valid_from: int | None = None
    expires_at: int | None = None
    cancelled: bool = False


def is_public(typed: str, public: Mapping[str, str]) -> bool:
    return any(plain(text) == plain(typed) for text in public)


def shown(
    conn: psycopg.Connection[Any], program_id: int, typed: str, public: Mapping[str, str], now: int
) -> Owned | Coupon:
    """What a typed or scanned code is. `public` names coupons by their code. Raises Refused."""
    code = plain(typed)
    for text, name in public.items():
        if plain(text) == code:
            return Coupon(name)
    marks = secrecy.marks(program_id, code)
    if found := rows(conn, BY_MARK, [program_id, marks]):
        return owned_of(found[0], now)
    if found := rows(conn, CODES, [program_id, marks]):
        return _coupon_of(conn, program_id, found[0], now)
    raise Refused("code_unknown" if is_spelled(code) else "code_mistyped")


def owned(conn: psycopg.Connection[Any], program_id: int, issued_id: UUID, now: int) -> Owned | None:
    found = rows(conn, BY_ID, [program_id, issued_id])
    return owned_of(found[0], now) if found else None


def owned_of(row: tuple[Any, ...], now: int) -> Owned:
    issued_id, member_id, reward, state, issued_at, valid_from, expires_at, held_until, checkout_id = row
    since, until, held = instant(valid_from), instant(expires_at), instant(held_until)
    if state == "held" and held is not None and held <= now:
        state = "issued"
    if state == "issued" and until is not None and until <= now:
        state = "expired"
    return Owned(issued_id, member_id, reward, state, instant_of(issued_at), since, until, checkout_id)


def _coupon_of(conn: psycopg.Connection[Any], program_id: int, row: tuple[Any, ...], now: int) -> Owned | Coupon:
    mark, name, uses, owner, giver, valid_from, expires_at, cancelled_at, issued_id = row
    if issued_id is not None and (one := owned(conn, program_id, issued_id, now)) is not None:
        return one
    if not name:
        raise Refused("code_unknown")
    thing = f"code:{bytes(mark).hex()}"
    since, until = instant(valid_from), instant(expires_at)
    return Coupon(name, thing, uses, owner, giver, since, until, cancelled_at is not None)


def check(found: Owned | Coupon, member_ids: frozenset[UUID], now: int) -> None:
    """Whether these may use it now: a member, and those who became part of them. Raises Refused."""
    owner = found.member_id if isinstance(found, Owned) else found.owner_id
    if owner is not None and owner not in member_ids:
        raise Refused("code_of_other_member")
    if isinstance(found, Coupon) and found.giver_id in member_ids:
        raise Refused("own_code")
    if found.valid_from is not None and now < found.valid_from:
        raise Refused("code_not_yet_valid", {"from": found.valid_from})
    if isinstance(found, Coupon) and found.cancelled:
        raise Refused("code_cancelled")
    if isinstance(found, Owned) and found.state in OVER:
        raise Refused(OVER[found.state])
    if found.expires_at is not None and found.expires_at <= now:
        raise Refused("code_expired")


# What an issued reward's state says to whoever shows its code.
OVER = {"cancelled": "code_cancelled", "expired": "code_expired", "held": "code_held", "used": "code_used"}

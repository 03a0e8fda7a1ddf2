"""Readings of codes and issued rewards: frozen values out, as of now. A member's codes are for their eyes."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from regulars.ledger.connect import moment, raw, rows
from regulars.rewards import copies, looking, secrecy
from regulars.rewards.actions.batches import printed
from regulars.rewards.models import AskedAdjustment, Batch, Code

PAGE_LIMIT = 200
# So many that are good a member may see at once.
GOOD_LIMIT = 500
ISSUED = """
    SELECT i.id, i.member_id, i.reward, i.state, i.issued_at, i.valid_from, i.expires_at, i.held_until, i.checkout_id,
        i.mark, i.fulfilment, c.sealed, c.mark
    FROM rewards_issued AS i LEFT JOIN rewards_code AS c ON c.issued_id = i.id AND c.program_id = i.program_id
    WHERE i.program_id = %s AND (i.member_id = ANY(%b) OR i.id = %s) AND i.issued_at < %s
        AND (%s::boolean IS NULL
            OR (i.state IN ('issued', 'held') AND (i.expires_at IS NULL OR i.expires_at > %s)) = %s)
    ORDER BY i.issued_at DESC, i.id LIMIT %s
"""
HISTORY = """
    SELECT at, what, actor, place, reason, checkout_id FROM rewards_happened
    WHERE program_id = %s AND issued_id = %s ORDER BY id
"""
END = 2**53


class BatchLine(Struct, frozen=True):
    """Codes that were made or brought in together: for what, how many there are."""

    id: int
    coupon: str
    reward: str
    made: int
    cancelled: bool


class WaitingLine(Struct, frozen=True):
    """Points that somebody wants to give or take by hand, and that somebody else has to approve."""

    id: UUID
    member_id: UUID
    wallet: str
    points: int
    reason: str
    asked_by: str
    asked_at: datetime
    words: str = ""


class IssuedLine(Struct, frozen=True):
    """A reward that a member owns, and the code that proves it: its own, or the partner's it stands for."""

    id: UUID
    member_id: UUID
    reward: str
    state: str
    code: str
    issued_at: int
    valid_from: int | None
    expires_at: int | None
    fulfilment: str


class HappenedLine(Struct, frozen=True):
    """What happened to it, who did it and where."""

    at: datetime
    what: str
    actor: str
    place: str
    reason: str
    checkout_id: UUID | None


def batch(program_id: int, batch_id: int) -> BatchLine | None:
    found = Batch.objects.filter(program_id=program_id, id=batch_id).first()
    if found is None:
        return None
    return BatchLine(found.id, found.coupon, found.reward, found.made, found.cancelled_at is not None)


def codes_of(program_id: int, batch_id: int) -> Iterator[str]:
    """Every code of a batch as it is printed, in order; "" where it is not known any more, or never was."""
    return (code for _, code in codes_page(program_id, batch_id, 0, None))


def codes_page(
    program_id: int, batch_id: int, begin: int, limit: int | None, *, are_free: bool = False
) -> Iterator[tuple[int, str]]:
    """The same from a number on, each with its number; where `are_free`, only those of a pool that no member has."""
    made = Batch.objects.get(program_id=program_id, id=batch_id)
    wanted = Code.objects.filter(batch=made, number__gte=begin, **({"issued_id": None} if are_free else {}))
    for code in wanted.order_by("number")[:limit].iterator(10_000):
        known = bytes(code.mark)
        if code.sealed is not None:
            yield code.number, secrecy.unseal(program_id, bytes(code.sealed), known)
        else:
            yield code.number, printed(made, code.number, known)


def issued_to(
    program_id: int, member_ids: Collection[UUID], now: int, before: int | None = None, limit: int = 50
) -> list[IssuedLine]:
    """What these members own or owned, newest first."""
    return _issued(program_id, member_ids, now, before=before, limit=min(limit, PAGE_LIMIT))


def good_of(program_id: int, member_ids: Collection[UUID], now: int) -> list[IssuedLine]:
    """What these members can still use, newest first; also what is held."""
    return _issued(program_id, member_ids, now, is_good=True, limit=GOOD_LIMIT)


def over_of(program_id: int, member_ids: Collection[UUID], now: int, limit: int = 50) -> list[IssuedLine]:
    """The newest of what these members used, or cannot use any more."""
    return _issued(program_id, member_ids, now, is_good=False, limit=limit)


def ever_issued_to(program_id: int, member_ids: Collection[UUID], now: int) -> list[IssuedLine]:
    """All that these members own or owned, newest first."""
    return _issued(program_id, member_ids, now)


def _issued(
    program_id: int,
    member_ids: Collection[UUID],
    now: int,
    *,
    is_good: bool | None = None,
    before: int | None = None,
    limit: int | None = None,
) -> list[IssuedLine]:
    until = moment(END if before is None else before)
    asked = [program_id, list(member_ids), None, until, is_good, moment(now), is_good, limit]
    return [_line(program_id, row, now) for row in rows(raw(), ISSUED, asked)]


def waiting_adjustments(program_id: int, member_id: UUID | None = None) -> list[WaitingLine]:
    """What nobody has decided yet, of all or of one member, oldest first; no more than a page."""
    waiting = AskedAdjustment.objects.filter(program_id=program_id, outcome="").order_by("asked_at", "id")
    found = (waiting if member_id is None else waiting.filter(member_id=member_id))[:PAGE_LIMIT]
    return [
        WaitingLine(one.id, one.member_id, one.wallet, one.points, one.reason, one.asked_by, one.asked_at, one.words)
        for one in found
    ]


def issued(program_id: int, issued_id: UUID, now: int) -> IssuedLine | None:
    found = rows(raw(), ISSUED, [program_id, [], issued_id, moment(END), None, moment(now), None, 1])
    return _line(program_id, found[0], now) if found else None


def history(program_id: int, issued_id: UUID) -> list[HappenedLine]:
    """Oldest first."""
    return [HappenedLine(*row) for row in rows(raw(), HISTORY, [program_id, issued_id])]


def _line(program_id: int, row: tuple[Any, ...], now: int) -> IssuedLine:
    owned, (mark, fulfilment, sealed, pool_mark) = looking.owned_of(row[:9], now), row[9:]
    if sealed is not None:
        code = secrecy.unseal(program_id, bytes(sealed), bytes(pool_mark))
    else:
        code = secrecy.read_again(program_id, copies.about(owned.id), "", copies.CODE_LENGTH, bytes(mark))
    times = (owned.issued_at, owned.valid_from, owned.expires_at)
    return IssuedLine(owned.id, owned.member_id, owned.reward, owned.state, code, *times, fulfilment)

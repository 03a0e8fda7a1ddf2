"""Points given or taken by hand: at once, or, above what a wallet allows one person, when somebody else approves.

Who asks and who approves are credentials that were checked, never names that somebody says; the same never does both.
"""

from uuid import UUID, uuid4

from django.db import transaction
from msgspec import Struct

from regulars.engine.calendar import datetime_of
from regulars.engine.decide import Refusal
from regulars.engine.facts import Adjustment
from regulars.engine.outcome import Entry
from regulars.engine.program import Programs
from regulars.ledger import deciding
from regulars.ledger.connect import raw
from regulars.rewards.models import AskedAdjustment
from regulars.rewards.refusing import Refused


class Wish(Struct, frozen=True):
    """So many points above zero are given, below zero taken. `reason` is a code."""

    wallet: str
    points: int
    reason: str


@transaction.atomic
def adjust(programs: Programs, member_id: UUID, wish: Wish, now: int, *, actor: str) -> tuple[Entry, ...] | UUID:
    """The entries; or the number under which it waits for somebody else. Raises Refused."""
    owner = deciding.locked(raw(), programs.program_id, member_id)
    asked = Adjustment(str(uuid4()), wish.wallet, wish.points, now, wish.reason, actor)
    said = deciding.decided(raw(), programs, owner, [asked], now)
    if not isinstance(said, Refusal):
        return said[0].entries
    if said.code != "approval_missing":
        raise Refused(said.code, said.parameters)
    waiting = AskedAdjustment.objects.create(
        program_id=programs.program_id,
        member_id=member_id,
        wallet=wish.wallet,
        points=wish.points,
        reason=wish.reason,
        asked_by=actor,
        asked_at=datetime_of(now),
    )
    return waiting.id


@transaction.atomic
def approve(programs: Programs, number: UUID, now: int, *, actor: str) -> tuple[Entry, ...]:
    """By somebody else than who asked; what is to be taken must be there now. Raises Refused."""
    owner = deciding.locked(raw(), programs.program_id, _known(programs.program_id, number).member_id)
    waiting = _waiting(programs.program_id, number, actor)
    asked = Adjustment(str(number), waiting.wallet, waiting.points, now, waiting.reason, waiting.asked_by, actor)
    said = deciding.decided(raw(), programs, owner, [asked], now)
    if isinstance(said, Refusal):
        raise Refused(said.code, said.parameters)
    _over(waiting, "approved", actor, now)
    return said[0].entries


@transaction.atomic
def decline(program_id: int, number: UUID, now: int, *, actor: str) -> None:
    """By anybody who may approve, also by who asked. Raises Refused."""
    _over(_waiting(program_id, number, ""), "declined", actor, now)


def _known(program_id: int, number: UUID) -> AskedAdjustment:
    found = AskedAdjustment.objects.filter(program_id=program_id, id=number).first()
    if found is None:
        raise Refused("adjustment_unknown")
    return found


def _waiting(program_id: int, number: UUID, actor: str) -> AskedAdjustment:
    """Locked. Raises Refused where it was decided already, or for who asked."""
    _known(program_id, number)
    found = AskedAdjustment.objects.select_for_update().get(program_id=program_id, id=number)
    if found.outcome:
        raise Refused("adjustment_decided", {"outcome": found.outcome})
    if found.asked_by == actor:
        raise Refused("approval_own")
    return found


def _over(waiting: AskedAdjustment, outcome: str, actor: str, now: int) -> None:
    waiting.outcome, waiting.decided_by, waiting.decided_at = outcome, actor, datetime_of(now)
    waiting.save(update_fields=["outcome", "decided_by", "decided_at"])

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
from regulars.ledger import codec, deciding, notes
from regulars.ledger.connect import raw, rows
from regulars.rewards.models import AskedAdjustment
from regulars.rewards.refusing import Refused

DONE = """
    SELECT f.member_id, f.body FROM ledger_fact_key AS k
    JOIN ledger_fact AS f ON (f.program_id, f.member_id, f.kind, f.key) = (k.program_id, k.member_id, k.kind, k.key)
    WHERE k.program_id = %s AND k.kind = %s AND k.key = %s
"""


class Wish(Struct, frozen=True):
    """So many points above zero are given, below zero taken. `reason` is a code; `words` are kept beside the fact."""

    wallet: str
    points: int
    reason: str
    words: str = ""


@transaction.atomic
def adjust(
    programs: Programs, member_id: UUID, wish: Wish, now: int, *, actor: str, number: UUID | None = None
) -> tuple[Entry, ...] | UUID:
    """The entries; or the number under which it waits for somebody else. Raises Refused.

    Asked twice under one `number` it is done once, and answered without entries."""
    owner = deciding.locked(raw(), programs.program_id, member_id)
    if number is not None and (known := _as_before(programs, owner.member_id, member_id, number)):
        return _again(known, (wish.wallet, wish.points, wish.reason, actor), number)
    number = number or uuid4()
    asked = Adjustment(str(number), wish.wallet, wish.points, now, wish.reason, actor)
    said = deciding.decided(raw(), programs, owner, [asked], now)
    if not isinstance(said, Refusal):
        notes.keep(raw(), programs.program_id, [(owner.member_id, asked, wish.words)])
        return said[0].entries
    if said.code != "approval_missing":
        raise Refused(said.code, said.parameters)
    waiting = AskedAdjustment.objects.create(
        id=number,
        program_id=programs.program_id,
        member_id=member_id,
        wallet=wish.wallet,
        points=wish.points,
        reason=wish.reason,
        asked_by=actor,
        asked_at=datetime_of(now),
        words=wish.words,
    )
    return waiting.id


def _as_before(programs: Programs, owner: UUID, member_id: UUID, number: UUID) -> AskedAdjustment | Adjustment | None:
    """What was asked for under this number, of this member. Raises Refused where it was of another one."""
    if waiting := AskedAdjustment.objects.filter(id=number).first():
        if (waiting.program_id, waiting.member_id) != (programs.program_id, member_id):
            raise Refused("number_reused")
        return waiting
    found = rows(raw(), DONE, [programs.program_id, codec.KINDS[Adjustment], str(number)])
    if found and found[0][0] != owner:
        raise Refused("number_reused")
    done = codec.decode_fact(found[0][1]) if found else None
    return done if isinstance(done, Adjustment) else None


def _again(
    known: AskedAdjustment | Adjustment, asked: tuple[str, int, str, str], number: UUID
) -> tuple[Entry, ...] | UUID:
    """Raises Refused where it was something else that was asked for."""
    by = known.asked_by if isinstance(known, AskedAdjustment) else known.actor
    if (known.wallet, known.points, known.reason, by) != asked:
        raise Refused("number_reused")
    return number if isinstance(known, AskedAdjustment) and not known.outcome else ()


@transaction.atomic
def approve(programs: Programs, number: UUID, now: int, *, actor: str) -> tuple[Entry, ...]:
    """By somebody else than who asked; what is to be taken must be there now. Raises Refused."""
    owner = deciding.locked(raw(), programs.program_id, _known(programs.program_id, number).member_id)
    waiting = _waiting(programs.program_id, number, actor)
    asked = Adjustment(str(number), waiting.wallet, waiting.points, now, waiting.reason, waiting.asked_by, actor)
    said = deciding.decided(raw(), programs, owner, [asked], now)
    if isinstance(said, Refusal):
        raise Refused(said.code, said.parameters)
    notes.keep(raw(), programs.program_id, [(owner.member_id, asked, waiting.words)])
    _over(waiting, "approved", actor, now)
    return said[0].entries


@transaction.atomic
def decline(program_id: int, number: UUID, now: int, *, actor: str) -> None:
    """By anybody who may approve, also by who asked. Raises Refused."""
    _over(_waiting(program_id, number, ""), "declined", actor, now)


@transaction.atomic
def withdraw(program_id: int, number: UUID, now: int, *, actor: str) -> None:
    """By who asked, and nobody else. Raises Refused."""
    if _known(program_id, number).asked_by != actor:
        raise Refused("adjustment_unknown")
    decline(program_id, number, now, actor=actor)


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

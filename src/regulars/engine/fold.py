"""The fold: an account advanced step by step over what happened.

It starts from nothing or from any stored state and gives the same account and the same net entries either way. The
account handed in is changed in place: whoever calls hands over a copy of their own.
"""

from collections.abc import Callable, Iterable
from typing import Any

from regulars.engine import (
    activities,
    closing,
    earlier,
    facts,
    holds,
    merging,
    occasions,
    orders,
    parting,
    referral,
    shadows,
    spending,
    standings,
    together,
    transfers,
)
from regulars.engine.due import advance, take_turns
from regulars.engine.enrolment import joined
from regulars.engine.facts import (
    Activity,
    Details,
    Effect,
    Enrolment,
    Fulfilment,
    Order,
    Own,
    PlanStanding,
    Refund,
    SegmentStanding,
    TierGrant,
)
from regulars.engine.grants import granted
from regulars.engine.outcome import Outcome
from regulars.engine.tape import Shadow, Tape
from regulars.engine.timeline import DECIDE, PAY, Happening
from regulars.engine.welcoming import welcome


def part(tape: Tape, fact: facts.Unmerge, at: int) -> None:
    """Two again; who asked for a hold that is open has all of it before."""
    one = parting.united(tape, fact)
    if one is None or one.shadow is None:
        return
    advance(one, at)
    for side, last in parting.open_holds(one.shadow, at):
        apply(side, Happening((at, DECIDE, last.key), last))
    parting.part(tape, one, one.shadow, fact, at)


# What each kind of fact does to an account at its instant.
DEEDS: dict[type[Own], Callable[[Tape, Any, int], None]] = {
    Activity: activities.act,
    Details: standings.know,
    Effect: occasions.affect,
    Enrolment: joined,
    facts.Closing: closing.close,
    Fulfilment: orders.fulfil,
    Order: orders.edit,
    PlanStanding: standings.plan,
    facts.Referred: referral.bring,
    Refund: orders.refund,
    SegmentStanding: standings.belong,
    facts.Adjustment: transfers.adjust,
    facts.Capture: holds.capture,
    facts.Claimed: earlier.claimed,
    facts.Hold: holds.hold,
    facts.Merge: merging.merge,
    facts.Opening: transfers.open_with,
    facts.Received: transfers.receive,
    facts.Redemption: spending.redeem,
    facts.Release: holds.release,
    facts.Restoration: spending.restore,
    facts.Transfer: transfers.transfer,
    facts.Unmerge: part,
    TierGrant: granted,
}

# Each of them finds out by itself whom it concerns.
SHARED = facts.Merge | facts.Unmerge


def fold(tape: Tape, happenings: Iterable[Happening], until: int | None = None) -> Outcome:
    """Apply steps in their order, then let time pass until `until` (inclusive)."""
    for happening in happenings:
        apply(tape, happening)
    if until is not None:
        advance(tape, until)
    return tape.outcome()


def apply(tape: Tape, happening: Happening) -> None:
    """One step: time passes to its instant first. A closed account knows no steps."""
    account, fact = tape.account, happening.fact
    if account.closed_at is not None:
        return
    is_elsewhere = happening.of or account.into
    if is_elsewhere and not (isinstance(fact, SHARED) or together.is_of_all(tape, happening.of, fact)):
        elsewhere = together.tape_of(tape, happening.of)
        if elsewhere is None:
            return
        tape = elsewhere
        tape.agenda = None
    at, kind, _ = step = happening.step
    if not (agenda := tape.agenda) or agenda[0][0] <= at:
        take_turns(tape, at)
    if kind == PAY and isinstance(fact, Order):
        orders.pay(tape, fact, at)
    else:
        DEEDS[type(fact)](tape, fact, at)
        tape.agenda = None
    tape.account.last = step
    if tape.moved:
        welcome(tape, at)
        tape.agenda = None
    if tape.shadow is not None:
        follow(tape, tape.shadow, happening)


def follow(tape: Tape, shadow: Shadow, happening: Happening) -> None:
    """What happens to two members who are one, as it would happen to them apart."""
    for side, fact in shadows.shared(tape, shadow, happening):
        side.agenda = None
        apply(side, Happening(happening.step, fact, together.within(side, happening.of)))

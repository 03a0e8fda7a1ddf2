"""Facts unrolled into steps in one total order: (occurred_at, kind, key).

Kinds at one instant: what holds of a member (details, plans, segments), enrolment, payment, edit, refund, fulfilment,
activity, what others did, our own decisions, what was there before them; what is due by time alone comes before all of
them. An order's first paid snapshot is its payment, not looking before the newest one that corrects; each later
snapshot is an edit dated by its version, never before the payment. Refunds and fulfilments are dated not before the
payment; while their order is unknown they wait. Where orders from before joining count, joining is dated back to the
first of them. What another member did has no step where a void effect superseded it. Where members are or were one,
each one's facts are unrolled by themselves, into one order.
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from regulars.engine import facts
from regulars.engine.account import Step
from regulars.engine.facts import (
    Claimed,
    Effect,
    Enrolment,
    Fulfilment,
    Merge,
    OneOff,
    Order,
    Own,
    Refund,
    Theirs,
    Unmerge,
)

STANDS, ENROL, PAY, EDIT, REFUND, FULFIL, ACT, EFFECT, DECIDE = range(1, 10)
KINDS: dict[type[OneOff], int] = {
    facts.Details: STANDS,
    facts.PlanStanding: STANDS,
    facts.SegmentStanding: STANDS,
    facts.Enrolment: ENROL,
    facts.Referred: STANDS,
    facts.Refund: REFUND,
    facts.Fulfilment: FULFIL,
    facts.Activity: ACT,
    facts.Effect: EFFECT,
    facts.Redemption: DECIDE,
    facts.Hold: DECIDE,
    facts.Capture: DECIDE,
    facts.Release: DECIDE,
    facts.Restoration: DECIDE,
    facts.Transfer: DECIDE,
    facts.Received: DECIDE,
    facts.Adjustment: DECIDE,
    facts.TierGrant: DECIDE,
    Merge: DECIDE,
    Unmerge: DECIDE,
    facts.Closing: DECIDE,
    Claimed: DECIDE,
    facts.Opening: DECIDE,
}
TYPES = list(KINDS)
IN_ORDER = attrgetter("step", "of")


class Happening(Struct, frozen=True, gc=False):
    """A step: when it sorts, the fact it applies, and whose it is: "" is the member whose history this is."""

    step: Step
    fact: Own
    of: str = ""


def unrolled(given: Iterable[facts.Fact]) -> list[Happening]:
    """Every step of one member's facts, sorted. The same facts give the same steps in any order, repeated or not."""
    mine: list[Own] = []
    others: dict[str, list[Own]] = {}
    for fact in given:
        if isinstance(fact, Theirs):
            others.setdefault(fact.of, []).append(fact.fact)
        else:
            mine.append(fact)
    gone = [fact for fact in mine if isinstance(fact, Claimed) and fact.guest == fact.me]
    if gone:
        return steps_of(gone)
    undone = {fact.merge for fact in mine if isinstance(fact, Unmerge)}
    if undone:
        mine = [replace(fact, undone=True) if isinstance(fact, Merge) and fact.key in undone else fact for fact in mine]
    steps = steps_of(mine)
    for of, theirs in others.items():
        steps += [replace(happening, of=of) for happening in steps_of(theirs)]
    return sorted(steps, key=IN_ORDER)


def steps_of(given: Iterable[Own]) -> list[Happening]:
    """The steps of one member's own facts, in no particular order."""
    snapshots: dict[str, list[Order]] = {}
    others: dict[tuple[type[OneOff], str], OneOff] = {}
    effects: list[Effect] = []
    for fact in given:
        if isinstance(fact, Order):
            snapshots.setdefault(fact.key, []).append(fact)
        else:
            others.setdefault((type(fact), fact.key), fact)
            if type(fact) is Effect:
                effects.append(fact)
    for fact in superseded(effects):
        others.pop((Effect, fact.key), None)
    steps: list[Happening] = []
    for versions in snapshots.values():
        steps += order_steps(told_once(versions) if len(versions) > 1 else versions)
    paid_at: dict[str, int | None] = {step.fact.key: step.step[0] for step in steps if step.step[1] == PAY}
    return [*steps, *(step for fact in others.values() if (step := one_off(fact, paid_at)))]


def superseded(effects: Sequence[Effect]) -> list[Effect]:
    """Those that are void, and what they made so."""
    last = {fact.said: fact.key for fact in sorted(effects, key=lambda fact: fact.key) if fact.void}
    return [fact for fact in effects if fact.key <= last.get(fact.said, "")]


def subject(fact: facts.Fact) -> str:
    """What a fact is about: the steps of facts about others do not depend on it, unless it joins or parts members."""
    if isinstance(fact, Theirs):
        return subject(fact.fact)
    if isinstance(fact, Effect):
        return fact.cause
    return fact.order if isinstance(fact, Refund | Fulfilment) else fact.key


def version_of(order: Order) -> tuple[int, int]:
    return (order.version_at, order.number)


def told_once(snapshots: Sequence[Order]) -> list[Order]:
    """The snapshots of an order, oldest version first; of a version that was told again the first one."""
    versions = {version_of(order): order for order in reversed(snapshots)}
    return [versions[version] for version in sorted(versions)]


def order_steps(versions: Sequence[Order]) -> list[Happening]:
    """Payment and edits of one order from its snapshots, oldest version first."""
    if len(versions) == 1:
        (only,) = versions
        return [] if only.paid_at is None else [Happening((only.paid_at, PAY, only.key), only)]
    start = max((n for n, order in enumerate(versions) if order.corrects), default=0)
    for place, first in enumerate(versions[start:], start=start):
        if (paid_at := first.paid_at) is not None:
            later = [edit(order, paid_at) for order in versions[place + 1 :]]
            return [Happening((paid_at, PAY, first.key), first), *later]
    return []


def edit(order: Order, paid_at: int) -> Happening:
    at = max(order.version_at, paid_at)
    return Happening((at, EDIT, f"{order.key}@{order.version_at:020}.{order.number:010}"), order)


def one_off(fact: OneOff, paid_at: dict[str, int | None]) -> Happening | None:
    """The step of a fact other than an order; None while it waits for its order to be paid."""
    at = fact.at
    if isinstance(fact, Enrolment) and fact.since is not None:
        earlier = [paid for paid in paid_at.values() if paid is not None and fact.since <= paid < at]
        at = min(earlier, default=at)
    if isinstance(fact, Refund | Fulfilment):
        paid = paid_at.get(fact.order)
        if paid is None:
            return None
        at = max(at, paid)
    kind = KINDS[type(fact)]
    # Keys are unique within a type, and several types share these kinds: a hold comes before its capture.
    key = f"{fact.key}|{TYPES.index(type(fact)):02}" if kind in (STANDS, DECIDE) else fact.key
    return Happening((at, kind, key), fact)

"""Facts unrolled into steps in one total order: (occurred_at, kind, key).

Kinds at one instant: enrolment, payment, edit, refund; what is due by time alone comes before all of them. An order's
first paid snapshot is its payment, not looking before the newest one that corrects; each later snapshot is an edit
dated by its version, never before the payment. A refund is dated not before the payment; while its order is unknown it
waits.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from regulars.engine.account import Step
from regulars.engine.facts import Enrolment, Fact, Order, Refund

ENROL, PAY, EDIT, REFUND = 1, 2, 3, 4


class Happening(Struct, frozen=True, gc=False):
    """A step: when it sorts, and the fact it applies."""

    step: Step
    fact: Fact


def unrolled(facts: Iterable[Fact]) -> list[Happening]:
    """Every step of one member's facts, sorted. The same facts give the same steps in any order, repeated or not."""
    snapshots: dict[str, dict[tuple[int, int], Order]] = {}
    refunds: dict[str, Refund] = {}
    enrolments: dict[str, Enrolment] = {}
    for fact in facts:
        if isinstance(fact, Order):
            snapshots.setdefault(fact.key, {}).setdefault(version_of(fact), fact)
        elif isinstance(fact, Refund):
            refunds.setdefault(fact.key, fact)
        else:
            enrolments.setdefault(fact.key, fact)
    steps = [enrolment(fact) for fact in enrolments.values()]
    for versions in snapshots.values():
        steps += order_steps(sorted(versions.values(), key=version_of))
    paid_at = {happening.fact.key: happening.step[0] for happening in steps if happening.step[1] == PAY}
    steps += [refund(fact, paid_at[fact.order]) for fact in refunds.values() if fact.order in paid_at]
    return sorted(steps, key=lambda happening: happening.step)


def version_of(order: Order) -> tuple[int, int]:
    return (order.version_at, order.number)


def order_steps(versions: Sequence[Order]) -> list[Happening]:
    """Payment and edits of one order from its snapshots, oldest version first."""
    start = max((place for place, order in enumerate(versions) if order.corrects), default=0)
    for place, first in enumerate(versions[start:], start=start):
        if (paid_at := first.paid_at) is not None:
            later = [edit(order, paid_at) for order in versions[place + 1 :]]
            return [Happening((paid_at, PAY, first.key), first), *later]
    return []


def edit(order: Order, paid_at: int) -> Happening:
    at = max(order.version_at, paid_at)
    return Happening((at, EDIT, f"{order.key}@{order.version_at:020}.{order.number:010}"), order)


def refund(fact: Refund, paid_at: int) -> Happening:
    return Happening((max(fact.refunded_at, paid_at), REFUND, fact.key), fact)


def enrolment(fact: Enrolment) -> Happening:
    return Happening((fact.enrolled_at, ENROL, fact.key), fact)

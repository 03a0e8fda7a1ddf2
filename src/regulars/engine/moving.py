"""An order that is corrected from one member to another: what each of the two is told.

Who had it has nothing of it from the beginning, who has it now has everything that happened to it. What was spent on it
stays spent by whom it was. Worked examples: docs/rules/snapshots.md.
"""

from collections.abc import Iterable

from regulars.engine.facts import Fact, Fulfilment, Order, Refund


def left_behind(order: Order, to: str) -> Order:
    """The snapshot for who had it; `to` is an opaque id."""
    return Order(order.key, order.version_at, (), None, order.number, corrects=True, moved_to=to)


def happened_to(order: str, known: Iterable[Fact]) -> list[Fact]:
    """What goes along with an order: its refunds, and that it was handed over."""
    return [fact for fact in known if isinstance(fact, Refund | Fulfilment) and fact.order == order]


def has_moved(fact: Fact) -> bool:
    return isinstance(fact, Order) and bool(fact.moved_to)

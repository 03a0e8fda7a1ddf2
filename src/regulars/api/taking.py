"""Orders taken in for a caller: each is kept whole or not at all, and says what became of it."""

from collections.abc import Sequence

from django.db import transaction

from regulars.access.waiting import bounded
from regulars.api.problems import KINDS, Fault, Problem
from regulars.intake.actions import take_orders
from regulars.intake.orders import OrderIn, order_key, refund_key
from regulars.ledger.receipt import Receipt
from regulars.programs.queries import Published

Taken = Receipt | Problem


def taken(published: Published, orders: Sequence[tuple[str, OrderIn]], now: int) -> list[Taken]:
    """What became of each order; `orders` come with their places in the body.

    An order that is refused takes its refunds with it. The rest is taken without it, in one transaction.
    """
    refused: dict[str, Problem] = {}
    while True:
        left = [(at, order) for at, order in orders if at not in refused]
        found = _attempt(published, left, now)
        again = {at: one for at, one in found.items() if isinstance(one, Problem)}
        refused |= again
        if not again:
            return [refused.get(at) or found[at] for at, _ in orders]


def _attempt(published: Published, orders: Sequence[tuple[str, OrderIn]], now: int) -> dict[str, Taken]:
    """All of them or, where one is refused, none."""
    with bounded():
        receipts = {receipt.key: receipt for receipt in take_orders(published, [order for _, order in orders], now)}
        found = {at: _taken(at, order, receipts) for at, order in orders}
        if any(isinstance(one, Problem) for one in found.values()):
            transaction.set_rollback(True)
    return found


def _taken(at: str, order: OrderIn, receipts: dict[str, Receipt]) -> Taken:
    receipt = receipts[order_key(order.source, order.id)]
    if receipt.outcome == "refused":
        return _refused(receipt.code, at)
    for place, refund in enumerate(order.refunds):
        known = receipts.get(refund_key(order.source, order.id, refund.id))
        if known is not None and known.outcome == "refused":
            return _refused(known.code, f"{at}/refunds/{place}")
    return receipt


def _refused(code: str, pointer: str) -> Problem:
    return Problem(code, faults=[Fault(str(KINDS[code].title), pointer)])

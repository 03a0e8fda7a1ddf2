"""Orders taken in for a caller: each is kept whole or not at all, and says what became of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TypeAlias

from django.db import transaction

from regulars.access.waiting import bounded
from regulars.contract.problems import KINDS, Fault, Problem
from regulars.intake.actions import take_orders
from regulars.intake.orders import OrderIn, order_key, refund_key
from regulars.ledger.receipt import Receipt
from regulars.programs.queries import Published

Taken: TypeAlias = "Receipt | Problem"


def taken(
    published: Published,
    orders: Sequence[tuple[str, OrderIn]],
    now: int,
    within: Callable[[], AbstractContextManager[None]] = bounded,
) -> list[Taken]:
    """What became of each order; `orders` come with their places in their bodies, and no order comes twice.

    An order that is refused takes its refunds with it. The rest is taken without it, in one transaction.
    """
    refused: dict[int, Problem] = {}
    while True:
        left = {number: order for number, order in enumerate(orders) if number not in refused}
        found, is_torn = _attempt(published, left, now, within)
        refused |= {number: one for number, one in found.items() if isinstance(one, Problem)}
        if not is_torn:
            return [refused.get(number) or found[number] for number in range(len(orders))]


def _attempt(
    published: Published,
    orders: Mapping[int, tuple[str, OrderIn]],
    now: int,
    within: Callable[[], AbstractContextManager[None]],
) -> tuple[dict[int, Taken], bool]:
    """All of them or, where a part of one is refused and another is not, none: then it `is_torn`."""
    if not orders:
        return {}, False
    with within():
        given = [order for _, order in orders.values()]
        receipts = {receipt.key: receipt for receipt in take_orders(published, given, now)}
        found = {number: _taken(at, order, receipts) for number, (at, order) in orders.items()}
        is_torn = any(
            isinstance(one, Problem) and any(part.outcome == "recorded" for part in _parts(orders[number][1], receipts))
            for number, one in found.items()
        )
        if is_torn:
            transaction.set_rollback(True)
    return found, is_torn


def _parts(order: OrderIn, receipts: Mapping[str, Receipt]) -> Iterator[Receipt]:
    """What came of the order and of each of its refunds."""
    yield receipts[order_key(order.source, order.id)]
    for refund in order.refunds:
        if known := receipts.get(refund_key(order.source, order.id, refund.id)):
            yield known


def _taken(at: str, order: OrderIn, receipts: Mapping[str, Receipt]) -> Taken:
    receipt = receipts[order_key(order.source, order.id)]
    if receipt.outcome == "refused":
        return _refused(receipt.code, at)
    for place, refund in enumerate(order.refunds):
        known = receipts.get(refund_key(order.source, order.id, refund.id))
        if known is not None and known.outcome == "refused":
            return _refused(known.code, f"{at}/refunds/{place}")
    return receipt


def _refused(code: str, pointer: str) -> Problem:
    """Its words are in whatever language it is told in."""
    return Problem(code, faults=[Fault(KINDS[code].title, pointer)])  # type: ignore[arg-type]

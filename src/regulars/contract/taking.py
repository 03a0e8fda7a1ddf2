"""Orders and activities taken in for a caller: each is kept whole or not at all, and says what became of it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TypeAlias

from django.db import transaction

from regulars.access.waiting import bounded
from regulars.contract.problems import KINDS, Fault, Problem
from regulars.intake.actions import take_orders
from regulars.intake.orders import ActivityIn, OrderIn
from regulars.ledger.receipt import Receipt
from regulars.programs.queries import Published

Arriving: TypeAlias = OrderIn | ActivityIn
# Which field of a body is to blame.
NAMED = {"card_mistyped": "/card", "customer_is_card": "/customer", "member_unknown": "/card"}
Taken: TypeAlias = "Receipt | Problem"


def taken(
    published: Published,
    arriving: Sequence[tuple[str, Arriving]],
    now: int,
    within: Callable[[], AbstractContextManager[None]] = bounded,
) -> list[Taken]:
    """What became of each; they come with their places in their bodies, and none comes twice.

    An order that is refused takes its refunds with it. The rest is taken without it, in one transaction.
    """
    refused: dict[int, Problem] = {}
    while True:
        left = {number: one for number, one in enumerate(arriving) if number not in refused}
        found, is_torn = _attempt(published, left, now, within)
        refused |= {number: one for number, one in found.items() if isinstance(one, Problem)}
        if not is_torn:
            return [refused.get(number) or found[number] for number in range(len(arriving))]


def _attempt(
    published: Published,
    arriving: Mapping[int, tuple[str, Arriving]],
    now: int,
    within: Callable[[], AbstractContextManager[None]],
) -> tuple[dict[int, Taken], bool]:
    """All of them or, where a part of one is refused and another is not, none: then it `is_torn`."""
    if not arriving:
        return {}, False
    with within():
        receipts = iter(take_orders(published, [one for _, one in arriving.values()], now))
        parts = {number: [next(receipts) for _ in range(_count(one))] for number, (_, one) in arriving.items()}
        found = {number: _taken(at, parts[number]) for number, (at, _) in arriving.items()}
        is_torn = any(
            isinstance(one, Problem) and any(part.outcome == "recorded" for part in parts[number])
            for number, one in found.items()
        )
        if is_torn:
            transaction.set_rollback(True)
    return found, is_torn


def _count(arriving: Arriving) -> int:
    """An order has receipts for itself and for each of its refunds."""
    return 1 + len(arriving.refunds) if isinstance(arriving, OrderIn) else 1


def _taken(at: str, parts: Sequence[Receipt]) -> Taken:
    own, *refunds = parts
    if own.outcome == "refused":
        return _refused(own.code, at)
    for place, refund in enumerate(refunds):
        if refund.outcome == "refused":
            return _refused(refund.code, f"{at}/refunds/{place}")
    return own


def _refused(code: str, pointer: str) -> Problem:
    """Its words are in whatever language it is told in."""
    return Problem(code, faults=[Fault(KINDS[code].title, pointer + NAMED.get(code, ""))])  # type: ignore[arg-type]  # said later

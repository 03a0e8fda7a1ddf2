"""Orders that machines hand over, decided together, and what each is answered.

One request is a group of one. What is wrong with one order is told in its own place, in its caller's language, and the
others are kept without it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeAlias
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _
from msgspec import Struct
from msgspec.structs import replace

from regulars.access.waiting import bounded
from regulars.contract.bodies import BatchBody, OrderBody
from regulars.contract.problems import Fault, Problem
from regulars.contract.reading import Reading, nobodies, nobody
from regulars.contract.taking import Taken, taken
from regulars.contract.writing import Writing
from regulars.intake.orders import OrderIn, order_key
from regulars.ledger import queries as ledger
from regulars.ledger.connect import raw
from regulars.ledger.receipt import Receipt
from regulars.observing import figures
from regulars.programs.queries import Published, now

Answer: TypeAlias = dict[str, Any] | Problem
Place: TypeAlias = tuple[int, int]
NOTHING_SAID = {"detail": None, "parameters": None}


class Given(Struct, frozen=True):
    """An order as it was handed over. `at` is its place in the body: "" or "/orders/3"."""

    at: str
    source: str
    id: str
    body: OrderBody


class Asked(Struct, frozen=True):
    """A request: one order, or a batch of which each is kept or refused by itself.

    It is answered in its `language`; "": in the one that is active.
    """

    orders: tuple[Given, ...]
    is_batch: bool
    language: str = ""

    def keys(self) -> Iterator[str]:
        return (order_key(one.source, one.id) for one in self.orders)


def one(source: str, number: str, body: OrderBody, language: str = "") -> Asked:
    return Asked((Given("", source, number, body),), False, language)


def batch(body: BatchBody, language: str = "") -> Asked:
    """Raises Problem where it holds an order twice."""
    seen: set[tuple[str, str]] = set()
    for place, order in enumerate(body.orders):
        if (order.source, order.id) in seen:
            raise Problem("duplicate_order", faults=[Fault(_("this order came before"), f"/orders/{place}/id")])
        seen.add((order.source, order.id))
    given = (Given(f"/orders/{place}", order.source, order.id, order) for place, order in enumerate(body.orders))
    return Asked(tuple(given), True, language)


def answers(
    published: Published,
    asked: Sequence[Asked],
    within: Callable[[], AbstractContextManager[None]] = bounded,
) -> list[Answer]:
    """What is answered to each request, once all that is kept of them is kept, in one transaction made by `within`.

    No two of them may hold the same order. Raises what the ledger raises; nothing was kept then.
    """
    present = now(published)
    asked = _in_the_language_spoken(asked)
    orders, refused = _read(published, asked, present)
    became = dict(zip(orders, taken(published, _placed(asked, orders), present, within), strict=True))
    singles = [orders[number, 0] for number, ask in enumerate(asked) if not ask.is_batch and (number, 0) in became]
    told = _told(published, singles)
    figures.recorded(sum(isinstance(one, Receipt) and one.outcome == "recorded" for one in became.values()))
    found: list[Answer] = []
    for number, ask in enumerate(asked):
        with speaking(ask.language):
            outcomes = [
                _outcome(given, orders.get((number, place)), refused.get((number, place)) or became[number, place])
                for place, given in enumerate(ask.orders)
            ]
            found.append(_whole(published, ask, outcomes, told))
    return found


def _in_the_language_spoken(asked: Sequence[Asked]) -> Sequence[Asked]:
    """Those that are answered in the language that is active need not change it, which costs more than reading."""
    spoken = translation.get_language()
    return [replace(ask, language="") if ask.language == spoken else ask for ask in asked]


def speaking(language: str) -> AbstractContextManager[None]:
    """In this language, or as it is with ""."""
    if not language:
        return nullcontext()
    return translation.override(language)  # type: ignore[return-value]


def _read(
    published: Published, asked: Sequence[Asked], present: int
) -> tuple[dict[Place, OrderIn], dict[Place, Problem]]:
    """Each order that can be read, and why each other one cannot."""
    named = {given.body.member for ask in asked for given in ask.orders if given.body.member is not None}
    missing = nobodies(published.id, named)
    orders: dict[Place, OrderIn] = {}
    refused: dict[Place, Problem] = {}
    for number, ask in enumerate(asked):
        with speaking(ask.language):
            for place, given in enumerate(ask.orders):
                try:
                    orders[number, place] = _order(published, given, missing, present, ask.is_batch)
                except Problem as problem:
                    refused[number, place] = problem
    return orders, refused


def _order(published: Published, given: Given, missing: set[UUID], present: int, is_batch: bool) -> OrderIn:
    """Raises Problem. In a batch a member who is none comes before everything else that is wrong."""
    if is_batch and given.body.member in missing:
        raise nobody(given.at)
    order = Reading(published.currency, present, given.at).order(given.source, given.id, given.body)
    if given.body.member in missing:
        raise nobody(given.at)
    return order


def _placed(asked: Sequence[Asked], orders: Mapping[Place, OrderIn]) -> list[tuple[str, OrderIn]]:
    return [(asked[number].orders[place].at, order) for (number, place), order in orders.items()]


def _outcome(given: Given, order: OrderIn | None, became: Taken) -> dict[str, Any] | Problem:
    """A repeat answers as the first time; a guest's order belongs to nobody."""
    if isinstance(became, Problem):
        return became
    assert order is not None
    guest = order.customer is None and order.member_id is None
    return {
        "source": given.source,
        "id": given.id,
        "outcome": "stale" if became.outcome == "stale" else "recorded",
        "problem": None,
        "member": None if guest else became.member_id,
    }


def _whole(published: Published, ask: Asked, outcomes: list[Answer], told: "Told") -> Answer:
    if ask.is_batch:
        shown = zip(ask.orders, outcomes, strict=True)
        return {"orders": [_refusal(given, one) if isinstance(one, Problem) else one for given, one in shown]}
    [single] = outcomes
    if isinstance(single, Problem):
        return single
    [key] = ask.keys()
    line, entries = told[key]
    return {**single, **Writing(published).order(line, entries)}


def _refusal(given: Given, problem: Problem) -> dict[str, Any]:
    """In a batch everything that may be said has its place, also where nothing is said."""
    told = {**NOTHING_SAID, **problem.document()}
    told["errors"] = [{"pointer": None, "parameter": None, **fault} for fault in problem.faults_told()] or None
    return {"source": given.source, "id": given.id, "outcome": "refused", "problem": told, "member": None}


Told: TypeAlias = "Mapping[str, tuple[ledger.OrderLine | None, list[ledger.LedgerLine]]]"


def _told(published: Published, orders: Iterable[OrderIn]) -> Told:
    """How each order stands by now, and what it brought about, by its key."""
    keys = [order_key(order.source, order.id) for order in orders]
    found = ledger.orders_by_key(raw(), published.id, keys) if keys else {}
    entries = ledger.entries_of_orders(raw(), published.id, [(owner, key) for key, (owner, _) in found.items()])
    return {key: (found[key][1], entries[key]) if key in found else (None, []) for key in keys}

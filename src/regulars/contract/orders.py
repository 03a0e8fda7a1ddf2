"""Orders that machines hand over: what is asked, what of it can be read, and how an order stands by now."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from django.utils.translation import gettext as _

from regulars.contract.asked import Asked, Given
from regulars.contract.bodies import BatchBody, OrderBody
from regulars.contract.problems import Fault, Problem
from regulars.contract.writing import Writing
from regulars.engine.lacking import unearned
from regulars.engine.outcome import Entry
from regulars.intake.orders import order_key
from regulars.ledger import orders as ledger
from regulars.ledger.connect import raw
from regulars.ledger.load import account
from regulars.ledger.receipt import Receipt
from regulars.programs.queries import Published


def one(source: str, number: str, body: OrderBody, language: str = "") -> Asked:
    return Asked("orders", (Given("", source, number, body),), False, language)


def batch(body: BatchBody, language: str = "") -> Asked:
    """Raises Problem where it holds an order twice."""
    seen: set[tuple[str, str]] = set()
    for place, order in enumerate(body.orders):
        if (order.source, order.id) in seen:
            raise Problem("duplicate_order", faults=[Fault(_("this order came before"), f"/orders/{place}/id")])
        seen.add((order.source, order.id))
    given = (Given(f"/orders/{place}", order.source, order.id, order) for place, order in enumerate(body.orders))
    return Asked("orders", tuple(given), True, language)


Told: TypeAlias = "Mapping[str, tuple[ledger.OrderLine | None, list[Entry]]]"


def told(published: Published, receipts: Mapping[str, Receipt]) -> Told:
    """How each order stands by now, and what it brought about: as it was written, or as the ledger says."""
    new = {
        key: ledger.order_as_written(published.programs, receipt.standing)
        for key, receipt in receipts.items()
        if receipt.standing is not None
    }
    if keys := receipts.keys() - new.keys():
        found = ledger.orders_by_key(raw(), published.id, list(keys))
        lines = ledger.entries_of_orders(raw(), published.id, {key: whose for key, (whose, _) in found.items()})
        new |= {
            key: (found[key][1], [line.entry for line in lines[key]]) if key in found else (None, []) for key in keys
        }
    return new


def known(published: Published, source: str, number: str) -> dict[str, Any]:
    """An order as it stands, whose it is, and why rules give nothing for what is left of it. Raises Problem."""
    conn, key = raw(), order_key(source, number)
    found = ledger.order(conn, published.id, key)
    if found is None:
        raise Problem("not_found")
    owner, line = found
    entries = [
        one.entry for one in reversed(ledger.entries_about(conn, published.id, key)) if one.entry.kind != "mature"
    ]
    writing = Writing(published)
    silent = unearned(published.programs, line.order, line.memo) if line.may_earn else []
    return {
        "source": source,
        "id": number,
        "member": None if account(conn, published.id, owner).guest else owner,
        **writing.order(line, entries),
        "unearned": [writing.unearned(one, line.order) for one in silent],
    }


def written(published: Published, key: str, known: Told) -> dict[str, Any]:
    return Writing(published).order(*known[key])

"""Orders over HTTP: put one, put many, ask what one would earn."""

from typing import Annotated, Any
from uuid import uuid4

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Router

from regulars.api.answers import BatchAnswer, OrderAnswer, QuoteAnswer
from regulars.api.bodies import BatchBody, BatchOrderBody, CartBody, OrderBody
from regulars.api.door import operation, program_of
from regulars.api.fields import Id
from regulars.api.problems import Fault, Problem
from regulars.api.reading import Reading, strangers
from regulars.api.taking import Taken, taken
from regulars.api.writing import Writing
from regulars.engine.lacking import unearned
from regulars.intake.orders import OrderIn, order_key
from regulars.ledger import queries as ledger
from regulars.ledger.connect import raw
from regulars.members.queries import get_external
from regulars.programs.queries import now

router = Router(tags=["Orders"])

OrderId = Annotated[Id, Path(alias="id")]


@router.put(
    "/orders/{source}/{path:id}",
    summary="Put an order",
    **operation("orders:write", OrderAnswer),
)
def put_order(request: HttpRequest, source: Path[Id], number: OrderId, body: OrderBody) -> dict[str, Any]:
    """The order as the shop sees it now. The newest version wins; the same one again changes nothing."""
    published = program_of(request)
    present = now(published)
    order = Reading(published.currency, present).order(source, number, body)
    for _at, problem in strangers(published.id, [("", body.member)]):
        raise problem
    [one] = taken(published, [("", order)], present)
    if isinstance(one, Problem):
        raise one
    key = order_key(source, number)
    found = ledger.order(raw(), published.id, key)
    owner, line = found if found else (None, None)
    entries = ledger.entries_of(raw(), published.id, owner, key) if owner else []
    return {**_outcome(order, one), **Writing(published).order(line, entries)}


@router.post(
    "/orders:batch",
    summary="Put up to 1,000 orders",
    **operation("orders:write", BatchAnswer),
)
def put_orders(request: HttpRequest, body: BatchBody) -> dict[str, Any]:
    """Each order is kept or refused by itself, in order. A body that does not fit the description is refused whole."""
    published = program_of(request)
    present = now(published)
    _no_doubles(body)
    places = [(f"/orders/{place}", one) for place, one in enumerate(body.orders)]
    refused: dict[str, Problem] = dict(strangers(published.id, [(at, one.member) for at, one in places]))
    orders: dict[str, OrderIn] = {}
    for at, one in places:
        if at not in refused:
            try:
                orders[at] = Reading(published.currency, present, at).order(one.source, one.id, one)
            except Problem as problem:
                refused[at] = problem
    became = dict(zip(orders, taken(published, list(orders.items()), present), strict=True))
    return {"orders": [_item(one, orders.get(at), refused.get(at) or became[at]) for at, one in places]}


@router.post(
    "/orders:quote",
    summary="Ask what an order would earn",
    **operation("orders:read", QuoteAnswer),
)
def quote_order(request: HttpRequest, body: CartBody) -> dict[str, Any]:
    """Nothing is kept. The answer is what putting the order would give, also to a customer not known yet or a guest."""
    published = program_of(request)
    present = now(published)
    cart = Reading(published.currency, present).cart(body)
    for _at, problem in strangers(published.id, [("", body.member)]):
        raise problem
    known = get_external(published.id, body.customer, personal=False) if body.customer else None
    newcomer = uuid4() if body.customer else None
    member_id = known.id if known else body.member or newcomer
    quoted = ledger.quote(raw(), published.programs, member_id, cart, max(present, cart.paid_at or 0))
    writing = Writing(published)
    return {
        "earns": {wallet: quoted.earns.get(wallet, 0) for wallet in published.programs.at(present).wallets},
        "tier": writing.tier(quoted.account.standing.tier),
        "entries": [writing.movement(entry) for entry in quoted.entries],
        "unearned": [writing.unearned(one, cart) for one in unearned(published.programs, cart, quoted.memo)],
    }


def _no_doubles(body: BatchBody) -> None:
    seen: set[tuple[str, str]] = set()
    for place, one in enumerate(body.orders):
        if (one.source, one.id) in seen:
            raise Problem("duplicate_order", faults=[Fault(_("this order came before"), f"/orders/{place}/id")])
        seen.add((one.source, one.id))


def _item(body: BatchOrderBody, order: OrderIn | None, one: Taken) -> dict[str, Any]:
    if order is None or isinstance(one, Problem):
        assert isinstance(one, Problem)
        return {"source": body.source, "id": body.id, "outcome": "refused", "problem": one.document()}
    return _outcome(order, one)


def _outcome(order: OrderIn, receipt: Taken) -> dict[str, Any]:
    """A repeat answers as the first time; a guest's order belongs to nobody."""
    assert not isinstance(receipt, Problem)
    guest = order.customer is None and order.member_id is None
    outcome = "stale" if receipt.outcome == "stale" else "recorded"
    return {
        "source": order.source,
        "id": order.id,
        "outcome": outcome,
        "member": None if guest else receipt.member_id,
    }

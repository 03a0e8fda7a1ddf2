"""Orders over HTTP: put one, put many, ask what one would earn."""

from typing import Annotated, Any
from uuid import UUID, uuid4

from django.http import HttpRequest
from ninja import Path, Router

from regulars.api.answers import BatchAnswer, KnownOrderAnswer, OrderAnswer, QuoteAnswer
from regulars.api.door import operation, program_of
from regulars.contract import orders
from regulars.contract.answering import answers
from regulars.contract.asked import Asked
from regulars.contract.bodies import BatchBody, CartBody, OrderBody
from regulars.contract.fields import Id
from regulars.contract.laying import member_of, members_of
from regulars.contract.problems import Problem
from regulars.contract.reading import Reading, nobodies, nobody
from regulars.contract.writing import Writing
from regulars.engine.lacking import unearned
from regulars.ledger import queries as ledger
from regulars.ledger.connect import raw
from regulars.programs.queries import Published, now

router = Router(tags=["Orders"])

OrderId = Annotated[Id, Path(alias="id")]


@router.put(
    "/orders/{source}/{path:id}",
    summary="Put an order",
    **operation("orders:write", OrderAnswer),
)
def put_order(request: HttpRequest, source: Path[Id], number: OrderId, body: OrderBody) -> dict[str, Any]:
    """The order as the shop sees it now. The newest version wins; the same one again changes nothing."""
    return answer(program_of(request), orders.one(source, number, body))


@router.get(
    "/orders/{source}/{path:id}",
    summary="Read an order",
    **operation("orders:read", KnownOrderAnswer),
)
def read_order(request: HttpRequest, source: Path[Id], number: OrderId) -> dict[str, Any]:
    """As it stands, what it earned, and why rules gave nothing for what is left of it."""
    return orders.known(program_of(request), source, number)


@router.post(
    "/orders:batch",
    summary="Put up to 1,000 orders",
    **operation("orders:write", BatchAnswer),
)
def put_orders(request: HttpRequest, body: BatchBody) -> dict[str, Any]:
    """Each order is kept or refused by itself, in order. A body that does not fit the description is refused whole."""
    return answer(program_of(request), orders.batch(body))


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
    member_id = _whose(published, body)
    quoted = ledger.quote(raw(), published.programs, member_id, cart, max(present, cart.paid_at or 0))
    writing = Writing(published)
    return {
        "earns": {wallet: quoted.earns.get(wallet, 0) for wallet in published.programs.at(present).wallets},
        "tier": writing.tier(quoted.account.standing.tier),
        "entries": [writing.movement(entry) for entry in quoted.entries],
        "unearned": [writing.unearned(one, cart) for one in unearned(published.programs, cart, quoted.memo)],
    }


def _whose(published: Published, body: CartBody) -> UUID | None:
    """Whoever is not known yet gets an id that nobody has. Raises Problem."""
    if body.member is not None and nobodies(published.id, [body.member]):
        raise nobody("")
    known = members_of(published, [body])
    if body.customer in known.numbers.keys() | known.cards.keys() or body.card is not None:
        return member_of(body, known)
    return uuid4() if body.customer else body.member


def answer(published: Published, asked: Asked) -> dict[str, Any]:
    """To a request that is decided by itself. Raises Problem."""
    [told] = answers(published, [asked])
    if isinstance(told, Problem):
        raise told
    return told

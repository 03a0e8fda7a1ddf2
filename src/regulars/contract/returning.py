"""What would happen if goods of an order came back: money, points, tier. Nothing is kept.

An amount is in the order's own currency; answers are in the program's.
"""

from typing import Any

from django.utils.translation import gettext as _
from pydantic import Field

from regulars.contract.bodies import Body, Many
from regulars.contract.fields import Id, PositiveMoney, Quantity
from regulars.contract.laying import OrderPlace
from regulars.contract.problems import Problem
from regulars.contract.reading import Reading
from regulars.contract.writing import Writing
from regulars.engine import returns
from regulars.engine.exchange import given_back
from regulars.engine.facts import Refund, RefundLine
from regulars.engine.quotes import RefundQuote
from regulars.intake.orders import order_key
from regulars.ledger import orders, queries
from regulars.ledger.connect import raw
from regulars.ledger.orders import OrderLine
from regulars.programs.queries import Published, now

# A refund that nobody has told of: its key is nobody's.
KEY = "quote"


class BackBody(Body):
    line: Id
    quantity: Quantity


class RefundQuoteBody(Body):
    """Goods of an order that might come back: lines, or an amount that is spread over what is left."""

    order: OrderPlace
    lines: list[BackBody] = Many()
    amount: PositiveMoney | None = Field(None, description="In the order's own currency.")


def quoted(published: Published, body: RefundQuoteBody) -> dict[str, Any]:
    """Raises Problem."""
    found = orders.order(raw(), published.id, order_key(body.order.source, body.order.id))
    if found is None:
        raise Problem("order_unknown")
    owner, line = found
    present = now(published)
    refund = Refund(KEY, line.order.key, present, _lines(published, body, line, present))
    return _told(published, queries.refund_quote(raw(), published.programs, owner, refund, present))


def _lines(published: Published, body: RefundQuoteBody, found: OrderLine, present: int) -> tuple[RefundLine, ...]:
    """Raises Problem where not so much is left."""
    reading, exchange = Reading(published.currency, present), found.order.exchange
    reading.currency = exchange.currency if exchange else published.currency
    amount = reading.maybe("/amount", body.amount)
    if bool(body.lines) == (amount is not None):
        reading.blame("", _("a refund names either its lines or an amount"))
    reading.once((f"/lines/{place}/line", one.line) for place, one in enumerate(body.lines))
    bought = {} if found.paid_at is None or found.is_gone else {line.line: line for line in found.order.lines}
    for place, one in enumerate(body.lines):
        units, _minor = found.returned.get(one.line, (0, 0))
        if one.line not in bought:
            reading.blame(f"/lines/{place}/line", _("nothing of this can come back"))
        elif one.quantity > bought[one.line].quantity - units:
            reading.blame(f"/lines/{place}/quantity", _("so much of it is not left"))
    if exchange and amount is not None:
        amount = given_back(amount, exchange, published.currency)
    if amount is not None and (not bought or amount > found.net_minor):
        reading.blame("/amount", _("so much of it is not left"))
    reading.finish()
    if amount is None:
        return tuple(RefundLine(one.line, one.quantity) for one in body.lines)
    return returns.spread_out(amount, found.order.lines, found.returned)


def _told(published: Published, found: RefundQuote) -> dict[str, Any]:
    writing = Writing(published)
    withheld = sum(minor for name, minor in found.withhold.items() if found.policies.get(name) == "charge")
    return {
        "cash": writing.money(found.cash),
        "withheld": writing.money(withheld),
        "pays": writing.money(found.cash - withheld),
        "goes_back": found.goes_back,
        "returns": [
            {"wallet": one.wallet, "points": one.points, "expires_at": writing.time(one.expires_at)}
            for one in found.returns
        ],
        "short": [
            {"wallet": name, "points": points, "policy": found.policies.get(name, "deficit")}
            for name, points in found.short.items()
        ],
        "tier": writing.tier(found.account.standing.tier),
    }

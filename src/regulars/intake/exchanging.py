"""Orders in another currency, converted on their way in: at the rate with which an order was seen first.

Whatever rate a later snapshot or refund states, the first one stays, so that the same goods are the same money.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from msgspec.structs import replace

from regulars.engine.exchange import given_back, line_in, payment_in, refund_line_in
from regulars.engine.facts import Exchange
from regulars.intake.orders import Arrival, OrderIn, RefundIn, order_key
from regulars.intake.spreading import LOCK_ORDERS
from regulars.ledger.connect import rows
from regulars.ledger.orders import returns_of


def exchanged(
    conn: psycopg.Connection[Any], program_id: int, currency: str, arrivals: Sequence[Arrival]
) -> Sequence[Arrival]:
    """The same in the program's currency. Orders that state no rate are in it already, and cost nothing here."""
    foreign = {key_of(one) for one in arrivals if isinstance(one, OrderIn) and one.exchange}
    if not foreign:
        return arrivals
    rows(conn, LOCK_ORDERS, [program_id, sorted(foreign)])
    first: dict[str, Exchange] = {}
    for key in foreign:
        known = returns_of(conn, program_id, key)
        if known is not None and known[0].exchange is not None:
            first[key] = known[0].exchange
    found: list[Arrival] = []
    for one in arrivals:
        if isinstance(one, OrderIn) and one.exchange:
            rate = first.setdefault(key_of(one), one.exchange)
            # Another currency than at first is another order's money: it is converted as it says.
            found.append(order_in(one, rate if rate.currency == one.exchange.currency else one.exchange, currency))
        else:
            found.append(one)
    return found


def key_of(order: OrderIn) -> str:
    return order_key(order.source, order.id)


def order_in(order: OrderIn, exchange: Exchange, currency: str) -> OrderIn:
    return replace(
        order,
        lines=tuple(line_in(line, exchange, currency) for line in order.lines),
        refunds=tuple(refund_in(refund, exchange, currency) for refund in order.refunds),
        payments=tuple(payment_in(payment, exchange, currency) for payment in order.payments),
        exchange=exchange,
    )


def refund_in(refund: RefundIn, exchange: Exchange, currency: str) -> RefundIn:
    lines = tuple(refund_line_in(line, exchange, currency) for line in refund.lines)
    amount = None if refund.amount is None else given_back(refund.amount, exchange, currency)
    return replace(refund, lines=lines, amount=amount)

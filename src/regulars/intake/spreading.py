"""The orders of a batch of which only an amount came back, or so much so far: loaded, locked, and counted on.

What the ledger knows of them decides over which lines an amount is spread, and how much of what came back is new.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from msgspec import Struct

from regulars.engine import returns
from regulars.engine.facts import Line, RefundLine
from regulars.engine.returns import NOTHING
from regulars.intake.orders import ActivityIn, Arrival, LateRefund, OrderIn, RefundIn, order_key, refund_key
from regulars.intake.shares import Returns, new_of
from regulars.ledger.connect import rows
from regulars.ledger.orders import returns_of

LOCK_ORDERS = """
    SELECT key FROM ledger_fact_key WHERE program_id = %s AND kind = 1 AND key = ANY(%s) ORDER BY key FOR UPDATE
"""
KNOWN_REFUNDS = "SELECT key FROM ledger_fact_key WHERE program_id = %s AND kind = 2 AND key = ANY(%s)"


class Left(Struct):
    """An order while refunds of it are spread: its lines, and what came back of each."""

    lines: Sequence[Line]
    returned: Returns


class Spreading:
    """The orders of a batch that have a refund without lines; all others need nothing of this."""

    def __init__(self, orders: Mapping[str, Left], known: frozenset[str]) -> None:
        self._orders = orders
        self._known = known

    def lines_of(self, order: str, key: str, refund: RefundIn) -> tuple[RefundLine, ...] | None:
        """What the refund takes from which line; None when only an amount is known and the order is not."""
        if refund.lines and order not in self._orders:
            return refund.lines
        if key in self._known:
            return refund.lines
        left = self._orders.get(order)
        if left is None or not left.lines:
            return None
        lines = refund.lines or returns.spread_out(refund.amount or 0, left.lines, left.returned)
        left.returned = after_refund(left.returned, left.lines, lines)
        return lines

    def new_of(self, order: str, refund: RefundIn) -> tuple[RefundLine, ...] | str:
        """What the refund takes more than came back before, by line; or why that cannot be said."""
        left = self._orders.get(order)
        if left is None or not left.lines:
            return "order_unknown"
        lines = new_of(refund, left.lines, left.returned)
        if lines is None:
            return "less_refunded"
        left.returned = after_refund(left.returned, left.lines, lines)
        return lines


def spreading(conn: psycopg.Connection[Any], program_id: int, arrivals: Sequence[Arrival]) -> Spreading:
    """Load, and lock, the orders of which only amounts came back, or so much so far."""
    bare = {key for arrival in arrivals for key in _orders_to_count_on(arrival)}
    if not bare:
        return Spreading({}, frozenset())
    rows(conn, LOCK_ORDERS, [program_id, sorted(bare)])
    orders = {key: Left(found[0].lines, found[1]) for key in bare if (found := returns_of(conn, program_id, key))}
    for arrival in arrivals:
        key = order_key(arrival.source, arrival.id) if isinstance(arrival, OrderIn) else ""
        if key in bare and isinstance(arrival, OrderIn):
            orders[key] = Left(arrival.lines, orders[key].returned if key in orders else {})
    keys = [key for arrival in arrivals for key in _refund_keys(arrival)]
    known = rows(conn, KNOWN_REFUNDS, [program_id, keys])
    return Spreading(orders, frozenset(key for (key,) in known))


def _orders_to_count_on(arrival: Arrival) -> list[str]:
    if isinstance(arrival, LateRefund):
        return [] if arrival.refund.lines and not arrival.refund.so_far else [order_key(arrival.source, arrival.order)]
    if isinstance(arrival, ActivityIn) or not arrival.refunds or all(refund.lines for refund in arrival.refunds):
        return []
    return [order_key(arrival.source, arrival.id)]


def _refund_keys(arrival: Arrival) -> list[str]:
    if isinstance(arrival, LateRefund):
        return [refund_key(arrival.source, arrival.order, arrival.refund.id)]
    if isinstance(arrival, ActivityIn):
        return []
    return [refund_key(arrival.source, arrival.id, refund.id) for refund in arrival.refunds]


def after_refund(returned: Returns, lines: Sequence[Line], given_back: Sequence[RefundLine]) -> Returns:
    """What has come back once this refund is counted too, as the ledger will count it."""
    bought = {line.line: line for line in lines}
    after = dict(returned)
    for part in given_back:
        if line := bought.get(part.line):
            after[line.line] = returns.with_refund(line, after.get(line.line, NOTHING), part)
    return after

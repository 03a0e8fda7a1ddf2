"""A refund that names an amount and no lines, spread over what is left of the order's lines.

By largest remainder: each line gets its share rounded down, and what is left over goes, a minor unit each, to the lines
that lost most by it, the earlier line first. What the shop gave back beyond the order's worth stays in the fact, on the
line that was worth most, so that the fact says what the shop said; the ledger gives it no effect (RULES 2, 9).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from msgspec import Struct

from regulars.engine import returns
from regulars.engine.account import Returned
from regulars.engine.facts import Line, RefundLine
from regulars.engine.returns import NOTHING, money_back
from regulars.intake.orders import ActivityIn, Arrival, LateRefund, OrderIn, RefundIn, order_key, refund_key
from regulars.ledger.connect import rows
from regulars.ledger.orders import returns_of

LOCK_ORDERS = """
    SELECT key FROM ledger_fact_key WHERE program_id = %s AND kind = 1 AND key = ANY(%s) ORDER BY key FOR UPDATE
"""
KNOWN_REFUNDS = "SELECT key FROM ledger_fact_key WHERE program_id = %s AND kind = 2 AND key = ANY(%s)"

Returns = Mapping[str, Returned]


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
        lines = refund.lines or spread(refund.amount or 0, left.lines, left.returned)
        left.returned = after_refund(left.returned, left.lines, lines)
        return lines


def spreading(conn: psycopg.Connection[Any], program_id: int, arrivals: Sequence[Arrival]) -> Spreading:
    """Load, and lock, the orders of which only amounts came back."""
    bare = {key for arrival in arrivals for key in _orders_with_bare_amount(arrival)}
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


def _orders_with_bare_amount(arrival: Arrival) -> list[str]:
    if isinstance(arrival, LateRefund):
        return [] if arrival.refund.lines else [order_key(arrival.source, arrival.order)]
    if isinstance(arrival, ActivityIn) or not arrival.refunds or all(refund.lines for refund in arrival.refunds):
        return []
    return [order_key(arrival.source, arrival.id)]


def _refund_keys(arrival: Arrival) -> list[str]:
    if isinstance(arrival, LateRefund):
        return [refund_key(arrival.source, arrival.order, arrival.refund.id)]
    if isinstance(arrival, ActivityIn):
        return []
    return [refund_key(arrival.source, arrival.id, refund.id) for refund in arrival.refunds]


def spread(amount: int, lines: Sequence[Line], returned: Returns) -> tuple[RefundLine, ...]:
    left = [max(line.total - money_back(line, returned.get(line.line, NOTHING)), 0) for line in lines]
    parts = shares(min(amount, sum(left)), left)
    if (beyond := amount - sum(parts)) > 0:
        parts[max(range(len(lines)), key=lambda place: lines[place].total)] += beyond
    return tuple(RefundLine(line.line, 0, part) for line, part in zip(lines, parts, strict=True) if part)


def shares(amount: int, weights: Sequence[int]) -> list[int]:
    """`amount` in whole units in proportion to `weights`, none of them negative; the parts add up to it exactly.

    Nothing is shared out when all weights are zero.
    """
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    parts = [amount * weight // total for weight in weights]
    lost = sorted(range(len(weights)), key=lambda place: (-(amount * weights[place] % total), place))
    for place in lost[: amount - sum(parts)]:
        parts[place] += 1
    return parts


def after_refund(returned: Returns, lines: Sequence[Line], given_back: Sequence[RefundLine]) -> Returns:
    """What has come back once this refund is counted too, as the ledger will count it."""
    bought = {line.line: line for line in lines}
    after = dict(returned)
    for part in given_back:
        if line := bought.get(part.line):
            after[line.line] = returns.with_refund(line, after.get(line.line, NOTHING), part)
    return after

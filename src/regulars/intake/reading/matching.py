"""Refunds of a file and the purchases they take back.

A refund that names its order takes from that order's lines of the product; any other takes from the customer's earlier
purchases of it, newest first. Never more than was bought: what is beyond is reported. A refund of as much as was paid
for its units needs no amount; any other takes back the amount that it states, as far as the lines still bear it. One of
no units takes money that is left, and so does one that names an order of which all units are back.

The ledger takes a refund's number once for each order. So one that stands there at several times is several refunds:
the first keeps the number, the others add their time to it. A refund under the order's own number has none, and is
known by its time alone, in whatever file it stands.
"""

from collections.abc import Iterator
from itertools import groupby, pairwise
from operator import itemgetter
from typing import TypeAlias

import duckdb
from msgspec import Struct
from msgspec.structs import astuple

from regulars.engine.account import Returned
from regulars.engine.facts import Line, RefundLine
from regulars.engine.returns import NOTHING, money_back, share, with_refund
from regulars.intake.reading.tables import add_rows

FETCH = 10_000
NOTHING_BOUGHT = "no_earlier_purchase"


class Bought(Struct):
    """A purchase line, and what of it came back."""

    order: str
    line: Line
    back: Returned = NOTHING

    @property
    def units_left(self) -> int:
        return self.line.quantity - self.back.units

    @property
    def money_left(self) -> int:
        return self.line.total - money_back(self.line, self.back)

    def worth(self, units: int) -> int:
        """What so many more units are worth, as far as the line still bears it."""
        before = self.back.shared
        return min(share(self.line, before + units) - share(self.line, before), self.money_left)


# Kinds of refunds: one that happened once; what came back of a line so far, or of an order.
ONCE, LINE_SO_FAR, ORDER_SO_FAR = 1, 2, 3


class Taken(Struct, frozen=True):
    """Units of one purchase line that a refund line takes back, and their money: `is_share` where it is their share."""

    line: int
    order: str
    refund: str
    at: int
    line_id: str
    quantity: int
    money: int
    is_share: bool
    kind: int = ONCE


class Wanted(Struct, frozen=True):
    """A refund line of the file."""

    line: int
    refund: str
    at: int
    quantity: int
    total: int


# A row of `rejects`: how many units found nothing to take back, and why.
Short: TypeAlias = tuple[int, str, str, str, str, str]

# Everything bought or given back under the same key, in order of time; at one instant buying comes first.
_EVENTS = """
WITH keyed AS (
    SELECT *, {key} AS key, coalesce(kind = 'refund', false) AS gives_back FROM lines
    WHERE kind = 'refund' OR (kind = 'order' AND quantity > 0)
),
wanted AS (SELECT DISTINCT key, sku FROM keyed WHERE gives_back AND key IS NOT NULL)
SELECT key, sku, gives_back, at_us, order_id, line_id, abs(quantity), abs(total), line
FROM keyed SEMI JOIN wanted USING (key, sku)
ORDER BY key, sku, at_us, gives_back, line
"""

_KEYS = {
    True: "CASE WHEN kind = 'refund' THEN refunded ELSE order_id END",
    False: "customer",
}

_TELL_APART = """
UPDATE returned SET refund_id = returned.refund_id || '@' || make_timestamp(at_us)
FROM (SELECT order_id, refund_id, min(at_us) AS first_us FROM returned GROUP BY ALL) AS firsts
WHERE returned.order_id = firsts.order_id AND returned.refund_id = firsts.refund_id
    AND (at_us > first_us OR returned.refund_id = returned.order_id)
"""


def match_refunds(conn: duckdb.DuckDBPyConnection, by_order: bool) -> None:
    """`returned`: which units of which order line each refund takes back. What finds nothing is rejected."""
    conn.execute(
        "CREATE TEMP TABLE returned (line BIGINT, order_id VARCHAR, refund_id VARCHAR, at_us BIGINT, line_id VARCHAR, "
        "quantity BIGINT, money BIGINT, is_share BOOLEAN, kind INTEGER)"
    )
    if conn.execute("SELECT 1 FROM lines WHERE kind = 'refund' LIMIT 1").fetchone() is None:
        return
    found = list(_matched(conn, by_order))
    add_rows(conn, "returned", [astuple(one) for one in found if isinstance(one, Taken)])
    conn.execute(_TELL_APART)
    add_rows(conn, "rejects", [one for one in found if not isinstance(one, Taken)])
    _report_the_others(conn, by_order)


def _matched(conn: duckdb.DuckDBPyConnection, by_order: bool) -> Iterator[Taken | Short]:
    found = conn.execute(_EVENTS.format(key=_KEYS[by_order]))
    rows = iter(lambda: found.fetchmany(FETCH), [])
    events = (row for fetched in rows for row in fetched)
    for _key, history in groupby(events, key=itemgetter(0, 1)):
        bought: list[Bought] = []
        for _key, sku, gives_back, at, order, line_id, quantity, total, line in history:
            if gives_back:
                yield from _take_back(bought, Wanted(line, order, at, quantity, total), by_order)
            else:
                bought.append(Bought(order, Line(line_id, sku, quantity, total)))


def _take_back(bought: list[Bought], wanted: Wanted, by_order: bool) -> Iterator[Taken | Short]:
    missing, parts = wanted.quantity, list[tuple[Bought, int]]()
    for purchase in reversed(bought):
        if units := min(missing, purchase.units_left):
            missing -= units
            parts.append((purchase, units))
    units, stated = wanted.quantity - missing, wanted.total
    if units:
        stated = stated * units // wanted.quantity
    elif stated and (by_order or not wanted.quantity):
        # The money of pieces that are back already, or stay. Pieces of no order were bought before the file begins.
        missing, parts = 0, [(purchase, 0) for purchase in reversed(bought) if purchase.money_left]
    beyond = 0
    if parts:
        amounts, beyond = _amounts(parts, stated)
        yield from _taken(parts, amounts, wanted)
    if missing or not parts:
        reason = "partly_refunded" if parts else "already_refunded" if bought else NOTHING_BOUGHT
        yield wanted.line, "", str(missing or wanted.quantity), reason, wanted.refund, "refund"
    elif beyond:
        yield wanted.line, "", "", "more_than_paid", wanted.refund, "refund"


def _taken(parts: list[tuple[Bought, int]], amounts: list[int] | None, wanted: Wanted) -> Iterator[Taken]:
    for place, (purchase, units) in enumerate(parts):
        name = purchase.line.line
        money = purchase.worth(units) if amounts is None else amounts[place]
        given_back = RefundLine(name, units, None if amounts is None else money)
        purchase.back = with_refund(purchase.line, purchase.back, given_back)
        yield Taken(wanted.line, purchase.order, wanted.refund, wanted.at, name, units, money, amounts is None)


def _amounts(parts: list[tuple[Bought, int]], stated: int) -> tuple[list[int] | None, int]:
    """The stated amount over the purchases: in proportion to their worth, what is more where money is left. None where
    each is worth its share, but for the rounding of it. And what no purchase bears."""
    worths = [purchase.worth(units) for purchase, units in parts]
    worth = sum(worths)
    if worth and abs(stated - worth) <= len(parts):
        return None, 0
    if stated < worth:
        ends = [stated * sum(worths[: place + 1]) // worth for place in range(len(worths))]
        return [end - begin for begin, end in pairwise([0, *ends])], 0
    beyond, amounts = stated - worth, list[int]()
    for (purchase, _units), own in zip(parts, worths, strict=True):
        more = min(beyond, purchase.money_left - own)
        beyond -= more
        amounts.append(own + more)
    return amounts, beyond


def _report_the_others(conn: duckdb.DuckDBPyConnection, by_order: bool) -> None:
    """Refunds without a key to match by; and what found nothing where the refund names an order."""
    if by_order:
        conn.execute("UPDATE rejects SET reason = 'no_such_order' WHERE reason = $reason", {"reason": NOTHING_BOUGHT})
    key, reason = ("refunded", "no_such_order") if by_order else ("customer", "refund_of_guest")
    conn.execute(
        f"INSERT INTO rejects SELECT line, '', order_id, $reason, NULL, 'refund' FROM lines "
        f"WHERE kind = 'refund' AND {key} IS NULL",
        {"reason": reason},
    )

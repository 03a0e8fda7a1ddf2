"""Refunds of a file and the purchases they take back.

A refund that names its order takes from that order's lines of the product; any other takes from the customer's earlier
purchases of it, newest first. Never more than was bought: what is beyond is reported. Its worth is what was paid for
those units, so the ledger needs no amount.

The ledger takes a refund's number once for each order. So one that stands there at several times is several refunds:
the first keeps the number, the others add their time to it. A refund under the order's own number has none, and is
known by its time alone, in whatever file it stands.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

import duckdb
from msgspec import Struct
from msgspec.structs import astuple

from regulars.intake.reading.tables import add_rows

FETCH = 10_000
NOTHING_BOUGHT = "no_earlier_purchase"


class Bought(Struct):
    """Units of a purchase line that have not come back yet."""

    at: int
    order: str
    line_id: str
    left: int


class Taken(Struct, frozen=True):
    """Units of one purchase line that a refund line takes back."""

    line: int
    order: str
    refund: str
    at: int
    line_id: str
    quantity: int


# A row of `rejects`: how many units found nothing to take back, and why.
Short: TypeAlias = tuple[int, str, str, str, str, str]

# Everything bought or given back under the same key, in order of time; at one instant buying comes first.
_EVENTS = """
WITH keyed AS (
    SELECT *, {key} AS key, coalesce(kind = 'refund', false) AS gives_back FROM lines
    WHERE kind = 'refund' OR (kind = 'order' AND quantity > 0)
),
wanted AS (SELECT DISTINCT key, sku FROM keyed WHERE gives_back AND key IS NOT NULL)
SELECT key, sku, gives_back, at_us, order_id, line_id, abs(quantity), line
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
        "quantity BIGINT)"
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
        for _key, _sku, gives_back, at, order, line_id, quantity, line in history:
            if gives_back:
                yield from _take_back(bought, line, order, at, quantity)
            else:
                bought.append(Bought(at, order, line_id, quantity))


def _take_back(bought: list[Bought], line: int, refund: str, at: int, quantity: int) -> Iterator[Taken | Short]:
    wanted = quantity
    for purchase in reversed(bought):
        units = min(wanted, purchase.left)
        if units:
            purchase.left -= units
            wanted -= units
            yield Taken(line, purchase.order, refund, at, purchase.line_id, units)
    if wanted or not quantity:
        reason = "partly_refunded" if wanted < quantity else "already_refunded" if bought else NOTHING_BOUGHT
        yield line, "", str(wanted), reason, refund, "refund"


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

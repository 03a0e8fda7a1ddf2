"""What the orders' own lines say was given back of them so far, as a refund of each such line, or of the order.

It is dated as the file says, else by its order, so that a file says the same whenever it is read. Money of the whole
line takes all its units with it. Never more than was paid: what is beyond is reported.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

import duckdb
from msgspec.structs import astuple

from regulars.engine.facts import Line
from regulars.engine.returns import spread_out
from regulars.intake.reading.mapping import Mapping
from regulars.intake.reading.matching import FETCH, LINE_SO_FAR, ORDER_SO_FAR, Taken
from regulars.intake.reading.tables import add_rows

# No number of a shop's own: what came back so far, of the order or of its line.
SO_FAR = "refunded"

_LINES = f"""
INSERT INTO returned
SELECT line, order_id, '{SO_FAR}@' || line_id, greatest(coalesce(lines.back_us, 0), orders.at_us), line_id,
    CASE WHEN units_back IS NOT NULL THEN least(units_back, quantity) WHEN back >= total THEN quantity ELSE 0 END,
    least(coalesce(back, 0), total), false, {LINE_SO_FAR}
FROM lines JOIN orders USING (order_id)
WHERE kind = 'order' AND (back > 0 OR units_back > 0)
"""
_BEYOND_LINE = """
INSERT INTO rejects
SELECT line, $field, back_said, 'more_than_paid', order_id, 'refund' FROM lines WHERE kind = 'order' AND back > total
UNION ALL
SELECT line, $units_field, CAST(units_back AS VARCHAR), 'partly_refunded', order_id, 'refund' FROM lines
WHERE kind = 'order' AND units_back > quantity AND NOT coalesce(back > total, false)
"""
_ORDERS = """
SELECT order_id, gave_back, greatest(coalesce(gave_back_us, 0), orders.at_us), line, line_id, sku, quantity, total
FROM lines JOIN orders USING (order_id)
WHERE kind = 'order' AND gave_back > 0 ORDER BY order_id, line
"""
_BEYOND_ORDER = """
INSERT INTO rejects
SELECT min(line), $field, any_value(back_said), 'more_than_paid', order_id, 'refund'
FROM lines JOIN orders USING (order_id)
WHERE kind = 'order' AND gave_back > 0 GROUP BY order_id, gave_back HAVING gave_back > sum(total)
"""


def add_stated_refunds(conn: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    """Add them to `returned`, and to `rejects` what no line bears."""
    columns = mapping.columns
    if columns.refunded:
        conn.execute(_LINES)
        conn.execute(_BEYOND_LINE, {"field": columns.refunded, "units_field": columns.refunded_quantity})
    elif columns.order_refunded:
        add_rows(conn, "returned", [astuple(one) for one in _of_orders(conn)])
        conn.execute(_BEYOND_ORDER, {"field": columns.order_refunded})


def _of_orders(conn: duckdb.DuckDBPyConnection) -> Iterator[Taken]:
    """Spread over the lines as the ledger will spread it."""
    found = conn.execute(_ORDERS)
    rows = iter(lambda: found.fetchmany(FETCH), [])
    for (order, amount, at), mine in groupby((row for fetched in rows for row in fetched), key=itemgetter(0, 1, 2)):
        records, lines = zip(*((row[3], Line(*row[4:])) for row in mine), strict=True)
        places = {line.line: record for record, line in zip(records, lines, strict=True)}
        paid = sum(line.total for line in lines)
        for part in spread_out(min(amount, paid), lines, {}):
            yield Taken(
                places[part.line], order, SO_FAR, at, part.line, part.quantity, part.total or 0, False, ORDER_SO_FAR
            )

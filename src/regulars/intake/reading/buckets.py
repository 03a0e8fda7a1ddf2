"""A bucket of whole customers, understood: their orders and refunds as columns, and what became of every line.

What is here is pure: lines as Arrow in, an Arrow stream out, wherever that is. Guests are counted and left out.
"""

import duckdb
import pyarrow as pa
from msgspec import Struct

from regulars.intake.reading.columns import Expressions
from regulars.intake.reading.counting import Counts, count
from regulars.intake.reading.judging import judge_orders
from regulars.intake.reading.mapping import Mapping
from regulars.intake.reading.matching import match_refunds
from regulars.intake.reading.staging import Shop, bound, quiet, see_days, understand
from regulars.intake.reading.stated import add_stated_refunds
from regulars.intake.reading.tables import BROKEN, Source
from regulars.intake.scratching import scratch_folder

# Sorted by customer, and of each by time; a refund comes after its order.
_ARRIVALS = """
CREATE TEMP TABLE arrivals AS
SELECT *, row_number() OVER (ORDER BY customer, at_us, kind, order_id, refund_id) AS place
FROM (
    SELECT 0 AS kind, order_id, '' AS refund_id, at_us, customer, channel, store, codes, line_count AS items
    FROM orders
    UNION ALL
    SELECT 1, order_id, refund_id, returned.at_us, any_value(customer), '', '', NULL, count(DISTINCT line_id)
    FROM returned JOIN orders USING (order_id) GROUP BY order_id, refund_id, returned.at_us
)
"""
_HEADS = """
SELECT kind, order_id, refund_id, at_us, customer, channel, store, codes, items
FROM arrivals WHERE customer IS NOT NULL ORDER BY place
"""
# In the order of the fields of Line.
_BASKET = """
SELECT line_id, sku, quantity, total, category, brand, discount
FROM lines JOIN arrivals USING (order_id)
WHERE lines.kind = 'order' AND arrivals.kind = 0 AND arrivals.customer IS NOT NULL ORDER BY place, line
"""
# In the order of the fields of RefundLine.
_GIVEN_BACK = """
SELECT line_id, CAST(sum(quantity) AS BIGINT) AS quantity,
    CASE WHEN NOT bool_and(is_share) THEN CAST(sum(money) AS BIGINT) END AS total
FROM returned JOIN arrivals USING (order_id, refund_id, at_us)
WHERE customer IS NOT NULL GROUP BY place, line_id ORDER BY place, line_id
"""
_REACH = "SELECT count(*) FILTER (kind = 0), max(at_us) FROM arrivals WHERE customer IS NOT NULL"
# Few values repeat in these: each text is kept once.
_REPEATING = frozenset(("brand", "category", "channel", "sku", "store"))


class Manner(Struct, frozen=True):
    """How the lines of a file are to be understood."""

    source: Source
    mapping: Mapping
    shop: Shop


class Bucket(Struct, frozen=True):
    """`orders` of known customers, the `last` instant of what these did (None: nothing), and `columns`: three Arrow
    streams after each other, of orders and refunds, of the lines of the orders, of those of the refunds.
    """

    columns: bytes
    counts: Counts
    orders: int
    last: int | None


def understood(raw: pa.Table, manner: Manner) -> Bucket:
    """`raw` are the lines as they stand in the file: `line`, and the columns under the names of the source."""
    with scratch_folder() as folder, duckdb.connect() as conn:
        bound(conn, folder)
        quiet(conn)
        conn.execute("SET threads = 1")
        conn.execute(BROKEN)
        conn.register("raw", raw)
        see_days(conn, manner.mapping, manner.shop)
        understand(conn, Expressions(manner.source, manner.mapping, manner.shop.digits), "CAST(line AS VARCHAR)")
        judge_orders(conn, bool(manner.mapping.columns.line))
        match_refunds(conn, by_order=bool(manner.mapping.refunds and manner.mapping.refunds.order))
        add_stated_refunds(conn, manner.mapping)
        conn.execute(_ARRIVALS)
        orders, last = conn.execute(_REACH).fetchone() or (0, None)
        kept = b"".join(_stream(conn, query) for query in (_HEADS, _BASKET, _GIVEN_BACK))
        return Bucket(kept, count(conn), orders, last)


def _stream(conn: duckdb.DuckDBPyConnection, query: str) -> bytes:
    """One batch, so that texts that repeat are there once."""
    table = conn.execute(query).to_arrow_table().combine_chunks()
    for place, name in enumerate(table.column_names):
        if name in _REPEATING:
            table = table.set_column(place, name, table.column(place).combine_chunks().dictionary_encode())
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as stream:
        stream.write_table(table)
    kept: bytes = sink.getvalue().to_pybytes()
    return kept

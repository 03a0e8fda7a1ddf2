"""Lines put together to orders, and orders that cannot be taken as they stand."""

import duckdb

from regulars.intake.reading.columns import MINOR_MAX

ORDER_LINES_MAX = 5_000

# The earliest line dates an order whose lines carry several times.
_ORDERS = f"""
CREATE TEMP TABLE orders AS
SELECT order_id, min(at_us) AS at_us, min(customer) AS customer, min(line) AS first_line, count(*) AS line_count,
    arg_min(channel, line) AS channel, arg_min(store, line) AS store,
    list_sort(list_distinct(flatten(list(codes) FILTER (WHERE len(codes) > 0)))) AS codes,
    max(order_back) AS gave_back, max(back_us) AS gave_back_us,
    CASE WHEN min(customer) <> max(customer) OR count(customer) NOT IN (0, count(*)) THEN 'several_customers'
        WHEN count(*) > {ORDER_LINES_MAX} THEN 'too_many_lines'
        WHEN sum(total) >= {MINOR_MAX} THEN 'too_large'
        WHEN count(DISTINCT order_back) > 1 THEN 'several_refunds' END AS reason
FROM lines WHERE kind = 'order' GROUP BY order_id
"""

_DOUBLE = """
SELECT order_id FROM lines WHERE kind = 'order' GROUP BY order_id, line_id HAVING count(*) > 1
"""

# What goes below zero within an order, and was bought neither there nor before, is a discount, not a return: without
# it the order would be too large.
_INCOMPLETE = """
SELECT order_id FROM rejects WHERE kind = 'order'
UNION
SELECT order_id FROM (
    SELECT order_id, customer, sku, at_us FROM lines
    WHERE kind = 'refund' AND refunded IS NULL AND order_id IN (SELECT order_id FROM orders)
) AS less
WHERE NOT EXISTS (
    SELECT 1 FROM lines AS bought
    WHERE bought.kind = 'order' AND bought.quantity > 0 AND bought.customer = less.customer
        AND bought.sku = less.sku AND bought.at_us <= less.at_us
)
"""


def judge_orders(conn: duckdb.DuckDBPyConnection, has_numbers: bool = True) -> None:
    """`orders`: those that can be taken. The lines of the others are rejected. Lines that have no numbers of the shop's
    own are never the same.
    """
    conn.execute(_ORDERS)
    for reason, found in (("double_line", _DOUBLE), ("incomplete_order", _INCOMPLETE))[not has_numbers :]:
        conn.execute(
            f"UPDATE orders SET reason = $reason WHERE reason IS NULL AND order_id IN ({found})", {"reason": reason}
        )
    conn.execute(
        """
        INSERT INTO rejects
        SELECT line, '', order_id, reason, order_id, kind FROM lines JOIN orders USING (order_id)
        WHERE kind = 'order' AND reason IS NOT NULL;
        UPDATE lines SET kind = 'rejected'
        WHERE kind = 'order' AND order_id IN (SELECT order_id FROM orders WHERE reason IS NOT NULL);
        DELETE FROM orders WHERE reason IS NOT NULL;
        """
    )

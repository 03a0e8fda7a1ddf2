"""What a file holds, in the order in which it is handed to the ledger.

`arrivals` are orders and refunds in two parts, by a stable hash of the customer (of the order for guests), so that two
processes never touch the same member. Within a part each has a place: by time, orders before refunds, then by number.
`basket` holds the lines of the orders, `given_back` those of the refunds, sorted alike.
"""

import duckdb

# Positions of imports under way rely on it: never change.
PARTS = 2


def arrange(conn: duckdb.DuckDBPyConnection) -> None:
    conn.execute(
        f"""
        CREATE TABLE arrivals AS
        WITH placed AS (
            SELECT *, CAST(md5_number_lower(coalesce(customer, order_id)) % {PARTS} AS INTEGER) AS part
            FROM orders
        ),
        refunds AS (
            SELECT order_id, refund_id, at_us, kind, min(line) AS first_line, count(DISTINCT line) AS line_count,
                count(DISTINCT line_id) AS items
            FROM returned GROUP BY ALL
        ),
        all_of_them AS (
            SELECT part, 0 AS kind, order_id, '' AS refund_id, at_us, customer, first_line, line_count,
                line_count AS items, channel, store, codes
            FROM placed
            UNION ALL
            SELECT part, refunds.kind, order_id, refund_id, refunds.at_us, customer, refunds.first_line,
                refunds.line_count, items, '', '', NULL
            FROM refunds JOIN placed USING (order_id)
        )
        SELECT *, row_number() OVER (PARTITION BY part ORDER BY at_us, kind, order_id, refund_id) - 1 AS place
        FROM all_of_them ORDER BY part, place
        """
    )
    conn.execute(
        """
        CREATE TABLE basket AS
        SELECT part, place, line, line_id, sku, quantity, total, category, brand, discount
        FROM lines JOIN arrivals USING (order_id)
        WHERE lines.kind = 'order' AND arrivals.kind = 0 ORDER BY part, place, line;
        CREATE TABLE given_back AS
        SELECT part, place, line_id, CAST(sum(quantity) AS BIGINT) AS quantity,
            CASE WHEN NOT bool_and(is_share) THEN CAST(sum(money) AS BIGINT) END AS total
        FROM returned JOIN arrivals USING (order_id, refund_id, at_us)
        GROUP BY ALL ORDER BY part, place, line_id;
        """
    )

"""As many orders as somebody asks for, in one Parquet file, the same for a seed: two years of a tea house that is not.

Few customers buy often and many seldom; orders have one to five lines, some are a guest's, some are given back after a
fortnight. Drawn in portions, so that any number of orders takes little memory.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

MAPPING = "made-history"
PORTION = 100_000
# Orders between a purchase and its refund are those of a fortnight.
DAYS, REFUNDED_AFTER = 731, 14
ORDERS_EACH = 20

# `place` runs through the file: an order has its number, a refund that of its order and those of a fortnight.
_PORTION = """
WITH numbered AS (
    SELECT n, (hash(n, $seed) >> 1)::BIGINT AS dice FROM range(greatest($first - $lag, 0), $until) AS numbers(n)
),
placed AS (
    SELECT n, n AS place, dice, false AS is_refund FROM numbered WHERE n >= $first
    UNION ALL
    SELECT n, n + $lag, dice, true FROM numbered WHERE dice % 25 = 0 AND n + $lag >= $first AND n + $lag < $until
),
dated AS (
    SELECT *, place * $days // $orders AS day, (place * $days % $orders) * 50400 // $orders AS second FROM placed
),
lines AS (
    SELECT *, (hash(dice, line) >> 1)::BIGINT AS chance
    FROM dated, unnest(range(CASE WHEN is_refund THEN 1 ELSE 1 + least(dice // 32 % 5, dice // 256 % 9) END))
        AS lines(line)
)
SELECT CASE WHEN is_refund THEN 'R' ELSE 'T' END || n AS "order",
    TIMESTAMP '2024-01-01 08:00:00' + to_days(day::INTEGER) + to_seconds(second) AS "time",
    CASE WHEN dice // 4096 % 50 > 0
        THEN 'C' || floor($members * pow((dice // 65536 % 1000003) / 1000003, 1.6))::BIGINT END AS customer,
    'P' || lpad((chance % 600)::VARCHAR, 3, '0') AS product,
    ['oolong', 'black-tea', 'cups', 'cake', 'matcha', 'sweets'][1 + chance % 6] AS category,
    ['web', 'store', 'app'][1 + dice // 1024 % 3] AS channel,
    CASE WHEN is_refund THEN -1 ELSE 1 END * (1 + least(chance // 1024 % 4, chance // 4096 % 4))::INTEGER AS quantity,
    quantity * (4500 + 500 * (chance % 600 * 7 % 131)) AS total,
    CASE WHEN is_refund THEN 'T' || n END AS refund_of
FROM lines ORDER BY place, is_refund, n, line
"""


class Wish(Struct, frozen=True):
    """How many orders of how many members at most."""

    orders: int
    members: int
    seed: int = 1


def write_made_history(path: Path, wish: Wish) -> None:
    """By time, as a shop would export it."""
    with duckdb.connect() as conn:
        conn.execute("SET enable_progress_bar = false")
        portions = _portions(conn, wish)
        first = next(portions)
        with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
            writer.write_table(first)
            for portion in portions:
                writer.write_table(portion)


def _portions(conn: duckdb.DuckDBPyConnection, wish: Wish) -> Iterator[pa.Table]:
    lag = max(wish.orders * REFUNDED_AFTER // DAYS, 1)
    how = {"seed": wish.seed, "orders": wish.orders, "members": wish.members, "lag": lag, "days": DAYS}
    for first in range(0, wish.orders, PORTION):
        span = {"first": first, "until": min(first + PORTION, wish.orders)}
        yield conn.execute(_PORTION, how | span).to_arrow_table()

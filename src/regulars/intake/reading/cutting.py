"""The lines of a file shared out to buckets of whole customers, before any of them is understood.

Lines that judge each other are in one bucket: those of an order, the refunds that name it, and all lines of a customer.
A guest's line goes with its order. Where orders name several customers, all of these share the first bucket. What is
compared are hashes: two that are the same by chance only put more lines together.
"""

from pathlib import Path

import duckdb
from msgspec import Struct

from regulars.intake.reading.columns import Expressions
from regulars.intake.reading.counting import Counts
from regulars.intake.reading.mapping import Mapping
from regulars.intake.reading.tables import Source, load_raw

_FOLDER = "bucket={}"
# The same words to DuckDB and to Spark. `owners`: whose an order is that has lines of a guest too, or of several;
# `mixed`: all of these.
OWNERS = """
SELECT order_key, min(customer_key) AS owner, min(customer_key) <> max(customer_key) AS is_mixed
FROM {keyed} AS keyed WHERE order_key IS NOT NULL GROUP BY order_key
HAVING min(customer_key) <> max(customer_key) OR count(customer_key) NOT IN (0, count(*))
"""
MIXED = """
SELECT DISTINCT customer_key
FROM {keyed} AS keyed SEMI JOIN (SELECT order_key FROM owners WHERE is_mixed) AS shared USING (order_key)
WHERE customer_key IS NOT NULL
"""
BUCKETED = """
SELECT line, {places},
    CASE WHEN mixed.customer_key IS NOT NULL THEN 0 ELSE CAST(coalesce(known, 0) % {buckets} AS INTEGER) END AS bucket
FROM (
    SELECT keyed.*, coalesce(keyed.customer_key, owner, keyed.order_key) AS known
    FROM {keyed} AS keyed LEFT JOIN owners ON keyed.order_key = owners.order_key
) AS owned LEFT JOIN mixed ON owned.known = mixed.customer_key
"""


class Cut(Struct, frozen=True):
    """What is in which file; `counts` are lines that could not be read at all."""

    source: Source
    buckets: list[list[str]]
    lines: int
    counts: Counts


def cut(conn: duckdb.DuckDBPyConnection, folder: Path, path: Path, mapping: Mapping, bucket_lines: int) -> Cut:
    """Parquet files in a folder. Raises Unreadable when the file does not fit."""
    columns = Expressions(load_raw(conn, path, mapping, is_view=True), mapping, 0)
    lines = _one(conn, "SELECT count(*) FROM raw")
    buckets = max(-(-lines // bucket_lines), 1)
    keyed = f"({keys(columns)})"
    for table, query in (("owners", OWNERS), ("mixed", MIXED)):
        conn.execute(f"CREATE TEMP TABLE {table} AS {query.format(keyed=keyed)}", columns.values)
    shared_out = BUCKETED.format(keyed=keyed, places=", ".join(columns.source.places.values()), buckets=buckets)
    conn.execute(f"SET partitioned_write_max_open_files = {buckets + 1}")
    conn.execute(
        f"COPY ({shared_out}) TO '{folder}' (FORMAT parquet, PARTITION_BY (bucket), COMPRESSION lz4_raw)",
        columns.values,
    )
    found = [sorted(map(str, (folder / _FOLDER.format(bucket)).glob("*"))) for bucket in range(buckets)]
    broken = dict(conn.execute("SELECT reason, count(*) FROM broken GROUP BY reason ORDER BY reason").fetchall())
    return Cut(
        columns.source, [files for files in found if files], lines, Counts(sum(broken.values()), rejected=broken)
    )


def keys(columns: Expressions) -> str:
    """Every line, with hashes of the customer and of the order that it is about; NULL where there is none."""
    mapping, order = columns.mapping, columns.order()
    customer = columns.customer()
    if mapping.refunds and mapping.refunds.order:
        order = f"CASE WHEN {columns.is_refund()} THEN {columns.text(mapping.refunds.order)} ELSE {order} END"
    parsed = ", ".join(f"{expression} AS {name}" for name, expression in columns.parsed.items())
    places = ", ".join(columns.source.places.values())
    return f"""
        SELECT line, {places}, CASE WHEN who IS NOT NULL THEN CAST(hash(who) >> 1 AS BIGINT) END AS customer_key,
            CASE WHEN about IS NOT NULL THEN CAST(hash(about) >> 1 AS BIGINT) END AS order_key
        FROM (SELECT *, {customer} AS who, {order} AS about FROM (SELECT *, {parsed} FROM raw))
    """


def _one(conn: duckdb.DuckDBPyConnection, query: str) -> int:
    found = conn.execute(query).fetchone()
    return 0 if found is None else int(found[0])

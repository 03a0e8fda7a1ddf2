"""Staged orders customer by customer, as the facts of each: what a plan folds. Guests are left out.

A bucket is a share of the customers that fits into memory.
"""

import time
from collections.abc import Iterator
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import duckdb

from regulars.engine.facts import Fact, Line, Order, Refund, RefundLine
from regulars.intake.orders import order_key, refund_key
from regulars.intake.reading.building import columns_of
from regulars.intake.reading.mapping import Mapping
from regulars.intake.reading.tables import quoted

_MINE = "customer IS NOT NULL AND md5_number_upper(customer) % $buckets = $bucket"
# Of each customer orders before refunds: a refund names its order's key only.
_HEADS = f"""
SELECT kind, order_id, refund_id, at_us, customer, channel, store, codes, items
FROM arrivals WHERE {_MINE} ORDER BY customer, part, place
"""
_BASKET = f"""
SELECT line_id, sku, quantity, total, basket.category, brand, discount
FROM basket JOIN arrivals USING (part, place) WHERE {_MINE} ORDER BY customer, part, place, basket.line
"""
_GIVEN_BACK = f"""
SELECT line_id, quantity
FROM given_back JOIN arrivals USING (part, place) WHERE {_MINE} ORDER BY customer, part, place, line_id
"""
_SPAN = "SELECT min(at_us), max(at_us), count(*) FILTER (kind = 0) FROM arrivals WHERE customer IS NOT NULL"


def span(conn: duckdb.DuckDBPyConnection) -> tuple[int, int, int] | None:
    """The first and the last instant of what customers did, and how many orders they placed; None: nothing."""
    found = conn.execute(_SPAN).fetchone()
    return None if found is None or found[0] is None else (found[0], found[1], found[2])


def customers(
    conn: duckdb.DuckDBPyConnection, source: str, bucket: int, buckets: int
) -> Iterator[tuple[str, list[Fact]]]:
    """Each customer of a bucket by the shop's own number, and their facts."""
    share = {"bucket": bucket, "buckets": buckets}
    heads = columns_of(conn, _HEADS, share)
    lines = map(Line, *columns_of(conn, _BASKET, share))
    returned = map(RefundLine, *columns_of(conn, _GIVEN_BACK, share)) if 1 in heads[0] else iter(())
    for customer, mine in groupby(zip(*heads, strict=True), itemgetter(4)):
        yield customer, [_fact(source, head, lines, returned) for head in mine]


def _fact(source: str, head: tuple[Any, ...], lines: Iterator[Line], returned: Iterator[RefundLine]) -> Fact:
    kind, order_id, refund_id, at, _, channel, store, codes, items = head
    key = order_key(source, order_id)
    if kind:
        return Refund(refund_key(source, order_id, refund_id), key, at, tuple(islice(returned, items)))
    return Order(key, at, tuple(islice(lines, items)), at, 0, channel, store, tuple(codes or ()))


def summing_seconds(path: Path, mapping: Mapping) -> float:
    """How long DuckDB takes to add up the money of each customer in a file: what a plan is compared with."""
    reader = "read_parquet" if path.suffix == ".parquet" else "read_csv"
    who, money = (quoted(name or "") for name in (mapping.columns.customer, _money(mapping)))
    begun = time.monotonic()
    with duckdb.connect() as conn:
        conn.execute(
            f"SELECT {who}, sum({money}::DOUBLE) FROM {reader}($path) GROUP BY 1", {"path": str(path)}
        ).fetchall()
    return time.monotonic() - begun


def _money(mapping: Mapping) -> str | None:
    return mapping.columns.total or mapping.columns.unit_price

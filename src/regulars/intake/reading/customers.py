"""Buckets customer by customer, as the facts of each: what a plan folds."""

import time
from collections.abc import Iterator
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from regulars.engine.facts import Fact, Line, Order, Refund, RefundLine
from regulars.intake.orders import order_key, refund_key
from regulars.intake.reading.mapping import Mapping
from regulars.intake.reading.tables import load_raw


def customers(source: str, columns: bytes) -> Iterator[tuple[str, list[Fact]]]:
    """Each customer of a bucket by the shop's own number, and their facts."""
    streams = pa.BufferReader(columns)
    heads, basket, given_back = (_columns(pa.ipc.open_stream(streams).read_all()) for _ in range(3))
    lines, returned = map(Line, *basket), map(RefundLine, *given_back)
    for customer, mine in groupby(zip(*heads, strict=True), itemgetter(4)):
        yield customer, [_fact(source, head, lines, returned) for head in mine]


def _columns(table: pa.Table) -> list[list[Any]]:
    return [_values(column) for column in table.columns]


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Texts that repeat are made once and shared."""
    if column.null_count == len(column):
        return [None] * len(column)
    if not pa.types.is_dictionary(column.type):
        plain: list[Any] = column.to_pylist()
        return plain
    coded = column.combine_chunks()
    texts = coded.dictionary.to_pylist()
    if len(texts) == 1:
        return texts * len(column)
    return [texts[code] for code in coded.indices.to_pylist()]


def _fact(source: str, head: tuple[Any, ...], lines: Iterator[Line], returned: Iterator[RefundLine]) -> Fact:
    kind, order_id, refund_id, at, _, channel, store, codes, items = head
    key = order_key(source, order_id)
    if kind:
        return Refund(refund_key(source, order_id, refund_id), key, at, tuple(islice(returned, items)))
    return Order(key, at, tuple(islice(lines, items)), at, 0, channel, store, tuple(codes or ()))


def summing_seconds(path: Path, mapping: Mapping) -> float:
    """How long DuckDB takes to add up the money of each customer in a file: what a plan is compared with. CSV and
    NDJSON are read before that. Raises Unreadable.
    """
    with duckdb.connect() as conn:
        places = load_raw(conn, path, mapping, is_view=True).places
        who, money = (places.get(name or "", "NULL") for name in (mapping.columns.who, _money(mapping)))
        begun = time.monotonic()
        conn.execute(f"SELECT {who}, sum(TRY_CAST({money} AS DOUBLE)) FROM raw GROUP BY 1").fetchall()
        return time.monotonic() - begun


def _money(mapping: Mapping) -> str | None:
    return mapping.columns.total or mapping.columns.unit_price

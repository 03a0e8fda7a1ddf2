"""Staged orders as the structs that the ledger takes: columns to Python lists, lists to structs, nothing per field."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import duckdb
import pyarrow as pa
from msgspec import Struct

from regulars.engine.facts import Line, RefundLine
from regulars.intake.orders import Filed, LateRefund, OrderIn, RefundIn
from regulars.intake.reading.matching import LINE_SO_FAR, ORDER_SO_FAR

_HEADS = """
SELECT kind, order_id, refund_id, at_us, customer, channel, store, codes, items, first_line, line_count
FROM arrivals WHERE part = $part AND place >= $since AND place < $until ORDER BY place
"""
# In the order of the fields of Line.
_BASKET = """
SELECT line_id, sku, quantity, total, category, brand, discount
FROM basket WHERE part = $part AND place >= $since AND place < $until ORDER BY place, line
"""
# In the order of the fields of RefundLine.
_GIVEN_BACK = """
SELECT line_id, quantity, total
FROM given_back WHERE part = $part AND place >= $since AND place < $until ORDER BY place, line_id
"""
# Few values repeat in these: each text is made once and shared.
_REPEATING = frozenset(("brand", "category", "channel", "store"))


class Batch(Struct, frozen=True):
    """Arrivals of one part from a place on; for each its first line in the file, and how many lines it has there."""

    arrivals: list[Filed]
    first_lines: list[int]
    line_counts: list[int]


def read_batch(
    conn: duckdb.DuckDBPyConnection, source: str, part: int, since: int, size: int, *, by_card: bool
) -> Batch:
    """The next `size` arrivals of a part; fewer at its end. `by_card`: who bought is said by their card."""
    span = {"part": part, "since": since, "until": since + size}
    *heads, first_lines, line_counts = columns_of(conn, _HEADS, span)
    lines = map(Line, *columns_of(conn, _BASKET, span))
    returned = map(RefundLine, *columns_of(conn, _GIVEN_BACK, span)) if any(heads[0]) else iter(())
    return Batch(list(_arrivals(source, heads, lines, returned, by_card)), first_lines, line_counts)


def columns_of(conn: duckdb.DuckDBPyConnection, query: str, span: dict[str, int]) -> list[list[Any]]:
    """The answer's columns, one list of values each."""
    table = conn.execute(query, span).to_arrow_table()
    return [_values(name, column) for name, column in zip(table.column_names, table.columns, strict=True)]


def _values(name: str, column: pa.ChunkedArray) -> list[Any]:
    if name not in _REPEATING:
        plain: list[Any] = column.to_pylist()
        return plain
    coded = column.combine_chunks().dictionary_encode()
    texts = coded.dictionary.to_pylist()
    return [texts[code] for code in coded.indices.to_pylist()]


def _arrivals(
    source: str, heads: list[list[Any]], lines: Iterator[Line], returned: Iterator[RefundLine], by_card: bool
) -> Iterator[Filed]:
    for kind, order, refund, at, who, channel, store, codes, items in zip(*heads, strict=True):
        if kind:
            yield LateRefund(source, order, _refund(kind, refund, at, tuple(islice(returned, items))))
        else:
            basket = tuple(islice(lines, items))
            customer, card = (None, who) if by_card else (who, None)
            said = (None, None, at, (), channel, store, tuple(codes or ()))
            yield OrderIn(source, order, basket, customer, *said, card=card)


def _refund(kind: int, refund: str, at: int, lines: tuple[RefundLine, ...]) -> RefundIn:
    if kind == ORDER_SO_FAR:
        return RefundIn(refund, at, (), sum(line.total or 0 for line in lines), so_far=True)
    return RefundIn(refund, at, lines, so_far=kind == LINE_SO_FAR)

"""The rejects file: every line of an import that was not taken, where, what and why, for a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import chain
from operator import itemgetter
from pathlib import Path

import duckdb

from regulars.intake.reading.cells import harmless
from regulars.intake.reading.faults import REASONS

HEADER = ("line", "column", "value", "reason", "explanation")
FETCH = 10_000


def write_rejects(conn: duckdb.DuckDBPyConnection, refused: Iterable[tuple[int, str, str]], path: Path) -> None:
    """`refused`: (line, key, code) of what the ledger did not take, by line."""
    from_file = _rows(conn.execute("SELECT line, field, value, reason FROM rejects ORDER BY line, field, reason"))
    from_ledger = ((line, "", key, code) for line, key, code in refused)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for line, column, value, code in merge(from_file, from_ledger, key=itemgetter(0)):
            writer.writerow((line, harmless(column), harmless(value or ""), code, str(REASONS[code])))


def _rows(result: duckdb.DuckDBPyConnection) -> Iterator[tuple[int, str, str, str]]:
    return chain.from_iterable(iter(lambda: result.fetchmany(FETCH), []))

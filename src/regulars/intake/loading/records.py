"""A list read record by record, those of a customer together, and what of it is not taken.

The records lie in a scratch database on disk while they are sorted, so memory stays bounded however long the list is.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TypeVar

import duckdb
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.intake.loading.layouts import Layout
from regulars.intake.loading.values import Unfit
from regulars.intake.reading.cells import harmless
from regulars.intake.reading.faults import REASONS, Fault, Unreadable
from regulars.intake.reading.rejects import HEADER
from regulars.intake.reading.staging import scratch
from regulars.intake.reading.tables import SHOWN_MAX, Source, load_raw
from regulars.intake.scratching import scratch_folder

FETCH = 10_000
SHOWN_LINES = 10
# What Python strips, for the scratch database to strip too: a customer's lines must sort together.
BLANK = "".join(chr(code) for code in range(0x10000) if chr(code).isspace())
T = TypeVar("T")


class Record(Struct, frozen=True):
    """What stands in a line of the list, by what its columns are to us."""

    line: int
    fields: dict[str, str | None]


class Rejects:
    """Lines that are not taken: counted by reason, and written down where somebody wants them."""

    def __init__(self, layout: Layout, file: IO[str] | None) -> None:
        self._columns = layout.columns_by_name()
        self._writer = csv.writer(file) if file else None
        if self._writer:
            self._writer.writerow(HEADER)
        self.counts = Counter[str]()
        # Lines that are no records.
        self.broken = 0

    def reject(self, record: Record, name: str, reason: str) -> None:
        """For what stands in the column that is a `name` to us."""
        self.note(record.line, self._columns.get(name, ""), record.fields.get(name) or "", reason)

    def note(self, line: int, column: str, value: str, reason: str) -> None:
        self.counts[reason] += 1
        if self._writer:
            said = harmless(value[:SHOWN_MAX])
            self._writer.writerow((line, harmless(column), said, reason, str(REASONS[reason])))

    def tried(self, record: Record, name: str, read: Callable[[str | None], T]) -> T | None:
        """The value, or None and a reject."""
        try:
            return read(record.fields.get(name))
        except Unfit as unfit:
            self.reject(record, name, unfit.reason)
            return None


@contextmanager
def rejects_in(path: Path | None, layout: Layout) -> Iterator[Rejects]:
    if path is None:
        yield Rejects(layout, None)
        return
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        yield Rejects(layout, file)


def customers(path: Path, layout: Layout, rejects: Rejects, is_whole: bool = False) -> Iterator[list[Record]]:
    """The records of each customer, in the order of their numbers; without a number each by itself, last. What is no
    record is rejected first, and nothing is read where there is such and the list must be `is_whole`, since nobody
    knows whose it is. Raises Unreadable."""
    with scratch_folder() as folder:
        try:
            with scratch(folder) as conn:
                source = load_raw(conn, path, layout)
                broken = conn.execute("SELECT line, reason, text FROM broken ORDER BY line").fetchall()
                for line, reason, text in broken:
                    rejects.note(line, "", text, reason)
                    rejects.broken += 1
                if is_whole and rejects.broken:
                    lines = ", ".join(str(line) for line, *_rest in broken[:SHOWN_LINES])
                    raise Unreadable(Fault(path.name, _("put these lines right first: %(lines)s") % {"lines": lines}))
                yield from _together(_records(conn, source, layout))
        except duckdb.Error as problem:  # a disk that is full
            raise Unreadable(Fault(path.name, str(problem))) from problem


def _records(conn: duckdb.DuckDBPyConnection, source: Source, layout: Layout) -> Iterator[Record]:
    columns = layout.columns_by_name()
    chosen = ", ".join(f"CAST({source.places[column]} AS VARCHAR)" for column in columns.values())
    who = f"nullif(trim(CAST({source.places[columns['customer']]} AS VARCHAR), $blank), '')"
    found = conn.execute(f"SELECT line, {chosen} FROM raw ORDER BY {who} NULLS LAST, line", {"blank": BLANK})  # noqa: S608  # by place
    while rows := found.fetchmany(FETCH):
        for line, *values in rows:
            yield Record(line, dict(zip(columns, values, strict=True)))


def _together(records: Iterator[Record]) -> Iterator[list[Record]]:
    group: list[Record] = []
    last = ""
    for record in records:
        customer = (record.fields["customer"] or "").strip()
        if group and (customer != last or not customer):
            yield group
            group = []
        group.append(record)
        last = customer
    if group:
        yield group

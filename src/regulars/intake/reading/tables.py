"""A file of any format as the DuckDB table `raw`: the columns the mapping speaks of, and the line each record is on.

Names in the file never become SQL: a column is known by its place in `Source.columns`. Text stays text here; what it
means is decided in `columns`.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.intake.reading.faults import Fault, Unreadable
from regulars.intake.reading.mapping import Manner
from regulars.intake.reading.text import Broken, Record, csv_records, json_records, opened

BATCH = 50_000
BROKEN = "CREATE TEMP TABLE broken (line BIGINT, reason VARCHAR, text VARCHAR)"
SHOWN_MAX = 200
FORMATS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".ndjson": "json", ".jsonl": "json", ".parquet": "parquet"}


class Source(Struct, frozen=True):
    """Where each column of the file is in `raw`, and of what kind: date, float, instant, number, text or time."""

    places: dict[str, str]
    kinds: dict[str, str]


def load_raw(conn: duckdb.DuckDBPyConnection, path: Path, mapping: Manner, *, is_view: bool = False) -> Source:
    """Make `raw` and the table `broken` (line, reason, text). Raises Unreadable when the file does not fit.

    With `is_view` what DuckDB reads by itself stays where it is.
    """
    conn.execute(BROKEN)
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise Unreadable(Fault(str(path), _("the name must end in .csv, .ndjson or .parquet")))
    if not path.stat().st_size:
        raise Unreadable(Fault(str(path), _("the file is empty")))
    if kind == "parquet":
        return _load_parquet(conn, path, mapping, "VIEW" if is_view else "TABLE")
    return _load_csv(conn, path, mapping) if kind == "csv" else _load_json(conn, path, mapping)


def _load_csv(conn: duckdb.DuckDBPyConnection, path: Path, mapping: Manner) -> Source:
    look, delimiter = mapping.csv, delimiter_of(path, mapping)
    with opened(path, mapping.encoding) as file:
        header = next(csv_records(file, delimiter, look.quote), None)
        if header is None or isinstance(header, Broken):
            raise Unreadable(Fault(str(path), _("the header cannot be read")))
        names = [(name or "").strip() for name in header[1]]
        _check_columns(mapping, names)
        columns = list(mapping.used())
        wanted = [names.index(column) for column in columns]
        file.seek(0)
        one_line = [names.index(column) for column in mapping.on_one_line()]
        records = csv_records(file, delimiter, look.quote, len(names), one_line)
        next(records)
        return _load_text(conn, records, columns, wanted)


def delimiter_of(path: Path, mapping: Manner) -> str:
    look = mapping.csv
    return "\t" if path.suffix.lower() == ".tsv" and look.delimiter == "," else look.delimiter


def _load_json(conn: duckdb.DuckDBPyConnection, path: Path, mapping: Manner) -> Source:
    columns = list(mapping.used())
    with opened(path, mapping.encoding) as file:
        seen: set[str] = set()
        source = _load_text(conn, json_records(file, columns, seen), columns, range(len(columns)))
    if conn.execute("SELECT 1 FROM raw LIMIT 1").fetchone():
        _check_columns(mapping, sorted(seen))
    return source


def _load_text(
    conn: duckdb.DuckDBPyConnection, records: Iterator[Record], columns: Sequence[str], wanted: Sequence[int]
) -> Source:
    places = {column: f"c{place}" for place, column in enumerate(columns)}
    schema = pa.schema([("line", pa.int64()), *((place, pa.string()) for place in places.values())])
    conn.execute(f"CREATE TEMP TABLE raw (line BIGINT, {', '.join(f'{place} VARCHAR' for place in places.values())})")
    while batch := list(islice(records, BATCH)):
        good = [record for record in batch if not isinstance(record, Broken)]
        fields = list(zip(*(record[1] for record in good), strict=True))
        arrays = (
            [pa.array([_encodable(text) for text in fields[place]], pa.string()) for place in wanted] if good else []
        )
        if good:
            lines = pa.array([record[0] for record in good], pa.int64())
            _add(conn, "raw", pa.table([lines, *arrays], schema=schema))
        _keep_broken(conn, [record for record in batch if isinstance(record, Broken)])
    return Source(places, dict.fromkeys(columns, "text"))


def add_rows(conn: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[object]]) -> None:
    """Rows of plain values into one of our own tables, by columns: a hundred times faster than a statement per row."""
    if rows:
        columns = [pa.array(column) for column in zip(*rows, strict=True)]
        _add(conn, table, pa.table(columns, names=[f"c{place}" for place in range(len(columns))]))


def _add(conn: duckdb.DuckDBPyConnection, table: str, found: pa.Table) -> None:
    conn.register("found", found)
    conn.execute(f"INSERT INTO {table} SELECT * FROM found")
    conn.unregister("found")


def _encodable(text: str | None) -> str | None:
    """Half a character of two (a lone surrogate) is as unreadable as a byte that cannot be decoded."""
    return text if text is None or text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _keep_broken(conn: duckdb.DuckDBPyConnection, broken: Sequence[Broken]) -> None:
    if broken:
        rows = [(one.line, one.reason, (_encodable(one.text) or "")[:SHOWN_MAX].rstrip()) for one in broken]
        add_rows(conn, "broken", rows)


def _load_parquet(conn: duckdb.DuckDBPyConnection, path: Path, mapping: Manner, kept: str) -> Source:
    try:
        source = source_of(pq.read_schema(path), mapping)
    except (pa.ArrowInvalid, OSError) as problem:
        raise Unreadable(Fault(str(path), str(problem))) from problem
    chosen = ", ".join(f"{quoted(column)} AS {place}" for column, place in source.places.items())
    conn.execute(
        f"CREATE TEMP {kept} raw AS SELECT file_row_number + 1 AS line, {chosen} "
        f"FROM read_parquet('{_literal_path(path)}', file_row_number = true)"
    )
    return source


def source_of(schema: pa.Schema, mapping: Manner) -> Source:
    """Columns that have types of their own. Raises Unreadable."""
    _check_columns(mapping, schema.names)
    columns = list(mapping.used())
    kinds = {column: _kind(schema.field(column).type) for column in columns}
    faults = [
        Fault(mapping.used()[column], _("a list or a group cannot be read")) for column in columns if not kinds[column]
    ]
    if faults:
        raise Unreadable(*faults)
    return Source({column: f"c{place}" for place, column in enumerate(columns)}, kinds)


def _kind(kind: pa.DataType) -> str:
    types = pa.types
    if types.is_dictionary(kind):
        return _kind(kind.value_type)
    if types.is_timestamp(kind):
        return "instant" if kind.tz else "time"
    if types.is_date(kind):
        return "date"
    if types.is_integer(kind) or types.is_decimal(kind):
        return "number"
    if types.is_floating(kind):
        return "float"
    return "text" if types.is_string(kind) or types.is_large_string(kind) else ""


def _literal_path(path: Path) -> str:
    """DuckDB reads `*`, `?` and `[` in a path as a pattern, and an apostrophe as its end."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path)).replace("'", "''")


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _check_columns(mapping: Manner, names: Sequence[str]) -> None:
    """Every column the mapping speaks of must be there once; everything that is wrong is said at once."""
    faults = []
    for column, path in mapping.used().items():
        if column not in names:
            known = ", ".join(names[:30])
            faults.append(Fault(path, _("the file has no column “%(column)s”; it has: %(known)s") % locals()))
        elif names.count(column) > 1:
            faults.append(Fault(path, _("the file has two columns named “%(column)s”") % locals()))
    if faults:
        raise Unreadable(*faults)

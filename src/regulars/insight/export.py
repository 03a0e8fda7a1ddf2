"""Writes a version of the lake: PostgreSQL hands over columns through ADBC, which go to Parquet as they come.

Everything is read in one snapshot, so the three files agree with each other and with the version's name.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from adbc_driver_postgresql import dbapi
from psycopg import sql

from regulars.insight.lake import FORMAT, TABLES

STATEMENTS = Path(__file__).parent / "sql"
BATCH_ROWS = 65_536


@contextmanager
def snapshot(database_url: str) -> Iterator[dbapi.Connection]:
    """A connection that sees one moment of the database and writes nothing."""
    with dbapi.connect(database_url) as conn:
        with conn.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield conn


def version_of(conn: dbapi.Connection, program_id: int, newest_version: int) -> str:
    """Names what the lake would hold now: the ledger's content, the program's newest version, the files' format."""
    with conn.cursor() as cursor:
        cursor.execute(_statement("version", program_id, "UTC"))
        (found,) = cursor.fetchone() or (None,)
    return f"{FORMAT}-{newest_version}-{(found or 'empty')[:16]}"


def write(conn: dbapi.Connection, program_id: int, zone: str, folder: Path) -> dict[str, int]:
    """Write the tables into the folder; how many rows each has."""
    return {name: _write_table(conn, _statement(name, program_id, zone), folder / f"{name}.parquet") for name in TABLES}


def _write_table(conn: dbapi.Connection, statement: str, path: Path) -> int:
    schema = ibis.schema(TABLES[path.stem]).to_pyarrow()
    rows = 0
    with conn.cursor() as cursor, pq.ParquetWriter(path, schema, compression="zstd", compression_level=1) as writer:
        cursor.execute(statement)
        for batch in cursor.fetch_record_batch():
            table = pa.Table.from_batches([batch]).cast(schema)
            writer.write_table(table, row_group_size=BATCH_ROWS)
            rows += table.num_rows
    return rows


def _statement(name: str, program_id: int, zone: str) -> str:
    text: Any = (STATEMENTS / f"{name}.sql").read_text()
    return sql.SQL(text).format(program=sql.Literal(program_id), zone=sql.Literal(zone)).as_string(None)

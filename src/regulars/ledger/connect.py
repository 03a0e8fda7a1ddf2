"""The psycopg connection under Django's, and values on their way in and out of it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any, LiteralString, cast

import psycopg
from django.db import connection
from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int2, Int4, Int8

from regulars.engine.calendar import datetime_of, instant_of

Rows = list[tuple[Any, ...]]
# So many rows go one by one into one statement. It is made anew for each number, and prepared for each.
FEW = 8
# A number is sent as what its column is, so that a statement stays the same however large it is.
INTEGERS = {"int2": Int2, "int4": Int4, "int8": Int8}


def raw() -> psycopg.Connection[Any]:
    """The connection that Django's default alias uses now; shares its transaction."""
    connection.ensure_connection()
    found: psycopg.Connection[Any] = connection.connection
    return found


def first_rows(statement: LiteralString, parameters: Sequence[object] = ()) -> Rows:
    """What the first statement of a request answers. Where PostgreSQL ended the connection since the last one, it is
    made anew; so nothing need be asked only to see whether it is there."""
    try:
        found = rows(raw(), statement, parameters)
    except psycopg.OperationalError:
        if not raw().closed:
            raise
        connection.close()
        found = rows(raw(), statement, parameters)
    connection.health_check_done = True  # type: ignore[attr-defined]  # Django says so of itself, its stubs do not
    return found


def rows(conn: psycopg.Connection[Any], statement: LiteralString, parameters: Sequence[object] = ()) -> Rows:
    """What a statement answers, in PostgreSQL's binary form: faster, and exact for every type."""
    with psycopg.Cursor(conn) as cursor:
        cursor.execute(statement, parameters, binary=True)
        return cursor.fetchall() if cursor.pgresult and cursor.pgresult.nfields else []


def run(conn: psycopg.Connection[Any], statement: LiteralString, parameters: Sequence[object] = ()) -> None:
    with psycopg.Cursor(conn) as cursor:
        cursor.execute(statement, parameters)


@contextmanager
def one_moment(conn: psycopg.Connection[Any]) -> Iterator[None]:
    """Everything read inside is as of one moment; inside a transaction of the caller's, that one's rules hold."""
    if conn.info.transaction_status != TransactionStatus.IDLE:
        yield
        return
    with conn.transaction():
        run(conn, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def add_rows(
    conn: psycopg.Connection[Any],
    table: str,
    columns: Sequence[str],
    types: Sequence[str],
    given: Iterable[Sequence[Any]],
) -> None:
    """In binary: by COPY where they are many, which takes more turns, else by one statement."""
    added = list(given)
    if len(added) <= FEW or conn.pgconn.pipeline_status:
        if added:
            text, parameters = over(_insert(table, tuple(columns)), added, types)
            run(conn, text, parameters)
        return
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    command = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table), names)
    with psycopg.Cursor(conn) as cursor, cursor.copy(command) as copy:
        copy.set_types(types)
        for row in added:
            copy.write_row(row)


def over(
    statement: LiteralString, given: Sequence[Sequence[Any]], types: Sequence[str]
) -> tuple[LiteralString, list[Any]]:
    """A statement that reads FROM `{rows}`, and the parameters of these rows: one by one where they are few, which
    costs least, else column by column."""
    if len(given) <= FEW:
        dumps = [INTEGERS.get(kind) for kind in types]
        parameters = [
            value if dump is None or value is None else dump(value)
            for row in given
            for dump, value in zip(dumps, row, strict=True)
        ]
        return _reading(statement, len(given), tuple(types)), parameters
    return _reading(statement, 0, tuple(types)), [list(column) for column in zip(*given, strict=True)]


@cache
def _reading(statement: LiteralString, count: int, types: tuple[str, ...]) -> LiteralString:
    """Of so many rows; 0 for any number."""
    row = "(" + ", ".join(f"%b::{kind}" for kind in types) + ")"
    columns = ", ".join(f"%b::{kind}[]" for kind in types)
    given = f"(VALUES {', '.join([row] * count)})" if count else f"unnest({columns})"
    return statement.replace("{rows}", given)


@cache
def _insert(table: str, columns: tuple[str, ...]) -> LiteralString:
    names = ", ".join(columns)
    said: Any = f"INSERT INTO {table} ({names}) SELECT * FROM {{rows}} AS n ({names})"  # noqa: S608  # our own names
    return cast(LiteralString, said)


def moment(instant: int | None) -> datetime | None:
    return None if instant is None else datetime_of(instant)


def instant(found: datetime | None) -> int | None:
    return None if found is None else instant_of(found)

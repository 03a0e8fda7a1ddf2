"""The psycopg connection under Django's, and values on their way in and out of it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, LiteralString

import psycopg
from django.db import connection
from psycopg import sql
from psycopg.pq import TransactionStatus

from regulars.engine.calendar import datetime_of, instant_of

Rows = list[tuple[Any, ...]]


def raw() -> psycopg.Connection[Any]:
    """The connection that Django's default alias uses now; shares its transaction."""
    connection.ensure_connection()
    found: psycopg.Connection[Any] = connection.connection
    return found


def rows(conn: psycopg.Connection[Any], statement: LiteralString, parameters: Sequence[object] = ()) -> Rows:
    """What a statement answers, in PostgreSQL's binary form: faster, and exact for every type."""
    with psycopg.Cursor(conn) as cursor:
        cursor.execute(statement, parameters, binary=True)
        return cursor.fetchall() if cursor.description else []


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


def copy_in(
    conn: psycopg.Connection[Any],
    table: str,
    columns: Sequence[str],
    types: Sequence[str],
    given: Iterable[Sequence[Any]],
) -> None:
    """Add rows by COPY, in binary."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    command = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table), names)
    with psycopg.Cursor(conn) as cursor, cursor.copy(command) as copy:
        copy.set_types(types)
        for row in given:
            copy.write_row(row)


def moment(instant: int | None) -> datetime | None:
    return None if instant is None else datetime_of(instant)


def instant(found: datetime | None) -> int | None:
    return None if found is None else instant_of(found)

"""Counts what a page asks of the database, by Django or past it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg

BOUNDS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


@contextmanager
def questions() -> Iterator[list[str]]:
    """The statements that this process sends inside, without those that begin and end transactions."""
    asked: list[str] = []
    execute = psycopg.Cursor.execute

    def noted(cursor: psycopg.Cursor[Any], query: Any, *given: Any, **named: Any) -> Any:
        if not str(query).startswith(BOUNDS):
            asked.append(str(query))
        return execute(cursor, query, *given, **named)

    with patch.object(psycopg.Cursor, "execute", noted):
        yield asked

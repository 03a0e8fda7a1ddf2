"""All orders of a program, newest first, page by page: what the ledger keeps of them in plain columns."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Struct

from regulars.ledger.connect import rows

PAGE = """
    SELECT key, member_id, guest, paid_at, gross_minor, refunded_minor, points, lines, channel, store, cancelled
    FROM ledger_order
    WHERE program_id = %s AND paid_at <= %s AND (paid_at < %s OR key > %s)
    ORDER BY paid_at DESC, key
    LIMIT %s
"""
# A source's keys lie between its name with "/" and with "0", the character after that: each is a step in the index.
SOURCES = """
    WITH RECURSIVE source (name) AS (
        (
            SELECT split_part(key, '/', 1) FROM ledger_fact_key
            WHERE program_id = %s AND kind = 1 ORDER BY key LIMIT 1
        )
        UNION ALL
        SELECT (
            SELECT split_part(key, '/', 1) FROM ledger_fact_key
            WHERE program_id = %s AND kind = 1 AND key >= name || '0' ORDER BY key LIMIT 1
        ) FROM source WHERE name IS NOT NULL
    )
    SELECT name FROM source WHERE name IS NOT NULL
"""
KNOWN = "SELECT key FROM ledger_fact_key WHERE program_id = %s AND kind = 1 AND key = ANY(%b) ORDER BY key"


class Listed(Struct, frozen=True):
    """A paid order. A guest's order has a `member_id` of its own that names nobody; `points` is what it keeps."""

    key: str
    member_id: UUID
    guest: bool
    paid_at: datetime
    gross_minor: int
    refunded_minor: int
    points: int
    lines: int
    channel: str
    store: str
    cancelled: bool


class Last(Struct, frozen=True):
    """The last order of the page before."""

    paid_at: datetime
    key: str


NOTHING_YET = Last(datetime.max.replace(tzinfo=UTC), "")


def newest(conn: psycopg.Connection[Any], program_id: int, after: Last | None, limit: int) -> list[Listed]:
    begin = after or NOTHING_YET
    found = rows(conn, PAGE, [program_id, begin.paid_at, begin.paid_at, begin.key, limit])
    return [Listed(*row) for row in found]


def sources(conn: psycopg.Connection[Any], program_id: int) -> list[str]:
    """The first part of every order's key there ever was, each once."""
    return [name for (name,) in rows(conn, SOURCES, [program_id, program_id])]


def known(conn: psycopg.Connection[Any], program_id: int, keys: list[str]) -> list[str]:
    """Those of these keys that an order has, whoever's it is."""
    return [key for (key,) in rows(conn, KNOWN, [program_id, keys])]

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

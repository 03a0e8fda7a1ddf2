"""What people did about rewards that is no part of a copy's own history: stock, batches, approvals, voids. Who, when,
why; only ever added to, in the transaction that does it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Struct

from regulars.ledger.connect import moment, raw, rows, run

TELL = """
    INSERT INTO rewards_deed (program_id, about, at, what, actor, quantity, reason) VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
READ = """
    SELECT at, what, actor, quantity, reason FROM rewards_deed WHERE program_id = %s AND about = %s
    ORDER BY id DESC LIMIT %s
"""
PAGE_LIMIT = 200


class DeedLine(Struct, frozen=True):
    at: datetime
    what: str
    actor: str
    quantity: int
    reason: str


def about_stock(reward: str) -> str:
    return f"stock:{reward}"


def about_batch(batch_id: int) -> str:
    return f"batch:{batch_id}"


def about_checkout(checkout_id: UUID) -> str:
    return f"checkout:{checkout_id}"


def tell(
    conn: psycopg.Connection[Any], program_id: int, about: str, what: str, at: int, actor: str, *, quantity: int = 0,
    reason: str = "",
) -> None:  # fmt: skip
    run(conn, TELL, [program_id, about, moment(at), what, actor, quantity, reason])


def told(program_id: int, about: str, limit: int = PAGE_LIMIT) -> list[DeedLine]:
    """Newest first."""
    return [DeedLine(*row) for row in rows(raw(), READ, [program_id, about, min(limit, PAGE_LIMIT)])]

"""What somebody else holds at this moment, found without waiting: rows that can be read and not locked.

Only a hint, for whoever chooses with whom to go on: it may be over, or begin, a moment later.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import psycopg

from regulars.ledger.codec import KIND_ORDER
from regulars.ledger.connect import rows

HELD_ORDERS = """
    WITH free AS MATERIALIZED (
        SELECT key FROM ledger_fact_key WHERE program_id = %s AND kind = %s AND key = ANY(%b)
        ORDER BY key FOR UPDATE SKIP LOCKED
    )
    SELECT key, member_id, key NOT IN (SELECT key FROM free)
    FROM ledger_fact_key WHERE program_id = %s AND kind = %s AND key = ANY(%b)
"""
HELD_ACCOUNTS = """
    WITH free AS MATERIALIZED (
        SELECT member_id FROM ledger_account WHERE program_id = %s AND member_id = ANY(%b)
        ORDER BY member_id FOR UPDATE SKIP LOCKED
    )
    SELECT member_id FROM ledger_account WHERE program_id = %s AND member_id = ANY(%b)
        AND member_id NOT IN (SELECT member_id FROM free)
"""


def held_orders(
    conn: psycopg.Connection[Any], program_id: int, keys: Collection[str]
) -> tuple[set[str], dict[str, UUID]]:
    """Those that somebody holds; and whose each known one is."""
    asked = [program_id, KIND_ORDER, list(keys)]
    found = rows(conn, HELD_ORDERS, [*asked, *asked])
    return {key for key, _, is_held in found if is_held}, {key: member_id for key, member_id, _ in found}


def held_accounts(conn: psycopg.Connection[Any], program_id: int, member_ids: Collection[UUID]) -> set[UUID]:
    asked = [program_id, list(member_ids)]
    return {member_id for (member_id,) in rows(conn, HELD_ACCOUNTS, [*asked, *asked])}

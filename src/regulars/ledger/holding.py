"""What somebody else holds at this moment, found without waiting: rows that can be read and not locked.

Only a hint, for whoever chooses with whom to go on: it may be over, or begin, a moment later.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import psycopg

from regulars.ledger.claims import Key
from regulars.ledger.connect import rows

HELD_FACTS = """
    WITH free AS MATERIALIZED (
        SELECT kind, key FROM ledger_fact_key
        JOIN unnest(%b::smallint[], %b::text[]) AS wanted (kind, key) USING (kind, key)
        WHERE program_id = %s ORDER BY kind, key FOR UPDATE OF ledger_fact_key SKIP LOCKED
    )
    SELECT kind, key, member_id, (kind, key) NOT IN (SELECT kind, key FROM free)
    FROM ledger_fact_key JOIN unnest(%b::smallint[], %b::text[]) AS wanted (kind, key) USING (kind, key)
    WHERE program_id = %s
"""
HELD_ACCOUNTS = """
    WITH free AS MATERIALIZED (
        SELECT member_id FROM ledger_account WHERE program_id = %s AND member_id = ANY(%b)
        ORDER BY member_id FOR UPDATE SKIP LOCKED
    )
    SELECT member_id FROM ledger_account WHERE program_id = %s AND member_id = ANY(%b)
        AND member_id NOT IN (SELECT member_id FROM free)
"""


def held_facts(
    conn: psycopg.Connection[Any], program_id: int, keys: Collection[Key]
) -> tuple[set[Key], dict[Key, UUID]]:
    """Those that somebody holds; and whose each known one is."""
    asked = [[kind for kind, _ in keys], [key for _, key in keys], program_id]
    found = rows(conn, HELD_FACTS, [*asked, *asked])
    held = {(kind, key) for kind, key, _, is_held in found if is_held}
    return held, {(kind, key): member_id for kind, key, member_id, _ in found}


def held_accounts(conn: psycopg.Connection[Any], program_id: int, member_ids: Collection[UUID]) -> set[UUID]:
    asked = [program_id, list(member_ids)]
    return {member_id for (member_id,) in rows(conn, HELD_ACCOUNTS, [*asked, *asked])}

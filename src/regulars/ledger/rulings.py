"""Rulings in the ledger: what each member was granted of budgets that all share, and how much of each is used.

Rulings are only added, the newest of a key counts. Budgets are locked after accounts, by name, and only where something
is drawn from them or given back.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg

from regulars.engine.calendar import datetime_of
from regulars.engine.purse import total
from regulars.ledger import codec
from regulars.ledger.connect import add_rows, rows, run
from regulars.ledger.resume import Folded

OPEN_BUDGETS = """
    INSERT INTO ledger_budget (program_id, budget) SELECT %s, * FROM unnest(%b::text[]) ON CONFLICT DO NOTHING
"""
LOCK_BUDGETS = """
    SELECT budget, used FROM ledger_budget WHERE program_id = %s AND budget = ANY(%b) ORDER BY budget FOR UPDATE
"""
WRITE_BUDGETS = """
    UPDATE ledger_budget AS b SET used = n.used FROM unnest(%b::text[], %b::bigint[]) AS n (budget, used)
    WHERE b.program_id = %s AND b.budget = n.budget
"""
BUDGETS = "SELECT budget, used FROM ledger_budget WHERE program_id = %s"
OF_KEYS = """
    SELECT DISTINCT ON (member_id, budget, cause, rule) member_id, budget, cause, rule, number, events
    FROM unnest(%b::uuid[], %b::text[], %b::text[], %b::text[]) AS wanted (member_id, budget, cause, rule)
    JOIN ledger_ruling USING (member_id, budget, cause, rule) WHERE program_id = %s
    ORDER BY member_id, budget, cause, rule, number DESC
"""
COLUMNS = ("program_id", "member_id", "budget", "cause", "rule", "number", "events", "drawn", "recorded_at")
TYPES = ("int4", "uuid", "text", "text", "text", "int4", "bytea", "int8", "timestamptz")


def locked(conn: psycopg.Connection[Any], program_id: int, budgets: Iterable[str]) -> dict[str, int]:
    """What is used of these budgets, for nobody else to change until the transaction ends."""
    wanted = sorted(budgets)
    run(conn, OPEN_BUDGETS, [program_id, wanted])
    return dict(rows(conn, LOCK_BUDGETS, [program_id, wanted]))


def used(conn: psycopg.Connection[Any], program_id: int) -> dict[str, int]:
    """What is used of every budget at this moment."""
    return dict(rows(conn, BUDGETS, [program_id]))


def write(
    conn: psycopg.Connection[Any], program_id: int, work: Sequence[Folded], used: dict[str, int], now: int
) -> None:
    """The rulings that a batch brought, each after the ones before it, and what is used of the budgets afterwards."""
    changed = [(item, key) for item in work for key in item.ruled]
    if not changed:
        return
    wanted = [[item.loaded.member_id for item, _ in changed], *([key[part] for _, key in changed] for part in range(3))]
    before = {
        tuple(row[:4]): (row[4], codec.decode_events(row[5])) for row in rows(conn, OF_KEYS, [*wanted, program_id])
    }
    recorded, added = datetime_of(now), []
    for item, key in changed:
        number, events = before.get((item.loaded.member_id, *key), (0, ()))
        since = item.stale_from
        kept = events if since is None else tuple(event for event in events if event[0] < since)
        said = (*kept, *item.ruled[key])
        body, drawn = codec.encode(said), total(said)
        added.append((program_id, item.loaded.member_id, *key, number + 1, body, drawn, recorded))
    add_rows(conn, "ledger_ruling", COLUMNS, TYPES, added)
    run(conn, WRITE_BUDGETS, [list(used), list(used.values()), program_id])

"""Activities as they were recorded, and what each brought about by itself or as the last step of a goal."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Struct

from regulars.engine.explain import brought_by
from regulars.engine.facts import Activity
from regulars.engine.packing import unpacked
from regulars.ledger import codec
from regulars.ledger.codec import KIND_ACTIVITY
from regulars.ledger.connect import rows
from regulars.ledger.orders import whose
from regulars.ledger.queries import LedgerLine, line_of

BY_KEY = """
    SELECT k.key, member_id, f.body, a.state FROM ledger_fact_key AS k JOIN ledger_account AS a
    USING (program_id, member_id) JOIN ledger_fact AS f USING (program_id, member_id)
    WHERE program_id = %s AND k.kind = %b AND k.key = ANY(%b) AND (f.kind, f.key) = (k.kind, k.key)
"""
ENTRIES = """
    SELECT seq, identity, kind, wallet, source, target, points, occurred_at, version, why, available, pending, held,
           recorded_at, hash, funder, member_id, wanted.key
    FROM unnest(%b::uuid[], %b::text[]) WITH ORDINALITY AS wanted (member_id, key, place)
    JOIN ledger_entry USING (member_id)
    WHERE program_id = %s AND kind <> 'mature' AND strpos(identity, 'activity:' || key || '|') > 0
    ORDER BY place, seq
"""


class ActivityLine(Struct, frozen=True):
    """An activity, and what it gave, oldest recorded first; not what time did with it."""

    fact: Activity
    entries: list[LedgerLine]


def activities_by_key(conn: psycopg.Connection[Any], program_id: int, keys: Collection[str]) -> dict[str, ActivityLine]:
    """Those of these activities that are known."""
    found: dict[str, Activity] = {}
    on: list[tuple[UUID, str]] = []
    for key, member_id, body, state in rows(conn, BY_KEY, [program_id, KIND_ACTIVITY, list(keys)]):
        fact = codec.decode_fact(body)
        assert isinstance(fact, Activity)
        found[key] = fact
        on += [
            (account, key) for account in whose(conn, program_id, [member_id], {member_id: unpacked(state)}).accounts
        ]
    entries: dict[str, list[LedgerLine]] = {key: [] for key in found}
    if found:
        for row in rows(conn, ENTRIES, [*map(list, zip(*on, strict=True)), program_id]):
            line, key = line_of(row), row[-1]
            if _is_about(line.entry.identity, key):
                entries[key].append(line)
    return {key: ActivityLine(fact, entries[key]) for key, fact in found.items()}


def _is_about(identity: str, key: str) -> bool:
    """Whether the activity brought it about, or reached the goal that did. Its number may hold another one's."""
    cause = brought_by(identity)
    return (cause if cause.startswith("activity:") else cause.partition("@")[2]) == f"activity:{key}"

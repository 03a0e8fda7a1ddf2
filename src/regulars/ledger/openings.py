"""Which balances members were opened with, as the ledger holds them: by the facts, and by what these moved."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Struct

from regulars.engine.facts import Opening
from regulars.ledger import codec
from regulars.ledger.connect import rows

CHUNK = 5_000
FACTS = """
    SELECT k.key, f.body FROM ledger_fact_key AS k JOIN ledger_fact AS f USING (program_id, member_id)
    WHERE program_id = %s AND k.kind = %s AND k.key > %s AND (f.kind, f.key) = (k.kind, k.key)
    ORDER BY k.key LIMIT %s
"""
# With what corrected it since: history that comes in later may change how long a lot lasts.
MOVED = """
    SELECT split_part(substr(identity, 6), '/', 1), wallet, CASE WHEN source = 'issued' THEN target ELSE source END,
           sum(CASE WHEN source = 'issued' THEN points ELSE -points END)::bigint
    FROM ledger_entry WHERE program_id = %s AND starts_with(identity, 'open:') AND 'issued' IN (source, target)
    GROUP BY 1, 2, 3 HAVING sum(CASE WHEN source = 'issued' THEN points ELSE -points END) <> 0
"""
BALANCES = """
    SELECT wallet, sum(CASE WHEN target = place THEN points ELSE -points END)::bigint
    FROM ledger_entry, (VALUES ('available'), ('pending'), ('held'), ('claimed'), ('deficit')) AS places (place)
    WHERE program_id = %s AND place IN (source, target) GROUP BY wallet
"""
ENROLLED = "SELECT count(*) FROM ledger_fact_key WHERE program_id = %s AND kind = 3 AND key = ANY(%b)"
ORDERS = "SELECT split_part(key, '/', 1), count(*) FROM ledger_order WHERE program_id = %s GROUP BY 1 ORDER BY 1"


class Opened(Struct):
    """Balances of a wallet from one source. `points` by the facts; `moved` by entries, net, by where they went."""

    balances: int = 0
    lots: int = 0
    points: int = 0
    moved: dict[str, int] = {}


def opened(conn: psycopg.Connection[Any], program_id: int) -> dict[tuple[str, str], Opened]:
    """By source and wallet."""
    found: dict[tuple[str, str], Opened] = {}
    for fact in _facts(conn, program_id):
        one = found.setdefault((fact.key.partition("/")[0], fact.wallet), Opened())
        one.balances += 1
        one.lots += len(fact.lots)
        one.points += sum(lot.points for lot in fact.lots)
    for source, wallet, target, points in rows(conn, MOVED, [program_id]):
        found.setdefault((source, wallet), Opened()).moved[target] = points
    return found


def _facts(conn: psycopg.Connection[Any], program_id: int) -> Iterator[Opening]:
    after = ""
    while some := rows(conn, FACTS, [program_id, codec.KINDS[Opening], after, CHUNK]):
        after = some[-1][0]
        for _, body in some:
            fact = codec.decode_fact(body)
            assert isinstance(fact, Opening)
            yield fact


def held_now(conn: psycopg.Connection[Any], program_id: int) -> dict[str, int]:
    """What all members together have in each wallet, less what they owe."""
    return dict(rows(conn, BALANCES, [program_id]))


def enrolled(conn: psycopg.Connection[Any], program_id: int, members: list[UUID]) -> int:
    """How many of these the ledger was told of that they joined."""
    return int(rows(conn, ENROLLED, [program_id, [str(member) for member in members]])[0][0])


def orders_by_source(conn: psycopg.Connection[Any], program_id: int) -> dict[str, int]:
    return dict(rows(conn, ORDERS, [program_id]))

"""What is left of things that all members share, and who has a part of them until when.

A supply is locked before anything of it is taken, after accounts and in one order everywhere: budgets, stock, uses,
codes. A reservation that is over counts as left at once; the row goes when the supply is next locked.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Struct

from regulars.ledger.connect import moment, rows, run
from regulars.rewards.refusing import Refused

# In the order of locking.
KINDS = ("budget", "stock", "uses", "code", "member")

LOCK = """
    SELECT thing, added, taken FROM rewards_supply JOIN unnest(%b::text[]) WITH ORDINALITY AS wanted (thing, place)
    USING (thing) WHERE program_id = %s ORDER BY place FOR UPDATE OF rewards_supply
"""
OPEN = """
    INSERT INTO rewards_supply (program_id, thing) SELECT %s, thing
    FROM unnest(%b::text[]) WITH ORDINALITY AS wanted (thing, place) ORDER BY place ON CONFLICT DO NOTHING
"""
SWEEP = "DELETE FROM rewards_reservation WHERE program_id = %s AND thing = ANY(%b) AND until <= %s"
RESERVED = """
    SELECT thing, sum(quantity)::bigint FROM rewards_reservation
    WHERE program_id = %s AND thing = ANY(%b) AND until > %s GROUP BY thing
"""
READ = """
    SELECT thing, added, taken, coalesce((
        SELECT sum(quantity)::bigint FROM rewards_reservation AS r
        WHERE r.program_id = s.program_id AND r.thing = s.thing AND until > %s
    ), 0)
    FROM rewards_supply AS s WHERE program_id = %s AND thing = ANY(%b)
"""
RESERVE = """
    INSERT INTO rewards_reservation (program_id, thing, checkout_id, quantity, until)
    SELECT %s, * FROM unnest(%b::text[], %b::uuid[], %b::bigint[], %b::timestamptz[])
"""
OF_CHECKOUTS = """
    SELECT checkout_id, thing, quantity FROM rewards_reservation WHERE program_id = %s AND checkout_id = ANY(%b)
"""
SETTLE = """
    UPDATE rewards_reservation SET until = NULL WHERE program_id = %s AND checkout_id = ANY(%b)
    RETURNING checkout_id, thing, quantity
"""
GIVE_BACK = """
    WITH gone AS (
        DELETE FROM rewards_reservation WHERE program_id = %s AND checkout_id = ANY(%b)
        RETURNING thing, quantity, until
    )
    SELECT thing, sum(quantity)::bigint FROM gone WHERE until IS NULL GROUP BY thing
"""
TAKE = """
    UPDATE rewards_supply AS s SET taken = s.taken + n.quantity
    FROM unnest(%b::text[], %b::bigint[]) AS n (thing, quantity) WHERE s.program_id = %s AND s.thing = n.thing
"""
ADD = """
    INSERT INTO rewards_supply (program_id, thing, added) VALUES (%s, %s, %s)
    ON CONFLICT (program_id, thing) DO UPDATE SET added = rewards_supply.added + excluded.added
"""


class Taken(Struct, frozen=True):
    """So much of each thing for a checkout, until then or (None) for good."""

    checkout_id: UUID
    takes: Mapping[str, int]
    until: int | None = None


class Level(Struct, frozen=True):
    """`added` to what the program says there is, `taken` for good, `reserved` by open checkouts."""

    added: int = 0
    taken: int = 0
    reserved: int = 0

    @property
    def gone(self) -> int:
        return self.taken + self.reserved

    def left(self, size: int) -> int:
        """How much is left of so much and of what was added."""
        return max(size + self.added - self.gone, 0)


NOTHING_GONE = Level()


def in_order(things: Iterable[str]) -> list[str]:
    return sorted(set(things), key=lambda thing: (KINDS.index(thing.partition(":")[0]), thing))


def locked(conn: psycopg.Connection[Any], program_id: int, things: Iterable[str], now: int) -> dict[str, Level]:
    """How things stand, with nobody else taking of them until the transaction ends. Those that nobody took of yet count
    from now on."""
    wanted = in_order(things)
    if not wanted:
        return {}
    found = rows(conn, LOCK, [wanted, program_id])
    if len(found) < len(wanted):
        run(conn, OPEN, [program_id, wanted])
        found = rows(conn, LOCK, [wanted, program_id])
    run(conn, SWEEP, [program_id, wanted, moment(now)])
    return _levels(conn, program_id, found, now)


def read(conn: psycopg.Connection[Any], program_id: int, things: Iterable[str], now: int) -> dict[str, Level]:
    """How things stand, for somebody who only looks."""
    wanted = in_order(things)
    found = rows(conn, READ, [moment(now), program_id, wanted]) if wanted else []
    return {thing: Level(added, taken, reserved) for thing, added, taken, reserved in found}


def reserve(conn: psycopg.Connection[Any], program_id: int, *taken: Taken) -> None:
    """Take parts of supplies that the caller has locked."""
    wanted = [(thing, one.checkout_id, one.takes[thing], moment(one.until)) for one in taken for thing in one.takes]
    if wanted:
        run(conn, RESERVE, [program_id, *(list(column) for column in zip(*wanted, strict=True))])
    _take(conn, program_id, (pair for one in taken if one.until is None for pair in one.takes.items()))


def settle(conn: psycopg.Connection[Any], program_id: int, things: Mapping[UUID, int]) -> None:
    """What each checkout had reserved of so many things is taken for good. Raises Refused where a time was over."""
    reserved = {checkout_id: count for checkout_id, count in things.items() if count}
    if not reserved:
        return
    _lock_those_of(conn, program_id, *reserved)
    settled = rows(conn, SETTLE, [program_id, list(reserved)])
    if len(settled) < sum(reserved.values()):
        raise Refused("checkout_lapsed")
    _take(conn, program_id, ((thing, quantity) for _, thing, quantity in settled))


def give_back(conn: psycopg.Connection[Any], program_id: int, *checkout_ids: UUID) -> None:
    """What checkouts, or copies that nobody bought, had reserved or taken is there again."""
    _lock_those_of(conn, program_id, *checkout_ids)
    taken = rows(conn, GIVE_BACK, [program_id, list(checkout_ids)])
    _take(conn, program_id, ((thing, -quantity) for thing, quantity in taken))


def of_checkouts(
    conn: psycopg.Connection[Any], program_id: int, checkout_ids: Iterable[UUID]
) -> dict[UUID, dict[str, int]]:
    """How much of which things each has."""
    found: dict[UUID, dict[str, int]] = {}
    for checkout_id, thing, quantity in rows(conn, OF_CHECKOUTS, [program_id, list(checkout_ids)]):
        found.setdefault(checkout_id, {})[thing] = quantity
    return found


def add(conn: psycopg.Connection[Any], program_id: int, thing: str, quantity: int) -> None:
    """So many more than the program says."""
    run(conn, ADD, [program_id, thing, quantity])


def _lock_those_of(conn: psycopg.Connection[Any], program_id: int, *checkout_ids: UUID) -> None:
    things = in_order(thing for some in of_checkouts(conn, program_id, checkout_ids).values() for thing in some)
    if things:
        rows(conn, LOCK, [things, program_id])


def _take(conn: psycopg.Connection[Any], program_id: int, taken: Iterable[tuple[str, int]]) -> None:
    """For good: a statement changes each supply once, however many take of it."""
    total = Counter[str]()
    for thing, quantity in taken:
        total[thing] += quantity
    if total:
        run(conn, TAKE, [list(total), list(total.values()), program_id])


def _levels(
    conn: psycopg.Connection[Any], program_id: int, found: Iterable[tuple[Any, ...]], now: int
) -> dict[str, Level]:
    known = {thing: (added, taken) for thing, added, taken in found}
    reserved = dict(rows(conn, RESERVED, [program_id, list(known), moment(now)]))
    return {thing: Level(added, taken, reserved.get(thing, 0)) for thing, (added, taken) in known.items()}

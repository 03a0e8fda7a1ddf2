"""Checkouts as they are kept: their parts, and what time alone made of them."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec import Struct
from psycopg.types.json import Jsonb

from regulars.ledger.connect import instant, moment, rows, run
from regulars.ledger.orders import orders_by_key
from regulars.rewards.refusing import Refused

INSERT = """
    INSERT INTO rewards_checkout
        (id, program_id, member_id, state, order_key, made_at, until, ended_at, parts, things, actor, place)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
READ = """
    SELECT id, member_id, state, order_key, made_at, until, ended_at, parts, things, actor FROM rewards_checkout
    WHERE program_id = %s AND id = %s
"""
LOCK = """
    SELECT id, member_id, state, order_key, made_at, until, ended_at, parts, things, actor FROM rewards_checkout
    WHERE program_id = %s AND id = %s FOR UPDATE
"""
KNOWN = "SELECT 1 FROM rewards_checkout WHERE id = %s"
OF_ORDER = """
    SELECT id FROM rewards_checkout
    WHERE program_id = %s AND order_key = %s AND order_key <> '' AND state IN ('captured', 'held') ORDER BY id
"""
PAYING = """
    SELECT DISTINCT order_key FROM rewards_checkout
    WHERE program_id = %s AND order_key = ANY(%b) AND order_key <> '' AND state IN ('captured', 'held')
    ORDER BY order_key
"""
END = """
    UPDATE rewards_checkout SET state = %s, ended_at = %s, order_key = COALESCE(NULLIF(%s, ''), order_key)
    WHERE program_id = %s AND id = %s
"""


class Part(Struct, frozen=True):
    """One thing that applies: `minor` units off the cart, spread over its lines, for `costs` in points and `cash`.

    `facts` are the redemptions by which points pay for it; `issued_id` the member's own copy, `is_bought` with this
    very checkout. `adds` are goods that the shop adds to the order, `gives` the kind of what it is. `points` are those
    that were laid there: no more of them are paid than the cart costs.
    """

    id: str
    kind: str
    name: str
    minor: int
    by_line: dict[str, int]
    costs: list[tuple[str, int]] = []
    cash: int = 0
    facts: list[str] = []
    issued_id: UUID | None = None
    is_bought: bool = False
    adds: list[tuple[str, int]] = []
    gives: str = ""
    asks_approval: bool = False
    giver_id: UUID | None = None
    points: int = 0


class Kept(Struct, frozen=True):
    """A checkout. `state` is what it is now: one that is still held after `until` has lapsed. `things` is how many
    supplies it takes of, `actor` who made it."""

    id: UUID
    member_id: UUID | None
    state: str
    order_key: str
    made_at: int
    until: int | None
    ended_at: int | None
    parts: list[Part]
    things: int = 0
    actor: str = ""

    @property
    def facts(self) -> list[str]:
        return [key for part in self.parts for key in part.facts]


def read(conn: psycopg.Connection[Any], program_id: int, checkout_id: UUID, now: int) -> Kept:
    """Raises Refused."""
    return _one(rows(conn, READ, [program_id, checkout_id]), now)


def locked(conn: psycopg.Connection[Any], program_id: int, checkout_id: UUID, now: int) -> Kept:
    """The same, with nobody else ending it meanwhile."""
    return _one(rows(conn, LOCK, [program_id, checkout_id]), now)


def is_known(conn: psycopg.Connection[Any], checkout_id: UUID) -> bool:
    return bool(rows(conn, KNOWN, [checkout_id]))


def of_order(conn: psycopg.Connection[Any], program_id: int, order_key: str) -> list[UUID]:
    """Checkouts for an order that are not over."""
    return [number for (number,) in rows(conn, OF_ORDER, [program_id, order_key])]


def paying(conn: psycopg.Connection[Any], program_id: int, order_keys: Collection[str]) -> list[str]:
    """Those of these orders for which there are checkouts that are not over: of many orders hardly any."""
    return [key for (key,) in rows(conn, PAYING, [program_id, list(order_keys)])]


def came_back(conn: psycopg.Connection[Any], program_id: int, order_keys: Collection[str]) -> list[str]:
    """Those of these orders of which nothing is left."""
    found = orders_by_key(conn, program_id, [key for key in order_keys if key]) if any(order_keys) else {}
    return sorted(key for key, (_, line) in found.items() if line.is_gone)


def keep(conn: psycopg.Connection[Any], program_id: int, kept: Kept, actor: str, place: str) -> None:
    times = [moment(kept.made_at), moment(kept.until), moment(kept.ended_at)]
    own = [kept.id, program_id, kept.member_id, kept.state, kept.order_key]
    run(conn, INSERT, [*own, *times, Jsonb(msgspec.to_builtins(kept.parts)), kept.things, actor, place])


def end(conn: psycopg.Connection[Any], program_id: int, kept: Kept) -> None:
    """As it is from now on."""
    run(conn, END, [kept.state, moment(kept.ended_at), kept.order_key, program_id, kept.id])


def _one(found: list[tuple[Any, ...]], now: int) -> Kept:
    if not found:
        raise Refused("checkout_unknown")
    number, member_id, state, order_key, made_at, until, ended_at, parts, things, actor = found[0]
    ends = instant(until)
    if state == "held" and ends is not None and ends <= now:
        state = "lapsed"
    made = msgspec.convert(parts, list[Part])
    return Kept(
        number, member_id, state, order_key, instant(made_at) or 0, ends, instant(ended_at), made, things, actor
    )

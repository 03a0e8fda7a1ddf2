"""Checkouts as they are kept: their parts, and what time alone made of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec import Struct
from psycopg.types.json import Jsonb

from regulars.ledger.connect import add_rows, instant, moment, over, rows, run
from regulars.ledger.orders import orders_by_key
from regulars.rewards.refusing import Refused

COLUMNS = (
    "id", "program_id", "member_id", "state", "order_key", "made_at", "until", "ended_at", "parts", "things", "actor",
    "place",
)  # fmt: skip
TYPES = (
    "uuid", "int4", "uuid", "text", "text", "timestamptz", "timestamptz", "timestamptz", "jsonb", "int4", "text",
    "text",
)  # fmt: skip
READ = """
    SELECT id, member_id, state, order_key, made_at, until, ended_at, parts, things, actor FROM rewards_checkout
    WHERE program_id = %s AND id = ANY(%b)
"""
LOCK = """
    SELECT id, member_id, state, order_key, made_at, until, ended_at, parts, things, actor FROM rewards_checkout
    WHERE program_id = %s AND id = ANY(%b) ORDER BY id FOR UPDATE
"""
WHOSE = "SELECT id, member_id, things FROM rewards_checkout WHERE program_id = %s AND id = ANY(%b)"
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
    UPDATE rewards_checkout AS c SET state = n.state, ended_at = n.ended_at,
        order_key = COALESCE(NULLIF(n.order_key, ''), c.order_key)
    FROM {rows} AS n (id, state, ended_at, order_key) WHERE c.program_id = %s AND c.id = n.id
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
    return one_of(_all(rows(conn, READ, [program_id, [checkout_id]]), now), checkout_id)


def whose(
    conn: psycopg.Connection[Any], program_id: int, checkout_ids: Sequence[UUID]
) -> dict[UUID, tuple[UUID | None, int]]:
    """Those of these that there are: each one's member, and of how many supplies it takes."""
    found = rows(conn, WHOSE, [program_id, list(checkout_ids)]) if checkout_ids else []
    return {number: (member_id, things) for number, member_id, things in found}


def locked(conn: psycopg.Connection[Any], program_id: int, checkout_id: UUID, now: int) -> Kept:
    """The same, with nobody else ending it meanwhile."""
    return one_of(locked_all(conn, program_id, [checkout_id], now), checkout_id)


def locked_all(
    conn: psycopg.Connection[Any], program_id: int, checkout_ids: Sequence[UUID], now: int
) -> dict[UUID, Kept]:
    """Those of these that there are, locked in the order of their ids."""
    return _all(rows(conn, LOCK, [program_id, list(checkout_ids)]), now) if checkout_ids else {}


def one_of(known: Mapping[UUID, Kept], checkout_id: UUID) -> Kept:
    """Raises Refused."""
    if checkout_id not in known:
        raise Refused("checkout_unknown")
    return known[checkout_id]


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


def keep(conn: psycopg.Connection[Any], program_id: int, *made: tuple[Kept, str, str]) -> None:
    """Checkouts that are new, with who made them and where."""
    add_rows(conn, "rewards_checkout", COLUMNS, TYPES, (_row(program_id, *one) for one in made))


def _row(program_id: int, kept: Kept, actor: str, place: str) -> Sequence[Any]:
    times = [moment(kept.made_at), moment(kept.until), moment(kept.ended_at)]
    own = [kept.id, program_id, kept.member_id, kept.state, kept.order_key]
    return [*own, *times, Jsonb(kept.parts, _dumped), kept.things, actor, place]


def end(conn: psycopg.Connection[Any], program_id: int, *ended: Kept) -> None:
    """As they are from now on."""
    given = [(one.id, one.state, moment(one.ended_at), one.order_key) for one in ended]
    if given:
        text, parameters = over(END, given, ("uuid", "text", "timestamptz", "text"))
        run(conn, text, [*parameters, program_id])


def _dumped(parts: Any) -> str:
    return msgspec.json.encode(parts).decode()


def _all(found: Iterable[tuple[Any, ...]], now: int) -> dict[UUID, Kept]:
    return {row[0]: _read(row, now) for row in found}


def _read(row: tuple[Any, ...], now: int) -> Kept:
    number, member_id, state, order_key, made_at, until, ended_at, parts, things, actor = row
    ends = instant(until)
    if state == "held" and ends is not None and ends <= now:
        state = "lapsed"
    made = msgspec.convert(parts, list[Part])
    return Kept(
        number, member_id, state, order_key, instant(made_at) or 0, ends, instant(ended_at), made, things, actor
    )

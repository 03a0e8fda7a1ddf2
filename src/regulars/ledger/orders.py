"""Orders as they stand in the ledger, and what they brought about, on whosever account."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Struct

from regulars.engine import explain
from regulars.engine.account import Account, Memo, Returned
from regulars.engine.facts import Order
from regulars.engine.outcome import Entry
from regulars.engine.packing import unpacked
from regulars.engine.program import Programs
from regulars.engine.returns import came_back
from regulars.ledger import codec
from regulars.ledger.connect import moment, rows
from regulars.ledger.queries import STATE, LedgerLine, line_of
from regulars.ledger.receipt import Standing
from regulars.ledger.write import points_kept, worth

STATES = "SELECT member_id, state FROM ledger_account WHERE program_id = %s AND member_id = ANY(%b)"
ENTRIES_ABOUT = """
    SELECT seq, identity, kind, wallet, source, target, points, occurred_at, version, why, available, pending, held,
           recorded_at, hash, funder, member_id, wanted.key
    FROM unnest(%b::uuid[], %b::text[]) WITH ORDINALITY AS wanted (member_id, key, place)
    JOIN ledger_entry USING (member_id)
    WHERE program_id = %s AND EXISTS (
        SELECT FROM (
            VALUES
                ('order:' || key || '|'), ('mature:' || key || '|'), ('fulfilled:' || key || '|'),
                ('edit:' || key || '@'), ('refund:' || key || '/')
        ) AS cause (prefix) WHERE starts_with(identity, prefix) OR starts_with(identity, 'repay:' || prefix)
        UNION ALL SELECT WHERE starts_with(identity, 'merge:') AND strpos(identity, '/' || key || '|') > 0
    )
    ORDER BY recorded_at DESC, place DESC, seq DESC
"""
ORDERS = """
    SELECT body, net_minor, refunded_minor, points, paid_at, memo FROM (
        SELECT body, net_minor, refunded_minor, points, paid_at, memo, o.key FROM ledger_order AS o
        JOIN ledger_fact AS f USING (program_id, member_id)
        WHERE program_id = %s AND member_id = %s AND f.seq = o.snapshot_seq AND paid_at < %s
        ORDER BY paid_at DESC FETCH FIRST (%s) ROWS WITH TIES
    ) AS found ORDER BY paid_at DESC, key
"""
OWNER = "SELECT member_id FROM ledger_fact_key WHERE program_id = %s AND kind = 1 AND key = %s"
ONE_ORDER = """
    SELECT body, net_minor, refunded_minor, points, paid_at, memo FROM ledger_order AS o
    JOIN ledger_fact AS f USING (program_id, member_id)
    WHERE program_id = %s AND member_id = %s AND o.key = %s AND f.seq = o.snapshot_seq
"""
ORDERS_BY_KEY = """
    SELECT o.key, member_id, a.state, f.body, net_minor, refunded_minor, points, paid_at, memo
    FROM ledger_fact_key AS k JOIN ledger_order AS o USING (program_id, member_id, key)
    JOIN ledger_fact AS f USING (program_id, member_id) JOIN ledger_account AS a USING (program_id, member_id)
    WHERE program_id = %s AND k.kind = 1 AND k.key = ANY(%b) AND f.seq = o.snapshot_seq
"""
ANY_ORDER = "SELECT 1 FROM ledger_order WHERE program_id = %s LIMIT 1"


class Whose(Struct, frozen=True):
    """The accounts on which stands what a member's orders brought about, and the merges that hold: their own, which
    keeps what it was given before a merge, those of whoever they are part of since, or were for a while."""

    accounts: list[UUID]
    merges: set[str]


class OrderLine(Struct, frozen=True):
    """An order as it stands: the newest snapshot and what is left of it after refunds.

    `returned` holds (quantity, minor units) by line; `points` is what it keeps in the program's main wallet. `memo` is
    what froze when it was paid, None before that.
    """

    order: Order
    paid_at: datetime | None
    net_minor: int
    refunded_minor: int
    points: int
    returned: dict[str, tuple[int, int]]
    memo: Memo | None

    @property
    def may_earn(self) -> bool:
        """Whether anything is left that rules can be asked about."""
        return not self.order.cancelled and (self.memo is None or not self.memo.gone)

    @property
    def is_gone(self) -> bool:
        """Whether nothing is left of it."""
        return self.order.cancelled or (self.refunded_minor > 0 and not self.net_minor)


def is_any_order(conn: psycopg.Connection[Any], program_id: int) -> bool:
    return bool(rows(conn, ANY_ORDER, [program_id]))


def orders(
    conn: psycopg.Connection[Any], program_id: int, member_id: UUID, before: datetime | None, limit: int
) -> list[OrderLine]:
    """Paid orders, newest first, before an instant; those paid at the same instant as the last one come too."""
    until = before or moment(2**53)
    return [order_of(row) for row in rows(conn, ORDERS, [program_id, member_id, until, limit])]


def order(conn: psycopg.Connection[Any], program_id: int, key: str) -> tuple[UUID, OrderLine] | None:
    """An order by its key (`source/id`), with the member (or guest) whose it is."""
    found = order_row(conn, program_id, key)
    return (found[0], order_of(found[1])) if found else None


def orders_by_key(
    conn: psycopg.Connection[Any], program_id: int, keys: Collection[str]
) -> dict[str, tuple[Whose, OrderLine]]:
    """Those of these orders that are known, and where to look for what they brought about."""
    found = {
        key: (whose(conn, program_id, [member_id], {member_id: unpacked(state)}), order_of(tuple(row)))
        for key, member_id, state, *row in rows(conn, ORDERS_BY_KEY, [program_id, keys])
    }
    for key in set(keys) - found.keys():
        # On the account of whoever its owner is part of by now, or nowhere.
        if elsewhere := order(conn, program_id, key):
            [(owner,)] = rows(conn, OWNER, [program_id, key])
            found[key] = whose(conn, program_id, [owner], {}), elsewhere[1]
    return found


def returns_of(conn: psycopg.Connection[Any], program_id: int, key: str) -> tuple[Order, dict[str, Returned]] | None:
    """An order and what came back of its lines, to count on from there with the engine's arithmetic."""
    found = order_row(conn, program_id, key)
    if found is None:
        return None
    snapshot, memo = snapshot_of(found[1])
    return snapshot, memo.returned if memo else {}


def order_row(conn: psycopg.Connection[Any], program_id: int, key: str) -> tuple[UUID, tuple[Any, ...]] | None:
    """With the member whose account it is on: whoever bought it, or who they are part of by now."""
    owner = rows(conn, OWNER, [program_id, key])
    member_id = owner[0][0] if owner else None
    while member_id is not None:
        if found := rows(conn, ONE_ORDER, [program_id, member_id, key]):
            return member_id, found[0]
        state = rows(conn, STATE, [program_id, member_id])
        into = unpacked(state[0][0]).into if state else ""
        member_id = UUID(into) if into else None
    return None


def order_of(row: tuple[Any, ...]) -> OrderLine:
    _, net_minor, refunded_minor, points, paid_at, _ = row
    snapshot, memo = snapshot_of(row)
    returned = came_back(snapshot, memo.returned if memo else {})
    return OrderLine(snapshot, paid_at, net_minor, refunded_minor, points, returned, memo)


def order_as_written(programs: Programs, standing: Standing) -> tuple[OrderLine, list[Entry]]:
    """The same, and what it brought about, of an order that has just been recorded; nothing is asked."""
    snapshot, memo = standing.order, standing.memo
    gross, net = worth(snapshot, memo)
    returned = came_back(snapshot, memo.returned if memo else {})
    paid_at, points = moment(memo.paid_at if memo else None), points_kept(programs, memo)
    brought = [entry for entry in standing.entries if explain.order_of(entry.identity) == snapshot.key]
    line = OrderLine(snapshot, paid_at, net, gross - net, points, returned, memo)
    return line, [entry for entry in brought if entry.kind != "mature"]


def snapshot_of(row: tuple[Any, ...]) -> tuple[Order, Memo | None]:
    body, *_, memo = row
    return codec.decode_order(body), codec.decode_memo(memo) if memo is not None else None


def entries_of_orders(
    conn: psycopg.Connection[Any], program_id: int, orders: Mapping[str, Whose]
) -> dict[str, list[LedgerLine]]:
    """What orders, their edits and their refunds gave and took, by key, oldest recorded first; not what time did."""
    about = _entries_about(conn, program_id, orders)
    return {key: [line for line in reversed(found) if line.entry.kind != "mature"] for key, found in about.items()}


def entries_about(conn: psycopg.Connection[Any], program_id: int, key: str) -> list[LedgerLine]:
    """Everything an order, its edits and its refunds brought about, newest recorded first, on whoever's account."""
    owner = rows(conn, OWNER, [program_id, key])
    return _entries_about(conn, program_id, {key: whose(conn, program_id, [owner[0][0]], {})})[key] if owner else []


def whose(
    conn: psycopg.Connection[Any], program_id: int, members: Collection[UUID], known: Mapping[UUID, Account]
) -> Whose:
    """Where to look for what the orders and activities of these members brought about; some accounts are known."""
    read, accounts, merges, waiting = dict(known), list[UUID](), set[str](), list(members)
    while waiting:
        if read.keys().isdisjoint(waiting):
            found = rows(conn, STATES, [program_id, waiting])
            read |= dict.fromkeys(waiting, Account()) | {member: unpacked(state) for member, state in found}
        ready = {member: read[member] for member in waiting if member in read}
        accounts += ready
        merges |= {key for account in ready.values() for key, _ in account.joined}
        others = [name for one in ready.values() for name in (one.into, *(name for name, _ in one.parted)) if name]
        waiting = [one for one in dict.fromkeys([*waiting, *map(UUID, others)]) if one not in accounts]
    return Whose(accounts, merges)


def _entries_about(
    conn: psycopg.Connection[Any], program_id: int, orders: Mapping[str, Whose]
) -> dict[str, list[LedgerLine]]:
    found: dict[str, list[LedgerLine]] = {key: [] for key in orders}
    wanted = [(account, key) for key, on in orders.items() for account in on.accounts]
    if wanted:
        for row in rows(conn, ENTRIES_ABOUT, [*map(list, zip(*wanted, strict=True)), program_id]):
            line, key = line_of(row), row[-1]
            if _is_about(line.entry.identity, key, orders[key].merges):
                found[key].append(line)
    return found


def _is_about(identity: str, key: str, merges: Collection[str]) -> bool:
    """An order's number may begin with another one's. What a merge took is given back when it is undone, to the two and
    not to this order."""
    cause, _, about = explain.brought_by(identity).partition(":")
    if cause == "merge":
        merge, _, order = about.partition("/")
        return order == key and merge in merges
    return explain.order_of(identity) == key

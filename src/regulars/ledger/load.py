"""What a write needs from before it: accounts (locked, in id order), orders it touches, and, when late, the history."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from msgspec import Struct, field

from regulars.engine.account import Account, Memo, Wallet
from regulars.engine.facts import Closing, Fact, Order, Theirs
from regulars.engine.outcome import Announcement, Entry, Told
from regulars.engine.packing import packed, unpacked
from regulars.engine.purse import Events, Key
from regulars.ledger import codec
from regulars.ledger.connect import instant, moment, rows, run

LOCK_ACCOUNTS = """
    SELECT member_id, state, fact_seq, fact_hash, entry_seq, entry_hash FROM ledger_account
    WHERE program_id = %s AND member_id = ANY(%s) ORDER BY member_id FOR UPDATE
"""
STATE = "SELECT state FROM ledger_account WHERE program_id = %s AND member_id = %s"
TRY_ACCOUNTS = """
    SELECT 1 FROM ledger_account WHERE program_id = %s AND member_id = ANY(%s) FOR UPDATE NOWAIT
"""
OPEN_ACCOUNTS = """
    INSERT INTO ledger_account (program_id, member_id, guest, state)
    SELECT %s, * FROM unnest(%b::uuid[], %b::bool[], %b::bytea[]) ON CONFLICT DO NOTHING
"""
ORDERS = """
    SELECT member_id, o.key, snapshot_seq, memo, body FROM ledger_order AS o
    JOIN unnest(%b::uuid[], %b::text[]) AS wanted (member_id, key) USING (member_id, key)
    JOIN ledger_fact AS f USING (program_id, member_id)
    WHERE program_id = %s AND f.seq = o.snapshot_seq
"""
HISTORY = "SELECT seq, body FROM ledger_fact WHERE program_id = %s AND member_id = %s ORDER BY seq"
ENTRIES_SINCE = """
    SELECT seq, identity, kind, wallet, source, target, points, occurred_at, version, why, available, pending, held,
           recorded_at, hash, funder
    FROM ledger_entry WHERE program_id = %s AND member_id = %s AND occurred_at >= %s ORDER BY seq
"""
CHECKPOINTS = """
    SELECT at, state FROM ledger_checkpoint WHERE program_id = %s AND member_id = %s AND at <= %s ORDER BY at DESC
"""
RULINGS = """
    SELECT DISTINCT ON (member_id, budget, cause, rule) member_id, budget, cause, rule, events
    FROM ledger_ruling WHERE program_id = %s AND member_id = ANY(%b)
    ORDER BY member_id, budget, cause, rule, number DESC
"""

TOLD_SINCE = """
    SELECT identity, kind, withdrawn, occurred_at, payload FROM ledger_announcement
    WHERE program_id = %s AND member_id = %s AND occurred_at >= %s ORDER BY seq
"""

Item = TypeVar("Item")
Balances = dict[str, tuple[int, int, int]]


class StoredOrder(Struct):
    """An order before this write; `memo` None while it is not paid."""

    snapshot_seq: int
    memo: Memo | None
    order: Order


class Loaded(Struct):
    """An account before this write. `before` holds (available, pending, held) per wallet."""

    member_id: UUID
    account: Account
    fact_seq: int
    fact_hash: bytes
    entry_seq: int
    entry_hash: bytes
    before: Balances
    orders: dict[str, StoredOrder] = field(default_factory=dict)


def accounts(
    conn: psycopg.Connection[Any], program_id: int, members: dict[UUID, bool], held: Collection[UUID] = ()
) -> dict[UUID, Loaded]:
    """Lock the accounts of these members (id → guest) in id order, opening those that do not exist.

    Those that are `held` are locked already: of others that come before them in order none is waited for.
    """
    wanted = sorted(members)
    if held and any(member < max(held) for member in wanted if member not in held):
        rows(conn, TRY_ACCOUNTS, [program_id, wanted])
    found = known(conn, program_id, wanted)
    missing = [member_id for member_id in wanted if member_id not in found]
    if missing:
        states = [packed(Account(guest=members[member_id])) for member_id in missing]
        run(conn, OPEN_ACCOUNTS, [program_id, missing, [members[member_id] for member_id in missing], states])
        found |= known(conn, program_id, missing)
    return found


def account(conn: psycopg.Connection[Any], program_id: int, member_id: UUID) -> Account:
    """As it was last written; nothing is locked."""
    found = rows(conn, STATE, [program_id, member_id])
    return unpacked(found[0][0]) if found else Account()


def known(conn: psycopg.Connection[Any], program_id: int, wanted: Sequence[UUID]) -> dict[UUID, Loaded]:
    """Those of these accounts that exist, locked in id order."""
    found = {}
    for member_id, state, fact_seq, fact_hash, entry_seq, entry_hash in rows(
        conn, LOCK_ACCOUNTS, [program_id, list(wanted)]
    ):
        account = unpacked(state)
        before = {name: balances(wallet) for name, wallet in account.wallets.items()}
        found[member_id] = Loaded(member_id, account, fact_seq, fact_hash, entry_seq, entry_hash, before)
    return found


def balances(wallet: Wallet) -> tuple[int, int, int]:
    return (wallet.available, wallet.pending, wallet.held)


def orders(
    conn: psycopg.Connection[Any], program_id: int, loaded: dict[UUID, Loaded], keys: Iterable[tuple[UUID, str]]
) -> None:
    """Fill in the orders of these members that a write touches."""
    wanted = sorted(keys)
    if not wanted:
        return
    found = rows(conn, ORDERS, [[member for member, _ in wanted], [key for _, key in wanted], program_id])
    for member_id, key, snapshot_seq, memo, body in found:
        order = codec.decode_order(body)
        frozen = codec.decode_memo(memo) if memo is not None else None
        loaded[member_id].orders[key] = StoredOrder(snapshot_seq, frozen, order)


def history(conn: psycopg.Connection[Any], program_id: int, member_id: UUID) -> Sequence[tuple[int, Fact]]:
    """Every fact of a member that has an effect, with its place in the chain."""
    return until_closed(recorded(conn, program_id, member_id), lambda item: item[1])


def recorded(conn: psycopg.Connection[Any], program_id: int, member_id: UUID) -> list[tuple[int, Fact]]:
    """Every fact of a member with its place in the chain."""
    return [(seq, codec.decode_fact(body)) for seq, body in rows(conn, HISTORY, [program_id, member_id])]


def until_closed(items: Sequence[Item], fact_of: Callable[[Item], Fact]) -> Sequence[Item]:
    """In the order of recording: what is recorded after an account was closed has no effect, whenever it happened."""
    for place, item in enumerate(items, start=1):
        if isinstance(said(fact_of(item)), Closing):
            return items[:place]
    return items


def said(fact: Fact) -> Fact:
    """What happened, whoever it happened to; whom one is part of closes the account for all of them."""
    return fact.fact if isinstance(fact, Theirs) else fact


def entries_since(conn: psycopg.Connection[Any], program_id: int, member_id: UUID, since: int) -> list[Entry]:
    """What was recorded for this instant and later."""
    return [entry_of(row) for row in rows(conn, ENTRIES_SINCE, [program_id, member_id, moment(since)])]


def entry_of(row: tuple[Any, ...]) -> Entry:
    _, identity, kind, wallet, source, target, points, occurred_at, version, why = row[:10]
    occurred, funder = instant(occurred_at) or 0, row[15]
    return Entry(identity, kind, wallet, source, target, points, occurred, version, codec.decode_why(why), funder)


def told_since(conn: psycopg.Connection[Any], program_id: int, member_id: UUID, since: int) -> list[Told]:
    """What was announced and withdrawn of this instant and later."""
    return [told_of(row) for row in rows(conn, TOLD_SINCE, [program_id, member_id, moment(since)])]


def told_of(row: tuple[Any, ...]) -> Told:
    identity, kind, withdrawn, occurred_at, payload = row
    said = Announcement(identity, kind, instant(occurred_at) or 0, codec.decode_payload(payload))
    return Told(said, withdrawn)


def checkpoints(conn: psycopg.Connection[Any], program_id: int, member_id: UUID, until: int) -> list[tuple[int, bytes]]:
    """Stored states at the start of months up to an instant, newest first."""
    found = rows(conn, CHECKPOINTS, [program_id, member_id, moment(until)])
    return [(instant(at) or 0, state) for at, state in found]


def rulings(
    conn: psycopg.Connection[Any], program_id: int, member_id: UUID, since: int = -(2**61)
) -> dict[Key, Events]:
    """The newest rulings on a member, as far as they were asked for from this instant on."""
    return rulings_of(rows(conn, RULINGS, [program_id, [member_id]]), since)


def rulings_on_others(
    conn: psycopg.Connection[Any], program_id: int, facts: Iterable[Fact]
) -> dict[str, dict[Key, Events]]:
    """The newest rulings on others of whom these facts tell."""
    told = {fact.of for fact in facts if isinstance(fact, Theirs)}
    return {of: rulings(conn, program_id, UUID(of)) for of in sorted(told)}


def rulings_of(found: Iterable[tuple[Any, ...]], since: int = -(2**61)) -> dict[Key, Events]:
    ruled = {}
    for _, budget, cause, rule, body in found:
        if events := tuple(event for event in codec.decode_events(body) if event[0] >= since):
            ruled[budget, cause, rule] = events
    return ruled

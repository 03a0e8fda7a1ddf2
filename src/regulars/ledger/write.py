"""Set-based writes of what a batch adds: facts, entries, orders, accounts, checkpoints."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from typing import Any
from uuid import UUID

import psycopg

from regulars.engine.account import NEVER, Memo, Wallet
from regulars.engine.calendar import datetime_of
from regulars.engine.difference import move
from regulars.engine.due import next_due
from regulars.engine.facts import Fact, Order
from regulars.engine.moving import has_moved
from regulars.engine.outcome import Entry
from regulars.engine.packing import packed
from regulars.engine.program import Programs
from regulars.ledger import codec, periods
from regulars.ledger.claims import Claim
from regulars.ledger.connect import add_rows, moment, over, run
from regulars.ledger.load import Loaded
from regulars.ledger.resume import Folded

FACT_COLUMNS = ("program_id", "member_id", "seq", "kind", "key", "occurred_at", "recorded_at", "body", "hash")
FACT_TYPES = ("int4", "uuid", "int4", "int2", "text", "timestamptz", "timestamptz", "bytea", "bytea")
ENTRY_COLUMNS = (
    "program_id", "member_id", "seq", "identity", "kind", "wallet", "source", "target", "points",
    "available", "pending", "held", "occurred_at", "recorded_at", "version", "why", "hash", "funder", "posted_on",
)  # fmt: skip
ENTRY_TYPES = (
    "int4", "uuid", "int4", "text", "text", "text", "text", "text", "int8",
    "int8", "int8", "int8", "timestamptz", "timestamptz", "int4", "bytea", "bytea", "text", "date",
)  # fmt: skip
ORDER_COLUMNS = (
    "member_id", "key", "snapshot_seq", "paid_at", "gross_minor", "refunded_minor", "net_minor", "lines", "quantity",
    "channel", "store", "guest", "cancelled", "points", "memo", "program_id",
)  # fmt: skip
ORDER_TYPES = (
    "uuid", "text", "int4", "timestamptz", "int8", "int8", "int8", "int4", "int8",
    "text", "text", "bool", "bool", "int8", "bytea", "int4",
)  # fmt: skip
UPDATE_ORDERS = """
    UPDATE ledger_order AS o SET snapshot_seq = n.snapshot_seq, paid_at = n.paid_at, gross_minor = n.gross_minor,
        refunded_minor = n.refunded_minor, net_minor = n.net_minor, lines = n.lines, quantity = n.quantity,
        channel = n.channel, store = n.store, cancelled = n.cancelled, points = n.points, memo = n.memo
    FROM unnest(%b::uuid[], %b::text[], %b::int[], %b::timestamptz[], %b::bigint[], %b::bigint[], %b::bigint[],
        %b::int[], %b::bigint[], %b::text[], %b::text[], %b::bool[], %b::bool[], %b::bigint[], %b::bytea[])
        AS n (member_id, key, snapshot_seq, paid_at, gross_minor, refunded_minor, net_minor, lines, quantity, channel,
            store, guest, cancelled, points, memo)
    WHERE o.program_id = %s AND o.member_id = n.member_id AND o.key = n.key
"""
WRITE_ACCOUNTS = """
    UPDATE ledger_account AS a SET state = n.state, last_at = n.last_at, next_due_at = n.next_due_at,
        fact_seq = n.fact_seq, fact_hash = n.fact_hash, entry_seq = n.entry_seq, entry_hash = n.entry_hash,
        enrolled_at = n.enrolled_at, tier = n.tier, available = n.available, pending = n.pending, held = n.held,
        deficit = n.deficit, orders = n.orders, spend_minor = n.spend_minor, first_order_at = n.first_order_at,
        last_order_at = n.last_order_at, next_expiry_at = n.next_expiry_at, next_expiry_points = n.next_expiry_points
    FROM {rows} AS n (member_id, state, last_at, next_due_at, fact_seq, fact_hash, entry_seq, entry_hash, enrolled_at,
        tier, available, pending, held, deficit, orders, spend_minor, first_order_at, last_order_at, next_expiry_at,
        next_expiry_points)
    WHERE a.program_id = %s AND a.member_id = n.member_id
"""
ACCOUNT_TYPES = (
    "uuid", "bytea", "timestamptz", "timestamptz", "int4", "bytea", "int4", "bytea", "timestamptz",
    "text", "int8", "int8", "int8", "int8", "int4", "int8", "timestamptz", "timestamptz", "timestamptz",
    "int8",
)  # fmt: skip
DROP_ORDERS = "DELETE FROM ledger_order WHERE program_id = %s AND member_id = %s"
DROP_ORDER = "DELETE FROM ledger_order WHERE program_id = %s AND member_id = %s AND key = ANY(%b)"
DROP_CHECKPOINTS = "DELETE FROM ledger_checkpoint WHERE program_id = %s AND member_id = %s AND at > %s"
WRITE_CHECKPOINTS = """
    INSERT INTO ledger_checkpoint (program_id, member_id, at, state)
    SELECT %s, * FROM unnest(%b::uuid[], %b::timestamptz[], %b::bytea[])
    ON CONFLICT (program_id, member_id, at) DO UPDATE SET state = excluded.state
"""

Row = Sequence[Any]


def write(
    conn: psycopg.Connection[Any], programs: Programs, work: Sequence[Folded], claims: dict[UUID, list[Claim]], now: int
) -> None:
    """Everything a batch adds, a statement or COPY per table."""
    program_id = programs.program_id
    since = periods.open_from(conn, program_id)
    facts = chain.from_iterable(
        fact_rows(program_id, item.loaded, claims.get(item.loaded.member_id, ()), now) for item in work
    )
    entries = chain.from_iterable(entry_rows(programs, item, since, now) for item in work)
    add_rows(conn, "ledger_fact", FACT_COLUMNS, FACT_TYPES, facts)
    add_rows(conn, "ledger_entry", ENTRY_COLUMNS, ENTRY_TYPES, entries)
    write_orders(conn, programs, work, claims)
    accounts, parameters = over(WRITE_ACCOUNTS, [account_row(programs, item.loaded) for item in work], ACCOUNT_TYPES)
    run(conn, accounts, [*parameters, program_id])
    write_checkpoints(conn, program_id, work)


def write_orders(
    conn: psycopg.Connection[Any], programs: Programs, work: Sequence[Folded], claims: dict[UUID, list[Claim]]
) -> None:
    """Orders that nobody knew before are added, the others brought up to date. Where members are or were one, those
    that are on an account now take the place of those that were."""
    added: list[Row] = []
    changed: list[Row] = []
    for item in work:
        if item.unpaid is not None:
            run(conn, DROP_ORDERS, [programs.program_id, item.loaded.member_id])
            added += order_rows(programs, item, item.unpaid)
            continue
        kept = claims.get(item.loaded.member_id, ())
        if moved := [claim.fact.key for claim in kept if has_moved(claim.fact) and claim.fact.key in item.snapshots]:
            run(conn, DROP_ORDER, [programs.program_id, item.loaded.member_id, moved])
        unknown = {claim.fact.key for claim in kept if isinstance(claim.fact, Order) and not claim.known_order}
        for row in order_rows(programs, item, [claim.fact for claim in kept]):
            (added if row[1] in unknown else changed).append(row)
    program_id = programs.program_id
    if added:
        add_rows(conn, "ledger_order", ORDER_COLUMNS, ORDER_TYPES, [(*row, program_id) for row in added])
    if changed:
        run(conn, UPDATE_ORDERS, [*columns(changed), program_id])


def columns(given: Sequence[Row]) -> list[list[Any]]:
    return [list(column) for column in zip(*given, strict=True)]


def fact_rows(program_id: int, loaded: Loaded, claims: Iterable[Claim], now: int) -> Iterable[Row]:
    """The chain goes on from the account's head, which moves along."""
    recorded = datetime_of(now)
    for claim in claims:
        fact = claim.fact
        body, kind, occurred = codec.encode(fact), codec.kind_of(fact), codec.occurred_at(fact)
        loaded.fact_seq += 1
        loaded.fact_hash = codec.fact_hash(loaded.fact_hash, loaded.fact_seq, kind, fact.key, occurred, now, body)
        yield (
            program_id, loaded.member_id, loaded.fact_seq, kind, fact.key, moment(occurred), recorded, body,
            loaded.fact_hash,
        )  # fmt: skip


def entry_rows(programs: Programs, item: Folded, since: int | None, now: int) -> Iterable[Row]:
    """Each entry with the balances after it; the chain goes on from the account's head."""
    recorded = datetime_of(now)
    loaded = item.loaded
    running = {wallet: list(before) for wallet, before in loaded.before.items()}
    for entry in item.entries:
        after = running.setdefault(entry.wallet, [0, 0, 0])
        move(after, entry)
        posted = periods.posted_on(programs.calendar, entry.occurred_at, since)
        yield entry_row(programs.program_id, loaded, entry, (after[0], after[1], after[2]), now, recorded, posted)


def entry_row(
    program_id: int,
    loaded: Loaded,
    entry: Entry,
    after: tuple[int, int, int],
    now: int,
    recorded: Any,
    posted: date | None,
) -> Row:
    why = codec.encode(entry.why)
    loaded.entry_seq += 1
    loaded.entry_hash = codec.entry_hash(loaded.entry_hash, loaded.entry_seq, entry, after, now, why, posted)
    return (
        program_id, loaded.member_id, loaded.entry_seq, entry.identity, entry.kind, entry.wallet, entry.source,
        entry.target, entry.points, *after, datetime_of(entry.occurred_at), recorded, entry.version, why,
        loaded.entry_hash, entry.funder, posted,
    )  # fmt: skip


def order_rows(programs: Programs, item: Folded, facts: Iterable[Fact]) -> Iterable[Row]:
    """The orders that were touched, and those of these snapshots that are not paid."""
    touched = item.tape.touched
    for key, kept in touched.items():
        yield order_row(programs, item.loaded, item.snapshots[key], kept.order, kept.memo)
    unpaid = {fact.key: fact for fact in facts if isinstance(fact, Order) and fact.key not in touched}
    unpaid = {key: order for key, order in unpaid.items() if not order.moved_to}
    unpaid = {key: order for key, order in unpaid.items() if key in item.snapshots}
    for key, order in unpaid.items():
        yield order_row(programs, item.loaded, item.snapshots[key], order, None)


def order_row(programs: Programs, loaded: Loaded, snapshot_seq: int, order: Order, memo: Memo | None) -> Row:
    gross, net = worth(order, memo)
    return (
        loaded.member_id, order.key, snapshot_seq, moment(memo.paid_at if memo else None), gross, gross - net, net,
        len(order.lines), sum([line.quantity for line in order.lines]), order.channel, order.store,
        loaded.account.guest, order.cancelled, points_kept(programs, memo), codec.encode(memo) if memo else None,
    )  # fmt: skip


def worth(order: Order, memo: Memo | None) -> tuple[int, int]:
    """In minor units, before refunds and after them."""
    if memo is None:
        gross = sum([line.total for line in order.lines])
        return gross, gross
    # An order that grew gave nothing back: it was worth what it is worth now.
    return max(memo.gross, memo.net), memo.net


def points_kept(programs: Programs, memo: Memo | None) -> int:
    """What the order keeps in the program's main wallet."""
    if memo is None or not memo.kept:
        return 0
    wallets = {rule.name: rule.wallet for rule in programs.numbered(memo.version).order_rules}
    return sum([points for rule, points in memo.kept.items() if wallets[rule] == programs.main_wallet])


def account_row(programs: Programs, loaded: Loaded) -> Row:
    account = loaded.account
    wallet = account.wallets.get(programs.main_wallet) or Wallet()
    expires_at, expiring = next_expiry(wallet)
    last_at = account.last[0] if account.last != NEVER else None
    return (
        loaded.member_id, packed(account), moment(last_at), moment(next_due(account)), loaded.fact_seq,
        loaded.fact_hash, loaded.entry_seq, loaded.entry_hash, moment(account.enrolled_at), account.standing.tier,
        wallet.available, wallet.pending, wallet.held, wallet.deficit, account.orders, account.spend,
        moment(account.first_order_at), moment(account.last_order_at), moment(expires_at), expiring,
    )  # fmt: skip


def next_expiry(wallet: Wallet) -> tuple[int | None, int]:
    """When available points run out next, and how many."""
    if not wallet.lots or wallet.lots[0].expires_at is None:
        return None, 0
    first = wallet.lots[0].expires_at
    return first, sum([lot.points for lot in wallet.lots if lot.expires_at == first])


def write_checkpoints(conn: psycopg.Connection[Any], program_id: int, work: Sequence[Folded]) -> None:
    for item in work:
        if item.stale_from is not None:
            run(conn, DROP_CHECKPOINTS, [program_id, item.loaded.member_id, moment(max(item.stale_from, 0))])
    states = [(item.loaded.member_id, moment(at), state) for item in work for at, state in item.states]
    if states:
        run(conn, WRITE_CHECKPOINTS, [program_id, *columns(states)])

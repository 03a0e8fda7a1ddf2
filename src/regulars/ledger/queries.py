"""Readings of the ledger: frozen values out, nothing written. Time alone is advanced in memory."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Struct

from regulars.engine import explain, quotes
from regulars.engine.account import Account, Memo, Returned, Wallet
from regulars.engine.calendar import date_of
from regulars.engine.facts import Enrolment, Fact, Order, Refund
from regulars.engine.fold import fold
from regulars.engine.outcome import Announcement, Entry
from regulars.engine.packing import unpacked
from regulars.engine.program import Programs
from regulars.engine.progress import Progress, progress
from regulars.engine.purse import Purse
from regulars.engine.quotes import OrderQuote, RefundQuote
from regulars.engine.returns import came_back
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from regulars.ledger import codec, load, rulings
from regulars.ledger.connect import moment, rows
from regulars.ledger.write import next_expiry

STATE = "SELECT state FROM ledger_account WHERE program_id = %s AND member_id = %s"
STATES = "SELECT member_id, state FROM ledger_account WHERE program_id = %s AND member_id = ANY(%b)"
ENTRIES = """
    SELECT seq, identity, kind, wallet, source, target, points, occurred_at, version, why, available, pending, held,
           recorded_at, hash, funder, member_id
    FROM ledger_entry WHERE program_id = %s AND member_id = %s AND seq < %s ORDER BY seq DESC LIMIT %s
"""
ENTRIES_ABOUT = """
    SELECT seq, identity, kind, wallet, source, target, points, occurred_at, version, why, available, pending, held,
           recorded_at, hash, funder, member_id, wanted.key
    FROM unnest(%b::uuid[], %b::text[]) WITH ORDINALITY AS wanted (member_id, key, place)
    JOIN ledger_entry USING (member_id)
    WHERE program_id = %s AND EXISTS (
        SELECT FROM (
            VALUES
                ('order:' || key || '|'), ('mature:' || key || '|'), ('edit:' || key || '@'), ('refund:' || key || '/')
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
SAID_ABOUT = """
    SELECT body, coalesce(words, '') FROM ledger_fact AS f
    LEFT JOIN ledger_note AS n USING (program_id, member_id, kind, key)
    WHERE program_id = %s AND member_id = ANY(%b) AND (kind = ANY(%b::smallint[]) OR words IS NOT NULL)
    ORDER BY f.occurred_at DESC, f.key
"""
ACCOUNTS = """
    SELECT member_id, state FROM ledger_account WHERE program_id = %s AND member_id > %s ORDER BY member_id LIMIT %s
"""
FACTS_EVER = "SELECT coalesce(sum(fact_seq), 0)::bigint FROM ledger_account WHERE program_id = %s"
ANY_ORDER = "SELECT 1 FROM ledger_order WHERE program_id = %s LIMIT 1"
COUNT = "SELECT count(*) FROM ledger_account WHERE program_id = %s"
NEWEST = 2**31 - 1
LOWEST = UUID(int=0)
CHUNK = 2_000


class Balance(Struct, frozen=True):
    """One wallet. `next_expiry_on` is the last local day on which those points can be used."""

    available: int
    pending: int
    held: int
    deficit: int
    next_expiry_on: date | None
    next_expiry_points: int


class Statement(Struct, frozen=True):
    """An account as of an instant: time alone was advanced in memory, nothing is written."""

    member_id: UUID
    account: Account
    balances: dict[str, Balance]
    tier: str
    progress: Progress | None

    @property
    def people(self) -> set[UUID]:
        """The member, and those who became part of them."""
        return {self.member_id, *(UUID(name) for _, names in self.account.joined for name in names)}


class LedgerLine(Struct, frozen=True):
    """A stored entry with its running balances and its place in the chain, in the ledger of `member_id`."""

    seq: int
    entry: Entry
    available: int
    pending: int
    recorded_at: datetime
    member_id: UUID


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


def statement(conn: psycopg.Connection[Any], programs: Programs, member_id: UUID, now: int) -> Statement | None:
    """What the member has at `now`; None when the ledger has never seen the member."""
    account = account_at(conn, programs, member_id, now)
    if account is None:
        return None
    wallets = {name: account.wallets.get(name) or Wallet() for name in programs.at(now).wallets}
    wallets |= account.wallets
    balances = {name: balance(programs, wallet) for name, wallet in wallets.items()}
    return Statement(member_id, account, balances, account.standing.tier, progress(programs, account, now))


def account_at(conn: psycopg.Connection[Any], programs: Programs, member_id: UUID, now: int | None) -> Account | None:
    """The account at `now`, or as it stands; None when the ledger has never seen the member."""
    found = rows(conn, STATE, [programs.program_id, member_id])
    if not found:
        return None
    tape = Tape(programs, unpacked(found[0][0]))
    return fold(tape, (), until=now).account


def every_account(conn: psycopg.Connection[Any], programs: Programs, now: int) -> Iterator[tuple[UUID, Account]]:
    """All members' accounts at `now`, some at a time: no later than one another by more than that takes."""
    last = LOWEST
    while found := rows(conn, ACCOUNTS, [programs.program_id, last, CHUNK]):
        last = found[-1][0]
        for member, state in found:
            yield member, fold(Tape(programs, unpacked(state)), (), until=now).account


def is_any_order(conn: psycopg.Connection[Any], program_id: int) -> bool:
    return bool(rows(conn, ANY_ORDER, [program_id]))


def balance(programs: Programs, wallet: Wallet) -> Balance:
    expires_at, points = next_expiry(wallet)
    last_on = None if expires_at is None else date_of(programs.calendar.day(expires_at - 1))
    return Balance(wallet.available, wallet.pending, wallet.held, wallet.deficit, last_on, points)


def entries(
    conn: psycopg.Connection[Any], program_id: int, member_id: UUID, before_seq: int | None, limit: int
) -> list[LedgerLine]:
    """Entries, newest recorded first, below `before_seq`."""
    found = rows(conn, ENTRIES, [program_id, member_id, NEWEST if before_seq is None else before_seq, limit])
    return [line_of(row) for row in found]


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


def line_of(row: tuple[Any, ...]) -> LedgerLine:
    available, pending, _, recorded_at, _, _, member_id = row[10:17]
    return LedgerLine(row[0], load.entry_of(row), available, pending, recorded_at, member_id)


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


def snapshot_of(row: tuple[Any, ...]) -> tuple[Order, Memo | None]:
    body, *_, memo = row
    return codec.decode_order(body), codec.decode_memo(memo) if memo is not None else None


def said_about(
    conn: psycopg.Connection[Any], program_id: int, member_ids: Collection[UUID], kinds: Collection[int]
) -> list[tuple[Fact, str]]:
    """Facts about members of these kinds (`codec.KINDS`), and all others that somebody wrote about, newest first, each
    with what they wrote."""
    found = rows(conn, SAID_ABOUT, [program_id, list(member_ids), list(kinds)])
    return [(codec.decode_fact(body), words) for body, words in found]


def count_accounts(conn: psycopg.Connection[Any], program_id: int) -> int:
    """Members and guest orders that the ledger knows."""
    return int(rows(conn, COUNT, [program_id])[0][0])


def count_facts(conn: psycopg.Connection[Any], program_id: int) -> int:
    """Everything that was ever recorded: another number says that something was since."""
    return int(rows(conn, FACTS_EVER, [program_id])[0][0])


def story(
    conn: psycopg.Connection[Any], programs: Programs, member_id: UUID, facts: Sequence[Fact], now: int
) -> list[Announcement]:
    """What was worth telling so far (enrolled, tier changes), folded from all that is known, oldest first."""
    tape = Tape(programs, Account(), purse=purses(conn, programs, member_id)())
    return fold(tape, unrolled(facts), until=now).announcements


def quote(
    conn: psycopg.Connection[Any], programs: Programs, member_id: UUID | None, order: Order, now: int
) -> OrderQuote:
    """What would happen if this order, not known yet, were paid; nothing is kept. Without a member it is a guest's.

    The history is read only when the order comes before something that happened.
    """
    guest = member_id is None
    account = account_at(conn, programs, member_id, None) if member_id else None
    purse = purses(conn, programs, member_id)
    if found := quotes.of_next_order(programs, account or Account(guest=guest), order, now, purse):
        return found
    facts = [known for _, known in load.history(conn, programs.program_id, member_id)] if member_id else []
    return quotes.of_order(programs, facts, order, now, guest, purses(conn, programs, member_id, facts))


def quote_newcomer(conn: psycopg.Connection[Any], programs: Programs, order: Order, now: int) -> OrderQuote:
    """What would happen if somebody nobody knows joined and then paid this order, both at once; nothing is kept."""
    assert order.paid_at is not None
    joined = fold(Tape(programs, Account()), unrolled([Enrolment("cart", order.paid_at)])).account
    found = quotes.of_next_order(programs, joined, order, now, purses(conn, programs, None))
    assert found is not None, "nothing happened yet that the order could come before"
    return found


def purses(
    conn: psycopg.Connection[Any], programs: Programs, member_id: UUID | None, facts: Sequence[Fact] = ()
) -> Callable[[], Purse]:
    """What budgets gave to the member, and to others of whom these facts tell, and have left at this moment."""
    if not programs.has_budgets:
        return Purse
    ruled = load.rulings(conn, programs.program_id, member_id) if member_id else {}
    used = rulings.used(conn, programs.program_id)
    others = load.rulings_on_others(conn, programs.program_id, facts)
    return lambda: Purse(dict(used), ruled, others={of: Purse(ruled=known, asks=False) for of, known in others.items()})


def refund_quote(
    conn: psycopg.Connection[Any], programs: Programs, member_id: UUID, refund: Refund, now: int
) -> RefundQuote:
    """What would happen if this came back; nothing is kept."""
    facts = [known for _, known in load.history(conn, programs.program_id, member_id)]
    account, purse = account_at(conn, programs, member_id, None), purses(conn, programs, member_id, facts)
    return quotes.of_refund(programs, facts, refund, now, account is not None and account.guest, purse)

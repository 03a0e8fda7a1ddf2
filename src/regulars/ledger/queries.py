"""Readings of the ledger: frozen values out, nothing written. Time alone is advanced in memory."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Struct

from regulars.engine import quotes
from regulars.engine.account import Account, Wallet
from regulars.engine.calendar import date_of
from regulars.engine.facts import Enrolment, Fact, Order, Refund
from regulars.engine.fold import fold
from regulars.engine.outcome import Announcement, Entry
from regulars.engine.packing import unpacked
from regulars.engine.program import Programs
from regulars.engine.progress import Progress, progress
from regulars.engine.purse import Purse
from regulars.engine.quotes import OrderQuote, RefundQuote
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from regulars.ledger import codec, load, rulings
from regulars.ledger.connect import rows
from regulars.ledger.write import next_expiry

STATE = "SELECT state FROM ledger_account WHERE program_id = %s AND member_id = %s"
ENTRIES = """
    SELECT seq, identity, kind, wallet, source, target, points, occurred_at, version, why, available, pending, held,
           recorded_at, hash, funder, member_id
    FROM ledger_entry WHERE program_id = %s AND member_id = %s AND seq < %s ORDER BY seq DESC LIMIT %s
"""
SAID_ABOUT = """
    SELECT body, coalesce(words, '') FROM ledger_fact AS f
    LEFT JOIN ledger_note AS n USING (program_id, member_id, kind, key)
    WHERE program_id = %s AND member_id = ANY(%b) AND (kind = ANY(%b::smallint[]) OR words IS NOT NULL)
    ORDER BY f.occurred_at DESC, f.key
"""
DECIDED_LATELY = """
    WITH newest AS (
        SELECT kind, key, member_id, version_at FROM ledger_fact_key
        WHERE program_id = %b AND kind = ANY(%b::smallint[]) AND (version_at, key) < (%b, %b)
        ORDER BY version_at DESC, key DESC LIMIT %b
    )
    SELECT n.version_at, n.member_id, f.body, coalesce(words, '') FROM newest AS n
    JOIN ledger_fact AS f ON (f.program_id, f.member_id, f.kind, f.key) = (%b, n.member_id, n.kind, n.key)
    LEFT JOIN ledger_note AS w ON (w.program_id, w.member_id, w.kind, w.key) = (%b, n.member_id, n.kind, n.key)
    ORDER BY n.version_at DESC, n.key DESC
"""
ACCOUNTS = """
    SELECT member_id, state FROM ledger_account WHERE program_id = %s AND member_id > %s ORDER BY member_id LIMIT %s
"""
FACTS_EVER = "SELECT coalesce(sum(fact_seq), 0)::bigint FROM ledger_account WHERE program_id = %s"
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


def line_of(row: tuple[Any, ...]) -> LedgerLine:
    available, pending, _, recorded_at, _, _, member_id = row[10:17]
    return LedgerLine(row[0], load.entry_of(row), available, pending, recorded_at, member_id)


def said_about(
    conn: psycopg.Connection[Any], program_id: int, member_ids: Collection[UUID], kinds: Collection[int]
) -> list[tuple[Fact, str]]:
    """Facts about members of these kinds (`codec.KINDS`), and all others that somebody wrote about, newest first, each
    with what they wrote."""
    found = rows(conn, SAID_ABOUT, [program_id, list(member_ids), list(kinds)])
    return [(codec.decode_fact(body), words) for body, words in found]


def decided_lately(
    conn: psycopg.Connection[Any], program_id: int, kinds: Collection[int], at: datetime, key: str, limit: int
) -> list[tuple[datetime, UUID, Fact, str]]:
    """Facts of these kinds, newest first, before an instant, or at it and before a key: when, of whom, with what
    somebody wrote about it."""
    found = rows(conn, DECIDED_LATELY, [program_id, list(kinds), at, key, limit, program_id, program_id])
    return [(when, member_id, codec.decode_fact(body), words) for when, member_id, body, words in found]


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

"""Proof that the ledger is exact: every member is folded again from nothing and compared with what is stored.

Checked per member: both chains link by link, running balances, net entries against the fold, the account's state and
plain columns, every order's memo and columns, the rulings, what was announced; over all members: points add up to zero,
budgets hold what was drawn and no more than they may, and no row is without an account.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec import Struct, field

from regulars.engine.account import Account
from regulars.engine.difference import announced, difference, move
from regulars.engine.facts import Fact
from regulars.engine.fold import fold
from regulars.engine.outcome import Entry
from regulars.engine.packing import plain, unpacked
from regulars.engine.program import Programs
from regulars.engine.purse import Purse, close
from regulars.engine.tape import Tape
from regulars.engine.timeline import Happening, unrolled
from regulars.ledger import codec, load
from regulars.ledger.connect import Rows, instant, one_moment, rows
from regulars.ledger.load import Loaded
from regulars.ledger.resume import Folded, is_due_last, newest, unpaid_orders
from regulars.ledger.write import account_row, order_rows

CHUNK = 400
LOWEST, HIGHEST = UUID(int=0), UUID(int=2**128 - 1)
# What folding an altered fact or state may raise: the member must be named and the others still be checked.
UNFOLDABLE = (ArithmeticError, AssertionError, AttributeError, LookupError, msgspec.MsgspecError, TypeError, ValueError)
ACCOUNTS = """
    SELECT member_id, state, last_at, next_due_at, fact_seq, fact_hash, entry_seq, entry_hash, enrolled_at, tier,
        available, pending, held, deficit, orders, spend_minor, first_order_at, last_order_at, next_expiry_at,
        next_expiry_points, guest
    FROM ledger_account WHERE program_id = %s AND member_id > %s AND member_id <= %s ORDER BY member_id LIMIT %s
"""
FACTS = """
    SELECT member_id, seq, kind, key, occurred_at, recorded_at, body, hash
    FROM ledger_fact WHERE program_id = %s AND member_id = ANY(%b) ORDER BY member_id, seq
"""
ENTRIES = """
    SELECT member_id, seq, identity, kind, wallet, source, target, points, occurred_at, version, why, available,
        pending, held, recorded_at, hash, funder, posted_on
    FROM ledger_entry WHERE program_id = %s AND member_id = ANY(%b) ORDER BY member_id, seq
"""
ORDERS = """
    SELECT member_id, key, snapshot_seq, paid_at, gross_minor, refunded_minor, net_minor, lines, quantity, channel,
        store, guest, cancelled, points, memo
    FROM ledger_order WHERE program_id = %s AND member_id = ANY(%b)
"""
CHECKPOINTS = """
    SELECT member_id, at, state FROM ledger_checkpoint WHERE program_id = %s AND member_id = ANY(%b)
    ORDER BY member_id, at
"""
STRAYS = """
    SELECT DISTINCT member_id, 'ledger_fact', '*' FROM ledger_fact AS t WHERE program_id = %s AND NOT EXISTS (
        SELECT FROM ledger_account AS a WHERE (a.program_id, a.member_id) = (t.program_id, t.member_id))
    UNION ALL
    SELECT DISTINCT member_id, 'ledger_entry', '*' FROM ledger_entry AS t WHERE program_id = %s AND NOT EXISTS (
        SELECT FROM ledger_account AS a WHERE (a.program_id, a.member_id) = (t.program_id, t.member_id))
    UNION ALL
    SELECT DISTINCT member_id, 'ledger_order', '*' FROM ledger_order AS t WHERE program_id = %s AND NOT EXISTS (
        SELECT FROM ledger_account AS a WHERE (a.program_id, a.member_id) = (t.program_id, t.member_id))
    UNION ALL
    SELECT member_id, 'ledger_fact_key', kind || ' ' || key FROM ledger_fact_key AS t
    WHERE program_id = %s AND kind < 4 AND NOT EXISTS (
        SELECT FROM ledger_fact AS f
        WHERE (f.program_id, f.member_id, f.kind, f.key) = (t.program_id, t.member_id, t.kind, t.key))
"""
TOLD = """
    SELECT member_id, identity, kind, withdrawn, occurred_at, payload
    FROM ledger_announcement WHERE program_id = %s AND member_id = ANY(%b) ORDER BY member_id, seq
"""
BUDGETS = """
    SELECT budget, COALESCE(b.used, 0), COALESCE(r.drawn, 0)
    FROM (SELECT budget, used FROM ledger_budget WHERE program_id = %s) AS b FULL JOIN (
        SELECT budget, sum(drawn)::bigint AS drawn FROM (
            SELECT DISTINCT ON (member_id, budget, cause, rule) budget, drawn FROM ledger_ruling WHERE program_id = %s
            ORDER BY member_id, budget, cause, rule, number DESC
        ) AS newest GROUP BY budget
    ) AS r USING (budget) ORDER BY budget
"""
ACCOUNT_COLUMNS = (
    "member_id", "state", "last_at", "next_due_at", "fact_seq", "fact_hash", "entry_seq", "entry_hash", "enrolled_at",
    "tier", "available", "pending", "held", "deficit", "orders", "spend_minor", "first_order_at", "last_order_at",
    "next_expiry_at", "next_expiry_points",
)  # fmt: skip


class Finding(Struct, frozen=True):
    """Something that does not hold. `code` is stable; `row` names the row in `table` (a place in a chain, or a key)."""

    code: str
    member_id: UUID
    table: str
    row: str
    detail: str = ""


class Verdict(Struct):
    """What was proven so far. `places` holds points by wallet and place, over all members."""

    members: int = 0
    guests: int = 0
    facts: int = 0
    entries: int = 0
    findings: list[Finding] = field(default_factory=list)
    places: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def is_exact(self) -> bool:
        return not self.findings


class Stored(Struct):
    """Everything the ledger holds about one member."""

    member_id: UUID
    account: tuple[Any, ...]
    facts: Rows
    entries: Rows
    orders: Rows
    checkpoints: Rows
    rulings: Rows
    told: Rows


def verify(
    conn: psycopg.Connection[Any],
    programs: Programs,
    passed: Callable[[Verdict], None] = lambda _: None,
    after: UUID = LOWEST,
    until: UUID = HIGHEST,
) -> Verdict:
    """Prove every account of a program whose id lies in (after, until]. `passed` hears of progress after each chunk."""
    verdict = Verdict()
    with one_moment(conn):
        for member_id, table, row in rows(conn, STRAYS, [programs.program_id] * 4):
            verdict.findings.append(Finding("stray_row", member_id, table, row))
        if programs.has_budgets:
            verdict.findings += budgets(programs, rows(conn, BUDGETS, [programs.program_id] * 2))
    for chunk in chunks(conn, programs.program_id, after, until):
        for stored in chunk:
            check_member(conn, programs, stored, verdict)
        passed(verdict)
    return verdict


def spot_check(conn: psycopg.Connection[Any], programs: Programs, after: UUID) -> Verdict:
    """Prove a chunk of a program's accounts: those that follow an id, and then the first ones."""
    verdict, program_id = Verdict(), programs.program_id
    some = read_chunk(conn, program_id, after, HIGHEST)
    if len(some) < CHUNK:
        some += read_chunk(conn, program_id, LOWEST, after)[: CHUNK - len(some)]
    for stored in some:
        check_member(conn, programs, stored, verdict)
    return verdict


def budgets(programs: Programs, found: Rows) -> Iterable[Finding]:
    """Each budget against the sum of its rulings, and against the largest size that a version gives it."""
    sizes: Counter[str] = Counter()
    for version in programs.versions:
        for campaign in version.campaigns.values():
            sizes[campaign.name] = max(sizes[campaign.name], campaign.budget)
    for budget, used, drawn in found:
        if used != drawn:
            yield Finding("budget_differs", LOWEST, "ledger_budget", budget, f"{used}, and {drawn} by its rulings")
        if used > sizes[budget.partition("/")[0]]:
            yield Finding("budget_exceeded", LOWEST, "ledger_budget", budget, f"{used}")


def chunks(conn: psycopg.Connection[Any], program_id: int, after: UUID, until: UUID) -> Iterator[list[Stored]]:
    """Each chunk is read as of one moment, so that a shop may go on selling meanwhile."""
    while chunk := read_chunk(conn, program_id, after, until):
        yield chunk
        after = chunk[-1].member_id


def read_chunk(conn: psycopg.Connection[Any], program_id: int, after: UUID, until: UUID) -> list[Stored]:
    with one_moment(conn):
        accounts = rows(conn, ACCOUNTS, [program_id, after, until, CHUNK])
        members = [row[0] for row in accounts]
        found = [
            by_member(rows(conn, statement, [program_id, members]))
            for statement in (FACTS, ENTRIES, ORDERS, CHECKPOINTS, load.RULINGS, TOLD)
        ]
    return [Stored(row[0], row, *(by[row[0]] for by in found)) for row in accounts]


def by_member(found: Rows) -> defaultdict[UUID, Rows]:
    grouped: defaultdict[UUID, Rows] = defaultdict(list)
    for row in found:
        grouped[row[0]].append(row[1:])
    return grouped


def purses(conn: psycopg.Connection[Any], programs: Programs, stored: Stored) -> dict[str, Purse]:
    """What was ruled on others of whom a member's history tells."""
    facts = (codec.decode_fact(row[5]) for row in stored.facts)
    others = load.rulings_on_others(conn, programs.program_id, facts)
    return {of: Purse(ruled=ruled, asks=False) for of, ruled in others.items()}


def check_member(conn: psycopg.Connection[Any], programs: Programs, stored: Stored, verdict: Verdict) -> None:
    """One member; a finding that makes the rest meaningless ends the check of that member."""
    verdict.guests += stored.account[-1]
    verdict.members += not stored.account[-1]
    verdict.facts += len(stored.facts)
    verdict.entries += len(stored.entries)
    findings = [*fact_chain(stored), *entry_chain(stored)]
    entries = [load.entry_of(row) for row in stored.entries]
    for entry in entries:
        verdict.places[entry.wallet, entry.source] -= entry.points
        verdict.places[entry.wallet, entry.target] += entry.points
    try:
        findings += against_fold(conn, programs, stored, entries)
    except UNFOLDABLE as error:
        findings.append(Finding("not_foldable", stored.member_id, "ledger_fact", "*", repr(error)[:200]))
    verdict.findings += findings


def fact_chain(stored: Stored) -> Iterable[Finding]:
    before, place = b"", 0
    for place, (seq, kind, key, occurred_at, recorded_at, body, said) in enumerate(stored.facts, start=1):
        before = codec.fact_hash(before, seq, kind, key, instant(occurred_at), instant(recorded_at) or 0, body)
        if seq != place:
            yield Finding("fact_missing", stored.member_id, "ledger_fact", str(place))
            return
        if said != before:
            yield Finding("fact_altered", stored.member_id, "ledger_fact", str(seq), key)
            return
    if (place, before) != (stored.account[4], stored.account[5]):
        yield Finding("fact_head_differs", stored.member_id, "ledger_account", str(stored.member_id), f"seq {place}")


def entry_chain(stored: Stored) -> Iterable[Finding]:
    before, place = b"", 0
    running: dict[str, list[int]] = {}
    for place, row in enumerate(stored.entries, start=1):
        entry, why, said = load.entry_of(row), row[9], row[14]
        before = codec.entry_hash(
            before, row[0], entry, (row[10], row[11], row[12]), instant(row[13]) or 0, why, row[16]
        )
        after = running.setdefault(entry.wallet, [0, 0, 0])
        move(after, entry)
        if row[0] != place:
            yield Finding("entry_missing", stored.member_id, "ledger_entry", str(place))
            return
        if said != before:
            yield Finding("entry_altered", stored.member_id, "ledger_entry", str(row[0]), entry.identity)
            return
        if tuple(after) != (row[10], row[11], row[12]) or min(after) < 0:
            yield Finding("balance_differs", stored.member_id, "ledger_entry", str(row[0]), entry.identity)
            return
    if (place, before) != (stored.account[6], stored.account[7]):
        yield Finding("entry_head_differs", stored.member_id, "ledger_account", str(stored.member_id), f"seq {place}")


def against_fold(
    conn: psycopg.Connection[Any], programs: Programs, stored: Stored, entries: Sequence[Entry]
) -> Iterable[Finding]:
    """The fold from nothing, against entries, account and orders."""
    facts = load.until_closed([(row[0], codec.decode_fact(row[5])) for row in stored.facts], lambda item: item[1])
    ruled = load.rulings_of((stored.member_id, *row) for row in stored.rulings)
    others = purses(conn, programs, stored) if programs.has_budgets else {}
    tape = Tape(programs, Account(guest=stored.account[-1]), purse=Purse(ruled=ruled, asks=False, others=others))
    yield from folded_again(tape, stored, unrolled(fact for _, fact in facts))
    for wrong in difference(tape.entries, entries):
        yield Finding("points_differ", stored.member_id, "ledger_entry", wrong.identity, f"{wrong.points}")
    for wrong_told in announced(tape.announcements, map(load.told_of, stored.told)):
        said = wrong_told.announcement
        yield Finding("told_differs", stored.member_id, "ledger_announcement", said.identity, wrong_told.kind)
    for budget, cause, rule in close(tape.purse).changed:
        yield Finding("ruling_differs", stored.member_id, "ledger_ruling", f"{budget} {cause} {rule}")
    fact_seq, fact_hash, entry_seq, entry_hash = stored.account[4:8]
    again = Loaded(stored.member_id, tape.account, fact_seq, fact_hash, entry_seq, entry_hash, {})
    for name, should, was in zip(ACCOUNT_COLUMNS, account_row(programs, again), stored.account, strict=False):
        if (plain(should) != plain(was)) if name == "state" else should != was:
            yield Finding("account_differs", stored.member_id, "ledger_account", str(stored.member_id), name)
    yield from against_orders(programs, stored, Folded(again, tape, [], {}, newest(facts), []), facts)


def folded_again(tape: Tape, stored: Stored, steps: Sequence[Happening]) -> Iterable[Finding]:
    """Fold from nothing to where the account stands, comparing the checkpoints on the way."""
    done = 0
    for at, state in stored.checkpoints:
        month = instant(at) or 0
        passed = bisect_left(steps, month, key=lambda happening: happening.step[0])
        fold(tape, steps[done:passed], until=month - 1)
        done = passed
        if codec.encode(tape.account) != plain(state):
            yield Finding("checkpoint_differs", stored.member_id, "ledger_checkpoint", str(at))
    kept = unpacked(stored.account[1])
    fold(tape, steps[done:], until=kept.last[0] if is_due_last(kept) else None)


def against_orders(
    programs: Programs, stored: Stored, again: Folded, facts: Sequence[tuple[int, Fact]]
) -> Iterable[Finding]:
    unpaid = unpaid_orders(again.tape, facts)
    should = {row[1]: row[1:] for row in order_rows(programs, again, unpaid)}
    was = {row[0]: row for row in stored.orders}
    for key in sorted(should.keys() | was.keys()):
        if should.get(key) != was.get(key):
            yield Finding("order_differs", stored.member_id, "ledger_order", key)

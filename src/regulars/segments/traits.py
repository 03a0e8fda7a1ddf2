"""What segments read of members that only facts and states say: what was bought, done, held and known.

A cache beside the ledger: a row per member, kind and value, with the first and the latest time and, where there is one,
an amount. `segments_reading` says up to where each member was read: only both together may be emptied, since whoever is
noted as read is not read again. It follows the ledger: members of whom something was recorded since are read again, and
what time alone moves once each local day. Whoever is deleted as a member leaves nothing in it.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from regulars.engine.account import Account, Wallet
from regulars.engine.calendar import date_of
from regulars.engine.facts import (
    Activity,
    Capture,
    Enrolment,
    Fact,
    Hold,
    Redemption,
    Referred,
    Restoration,
    Theirs,
)
from regulars.engine.fold import fold
from regulars.engine.packing import unpacked
from regulars.engine.program import Programs
from regulars.engine.progress import progress
from regulars.engine.returns import what_is_left
from regulars.engine.tape import Tape
from regulars.ledger import codec
from regulars.ledger.connect import add_rows, instant, moment, raw, rows, run
from regulars.segments.definition import WORD_LONGEST

# Read anew only where a fact came; the rest moves with time, too.
OF_FACTS = ("activity", "brand", "category", "channel", "joined_by", "product", "redeemed", "referred", "store", "tag")
# The segments that the ledger was told a member to be in.
TOLD = "segment"
READ = (Activity, Capture, Enrolment, Hold, Redemption, Referred, Restoration, Theirs)
KINDS = [codec.KINDS[kind] for kind in READ]
# Whom something was recorded of come before those whom only a new day makes stale.
MOVED = """
    SELECT a.member_id, r.fact_seq IS DISTINCT FROM a.fact_seq OR r.entry_seq <> a.entry_seq AS is_news
    FROM ledger_account AS a LEFT JOIN segments_reading AS r USING (program_id, member_id)
    WHERE a.program_id = %s AND NOT a.guest AND (a.enrolled_at IS NOT NULL OR r.fact_seq IS NOT NULL)
        AND (r.fact_seq IS DISTINCT FROM a.fact_seq OR r.entry_seq <> a.entry_seq OR r.day <> %s)
    ORDER BY is_news DESC, a.member_id LIMIT %s
"""
STALE = """
    SELECT a.member_id, a.state, a.fact_seq, a.entry_seq, coalesce(r.fact_seq <> a.fact_seq, true)
    FROM ledger_account AS a LEFT JOIN segments_reading AS r USING (program_id, member_id)
    WHERE a.program_id = %s AND a.member_id = ANY(%b)
        AND (r.fact_seq IS DISTINCT FROM a.fact_seq OR r.entry_seq <> a.entry_seq OR r.day <> %s)
    ORDER BY a.member_id
"""
# Two who read the same members wait for each other; whoever is being forgotten is waited for.
ONE_READER = "SELECT pg_advisory_xact_lock(hashtext('segments_reading'), %s)"
KNOWN = "SELECT id FROM members_member WHERE program_id = %s AND id = ANY(%b) ORDER BY id FOR KEY SHARE"
ORDERS = """
    SELECT o.member_id, f.body, o.paid_at, o.memo
    FROM ledger_order AS o JOIN ledger_fact AS f USING (program_id, member_id)
    WHERE o.program_id = %s AND o.member_id = ANY(%b) AND f.seq = o.snapshot_seq AND o.paid_at IS NOT NULL
        AND NOT o.cancelled
"""
FACTS = (
    "SELECT member_id, body FROM ledger_fact WHERE program_id = %s AND member_id = ANY(%b) AND kind = ANY(%b::int2[])"
)
FORGET = "DELETE FROM segments_trait WHERE program_id = %s AND member_id = ANY(%b)"
FORGET_HELD = FORGET + " AND kind <> ALL(%b)"
NOTE = """
    INSERT INTO segments_reading (program_id, member_id, fact_seq, entry_seq, day, is_gone)
    SELECT %s, n.* FROM unnest(%b::uuid[], %b::int4[], %b::int4[], %b::date[], %b::bool[]) AS n
    ON CONFLICT (program_id, member_id) DO UPDATE SET fact_seq = excluded.fact_seq, entry_seq = excluded.entry_seq,
        day = excluded.day, is_gone = excluded.is_gone
"""
COLUMNS = ("program_id", "member_id", "kind", "value", "first_at", "last_at", "amount")
TYPES = ("int4", "uuid", "text", "text", "timestamptz", "timestamptz", "int8")


class Trait(Struct):
    """Instants are microseconds; None: without end."""

    first_at: int | None = None
    last_at: int | None = None
    amount: int = 0


Traits = dict[tuple[str, str], Trait]


def moved(programs: Programs, now: int, limit: int) -> tuple[list[UUID], list[UUID]]:
    """Up to `limit` members to read again: of whom something is new, then whom only the new day makes stale."""
    today = date_of(programs.calendar.day(now))
    found = rows(raw(), MOVED, [programs.program_id, today, limit])
    return [member for member, is_news in found if is_news], [member for member, is_news in found if not is_news]


def catch_up(programs: Programs, now: int, limit: int = 500) -> int:
    """Read up to `limit` members again of whom something is new, in the caller's transaction; how many there were."""
    news, stale = moved(programs, now, limit)
    return read_again(programs, news + stale, now)


def read_again(programs: Programs, members: Sequence[UUID], now: int) -> int:
    """Those of them that nobody has read meanwhile, in the caller's transaction; how many there were."""
    conn, program_id = raw(), programs.program_id
    today = date_of(programs.calendar.day(now))
    run(conn, ONE_READER, [program_id])
    known = {member for (member,) in rows(conn, KNOWN, [program_id, list(members)])}
    moved = rows(conn, STALE, [program_id, list(members), today])
    if not moved:
        return 0
    found: dict[UUID, Traits] = {row[0]: {} for row in moved}
    accounts = {row[0]: fold(Tape(programs, unpacked(row[1])), (), until=now).account for row in moved}
    gone = {member for member, account in accounts.items() if account.into or account.closed_at is not None}
    gone |= accounts.keys() - known
    anew = [row[0] for row in moved if row[4]]
    _read_facts(program_id, [member for member in anew if member not in gone], found)
    for member, account in accounts.items():
        if member in gone:
            continue
        for kind, value, trait in _held(programs, account, now):
            found[member][kind, value[:WORD_LONGEST]] = trait
    run(conn, FORGET, [program_id, [*anew, *gone]])
    run(conn, FORGET_HELD, [program_id, [row[0] for row in moved if not row[4]], list(OF_FACTS)])
    add_rows(conn, "segments_trait", COLUMNS, TYPES, _rows(program_id, found))
    told = [(row[0], row[2], row[3], today, row[0] in gone) for row in moved]
    run(conn, NOTE, [program_id, *(list(column) for column in zip(*told, strict=True))])
    return len(moved)


def _rows(program_id: int, found: dict[UUID, Traits]) -> Iterator[tuple[Any, ...]]:
    for member, traits in found.items():
        for (kind, value), trait in traits.items():
            yield program_id, member, kind, value, moment(trait.first_at), moment(trait.last_at), trait.amount


def _held(programs: Programs, account: Account, now: int) -> Iterator[tuple[str, str, Trait]]:
    """What the account says: known details, plans, segments, wallets besides the main one, how far the next tier is."""
    known = account.known
    if known.birthday:
        yield "birthday", str(known.birthday[0]), Trait()
    if known.country:
        yield "country", known.country, Trait()
    for name, value in known.attributes.items():
        yield f"attribute:{name}", value, Trait()
    ends = {name: until for until, name in account.plan_ends}
    for plan in known.plans:
        yield "plan", plan, Trait(last_at=ends.get(plan))
    for segment in known.segments:
        yield TOLD, segment, Trait()
    for name in programs.at(now).wallets:
        if name != programs.main_wallet:
            yield "wallet", name, Trait(amount=(account.wallets.get(name) or Wallet()).available)
    way = progress(programs, account, now)
    if way and way.next_tier:
        yield "to_next_tier", "", Trait(amount=way.missing)


def _read_facts(program_id: int, members: Sequence[UUID], found: dict[UUID, Traits]) -> None:
    for member, body, paid_at, memo in rows(raw(), ORDERS, [program_id, members]):
        order = codec.decode_order(body)
        at = instant(paid_at)
        assert at is not None
        left = what_is_left(order, codec.decode_memo(memo).returned if memo is not None else {})
        for kind, value in {
            *(named for line in left if line.kind == "goods" for named in _said_of(line)),
            *((kind, value) for kind, value in (("channel", order.channel), ("store", order.store)) if left),
        }:
            _note(found[member], kind, value, at)
    told: dict[UUID, list[Fact]] = {}
    for member, body in rows(raw(), FACTS, [program_id, members, KINDS]):
        fact = codec.decode_fact(body)
        told.setdefault(member, []).append(fact.fact if isinstance(fact, Theirs) else fact)
    for member, facts in told.items():
        for kind, value, at in _done(facts):
            _note(found[member], kind, value, at)


def _said_of(line: Any) -> Iterator[tuple[str, str]]:
    yield "product", line.sku
    yield "category", line.category
    yield "brand", line.brand
    yield from (("tag", tag) for tag in line.tags)


def _done(facts: Sequence[Fact]) -> Iterator[tuple[str, str, int]]:
    """What was undone as a whole was not done."""
    undone = {fact.redemption for fact in facts if isinstance(fact, Restoration) and fact.points is None}
    for fact in facts:
        if isinstance(fact, Activity):
            yield "activity", fact.name, fact.at
        elif isinstance(fact, Enrolment):
            yield "joined_by", fact.channel or "-", fact.at
        elif isinstance(fact, Referred):
            yield "referred", "-", fact.at
        elif (isinstance(fact, Redemption) and fact.key not in undone) or (
            isinstance(fact, Capture) and fact.hold not in undone
        ):
            yield "redeemed", "-", fact.at


def _note(traits: Traits, kind: str, value: str, at: int) -> None:
    if not value:
        return
    trait = traits.setdefault((kind, value.replace("\0", "")[:WORD_LONGEST]), Trait(at, at))
    trait.first_at = min(trait.first_at or at, at)
    trait.last_at = max(trait.last_at or at, at)

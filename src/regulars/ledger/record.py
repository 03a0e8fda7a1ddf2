"""The only way into the ledger: facts in, fold, difference out.

One order is a batch of one. Keys are locked first, then accounts in id order; everything is written set-based in the
caller's transaction, so that either all of a batch is there or nothing of it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

import psycopg

from regulars.engine.facts import Fulfilment, Order, Refund
from regulars.engine.fold import fold
from regulars.engine.holds import paid_anew
from regulars.engine.outcome import Told
from regulars.engine.program import Programs
from regulars.engine.purse import Events, Key
from regulars.engine.tape import Tape
from regulars.ledger import codec, handing, load, moving, notes, outbox, rulings, sharing
from regulars.ledger.claims import Claim, Claims, await_orders, claim
from regulars.ledger.connect import moment, rows
from regulars.ledger.load import Loaded
from regulars.ledger.receipt import Incoming, Receipt, Standing
from regulars.ledger.resume import Drawing, Folded, folded, names_redemptions
from regulars.ledger.write import write

LOCK_DUE = """
    SELECT member_id FROM ledger_account WHERE program_id = %s AND member_id = ANY(%b) AND next_due_at <= %s
    ORDER BY member_id FOR UPDATE SKIP LOCKED
"""
NOTHING_HELD: Mapping[UUID, Loaded] = MappingProxyType({})


def record(
    conn: psycopg.Connection[Any],
    programs: Programs,
    incoming: Sequence[Incoming],
    now: int,
    sends: bool = True,
    held: Mapping[UUID, Loaded] = NOTHING_HELD,
) -> list[Receipt]:
    """Keep facts and write the difference they make, in the caller's transaction. One receipt per fact, in order.

    `now` is the program's clock in microseconds. Raises `Contended` when another request is recording the same new
    fact: nothing was written, and trying again helps. With `sends` false nobody hears of what is announced. `held` are
    accounts that the caller has locked to decide these facts under new keys; they are used up.
    """
    decided = claim(conn, programs, incoming, now, are_new=bool(held))
    claims: defaultdict[UUID, list[Claim]] = defaultdict(list)
    for item in decided.kept:
        claims[item.member_id].append(item)
    if claims:
        moving.tell(conn, programs.program_id, decided.kept, claims)
        handing.lock(conn, programs.program_id, claims)
        work, used = worked(conn, programs, decided, claims, held)
        write(conn, programs, work, claims, now)
        rulings.write(conn, programs.program_id, work, used, now)
        outbox.write(conn, programs.program_id, work, now, sends)
        await_orders(conn, programs.program_id, waiting(work, claims))
        written = [(item.member_id, item.fact, incoming[item.place].note) for item in decided.kept]
        notes.keep(conn, programs.program_id, written)
        note_receipts(decided.receipts, work, claims)
        record_anew(conn, programs, decided.kept, work, now, sends)
        if others := handing.received(conn, programs.program_id, decided.kept, work):
            record(conn, programs, others, max(now, *(codec.occurred_at(one.fact) or 0 for one in others)), sends)
    assert all(receipt is not None for receipt in decided.receipts)
    return [receipt for receipt in decided.receipts if receipt is not None]


def worked(
    conn: psycopg.Connection[Any],
    programs: Programs,
    decided: Claims,
    claims: dict[UUID, list[Claim]],
    held: Mapping[UUID, Loaded],
) -> tuple[list[Folded], dict[str, int]]:
    """Each member folded, and what is used of the budgets that were drawn on.

    The first time nothing is known of budgets. Those that turn out to be drawn on are locked, and all are folded again;
    and once more where a history tells of somebody to whom something else was granted than it took them to have.
    """
    used: dict[str, int] = {}
    ruled: dict[str, dict[Key, Events]] = {}
    while True:
        members = {member: kept[0].guest for member, kept in claims.items()}
        loaded = dict(held) if held.keys() == members.keys() else load.accounts(conn, programs.program_id, members)
        held = NOTHING_HELD
        while any(sharing.is_told(one, claims[one.member_id]) for one in loaded.values()):
            if not sharing.spread(conn, programs.program_id, loaded, claims):
                break
            loaded = load.accounts(conn, programs.program_id, dict.fromkeys(claims, False), loaded.keys())
        load.orders(conn, programs.program_id, loaded, touched_keys(decided.kept))
        drawing = Drawing(dict(used), dict(ruled))
        # Who became part of somebody else before those whose history tells of them.
        in_turn = sorted(claims, key=lambda member: (not loaded[member].account.into, member))
        work = [folded(conn, programs, loaded[one], claims[one], decided.awaited, drawing) for one in in_turn]
        if drawing.used.keys() != used.keys():
            used |= rulings.locked(conn, programs.program_id, drawing.used.keys() - used.keys())
        elif drawing.is_settled:
            return work, drawing.used
        else:
            ruled = drawing.ruled


def touched_keys(kept: Sequence[Claim]) -> set[tuple[UUID, str]]:
    """Orders known before this batch that a fact of it concerns."""
    keys = set()
    for item in kept:
        if item.known_order and isinstance(item.fact, Order):
            keys.add((item.member_id, item.fact.key))
        elif item.known_order and isinstance(item.fact, Refund | Fulfilment):
            keys.add((item.member_id, item.fact.order))
    return keys


def record_anew(
    conn: psycopg.Connection[Any],
    programs: Programs,
    kept: Sequence[Claim],
    work: Sequence[Folded],
    now: int,
    sends: bool,
) -> None:
    """Orders that were paid with a hold which has lapsed are paid again, now, by members who are locked already."""
    spent = {key: one for item in work for key, one in item.tape.spent.items()}
    if not spent:
        return
    at = max(now, *(item.loaded.account.last[0] + 1 for item in work))
    found = [
        Incoming(claim.member_id, redemption)
        for claim in kept
        if isinstance(claim.fact, Order)
        for redemption in paid_anew(claim.fact, spent, at)
    ]
    if found:
        record(conn, programs, found, at, sends)


def waiting(work: Sequence[Folded], claims: dict[UUID, list[Claim]]) -> Iterator[tuple[str, UUID]]:
    """Orders that are not paid yet, and whose, that something has come for."""
    for item in work:
        for kept in claims[item.loaded.member_id]:
            fact = kept.fact
            if kept.known_order and isinstance(fact, Refund | Fulfilment) and fact.order not in item.tape.touched:
                yield fact.order, kept.member_id


def note_receipts(receipts: list[Receipt | None], work: Sequence[Folded], claims: dict[UUID, list[Claim]]) -> None:
    for item in work:
        for kept in claims[item.loaded.member_id]:
            entries = item.by_place.get(kept.place, ())
            if kept.place == sharing.NOWHERE:
                continue
            standing = standing_of(item, kept)
            receipts[kept.place] = Receipt(kept.fact.key, "recorded", kept.member_id, "", entries, standing)


def standing_of(item: Folded, claim: Claim) -> Standing | None:
    """None where this write does not say all about an order: one that is not new, or of somebody who is or was one with
    somebody else, or paid with a hold, which may be paid anew in a write of its own."""
    fact, account = claim.fact, item.loaded.account
    if not isinstance(fact, Order) or claim.known_order or fact.key not in item.snapshots:
        return None
    if account.into or account.joined or account.parted or names_redemptions(fact):
        return None
    touched = item.tape.touched.get(fact.key)
    return Standing(touched.order, touched.memo, item.entries) if touched else Standing(fact, None, item.entries)


def advance(
    conn: psycopg.Connection[Any], programs: Programs, members: Sequence[UUID], now: int, until: int | None = None
) -> int:
    """Persist what time alone did until then (now, if not said) to those of these who are due and whom nobody else
    holds; how many they were.

    Figures never depend on when this runs.
    """
    until = now if until is None else until
    due = [member_id for (member_id,) in rows(conn, LOCK_DUE, [programs.program_id, list(members), moment(until)])]
    if not due:
        return 0
    work = []
    for loaded in load.accounts(conn, programs.program_id, dict.fromkeys(due, False)).values():
        tape = Tape(programs, loaded.account)
        fold(tape, (), until=until)
        told = [Told(one) for one in tape.announcements]
        work.append(Folded(loaded, tape, tape.entries, {}, {}, [], told=told))
    write(conn, programs, work, {}, now)
    outbox.write(conn, programs.program_id, work, now)
    return len(work)

"""Fold a member's new facts: from the account as it stands, or, when one is late, from a checkpoint or from nothing.

Almost always every new step sorts after the last applied one, and the cost does not depend on the history. Otherwise
the fold resumes from the newest stored state before the first step that changed, over the facts that matter from then
on, and the difference to what is recorded is what gets written.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Struct, field

from regulars.engine import purse, together
from regulars.engine.account import NEVER, Account
from regulars.engine.calendar import date_of, day_of
from regulars.engine.difference import announced, difference, without_dips
from regulars.engine.due import DUE, advance
from regulars.engine.facts import (
    Claimed,
    Effect,
    Enrolment,
    Fact,
    Fulfilment,
    Merge,
    Order,
    Refund,
    Restoration,
    Theirs,
    Unmerge,
)
from regulars.engine.fold import apply, fold
from regulars.engine.outcome import Entry, Told
from regulars.engine.packing import packed, unpacked
from regulars.engine.program import Programs
from regulars.engine.purse import Events, Key, Purse, close
from regulars.engine.tape import Tape, Touched
from regulars.engine.timeline import EDIT, PAY, Happening, edit, one_off, order_steps, subject, unrolled, version_of
from regulars.ledger import history, load
from regulars.ledger.claims import Claim
from regulars.ledger.load import Loaded

BEFORE_ALL = -(2**61)
# Members with fewer facts are folded from nothing as quickly as a checkpoint is read.
CHECKPOINTS_FROM = 200
TOGETHER = Merge | Unmerge | Theirs | Claimed


class Folded(Struct):
    """What a write adds for one member.

    `snapshots` are the facts' places by order, `by_place` the entries by claim, `states` checkpoints that were passed;
    `stale_from` is the instant from which older checkpoints no longer hold. `ruled` is what is new of what was asked of
    budgets and given back: beside what was ruled before, or instead of it from `stale_from` on. `unpaid`: of a member
    who is or was one with another, all orders that are not paid; None for everybody else. `told` is what is announced.
    """

    loaded: Loaded
    tape: Tape
    entries: list[Entry]
    by_place: dict[int, tuple[Entry, ...]]
    snapshots: dict[str, int]
    states: list[tuple[int, bytes]]
    stale_from: int | None = None
    ruled: dict[Key, Events] = {}
    unpaid: list[Order] | None = None
    told: list[Told] = []


class Drawing(Struct):
    """What a batch knows of budgets: how much is `used` of each, and what it `ruled` on each member.

    `heard` is what others were first taken to be granted by it when a history that tells of them was folded.
    """

    used: dict[str, int] = field(default_factory=dict)
    ruled: dict[str, dict[Key, Events]] = field(default_factory=dict)
    heard: dict[str, dict[Key, Events]] = field(default_factory=dict)

    @property
    def is_settled(self) -> bool:
        return all(self.ruled.get(of, {}) == ruled for of, ruled in self.heard.items())


def folded(
    conn: psycopg.Connection[Any],
    programs: Programs,
    loaded: Loaded,
    claims: Sequence[Claim],
    awaited: set[str],
    drawing: Drawing,
) -> Folded:
    """`used` by budget is brought up to date; a budget that nobody named counts as nothing used.

    What comes after the account was closed is kept, and changes nothing.
    """
    if loaded.account.closed_at is not None:
        return Folded(loaded, Tape(programs, loaded.account), [], {}, {}, [])
    claims = load.until_closed(claims, lambda claim: claim.fact)
    steps = in_order(loaded, claims, awaited)
    if steps is None:
        return refolded(conn, programs, loaded, claims, drawing)
    touched = {key: Touched(kept.order, kept.memo) for key, kept in loaded.orders.items() if kept.memo is not None}
    tape = Tape(programs, loaded.account, touched, purse=Purse(drawing.used))
    by_place, states = {}, []
    for place, happening in steps:
        start = len(tape.entries)
        states += checkpoint_before(tape, happening, loaded.fact_seq)
        apply(tape, happening)
        by_place[place] = tuple(tape.entries[start:])
    ruled = close(tape.purse).changed if tape.purse.events else {}
    told = [Told(one) for one in tape.announcements]
    return Folded(loaded, tape, tape.entries, by_place, snapshots_of(loaded, claims), states, ruled=ruled, told=told)


def snapshots_of(loaded: Loaded, claims: Sequence[Claim]) -> dict[str, int]:
    """Where each order's newest snapshot is, or will be, in the chain of facts."""
    found = {key: kept.snapshot_seq for key, kept in loaded.orders.items()}
    for seq, claim in enumerate(claims, start=loaded.fact_seq + 1):
        if isinstance(claim.fact, Order):
            found[claim.fact.key] = seq
    return found


def in_order(loaded: Loaded, claims: Sequence[Claim], awaited: set[str]) -> list[tuple[int, Happening]] | None:
    """Each claim's step, sorted, when all come after the last applied one; None when one is late.

    None as well when one gives back what a redemption took, or is about members who are or were one: that is found by
    folding from nothing.
    """
    if loaded.account.into or recalls(loaded, claims) or any(isinstance(claim.fact, TOGETHER) for claim in claims):
        return None
    if any(isinstance(claim.fact, Effect) and claim.fact.void for claim in claims):
        return None
    if loaded.fact_seq and any(earlier_from(claim.fact) is not None for claim in claims):
        return None
    paid: dict[str, int | None] = {key: kept.memo.paid_at if kept.memo else None for key, kept in loaded.orders.items()}
    steps: list[tuple[int, Happening]] = []
    # Whatever is about an order, or looks back at those from before, may stand before it in the batch.
    for claim in sorted(claims, key=lambda claim: not isinstance(claim.fact, Order)):
        if isinstance(claim.fact, Order) and (claim.fact.key in awaited or (claim.fact.corrects and is_known(claim))):
            return None
        step = step_of(claim.fact, paid)
        if step is not None:
            steps.append((claim.place, step))
    steps.sort(key=lambda item: item[1].step)
    if steps and steps[0][1].step <= loaded.account.last:
        return None
    return steps


def earlier_from(fact: Fact) -> int | None:
    """From when on orders before a fact decide when it has its step; None where none do."""
    return fact.since if isinstance(fact, Enrolment) else None


def is_known(claim: Claim) -> bool:
    """Whether something may be known of the order already: of one that moved, what happened to it."""
    return claim.known_order or claim.moved_from is not None


def recalls(loaded: Loaded, claims: Sequence[Claim]) -> bool:
    """Whether a step may give back what a redemption took, which is kept with no account."""
    paid = {claim.fact.key for claim in claims if isinstance(claim.fact, Order) and names_redemptions(claim.fact)}
    paid |= {key for key, kept in loaded.orders.items() if kept.memo is not None and kept.memo.given_back}
    for claim in claims:
        fact = claim.fact
        first = isinstance(fact, Order) and not claim.known_order and fact.lines and not fact.cancelled
        concerned = fact.order if isinstance(fact, Refund) else fact.key if isinstance(fact, Order) else ""
        if isinstance(fact, Restoration) or (concerned in paid and not first):
            return True
    return False


def names_redemptions(order: Order) -> bool:
    return any(payment.redemption for payment in order.payments)


def step_of(fact: Fact, paid: dict[str, int | None]) -> Happening | None:
    """The step a new fact adds, given when each known order was paid; None while it has no effect."""
    assert not isinstance(fact, Theirs)
    if isinstance(fact, Order):
        paid_at = paid.get(fact.key)
        if paid_at is not None:
            return edit(fact, paid_at)
        paid[fact.key] = fact.paid_at
        return next(iter(order_steps([fact])), None)
    return one_off(fact, paid)


def refolded(
    conn: psycopg.Connection[Any],
    programs: Programs,
    loaded: Loaded,
    claims: Sequence[Claim],
    drawing: Drawing,
) -> Folded:
    """Fold again from the newest stored state before the first step that changed."""
    program_id, member_id = programs.program_id, loaded.member_id
    claimed = [claim.fact for claim in claims]
    start = beginning(conn, program_id, loaded, claimed)
    ruled = load.rulings(conn, program_id, member_id, start.at) if programs.has_budgets else {}
    later = [step for step in start.steps if step.step[0] >= start.at]
    others = rulings_on_others(conn, programs, start.steps, drawing)

    def folding(drawn: Purse) -> tuple[Tape, list[tuple[int, bytes]]]:
        drawn.others = {of: Purse(ruled=known, asks=False) for of, known in others.items()}
        return again(programs, loaded, later, start.state, drawn)

    settled = purse.settled(drawing.used, ruled, folding)
    drawing.ruled[str(member_id)] = settled.changed
    tape, states = settled.outcome
    changed = difference(tape.entries, load.entries_since(conn, program_id, member_id, max(start.at, 0)))
    entries = without_dips(changed, loaded.before)
    numbered = [*start.known, *((loaded.fact_seq + place, fact) for place, fact in enumerate(claimed, start=1))]
    loaded.account = tape.account
    by_place = {claim.place: tuple(entries) for claim in claims}
    unpaid = unpaid_orders(tape, numbered) if any(map(is_together, start.steps)) else None
    told = announced(tape.announcements, load.told_since(conn, program_id, member_id, max(start.at, 0)))
    return Folded(loaded, tape, entries, by_place, newest(numbered), states, start.at, settled.changed, unpaid, told)


def rulings_on_others(
    conn: psycopg.Connection[Any], programs: Programs, steps: Iterable[Happening], drawing: Drawing
) -> dict[str, dict[Key, Events]]:
    """What was ruled on members of whom this history tells as well, those folded before in this batch included."""
    told = {step.of for step in steps if step.of} if programs.has_budgets else set()
    drawing.heard = {of: drawing.ruled.get(of, {}) for of in told} | drawing.heard
    return {of: load.rulings(conn, programs.program_id, UUID(of)) | drawing.ruled.get(of, {}) for of in told}


def is_together(step: Happening) -> bool:
    """Whether a step is another member's, or makes one of two, or nobody of a guest."""
    fact = step.fact
    return bool(step.of) or isinstance(fact, Merge | Unmerge) or (isinstance(fact, Claimed) and fact.me == fact.guest)


def unpaid_orders(tape: Tape, numbered: Sequence[tuple[int, Fact]]) -> list[Order]:
    """The newest snapshots of orders on this account that no fold has paid."""
    snapshots: dict[tuple[str, str], Order] = {}
    for _, fact in numbered:
        of, own = (fact.of, fact.fact) if isinstance(fact, Theirs) else ("", fact)
        if isinstance(own, Order) and own.key not in tape.touched:
            before = snapshots.get((of, own.key), own)
            snapshots[of, own.key] = own if version_of(own) >= version_of(before) else before
    here = [order for (of, _), order in snapshots.items() if together.tape_of(tape, of) is tape]
    return [order for order in here if not order.moved_to]


def again(
    programs: Programs, loaded: Loaded, steps: Sequence[Happening], state: bytes, purse: Purse
) -> tuple[Tape, list[tuple[int, bytes]]]:
    """Fold these steps from a stored state, to where the account stands; and the states passed on the way."""
    tape, states = Tape(programs, unpacked(state), purse=purse), []
    for happening in steps:
        states += checkpoint_before(tape, happening, loaded.fact_seq)
        apply(tape, happening)
    fold(tape, (), until=last_instant(loaded.account))
    return tape, states


def checkpoint_before(tape: Tape, happening: Happening, facts: int) -> list[tuple[int, bytes]]:
    """The state at the start of the step's month, when a member with a long history enters a new month."""
    if facts < CHECKPOINTS_FROM:
        return []
    calendar = tape.programs.calendar
    month = calendar.midnight(day_of(date_of(calendar.day(happening.step[0])).replace(day=1)))
    if tape.account.last[0] >= month:
        return []
    advance(tape, month - 1)
    return [(month, packed(tape.account))]


def newest(numbered: Sequence[tuple[int, Fact]]) -> dict[str, int]:
    """The place of each order's newest snapshot."""
    own = [(seq, fact.fact if isinstance(fact, Theirs) else fact) for seq, fact in numbered]
    snapshots = sorted((version_of(fact), seq, fact.key) for seq, fact in own if isinstance(fact, Order))
    return {key: seq for _, seq, key in snapshots}


def last_instant(account: Account) -> int | None:
    return None if account.last == NEVER else account.last[0]


def first_change(before: Sequence[Happening], after: Sequence[Happening], last: tuple[int, int, str]) -> int:
    """The instant of the first step in which two timelines differ."""
    for old, new in zip(before, after, strict=False):
        if old != new:
            return min(old.step[0], new.step[0])
    longer = after if len(after) > len(before) else before
    shared = min(len(before), len(after))
    return longer[shared].step[0] if shared < len(longer) else last[0]


class Beginning(Struct):
    """Where a fold begins again: a stored state, the steps of what matters from then on, and the facts behind them."""

    at: int
    state: bytes
    steps: list[Happening]
    known: list[tuple[int, Fact]]


def beginning(conn: psycopg.Connection[Any], program_id: int, loaded: Loaded, claimed: Sequence[Fact]) -> Beginning:
    """The newest checkpoint that precedes the change, and every payment that a step after it touches.

    From nothing where members are or were one: a checkpoint would have to hold all of them.
    """
    stored = history.kept(conn, program_id, loaded.member_id)
    is_shared = any(one.is_together for one in stored) or any(isinstance(fact, TOGETHER) for fact in claimed)
    if not is_shared:
        subjects = {subject(fact) for fact in claimed}
        before = [fact for _, fact in history.read(history.about(stored, subjects))]
        changed_at = first_change(unrolled(before), unrolled([*before, *claimed]), loaded.account.last)
        changed_at = min([changed_at, *(at for fact in claimed if (at := earlier_from(fact)) is not None)])
        for at, state in load.checkpoints(conn, program_id, loaded.member_id, changed_at):
            known = history.read(history.since(stored, at, subjects))
            steps = unrolled([*(fact for _, fact in known), *claimed])
            if is_self_contained(steps, at):
                return Beginning(at, state, steps, known)
    known = history.read(stored)
    steps = unrolled([*(fact for _, fact in known), *claimed])
    return Beginning(BEFORE_ALL, packed(Account(guest=loaded.account.guest)), steps, known)


def is_self_contained(steps: Sequence[Happening], at: int) -> bool:
    after = [step.fact for step in steps if step.step[0] >= at]
    if any(isinstance(fact, Restoration) or (isinstance(fact, Order) and names_redemptions(fact)) for fact in after):
        return False
    paid = {step.fact.key for step in steps if step.step[1] == PAY and step.step[0] >= at}
    return all(touched in paid for step in steps if step.step[0] >= at and (touched := order_touched(step)))


def order_touched(step: Happening) -> str:
    """The order whose memo a step needs; "" when it needs none, or freezes one."""
    if isinstance(step.fact, Refund | Fulfilment):
        return step.fact.order
    return step.fact.key if step.step[1] == EDIT else ""


def is_due_last(account: Account) -> bool:
    """Whether time alone was the last to change the account."""
    return account.last != NEVER and account.last[1] == DUE

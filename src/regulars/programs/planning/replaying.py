"""A draft folded over what the ledger holds, beside the program in force, which must come to the ledger's own entries.

The program in force replays the decisions that were recorded. A draft knows of what customers did only: how they would
spend what it gives is assumed, and what they handed to each other is left out. Credit that points bought is counted by
neither: they are worth it themselves.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from msgspec import Struct, field
from msgspec.structs import replace

from regulars.engine import facts
from regulars.engine.difference import difference
from regulars.engine.due import advance
from regulars.engine.program import Programs
from regulars.engine.tape import Tape
from regulars.ledger.replays import Replay, replays, written
from regulars.programs.planning.buying import is_bought, unbought
from regulars.programs.planning.comparing import Outcome, begun, note, redeeming, settle
from regulars.programs.planning.observing import Observed, observe
from regulars.programs.planning.redeeming import Redeeming, redeemed
from regulars.programs.planning.sharing import together
from regulars.programs.planning.tallying import Months, Span

T = TypeVar("T")
# How many accounts are done before it is told.
STEP = 100
DECISIONS = (
    facts.Redemption, facts.Hold, facts.Capture, facts.Release, facts.Restoration, facts.Transfer, facts.Received,
)  # fmt: skip


class Replayed(Struct):
    """`exact` of so many `members` have the entries that the ledger holds, no more and no other; `wrong` are those who
    have not. `guests`: orders of nobody known.
    """

    outcome: Outcome
    members: int = 0
    exact: int = 0
    wrong: list[str] = field(default_factory=list)
    guests: int = 0


def replay(
    conn: psycopg.Connection[Any],
    in_force: Programs,
    draft: Programs,
    span: Span,
    progress: Callable[[int], None] = lambda _: None,
) -> Replayed:
    """Every member of a program. `progress` hears how many accounts are done: none while customers who share budgets
    are folded together.
    """
    span = replace(span, is_joining_told=is_joining_told(in_force))
    found = Replayed(begun(draft, span, is_compared=True))
    months = Months(draft.calendar)
    by = redeeming(draft, span, found.outcome.tally)
    shared = _together(conn, in_force, draft, span, by, progress) if draft.has_budgets else {}
    for done, member in enumerate(replays(conn, in_force), 1):
        if member.guest:
            found.guests += _guest_orders(member, span)
        else:
            tape = _at(_settled(member, in_force, found), member, in_force, span.until)
            tape.entries = unbought(tape.entries)
            name = str(member.member_id)
            new = shared.get(member.member_id) or redeemed(draft, name, undecided_of(member), span, by)
            note(found.outcome, months, span, name, new, tape)
        if done % STEP == 0:
            progress(done)
    settle(found.outcome)
    return found


def is_joining_told(in_force: Programs) -> bool:
    """A program that takes nobody in by itself has an enrolment for each member."""
    return not any(version.joining for version in in_force.versions)


def observed(
    conn: psycopg.Connection[Any],
    in_force: Programs,
    until: int,
    progress: Callable[[int], None] = lambda _: None,
) -> Observed:
    """How all members have spent points up to an instant, as it is written. `progress` hears that none is done yet."""
    found, months = Observed(), Months(in_force.calendar)
    for entries in _heard(written(conn, in_force), progress):
        mine = (entry for entry in unbought(entries) if entry.occurred_at <= until)
        observe(mine, in_force.main_wallet, found, months)
    return found


def _together(
    conn: psycopg.Connection[Any],
    in_force: Programs,
    draft: Programs,
    span: Span,
    by: Redeeming | None,
    progress: Callable[[int], None],
) -> dict[UUID, Tape]:
    """All members by a draft whose budgets they share: the ledger is read once more for them."""
    every = _heard(replays(conn, in_force), progress)
    told = {member.member_id: undecided_of(member) for member in every if not member.guest}
    known = ((str(member_id), facts) for member_id, facts in told.items())
    return dict(zip(told, together(draft, known, span, by, lambda: progress(0)), strict=True))


def _heard(some: Iterable[T], progress: Callable[[int], None]) -> Iterator[T]:
    """Somebody is at work, and no account is done yet."""
    for place, one in enumerate(some):
        if place % STEP == 0:
            progress(0)
        yield one


def _settled(member: Replay, in_force: Programs, found: Replayed) -> Tape:
    """By the program in force, to where the account stands: what is written must come of it."""
    tape = member.folded(in_force)
    found.members += 1
    if difference(tape.entries, member.entries):
        found.wrong.append(str(member.member_id))
    else:
        found.exact += 1
    return tape


def undecided_of(member: Replay) -> list[facts.Fact]:
    return [said for fact in member.facts if (said := undecided(fact)) is not None]


def _at(tape: Tape, member: Replay, in_force: Programs, until: int) -> Tape:
    """The account at an instant: time goes on, or it is folded once more up to there."""
    if max(tape.account.last[0], member.settled or 0) <= until:
        advance(tape, until)
        return tape
    return member.folded(in_force, until)


def undecided(fact: facts.Fact) -> facts.Fact | None:
    """What customers did, without what they decided to do with their points; None: nothing is left."""
    if isinstance(fact, facts.Theirs):
        said = undecided(fact.fact)
        return None if said is None or isinstance(said, facts.Theirs) else replace(fact, fact=said)
    if isinstance(fact, DECISIONS) or is_bought(fact):
        return None
    if isinstance(fact, facts.Order) and any(payment.redemption for payment in fact.payments):
        return replace(fact, payments=tuple(one for one in fact.payments if not one.redemption))
    return fact


def _guest_orders(member: Replay, span: Span) -> int:
    paid = {fact.key: fact.paid_at for fact in member.facts if isinstance(fact, facts.Order)}
    return sum(at is not None and span.since <= at <= span.until for at in paid.values())

"""Decisions about one member: weighed one after the other under the account's lock, and recorded all or none.

The keys of decisions are new and nobody else's, so recording them after the account is locked waits for nobody.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias
from uuid import UUID

import psycopg

from regulars.engine.account import Account, Spent
from regulars.engine.decide import Refusal, decide
from regulars.engine.facts import Adjustment, Capture, Hold, Redemption, Release, Restoration
from regulars.engine.fold import apply, fold
from regulars.engine.packing import copied
from regulars.engine.program import Programs
from regulars.engine.purse import Purse
from regulars.engine.tape import Tape
from regulars.engine.timeline import one_off, unrolled
from regulars.ledger import load
from regulars.ledger.load import Loaded
from regulars.ledger.receipt import Incoming, Receipt
from regulars.ledger.record import record

Spending: TypeAlias = Redemption | Hold | Capture | Release | Restoration | Adjustment


def locked(conn: psycopg.Connection[Any], program_id: int, member_id: UUID) -> Loaded:
    """The account whose points a member spends, their own or that of whom they became part, locked."""
    own = load.accounts(conn, program_id, {member_id: False})[member_id]
    return _of_whom_they_are(conn, program_id, own)


def known(conn: psycopg.Connection[Any], program_id: int, member_id: UUID) -> Loaded | None:
    """The same; None where there is no account yet."""
    own = load.known(conn, program_id, [member_id]).get(member_id)
    return _of_whom_they_are(conn, program_id, own) if own else None


def _of_whom_they_are(conn: psycopg.Connection[Any], program_id: int, own: Loaded) -> Loaded:
    if not own.account.into:
        return own
    owner = UUID(own.account.into)
    return load.accounts(conn, program_id, {owner: False}, {own.member_id})[owner]


def seen(conn: psycopg.Connection[Any], program_id: int, member_id: UUID) -> tuple[UUID, Account]:
    """The same for somebody who only looks: nothing is locked, and nobody is waited for."""
    account = load.account(conn, program_id, member_id)
    if not account.into:
        return member_id, account
    owner = UUID(account.into)
    return owner, load.account(conn, program_id, owner)


def decided(
    conn: psycopg.Connection[Any],
    programs: Programs,
    owner: Loaded,
    asked: Sequence[Spending],
    now: int,
    order_total: int | None = None,
) -> list[Receipt] | Refusal:
    """What was recorded, a receipt for each; or the first refusal, and nothing was. Each is decided as if those before
    it had happened. `owner` is as `locked` said, and nothing was written of it since; it is used up. `order_total` in
    minor units."""
    facts = weighed(programs, tape_for(conn, programs, owner, asked), asked, now, order_total)
    return facts if isinstance(facts, Refusal) else recorded(conn, programs, [(owner, facts)], now)


def weighed(
    programs: Programs, tape: Tape, asked: Sequence[Spending], now: int, order_total: int | None = None
) -> list[Spending] | Refusal:
    """What is to be recorded: `tape` is as if it had been; or the first refusal, and the tape is used up."""
    facts: list[Spending] = []
    for request in asked:
        # What pays for an order may be no more than a share of it; a reward has its price.
        total = None if isinstance(request, Redemption | Hold) and request.reward else order_total
        said = decide(programs, tape.account, request, now, total, tape.spent.get(named(request)))
        if isinstance(said, Refusal):
            return said
        assert isinstance(said, Spending)
        step = one_off(said, {})
        assert step is not None
        apply(tape, step)
        facts.append(said)
    return facts


def recorded(
    conn: psycopg.Connection[Any], programs: Programs, decided: Sequence[tuple[Loaded, Sequence[Spending]]], now: int
) -> list[Receipt]:
    """Of each account what was decided about it, in order; accounts come once, and are used up. One whose time is
    ahead of `now` is recorded by itself, for no other one is to be dated by it."""
    timely = [(owner, facts) for owner, facts in decided if all(fact.at <= now for fact in facts)]
    ahead = [(owner, facts) for owner, facts in decided if any(fact.at > now for fact in facts)]
    receipts: list[Receipt] = []
    for some in (timely, *([one] for one in ahead)):
        incoming = [Incoming(owner.member_id, fact) for owner, facts in some for fact in facts]
        at = max((fact.at for _, facts in some for fact in facts), default=now)
        if incoming:
            held = {owner.member_id: owner for owner, facts in some if facts}
            receipts += record(conn, programs, incoming, at, held=held)
    return receipts


def left_of(conn: psycopg.Connection[Any], programs: Programs, owner: Loaded, keys: Sequence[str]) -> list[str]:
    """Those of these redemptions of which anything is left that has not come back."""
    spent = _from_nothing(conn, programs, owner).spent if keys else {}
    return [key for key in keys if key in spent and not is_back(spent[key])]


def is_back(spent: Spent) -> bool:
    """Whether all of it came back; a reward that cost nothing says so itself."""
    if not spent.points:
        return spent.is_back
    return not spent.short and not any(lot.points for lot in spent.lots)


def tape_for(conn: psycopg.Connection[Any], programs: Programs, owner: Loaded, asked: Sequence[Spending]) -> Tape:
    """A copy of the account as it stands; with everything it ever spent where something of that is to be given back."""
    if any(isinstance(request, Restoration) for request in asked):
        return _from_nothing(conn, programs, owner)
    return Tape(programs, copied(owner.account))


def _from_nothing(conn: psycopg.Connection[Any], programs: Programs, loaded: Loaded) -> Tape:
    """Folded from everything that is known of it."""
    owner = loaded.member_id
    known = [fact for _, fact in load.history(conn, programs.program_id, owner)]
    drawn = Purse(ruled=load.rulings(conn, programs.program_id, owner), asks=False)
    others = load.rulings_on_others(conn, programs.program_id, known) if programs.has_budgets else {}
    drawn.others = {of: Purse(ruled=ruled, asks=False) for of, ruled in others.items()}
    tape = Tape(programs, Account(guest=loaded.account.guest), purse=drawn)
    fold(tape, unrolled(known), until=loaded.account.last[0])
    return tape


def named(request: Spending) -> str:
    """The redemption or the hold that a request is about."""
    if isinstance(request, Restoration):
        return request.redemption
    return request.hold if isinstance(request, Capture | Release) else ""

"""Rewards that go into the member's account when they are issued: credit of a wallet, months of a plan.

Each is one fact under the number of the copy, and taking it back another: nothing of it lies here. Credit is points of
the wallet as any; what was spent of it cannot be taken back, and then the copy counts as used. Months are added to what
the member has of the plan, and as much time as they were is taken off its end again, unless that time is in use: the
day is over on which it began, or an order was paid in it other than the one that they were bought with.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg

from regulars.engine.account import Account
from regulars.engine.calendar import Span
from regulars.engine.catalogue import Gives
from regulars.engine.decide import Refusal
from regulars.engine.facts import Adjustment, Fact, Order, PlanStanding, Theirs
from regulars.engine.program import Programs
from regulars.ledger import deciding, load
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.rewards.refusing import Refused

KINDS = ("credit", "plan")
REASON, GIVER, APPROVER = "reward", "rewards", "program"
ENDLESS = 2**62


def goes_in(gives: Gives) -> bool:
    return gives.kind in KINDS


def put_in(
    conn: psycopg.Connection[Any], programs: Programs, gives: Gives, issued_id: UUID, owner: UUID, now: int
) -> None:
    """What a copy gives is the member's, whose account is locked, from now on. Raises Refused."""
    if gives.kind == "credit" and gives.cost is not None:
        _adjust(conn, programs, f"{issued_id}/credit", gives.cost.wallet, gives.cost.points, owner, now)
    elif gives.kind == "plan":
        account = load.account(conn, programs.program_id, owner)
        at, end = _next(account, now), _end(account, gives.named, now)
        if end == ENDLESS:
            raise Refused("plan_endless")
        until = programs.calendar.after(max(at, end), Span(gives.months, "month"))
        _record(conn, programs, PlanStanding(f"{issued_id}/plan", gives.named, at, until), owner, at)


def take_out(
    conn: psycopg.Connection[Any],
    programs: Programs,
    gives: Gives,
    issued_id: UUID,
    owner: UUID,
    now: int,
    bought_with: str = "",
) -> None:
    """As if it had not been put in. Raises Refused where what it gave was spent since, or is in use. `bought_with` is
    the order in which it was bought."""
    if gives.kind == "credit" and gives.cost is not None:
        try:
            _adjust(conn, programs, f"{issued_id}/credit/back", gives.cost.wallet, -gives.cost.points, owner, now)
        except Refused as refused:
            raise Refused("code_used" if refused.code == "not_enough_points" else refused.code) from None
    elif gives.kind == "plan":
        account = load.account(conn, programs.program_id, owner)
        at, end = _next(account, now), _end(account, gives.named, now)
        known = [_own(fact) for _, fact in load.history(conn, programs.program_id, owner)]
        length = _length(known, issued_id)
        if _is_in_use(programs, known, end - length, bought_with, now):
            raise Refused("code_used")
        if now < end < ENDLESS:
            until = max(end - length, at)
            back = PlanStanding(f"{issued_id}/plan/back", gives.named, at, until)
            _record(conn, programs, back, owner, at)


def _adjust(
    conn: psycopg.Connection[Any], programs: Programs, key: str, wallet: str, points: int, owner: UUID, now: int
) -> None:
    asked = Adjustment(key, wallet, points, now, REASON, GIVER, APPROVER)
    said = deciding.decided(conn, programs, deciding.locked(conn, programs.program_id, owner), [asked], now)
    if isinstance(said, Refusal):
        raise Refused(said.code, said.parameters)
    assert [receipt.outcome for receipt in said] == ["recorded"], said


def _record(conn: psycopg.Connection[Any], programs: Programs, fact: Fact, owner: UUID, at: int) -> None:
    said = record(conn, programs, [Incoming(owner, fact)], at)
    assert [receipt.outcome for receipt in said] == ["recorded"], said


def _next(account: Account, now: int) -> int:
    """After everything that is known of the member, as decisions are."""
    return max(now, account.last[0] + 1)


def _end(account: Account, plan: str, now: int) -> int:
    """When the member's plan ends; ENDLESS where nothing ends it, `now` where they have none."""
    if plan not in account.known.plans:
        return now
    return next((until for until, name in account.plan_ends if name == plan), ENDLESS)


def _length(known: Sequence[Fact], issued_id: UUID) -> int:
    """How long the months of a copy were, after what there was of the plan before."""
    standings = [fact for fact in known if isinstance(fact, PlanStanding)]
    added = next((fact for fact in standings if fact.key == f"{issued_id}/plan"), None)
    if added is None or added.until is None:
        return 0
    before = [fact for fact in standings if fact.plan == added.plan and fact.at < added.at]
    end = max(before, key=lambda fact: fact.at).until if before else None
    return added.until - max(added.at, end or 0)


def _is_in_use(programs: Programs, known: Sequence[Fact], since: int, bought_with: str, now: int) -> bool:
    """Whether the time from then on, which would be taken off, has more than just begun."""
    if now < since:
        return False
    others = (fact for fact in known if isinstance(fact, Order) and fact.key != bought_with)
    paid = any(order.paid_at is not None and order.paid_at >= since for order in others)
    return paid or programs.calendar.day(now) > programs.calendar.day(since)


def _own(fact: Fact) -> Fact:
    return fact.fact if isinstance(fact, Theirs) else fact

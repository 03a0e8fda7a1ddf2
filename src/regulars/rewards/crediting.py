"""Rewards that go into the member's account when they are issued: credit of a wallet, months of a plan.

Each is one fact under the number of the copy, and taking it back another: nothing of it lies here. Credit is points of
the wallet as any; what was spent of it cannot be taken back, and then the copy counts as used. Months are added to what
the member has of the plan, and as much time as they were is taken off its end again, unless less than that is left.
"""

from typing import Any
from uuid import UUID

import psycopg

from regulars.engine.account import Account
from regulars.engine.calendar import Span
from regulars.engine.catalogue import Gives
from regulars.engine.decide import Refusal
from regulars.engine.facts import Adjustment, Fact, PlanStanding, Theirs
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
    conn: psycopg.Connection[Any], programs: Programs, gives: Gives, issued_id: UUID, owner: UUID, now: int
) -> None:
    """As if it had not been put in. Raises Refused where what it gave was spent since, or has begun to run out."""
    if gives.kind == "credit" and gives.cost is not None:
        try:
            _adjust(conn, programs, f"{issued_id}/credit/back", gives.cost.wallet, -gives.cost.points, owner, now)
        except Refused as refused:
            raise Refused("code_used" if refused.code == "not_enough_points" else refused.code) from None
    elif gives.kind == "plan":
        account = load.account(conn, programs.program_id, owner)
        at, end = _next(account, now), _end(account, gives.named, now)
        length = _length(conn, programs, issued_id, owner)
        if end - now < length:
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


def _length(conn: psycopg.Connection[Any], programs: Programs, issued_id: UUID, owner: UUID) -> int:
    """How long the months of a copy were, after what there was of the plan before."""
    known = [own for _, fact in load.history(conn, programs.program_id, owner) if (own := _standing(fact))]
    added = next((fact for fact in known if fact.key == f"{issued_id}/plan"), None)
    if added is None or added.until is None:
        return 0
    before = [fact for fact in known if fact.plan == added.plan and fact.at < added.at]
    end = max(before, key=lambda fact: fact.at).until if before else None
    return added.until - max(added.at, end or 0)


def _standing(fact: Fact) -> PlanStanding | None:
    own = fact.fact if isinstance(fact, Theirs) else fact
    return own if isinstance(own, PlanStanding) else None

"""What an issued reward puts into its owner's account, and takes out again: credit of a wallet, months of a plan.

Each is one fact under the number of the copy, and taking it back another; this says which, whoever records it. Credit
is points of the wallet as any. Months are added to what the member has of the plan, and as much time as they were is
taken off its end again, unless that time is in use: the day is over on which it began, or an order was paid in it other
than the one that they were bought with.
"""

import re
from collections.abc import Callable, Sequence

from regulars.engine.account import Account
from regulars.engine.calendar import Span
from regulars.engine.catalogue import Gives
from regulars.engine.decide import Refusal
from regulars.engine.facts import Adjustment, Fact, Order, PlanStanding
from regulars.engine.program import Programs
from regulars.engine.tape import SAME_FOR_ALL

KINDS = ("credit", "plan")
# What begins a grant that others have as well; any other names the order or the deed that it is for.
EVERYBODYS = (*SAME_FOR_ALL, "goal", "tier")
REASON, GIVER, APPROVER = "reward", "rewards", "program"
ENDLESS = 2**62


def called(grant: str, member: object) -> str:
    """The name of a member's grant among those of all: a day, a goal or a tier grants the same to everybody."""
    kind = re.match("[a-z]*", grant)
    return f"{member} {grant}" if kind and kind[0] in EVERYBODYS else grant


def goes_in(gives: Gives) -> bool:
    return gives.kind in KINDS


def put_in(
    programs: Programs, gives: Gives, key: str, account: Account, now: int
) -> Adjustment | PlanStanding | Refusal:
    """What makes it the member's from now on. Credit is yet to be decided, as adjustments are."""
    if gives.cost is not None:
        return _adjustment(f"{key}/credit", gives, gives.cost.points, now)
    at, end = _next(account, now), _end(account, gives.named, now)
    if end == ENDLESS:
        return Refusal("plan_endless", {})
    until = programs.calendar.after(max(at, end), Span(gives.months, "month"))
    return PlanStanding(f"{key}/plan", gives.named, at, until)


def take_out(
    programs: Programs,
    gives: Gives,
    key: str,
    account: Account,
    history: Callable[[], Sequence[Fact]],
    now: int,
    bought_with: str = "",
) -> Adjustment | PlanStanding | Refusal | None:
    """What makes it as if it had not been put in; None where nothing of it is left to be taken. `history` tells what is
    known of the member, `bought_with` is the order in which it was bought."""
    if gives.cost is not None:
        return _adjustment(f"{key}/credit/back", gives, -gives.cost.points, now)
    at, end = _next(account, now), _end(account, gives.named, now)
    known = history()
    length = _length(known, key)
    if _is_in_use(programs, known, end - length, bought_with, now):
        return Refusal("code_used", {})
    if not now < end < ENDLESS:
        return None
    return PlanStanding(f"{key}/plan/back", gives.named, at, max(end - length, at))


def _adjustment(key: str, gives: Gives, points: int, now: int) -> Adjustment:
    assert gives.cost is not None
    return Adjustment(key, gives.cost.wallet, points, now, REASON, GIVER, APPROVER)


def _next(account: Account, now: int) -> int:
    """After everything that is known of the member, as decisions are."""
    return max(now, account.last[0] + 1)


def _end(account: Account, plan: str, now: int) -> int:
    """When the member's plan ends; ENDLESS where nothing ends it, `now` where they have none."""
    if plan not in account.known.plans:
        return now
    return next((until for until, name in account.plan_ends if name == plan), ENDLESS)


def _length(known: Sequence[Fact], key: str) -> int:
    """How long the months of a copy were, after what there was of the plan before."""
    standings = [fact for fact in known if isinstance(fact, PlanStanding)]
    added = next((fact for fact in standings if fact.key == f"{key}/plan"), None)
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

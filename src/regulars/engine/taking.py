"""May this member have this reward, and how often did they: what the account knows of rewards.

A redemption or hold that names a reward takes it once, in the reward's first wallet. A hold that ends unused gives the
room back to the day on which it was made, and so does a redemption of which everything came back. Times are counted in
the windows of the reward's limits, as those of rules are. Worked examples: docs/rules/rewards.md.
"""

from typing import TypeAlias

from regulars.engine import counters
from regulars.engine.account import Account, Held, Spent
from regulars.engine.calendar import date_of
from regulars.engine.catalogue import Cost, Offer, Reward
from regulars.engine.facts import Activity, Hold, Redemption
from regulars.engine.occasions import NOWHERE, scene_of
from regulars.engine.program import Programs
from regulars.engine.tape import Tape

# A code and what would have been possible.
No: TypeAlias = tuple[str, dict[str, int | str]]


def refused(programs: Programs, account: Account, asked: Redemption | Hold, at: int) -> No | None:
    """Why this reward cannot be taken now, at this price; the account is one as of now."""
    reward = programs.at(at).rewards.get(asked.reward)
    if reward is None:
        return "reward_unknown", {}
    if no := not_yet_or_over(programs, reward, at) or not_for(programs, account, reward, at):
        return no
    if asked.wallet == reward.wallet and (no := used_up(programs, account, reward, at)):
        return no
    return _differs(reward, account, asked)


def not_yet_or_over(programs: Programs, offer: Offer, at: int) -> No | None:
    day = programs.calendar.day(at)
    if offer.since is not None and day < offer.since:
        return "reward_not_yet", {"from": str(date_of(offer.since))}
    if offer.until is not None and day > offer.until:
        return "reward_over", {"until": str(date_of(offer.until))}
    return None


def not_for(programs: Programs, account: Account, offer: Offer, at: int, where: Activity = NOWHERE) -> No | None:
    """What is asked of the member and does not hold: of several things, the first."""
    scene = scene_of(Tape(programs, account), at, where)
    for ask in offer.asks:
        if not ask.test(scene):
            return ask.code, {"needed": ask.named} if ask.named else {}
    if offer.member_for is not None:
        calendar = programs.calendar
        enrolled_at = at if account.enrolled_at is None else account.enrolled_at
        since = calendar.after(enrolled_at, offer.member_for)
        if at < since:
            return "member_too_new", {"from": str(date_of(calendar.day(since)))}
    return None


def used_up(programs: Programs, account: Account, reward: Reward, at: int, besides: int = 0) -> No | None:
    """`besides`: how often it is about to be taken already."""
    calendar, day = programs.calendar, programs.calendar.day(at)
    for cap in reward.limits:
        if counters.room(account, cap, calendar, day, day) <= besides:
            return "reward_limit_reached", {"at_most": cap.at_most, "per": cap.per}
    return None


def costs_of(reward: Reward, account: Account) -> tuple[Cost, ...]:
    """What it costs this member: the least of what their tiers say, else what everybody pays."""
    tiers = [ladder.tier for ladder in account.ladders.values()]
    said = [reward.costs_for[tier] for tier in tiers if tier in reward.costs_for]
    return min(said, key=lambda costs: costs[0].points if costs else 0, default=reward.costs)


def _differs(reward: Reward, account: Account, asked: Redemption | Hold) -> No | None:
    costs = costs_of(reward, account)
    points = {cost.wallet: cost.points for cost in costs} if costs else {reward.wallet: 0}
    if asked.wallet not in points:
        return "cost_differs", {"points": 0}
    whole = points[asked.wallet]
    least = max(reward.points_at_least, 1) if reward.cash and whole else whole
    return None if least <= asked.points <= whole else ("cost_differs", {"points": whole})


def is_of_draw(programs: Programs, spent: Spent) -> bool:
    """Whether it paid for a draw. A chance that was taken does not come back with goods; whoever undoes it decides that
    (docs/rules/draws.md)."""
    reward = programs.at(spent.at).rewards.get(spent.reward)
    return reward is not None and reward.gives.is_draw


# What the fold counts


def took(tape: Tape, name: str, wallet: str, decided_at: int, at: int, times: int = 1) -> None:
    """A decision made at an instant took a reward, or did not after all."""
    if not name:
        return
    reward = tape.programs.at(decided_at).rewards.get(name)
    if reward is None or wallet != reward.wallet:
        return
    calendar = tape.programs.calendar
    for cap in reward.limits:
        counters.count(tape.account, cap, calendar, calendar.day(decided_at), calendar.day(at), times)


def let_go(tape: Tape, wallet: str, held: Held, at: int) -> None:
    """A hold ended without being used."""
    took(tape, held.reward, wallet, held.at, at, -1)


def weigh(tape: Tape, spent: Spent, at: int) -> None:
    """Points of a redemption came back, or were taken again: with all of them, so does the reward."""
    is_back = not spent.short and not any(lot.points for lot in spent.lots)
    if spent.reward and is_back != spent.is_back:
        spent.is_back = is_back
        took(tape, spent.reward, spent.wallet, spent.at, at, -1 if is_back else 1)

"""How far a member is from the next tier, and from keeping the present one."""

from msgspec import Struct

from regulars.engine.account import Account
from regulars.engine.program import Programs
from regulars.engine.tiers import in_window


class Progress(Struct, frozen=True):
    """Growth in minor units of spend. `missing` to the next tier (None at the top), `keep_missing` to stay.

    `until` is the instant at which the present tier is judged again, None for the lowest.
    """

    growth: int
    waiting: int
    next_tier: str | None
    reach: int
    missing: int
    keep_missing: int
    until: int | None


def progress(programs: Programs, account: Account, now: int) -> Progress | None:
    """None when the program has no tiers. Growth of orders that have not matured is told apart as `waiting`."""
    rules = programs.at(now).tiers
    if rules is None:
        return None
    growth = in_window(account.growth, rules, programs.calendar, programs.calendar.day(now))
    waiting = sum(amount for _, _, amount in account.growth.waiting)
    present = rules.index(account.standing.tier)
    level = rules.levels[present]
    following = rules.levels[present + 1] if present + 1 < len(rules.levels) else None
    return Progress(
        growth=growth,
        waiting=waiting,
        next_tier=following.tier if following else None,
        reach=following.reach if following else level.reach,
        missing=max(following.reach - growth, 0) if following else 0,
        keep_missing=max(level.retain - growth, 0) if present else 0,
        until=account.standing.until,
    )

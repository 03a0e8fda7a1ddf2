"""Tiers by rolling spend. Growth counts when the order's points mature, so that a tier cannot be bought and returned.

The window holds the local days after the day so many months back; thresholds are inclusive. A member rises as growth
comes in; stays or falls when the tier's validity ends (retain, then grace, then one level down) and when a refund
lowers growth. A tier that the version in force does not know counts as its lowest. Worked examples:
docs/rules/tiers.md.
"""

from bisect import bisect_left

from regulars.engine.account import Account, Growth, Standing
from regulars.engine.calendar import Calendar
from regulars.engine.program import TierRules


def grow(growth: Growth, day: int, amount: int) -> None:
    """Count an amount, positive or not, on a local day that is not forgotten."""
    growth.total += amount
    days = growth.days
    if not days or days[-1][0] < day:
        days.append((day, amount))
        return
    place = bisect_left(days, (day,))
    before = days[place][1] if days[place][0] == day else None
    if before is None:
        days.insert(place, (day, amount))
    elif before + amount:
        days[place] = (day, before + amount)
    else:
        del days[place]


def in_window(growth: Growth, rules: TierRules, calendar: Calendar, day: int) -> int:
    """Growth of the rolling window that ends with `day`; what fell out of it is forgotten."""
    first = calendar.back(day, rules.window) + 1
    if first > growth.since:
        growth.since = first
        gone = 0
        for counted_on, amount in growth.days:
            if counted_on >= first:
                break
            growth.total -= amount
            gone += 1
        del growth.days[:gone]
    return growth.total


def rise(account: Account, rules: TierRules, calendar: Calendar, at: int, order: str) -> str | None:
    """Growth came in with this order: move up as far as it reaches. Returns the tier left, None when it stays."""
    reached = rules.reached(account.growth.total)
    if reached <= rules.places.get(account.standing.tier, -1):
        return None
    return _stand(account, rules, calendar, at, reached, order)


def fall(account: Account, rules: TierRules, calendar: Calendar, at: int, order: str) -> str | None:
    """A refund lowered growth: against reach if this order gained the tier, else against retain; one level down."""
    standing = account.standing
    present = rules.index(standing.tier)
    level = rules.levels[present]
    needed = level.reach if standing.gained_by == order else level.retain
    if present == 0 or account.growth.total >= needed:
        return None
    return _stand(account, rules, calendar, at, present - 1, "")


def review(account: Account, rules: TierRules, calendar: Calendar, at: int) -> str | None:
    """The tier's validity ended: renew it, grant the grace, or move one level down."""
    standing, day = account.standing, calendar.day(at)
    growth = in_window(account.growth, rules, calendar, day)
    present = rules.index(standing.tier)
    level = rules.levels[present]
    if not rules.knows(standing.tier):
        return _stand(account, rules, calendar, at, rules.reached(growth), "")
    if present == 0:
        standing.until, standing.in_grace = None, False
        return None
    if growth >= level.retain:
        standing.until, standing.in_grace = calendar.term_end(day, level.valid), False
        return None
    if level.grace and not standing.in_grace:
        standing.until, standing.in_grace = calendar.term_end(day, level.grace), True
        return None
    return _stand(account, rules, calendar, at, present - 1, "")


def _stand(account: Account, rules: TierRules, calendar: Calendar, at: int, place: int, gained_by: str) -> str:
    left = account.standing.tier
    level = rules.levels[place]
    until = calendar.term_end(calendar.day(at), level.valid) if place else None
    account.standing = Standing(level.tier, at, until, gained_by)
    return left

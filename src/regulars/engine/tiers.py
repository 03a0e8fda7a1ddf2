"""Tiers by rolling spend. Growth counts when the order's points mature, so that a tier cannot be bought and returned.

The window holds the local days after the day so many months back; thresholds are inclusive. A tier is judged again when
its validity ends (retain, then grace, then one level down) and when a refund lowers growth.
"""

from bisect import bisect_right

from regulars.engine.account import Account, Growth, Standing
from regulars.engine.calendar import Calendar
from regulars.engine.program import TierRules


def grow(growth: Growth, day: int, amount: int) -> None:
    if growth.days and growth.days[-1][0] == day:
        growth.days[-1] = (day, growth.days[-1][1] + amount)
    elif not growth.days or growth.days[-1][0] < day:
        growth.days.append((day, amount))
    else:
        _shrink_or_insert(growth, day, amount)


def _shrink_or_insert(growth: Growth, day: int, amount: int) -> None:
    place = bisect_right(growth.days, (day, -(2**62)))
    if place < len(growth.days) and growth.days[place][0] == day:
        growth.days[place] = (day, growth.days[place][1] + amount)
    else:
        growth.days.insert(place, (day, amount))


def in_window(growth: Growth, rules: TierRules, calendar: Calendar, day: int) -> int:
    """Growth of the rolling window that ends with `day`; what fell out of it is forgotten."""
    first = calendar.back(day, rules.window) + 1
    gone = 0
    while gone < len(growth.days) and growth.days[gone][0] < first:
        gone += 1
    del growth.days[:gone]
    return sum([amount for _, amount in growth.days])


def judge(account: Account, rules: TierRules, calendar: Calendar, at: int, gained_by: str) -> str | None:
    """Move the member up, or judge an ended validity. Returns the tier left, None when nothing changed."""
    standing = account.standing
    day = calendar.day(at)
    growth = in_window(account.growth, rules, calendar, day)
    present = rules.index(standing.tier)
    reached = max(place for place, level in enumerate(rules.levels) if place == 0 or growth >= level.reach)
    if reached > present or not standing.tier:
        return _stand(account, rules, calendar, at, reached, gained_by)
    if standing.until is None or standing.until > at:
        return None
    level = rules.levels[present]
    if growth >= level.retain:
        standing.until = calendar.term_end(day, level.valid)
        standing.in_grace = False
        return None
    if level.grace and not standing.in_grace:
        standing.until = calendar.term_end(day, level.grace)
        standing.in_grace = True
        return None
    return _stand(account, rules, calendar, at, max(present - 1, 0), "")


def judge_refund(account: Account, rules: TierRules, calendar: Calendar, at: int, order: str) -> str | None:
    """Growth fell: against reach if this order gained the tier, else against retain; one level down."""
    standing = account.standing
    present = rules.index(standing.tier)
    if present == 0:
        return None
    level = rules.levels[present]
    growth = in_window(account.growth, rules, calendar, calendar.day(at))
    if growth >= (level.reach if standing.gained_by == order else level.retain):
        return None
    return _stand(account, rules, calendar, at, present - 1, "")


def _stand(account: Account, rules: TierRules, calendar: Calendar, at: int, place: int, gained_by: str) -> str:
    left = account.standing.tier
    level = rules.levels[place]
    until = calendar.term_end(calendar.day(at), level.valid) if place else None
    account.standing = Standing(level.tier, at, until, gained_by)
    return left

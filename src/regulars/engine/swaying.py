"""Who moves between tiers when a program's ladders change: by the growth that counts today, nothing is folded.

A member rises with the next growth that counts, so with the next order. Who no longer keeps a tier falls when it is
judged next, not before.
"""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct, field

from regulars.engine.account import Account, Ladder
from regulars.engine.calendar import Calendar
from regulars.engine.levels import TierRules
from regulars.engine.program import Version
from regulars.engine.windows import in_window


class Sway(Struct):
    """Members of a tier set: those who stand elsewhere with their next order (`moved`: from, to), those who no longer
    keep a tier when it is judged next (`lost`), and those who keep it now and would not have (`kept`).
    """

    tier_set: str
    moved: Counter[tuple[str, str]] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)


def sways(before: Version, after: Version, calendar: Calendar, accounts: Iterable[Account], now: int) -> list[Sway]:
    """On each tier set of both versions whose ladder differs; `accounts` are left as windows leave them `now`."""
    pairs = [
        (before.tier_sets[name], rules, Sway(name))
        for name, rules in after.tier_sets.items()
        if name in before.tier_sets and before.tier_sets[name] != rules
    ]
    today = calendar.day(now)
    for account in accounts if pairs else ():
        if account.enrolled_at is None or account.closed_at is not None or account.into:
            continue
        for old, new, sway in pairs:
            _weigh(sway, old, new, account, calendar, today)
    return [sway for *_, sway in pairs]


def _weigh(sway: Sway, old: TierRules, new: TierRules, account: Account, calendar: Calendar, today: int) -> None:
    ladder = account.ladders.get(old.name) or Ladder()
    tier = ladder.standing.tier or old.levels[0].tier
    now = _after_growth(old, tier, in_window(ladder.growth, old.window, account, calendar, today))
    growth = in_window(ladder.growth, new.window, account, calendar, today)
    then = _after_growth(new, tier, growth)
    if now != then:
        sway.moved[now, then] += 1
    elif tier == now:
        keeps, kept = _keeps(new, tier, growth), _keeps(old, tier, growth)
        sway.lost[tier] += kept and not keeps
        sway.kept[tier] += keeps and not kept


def _after_growth(rules: TierRules, tier: str, growth: int) -> str:
    return rules.levels[max(rules.places.get(tier, 0), rules.reached(growth))].tier


def _keeps(rules: TierRules, tier: str, growth: int) -> bool:
    place = rules.index(tier)
    return not place or growth >= rules.levels[place].retain or rules.below(place, growth) == place

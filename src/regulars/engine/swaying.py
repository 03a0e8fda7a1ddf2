"""Who moves between tiers when a program's ladders change: by the growth that counts today, nothing is folded.

A member rises with the next growth that counts, so with the next order. Who no longer keeps a tier falls when it is
judged next, not before. On tiers that are new members stand by the growth that earlier versions counted for them: none,
where there were no such tiers.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct, field

from regulars.engine.account import Account, Ladder
from regulars.engine.calendar import Calendar
from regulars.engine.levels import TierRules
from regulars.engine.program import Version
from regulars.engine.windows import in_window

# As many as a page can show of those who move one way.
SHOWN = 20

Way = tuple[Literal["begun", "moved", "lost", "kept"], str, str]


class Sway(Struct):
    """Members of a tier set, by way: those who begin on a tier of a set that is new (`begun`: "", tier), who stand
    elsewhere with their next order (`moved`: from, to), who no longer keep a tier when it is judged next (`lost`: tier,
    ""), and who keep it now and would not have (`kept`: tier, ""). `some` are the first `SHOWN` of each.
    """

    tier_set: str
    counts: Counter[Way] = field(default_factory=Counter)
    some: dict[Way, list[str]] = field(default_factory=dict)

    def note(self, way: Way, member: str) -> None:
        self.counts[way] += 1
        named = self.some.setdefault(way, [])
        if len(named) < SHOWN:
            named.append(member)


def sways(
    before: Version, after: Version, calendar: Calendar, accounts: Iterable[tuple[str, Account]], now: int
) -> list[Sway]:
    """On each tier set that is new or whose ladder differs; `accounts` are left as windows leave them `now`."""
    pairs = [
        (before.tier_sets.get(name), rules, Sway(name))
        for name, rules in after.tier_sets.items()
        if before.tier_sets.get(name) != rules
    ]
    today = calendar.day(now)
    for member, account in accounts if pairs else ():
        if account.enrolled_at is None or account.closed_at is not None or account.into:
            continue
        for old, new, sway in pairs:
            if way := _way(old, new, account, calendar, today):
                sway.note(way, member)
    return [sway for *_, sway in pairs]


def _way(old: TierRules | None, new: TierRules, account: Account, calendar: Calendar, today: int) -> Way | None:
    ladder = account.ladders.get(new.name) or Ladder()
    tier = ladder.standing.tier or (old or new).levels[0].tier
    if old is None:
        return ("begun", "", _after_growth(new, tier, in_window(ladder.growth, new.window, account, calendar, today)))
    # The old window first: what fell out of it is forgotten.
    now = _after_growth(old, tier, in_window(ladder.growth, old.window, account, calendar, today))
    growth = in_window(ladder.growth, new.window, account, calendar, today)
    then = _after_growth(new, tier, growth)
    if now != then:
        return ("moved", now, then)
    keeps, kept = _keeps(new, tier, growth), _keeps(old, tier, growth)
    if tier != now or keeps == kept:
        return None
    return ("kept" if keeps else "lost", tier, "")


def _after_growth(rules: TierRules, tier: str, growth: int) -> str:
    return rules.levels[max(rules.places.get(tier, 0), rules.reached(growth))].tier


def _keeps(rules: TierRules, tier: str, growth: int) -> bool:
    place = rules.index(tier)
    return not place or growth >= rules.levels[place].retain or rules.below(place, growth) == place

"""A member on one tier set, told the slow way: every share of growth is kept, and added up each time it is asked for.

Growth that begins anew with the tier is told by eras: each share belongs to the one in which it first counted.
"""

from datetime import date, timedelta
from fractions import Fraction
from math import inf
from typing import Any

from tests.engine.slow_reading import back, forward, minor

Tree = dict[str, Any]
PERIODS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
NEVER_REACHED = Fraction(10**30)


def levels_of(rules: Tree) -> list[Tree]:
    """Levels with what is not written said, as numbers: entering needs nothing at the bottom."""
    money = rules.get("grows_by", "spend") == "spend"
    found = []
    for level in rules["levels"]:
        said = {
            name: minor(level[name]) if money else Fraction(level[name])
            for name in ("reach", "retain")
            if name in level
        }
        invited = level.get("invitation") == "true"
        reach = NEVER_REACHED if invited else said.get("reach", Fraction(0))
        found.append(level | {"reach": reach, "retain": said.get("retain", reach), "invited": invited})
    return found


class SlowLadder:
    def __init__(self, member: Any, name: str) -> None:
        self.member, self.name = member, name
        self.shown, self.tier, self.gained_by, self.grace = "", "", "", False
        self.until: int | None = None
        self.began = 0
        self.granted: tuple[str, int] | None = None
        self.shares: dict[str, dict[str, Any]] = {}
        self.forgotten = date(1, 1, 1)
        self.era, self.gained_in, self.others_that_gained = 0, 0, Fraction(0)

    def rules(self, at: int) -> Tree | None:
        sets = self.member.tree(at).get("tiers", [])
        return next((rules for rules in sets if rules["set"] == self.name), None)

    def place(self, rules: Tree, tier: str) -> int:
        """Where a tier stands; one that is not known is the lowest."""
        names = [level["tier"] for level in rules["levels"]]
        return names.index(tier) if tier in names else 0

    def knows(self, rules: Tree, tier: str) -> bool:
        return tier in [level["tier"] for level in rules["levels"]]

    # Growth

    def growth(self, rules: Tree, day: date) -> Fraction:
        self.forgotten = max(self.forgotten, self.first_day(rules, day))
        return Fraction(sum(self.within(share) for share in self.shares.values()))

    def within(self, share: dict[str, Any]) -> int:
        return int(share["amount"]) if share["era"] == self.era and share["day"] >= self.forgotten else 0

    def first_day(self, rules: Tree, day: date) -> date:
        kind, _, rest = rules.get("window", "rolling 12 months").partition(" ")
        if kind == "rolling":
            count, unit = rest.split(" ")
            return back(day, int(count), unit) + timedelta(days=1)
        if kind == "calendar":
            months = PERIODS[rest]
            return date(day.year, (day.month - 1) // months * months + 1, 1)
        if rules["window"] == "since joining":
            joined = self.member.day(self.member.joined_at)
            return max(on for years in range(20) if (on := forward(joined, years, "year")) <= max(day, joined))
        return date(1, 1, 1)

    def of(self, cause: str) -> list[dict[str, Any]]:
        """What an order, or another cause, grew by."""
        return [share for name, share in self.shares.items() if cause in (name, share.get("cause"))]

    def changed(self, key: str, amount: int, grows_at: int, at: int) -> None:
        """So much of an order counts now. Before its time it only waits."""
        day = None if grows_at == inf else self.member.day(grows_at)
        share = self.shares.setdefault(key, {"amount": 0, "era": None, "day": day, "at": grows_at})
        before, share["amount"] = share["amount"], amount
        if at >= grows_at and share["era"] is None:
            share["era"] = self.era
        if amount != before and share["era"] is not None:
            self.judge(key, amount - before, at, share)

    def counts(self, key: str, amount: int, at: int) -> None:
        """An activity, or points for something else; the same cause may give several times."""
        share = {"amount": amount, "era": self.era, "day": self.member.day(at), "at": at}
        self.shares[f"{key}#{len(self.shares)}"] = share
        self.judge(key, amount, at, share)

    def handed_over(self, key: str, at: int) -> None:
        """What waited for an order to be handed over counts from now on."""
        if share := self.shares.get(key):
            share["at"], share["day"] = at, self.member.day(at)
            self.mature(at)

    def awarded(self, cause: str, rule: str, points: int, ripe: Any, at: int) -> None:
        """Points for something else than an order."""
        day = None if ripe == inf else self.member.day(ripe)
        share = {"amount": points, "era": None, "day": day, "at": ripe, "cause": cause, "rule": rule, "given": at}
        self.shares[f"{cause}#{len(self.shares)}"] = share
        if ripe <= at:
            share["era"] = self.era
            self.judge(cause, points, at, share)

    def lost(self, cause: str, rule: str, points: int, given_at: int, at: int) -> None:
        """Of what a cause gave by a rule at an instant, the last time, so much goes back where it grew, if it did."""
        mine = [share for share in self.of(cause) if (share.get("rule"), share.get("given")) == (rule, given_at)]
        if mine:
            mine[-1]["amount"] -= points
            if mine[-1]["era"] is not None:
                self.judge(cause, -points, at, mine[-1])

    def waits_no_longer(self, cause: str, at: int) -> None:
        for share in self.shares.values():
            if share.get("cause") == cause and share["at"] == inf:
                share["at"], share["day"] = at, self.member.day(at)
        self.mature(at)

    def mature(self, at: int) -> None:
        for key, share in sorted(self.shares.items(), key=lambda item: (item[1]["at"], item[0])):
            if share["era"] is None and share["at"] <= at:
                share["era"] = self.era
                if share["amount"]:
                    self.judge(share.get("cause", key), share["amount"], at, share)

    def judge(self, key: str, change: int, at: int, share: dict[str, Any]) -> None:
        rules = self.rules(at)
        if rules is None:
            return
        growth = self.growth(rules, self.member.day(at))
        if share["era"] != self.era:
            gained = self.others_that_gained
            gained += sum(mine["amount"] for mine in self.of(key) if mine["era"] == self.gained_in)
            if key == self.gained_by and gained < levels_of(rules)[self.place(rules, self.tier)]["reach"]:
                self.down(rules, gained, at)
        elif share["day"] < self.forgotten:
            return
        elif change > 0:
            self.rise(rules, key, at)
        else:
            self.fall(rules, key, growth - change, growth, at)

    # Up and down

    def rise(self, rules: Tree, key: str, at: int) -> None:
        growth = self.growth(rules, self.member.day(at))
        reached = self.reached(rules, growth)
        if not self.knows(rules, self.tier) or reached > self.place(rules, self.tier):
            self.stand(rules, reached, key, at, at)
            self.show(rules)

    def reached(self, rules: Tree, growth: Fraction) -> int:
        return max(place for place, level in enumerate(levels_of(rules)) if place == 0 or growth >= level["reach"])

    def fall(self, rules: Tree, key: str, before: Fraction, growth: Fraction, at: int) -> None:
        level = levels_of(rules)[self.place(rules, self.tier)]
        if key and key == self.gained_by:
            if growth < level["reach"]:
                self.down(rules, growth, at)
        elif before >= level["retain"] > growth and not self.began_anew(rules):
            self.down(rules, growth, at)

    def began_anew(self, rules: Tree) -> bool:
        window = rules.get("window", "")
        if window == "since tier start":
            return True
        began = self.member.day(self.began)
        return window.startswith(("calendar", "since joining")) and self.forgotten > began

    def lands(self, rules: Tree, growth: Fraction) -> int:
        present, levels = self.place(rules, self.tier), levels_of(rules)
        policy = rules.get("downgrade", "one level")
        if policy == "never" or present == 0:
            return present
        place = min(present - 1, self.reached(rules, growth)) if policy == "full" else present - 1
        place = max(one for one in range(place + 1) if not levels[one]["invited"])
        floor = self.place(rules, rules.get("floor", ""))
        return max(place, floor) if present >= floor else place

    def down(self, rules: Tree, growth: Fraction, at: int) -> None:
        if (place := self.lands(rules, growth)) < self.place(rules, self.tier):
            self.stand(rules, place, "", at, at)
            self.show(rules)

    def stand(self, rules: Tree, place: int, key: str, at: int, counted: int) -> None:
        """On a tier; its validity counts from the day of `counted`."""
        level = rules["levels"][place]
        growth = sum(self.within(share) for share in self.shares.values())
        self.others_that_gained = Fraction(growth - sum(self.within(share) for share in self.of(key)))
        self.gained_in = self.era
        self.tier, self.gained_by, self.grace, self.began = level["tier"], key, False, at
        self.until = self.member.end(counted, level.get("valid", "12 months")) if place else None
        if rules.get("window") == "since tier start":
            self.era += 1

    def show(self, rules: Tree) -> None:
        granted = self.granted[0] if self.granted else ""
        self.shown = granted if self.place(rules, granted) > self.place(rules, self.tier) else self.tier

    # At its time

    def place_anew(self, at: int) -> None:
        """Whoever stands on no tier of the set is placed by growth."""
        rules = self.rules(at)
        if rules is None or self.knows(rules, self.shown):
            return
        if self.knows(rules, self.tier):
            self.show(rules)
        else:
            self.rise(rules, "", at)

    def grant(self, tier: str, until: int | None, at: int) -> None:
        rules = self.rules(at)
        if rules is None or not self.knows(rules, tier) or (until is not None and until <= at):
            return
        place = self.place(rules, tier)
        end = self.member.end(at, rules["levels"][place].get("valid", "12 months")) if until is None else until
        self.granted = (tier, end) if place else None
        self.show(rules)

    def time_passes(self, at: int) -> None:
        rules = self.rules(at)
        if self.granted and self.granted[1] <= at:
            self.end_grant(rules, at)
        if self.until is not None and self.until <= at:
            self.review(rules, at)

    def end_grant(self, rules: Tree | None, at: int) -> None:
        assert self.granted
        (tier, _), self.granted = self.granted, None
        if rules is None:
            return
        growth, place = self.growth(rules, self.member.day(at - 1)), self.place(rules, tier)
        if place > self.place(rules, self.tier) and growth >= levels_of(rules)[place]["retain"]:
            self.stand(rules, place, "", at, at - 1)
        self.show(rules)

    def review(self, rules: Tree | None, at: int) -> None:
        if rules is None:
            self.until = None
            return
        growth, place = self.growth(rules, self.member.day(at - 1)), self.place(rules, self.tier)
        level = levels_of(rules)[place]
        if not self.knows(rules, self.tier):
            self.stand(rules, self.reached(rules, growth), "", at, at - 1)
        elif place == 0:
            self.until, self.grace = None, False
        elif growth >= level["retain"] or self.lands(rules, growth) == place:
            self.until, self.grace = self.member.end(at - 1, level.get("valid", "12 months")), False
            if rules.get("window") == "since tier start":
                self.gained_by = ""
                self.era += 1
        elif "grace" in level and not self.grace:
            self.until, self.grace = self.member.end(at - 1, level["grace"]), True
        else:
            self.stand(rules, self.lands(rules, growth), "", at, at - 1)
        self.show(rules)

    def due(self) -> list[int | None]:
        waiting = [share["at"] for share in self.shares.values() if share["era"] is None]
        return [self.until, self.granted[1] if self.granted else None, *waiting]

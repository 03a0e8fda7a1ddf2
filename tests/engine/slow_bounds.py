"""Limits and caps, told the slow way: every award is remembered, and added up again whenever room is asked for."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from msgspec import Struct

from tests.engine.slow_giving import wallet_of

Tree = dict[str, Any]


class Bound(Struct, frozen=True):
    """At most so much of these rules in a window; of a limit the times count, of a cap the points."""

    name: str
    rules: tuple[str, ...]
    at_most: int
    per: str
    rejects: bool
    counts_times: bool


class Use(Struct):
    bound: str
    day: date
    amount: int


def bounds_of(tree: Tree) -> list[Bound]:
    """Limits in the order of their rules, then caps."""
    found = []
    for rule in tree["earn"]:
        if limit := rule.get("limit", "once" if rule.get("on") == "profile" else ""):
            times, _, per = ("1 per lifetime" if limit == "once" else limit).partition(" per ")
            found.append(Bound(f"limit {rule['rule']} {per}", (rule["rule"],), int(times), per, True, True))
    for cap in tree.get("caps", []):
        chosen = cap.get("rules", [])
        chosen = [chosen] if isinstance(chosen, str) else chosen
        wallet = cap.get("wallet") or next(iter(tree["wallets"]))
        rules = chosen or [rule["rule"] for rule in tree["earn"] if wallet_of(tree, rule) == wallet]
        wallet = wallet_of(tree, next(rule for rule in tree["earn"] if rule["rule"] == rules[0])) if rules else wallet
        smallest = 100 if tree["wallets"][wallet].get("money") == "true" else 1
        name = f"cap {wallet} {cap['per']} {chosen}"
        most = int(Fraction(cap["at_most"]) * smallest)
        found.append(Bound(name, tuple(rules), most, cap["per"], cap.get("over") == "reject", False))
    return found


def window(per: str, day: date) -> date:
    """The first day of the window that a day lies in."""
    starts = {
        "day": day,
        "week": day - timedelta(days=day.weekday()),
        "month": day.replace(day=1),
        "year": day.replace(month=1, day=1),
    }
    return starts.get(per, date.min)


def is_remembered(bound: Bound, day: date, today: date) -> bool:
    kept = {"day": 100, "week": 107, "month": 131, "year": 732}.get(bound.per)
    return kept is None or window(bound.per, day) >= today - timedelta(days=kept)


class SlowBounds:
    """What was given under each bound, by the local day that it counts for."""

    def __init__(self) -> None:
        self.uses: list[Use] = []

    def note(self, tree: Tree, rule: str, day: date, points: int, times: int) -> None:
        names = {bound.name: bound for bound in bounds_of(tree) if rule in bound.rules}
        for bound in names.values():
            self.uses.append(Use(bound.name, day, times if bound.counts_times else points))

    def room(self, bound: Bound, day: date) -> int:
        if bound.per == "order":
            return bound.at_most
        first = window(bound.per, day)
        used = 0
        for use in self.uses:
            if use.bound == bound.name and window(bound.per, use.day) == first:
                used = max(used + use.amount, 0)
        return max(bound.at_most - used, 0)

    def rooms_of(self, tree: Tree, gifts: list[tuple[Tree, int]], day: date) -> list[tuple[Bound, int]]:
        """What an order freezes: the room of the bounds on what it would earn; of others, all that they may give."""
        names = [rule["rule"] for rule, points in gifts if points]
        return [
            (bound, self.room(bound, day) if any(name in bound.rules for name in names) else bound.at_most)
            for bound in bounds_of(tree)
        ]

    def rooms(self, tree: Tree, day: date) -> list[tuple[Bound, int]]:
        return [(bound, self.room(bound, day)) for bound in bounds_of(tree)]

    def addition(self, tree: Tree, rule: str, points: int, is_new: bool, day: date, today: date) -> int:
        """So much of what a later snapshot adds fits into the windows of the order by now."""
        for bound in bounds_of(tree):
            if rule not in bound.rules or bound.per == "order":
                continue
            room = self.room(bound, day) if is_remembered(bound, day, today) else 0
            if bound.counts_times:
                points = points if not is_new or room else 0
            elif room < points:
                points = 0 if bound.rejects else room
        return points


def bounded(rooms: list[tuple[Bound, int]], gifts: list[tuple[Tree, int]]) -> list[tuple[Tree, int]]:
    """One bound after the other: what is too much is cut from the last rule, or whole awards are."""
    kept = [points for _, points in gifts]
    for bound, room in rooms:
        mine = [place for place, (rule, _) in enumerate(gifts) if rule["rule"] in bound.rules and kept[place]]
        amount = len(mine) if bound.counts_times else sum(kept[place] for place in mine)
        for place in reversed(mine):
            if amount <= room:
                break
            cut = kept[place] if bound.rejects else min(kept[place], amount - room)
            kept[place] -= cut
            amount -= 1 if bound.counts_times else cut
    return [(rule, points) for (rule, _), points in zip(gifts, kept, strict=True)]

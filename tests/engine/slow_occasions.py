"""What a member gets for other things than buying, told the slow way."""

import calendar
from datetime import date
from typing import Any

from regulars.engine.facts import Activity, Details, Effect, PlanStanding, SegmentStanding
from tests.engine.slow_bounds import SlowBounds, bounded
from tests.engine.slow_clock import Clock
from tests.engine.slow_giving import Scene, applies, gift, rules_on
from tests.engine.slow_lots import new_lot

Tree = dict[str, Any]
BEFORE_ALL = -(2**62)


def yearly(month: int, day: int, year: int) -> date:
    """29 February is the 28th in other years."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


class SlowOccasions:
    """A part of SlowMember, which knows versions and lots."""

    clock: Clock
    bounds: SlowBounds

    def __init__(self) -> None:
        self.now = BEFORE_ALL
        self.joined_at: int | None = None
        self.known: Tree = {"birthday": None, "country": "", "attributes": {}, "segments": set()}
        self.plans: dict[str, int | None] = {}
        self.ended: dict[str, int] = {}
        self.celebrated: set[int] = set()
        self.effects: dict[str, tuple[str, int, list[tuple[Tree, Tree, int]]]] = {}

    def what_is_known(self) -> Tree:
        return self.known | {"segments": set(self.known["segments"]), "plans": set(self.plans)}

    def award(self: Any, trigger: str, cause: str, at: int, what: Any = None) -> list[tuple[Tree, Tree, int]]:
        """What the rules on this occasion give, within the bounds of its day."""
        tree, day = self.tree(at), self.clock.day(at)
        if self.joined_at is None or not rules_on(tree, trigger):
            return []
        tiers = [ladder.shown for ladder in self.ladders.values()]
        scene = Scene(day, self.clock.minute(at), what, tiers, self.what_is_known())
        rules = [rule for rule in rules_on(tree, trigger) if applies(rule.get("when"), scene, None)]
        rules = [rule for rule in rules if self.is_complete(rule)]
        gifts = [(rule, gift(tree, rule["give"]).each) for rule in rules]
        rooms = [(bound, room) for bound, room in self.bounds.rooms(tree, day) if bound.per != "order"]
        given = []
        for rule, points in bounded(rooms, gifts):
            if points:
                self.bounds.note(tree, rule["rule"], day, points, 1)
                given.append((tree, rule, points))
                lot = self.lot_of(tree, rule, cause, at, tiers)
                rest = self.take_up(self.let_go[cause], lot["wallet"], points, f"{cause}|{rule['rule']}", at)
                self.put(lot, rest, cause, rule["rule"], at)
                self.gained(lot["wallet"], points, (cause, rule["rule"]), lot["matures"] or at, at)
        return given

    def is_complete(self, rule: Tree) -> bool:
        needs = rule.get("needs", [])
        told = self.known["attributes"] | {"birthday": self.known["birthday"], "country": self.known["country"]}
        return all(told.get(name) for name in ([needs] if isinstance(needs, str) else needs))

    # Birthdays and anniversaries

    def next_days(self) -> list[int]:
        """Instants at which a birthday or an anniversary begins."""
        if self.joined_at is None:
            return []
        year = self.clock.day(self.now).year
        joined = self.clock.day(self.joined_at)
        found = [yearly(joined.month, joined.day, one) for one in (year, year + 1) if one > joined.year]
        if birthday := self.known["birthday"]:
            found += [yearly(*birthday, one) for one in (year, year + 1) if one not in self.celebrated]
        return [self.clock.begins(day) for day in found if self.clock.begins(day) > self.now]

    def days_begin(self, at: int) -> None:
        self.birthday(at)
        if self.joined_at is None:
            return
        today, joined = self.clock.day(at), self.clock.day(self.joined_at)
        is_first_instant = self.clock.begins(today) == at
        if is_first_instant and today.year > joined.year and today == yearly(joined.month, joined.day, today.year):
            self.award("anniversary", f"anniversary:{today.year - joined.year}", at)

    def birthday(self, at: int) -> None:
        """On the day, from its first instant to its end, once a year."""
        today, born = self.clock.day(at), self.known["birthday"]
        if self.joined_at is None or not born or today.year in self.celebrated:
            return
        if today == yearly(*born, today.year):
            self.celebrated.add(today.year)
            self.award("birthday", f"birthday:{today.year}", at)

    # What holds of the member

    def tell(self: Any, fact: Details, at: int) -> None:
        declared = self.tree(at).get("attributes", {})
        told = {name: value for name, value in fact.attributes.items() if value in declared.get(name, [])}
        self.known |= {"birthday": fact.birthday, "country": fact.country, "attributes": told}
        self.birthday(at)
        self.award("profile", "profile", at)

    def plan(self, fact: PlanStanding, at: int) -> None:
        """It begins, unless it holds already or ended this very instant."""
        begins = fact.plan not in self.plans and self.ended.get(fact.plan) != at
        self.plans.pop(fact.plan, None)
        if fact.until is None or fact.until > at:
            self.plans[fact.plan] = fact.until
            if begins:
                self.award(f"plan {fact.plan}", f"plan:{fact.key}", at)

    def end_plans(self, at: int) -> None:
        for name, until in list(self.plans.items()):
            if until is not None and until <= at:
                del self.plans[name]
                self.ended[name] = until

    def belong(self, fact: SegmentStanding, _at: int) -> None:
        (self.known["segments"].add if fact.belongs else self.known["segments"].discard)(fact.segment)

    # Activities, and what others do

    def act(self, fact: Activity, at: int) -> None:
        self.award(f"activity {fact.name}", f"activity:{fact.key}", at, fact)

    def effect(self: Any, fact: Effect, at: int) -> None:
        """A cause gives once; withdrawn, what it gave goes back, until it happens again."""
        name = f"{fact.name}/{fact.cause}"
        if not fact.withdrawn:
            if name not in self.effects:
                given = self.award(fact.name, f"effect:{fact.cause}", at)
                self.effects[name] = (f"effect:{fact.cause}", at, given)
            return
        cause, given_at, gifts = self.effects.pop(name, ("", at, []))
        for tree, rule, points in gifts:
            self.bounds.note(tree, rule["rule"], self.clock.day(given_at), -points, -1)
        for tree, rule, points in gifts:
            self.take_back(self.like(tree, rule, given_at), cause, tree, rule, points, cause, at, self.let_go[cause])
            self.tiers(self.tree(at), at)
            for ladder in self.ladders.values():
                ladder.lost(cause, rule["rule"], points, given_at, at)

    def lot_of(self: Any, tree: Tree, rule: Tree, cause: str, at: int, tiers: list[str]) -> Tree:
        """There at once, unless the rule says otherwise."""
        wallet = gift(tree, rule["give"]).wallet
        ripe = self.ripe(rule.get("pending"), at)
        own = self.own_end(tree, rule, at, tiers)
        lot = new_lot(wallet, cause, None if ripe <= at else ripe, own, at, rule.get("funded_by", ""))
        self.lots.append(lot)
        return lot

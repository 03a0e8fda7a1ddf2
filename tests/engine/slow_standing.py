"""Where a member stands on the tier sets of a program, and what makes them grow, told the slow way."""

from typing import Any

from regulars.engine.facts import Activity, Line, TierGrant
from tests.engine.slow_giving import rules_on, wallet_of
from tests.engine.slow_ladder import SlowLadder
from tests.engine.slow_reading import grows_by_points_of, weight_of

Tree = dict[str, Any]


class SlowStanding:
    """A part of SlowMember, which knows versions and orders."""

    def __init__(self) -> None:
        self.ladders: dict[str, SlowLadder] = {}

    def ladder(self: Any, name: str) -> SlowLadder:
        return self.ladders.setdefault(name, SlowLadder(self, name))

    def tiers(self: Any, tree: Tree, at: int) -> dict[str, str]:
        """By set; whoever stands on none of its tiers is placed first."""
        for rules in tree.get("tiers", []):
            self.ladder(rules["set"]).place_anew(at)
        return {rules["set"]: self.ladder(rules["set"]).shown for rules in tree.get("tiers", [])}

    def grows_at(self: Any, tree: Tree, rules: Tree, at: int) -> Any:
        if rules.get("growth_counts") == "at payment":
            return at
        points = grows_by_points_of(tree, rules)
        wallet = tree["wallets"][points] if points else next(iter(tree["wallets"].values()))
        return self.ripe(wallet.get("pending"), at)

    def share(self: Any, record: dict[str, Any], rules: Tree, lines: list[Line]) -> int:
        """What an order adds to growth."""
        measure = rules.get("grows_by", "spend")
        if measure == "orders":
            return 1 if lines else 0
        if measure == "spend":
            return int(record["goods"])
        tree = record["tree"]
        points = grows_by_points_of(tree, rules)
        return sum(record["kept"][rule["rule"]] for rule in rules_on(tree, "order") if wallet_of(tree, rule) == points)

    def priced(self: Any, record: dict[str, Any], lines: list[Line]) -> None:
        """At the tier that what is left would gain, where the set says so."""
        for rules in record["tree"].get("tiers", []):
            if rules["set"] in record["met"]:
                tier, growth = record["met"][rules["set"]]
                ladder = self.ladder(rules["set"])
                reached = ladder.reached(rules, growth + self.share(record, rules, lines))
                place = max(reached, ladder.place(rules, tier))
                record["tiers"][rules["set"]] = rules["levels"][place]["tier"]

    def gained(self: Any, wallet: str, points: int, by: tuple[str, str], ripe: Any, at: int) -> None:
        """Points that are not given for an order, but for a cause by a rule."""
        for rules in self.tree(at).get("tiers", []):
            if grows_by_points_of(self.tree(at), rules) == wallet:
                self.tiers(self.tree(at), at)
                when = at if rules.get("growth_counts") == "at payment" else ripe
                self.ladder(rules["set"]).awarded(*by, points, when, at)

    def engage(self: Any, fact: Activity, at: int) -> None:
        for rules in self.tree(at).get("tiers", []) if self.joined_at is not None else ():
            if weight := weight_of(rules, fact.name):
                self.tiers(self.tree(at), at)
                self.ladder(rules["set"]).counts(fact.key, weight, at)

    def grant(self: Any, fact: TierGrant, at: int) -> None:
        rules = next((one for one in self.tree(at).get("tiers", []) if one["set"] == fact.tier_set), None)
        known = rules is not None and fact.tier in [level["tier"] for level in rules["levels"]]
        if self.joined_at is not None and known and (fact.until is None or fact.until > at):
            self.tiers(self.tree(at), at)
            self.ladder(fact.tier_set).grant(fact.tier, fact.until, at)

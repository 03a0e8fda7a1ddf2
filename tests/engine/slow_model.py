"""A member, told the slow way: written from docs/rules, sharing no code with the engine.

It reads the document's text itself, keeps every lot apart in one list, adds up growth from the orders each time it is
asked, counts with fractions and asks the standard library for every local time.
"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from regulars.engine.facts import Activity, Enrolment, Fact, Line, Order, Refund, TierGrant
from tests.engine.slow_ladder import SlowLadder
from tests.engine.slow_reading import (
    forward,
    gift,
    grows_by_points_of,
    minor,
    order_rules,
    possible,
    remaining,
    rounded,
    total,
    wallet_named,
    weight_of,
    weights_of,
)  # fmt: skip

Tree = dict[str, Any]
Move = tuple[str, str, str, str, int]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
US = timedelta(microseconds=1)
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
YEAR = 366 * 24 * 3600 * 10**6


class SlowMember:
    """`versions` are (start, tree) in order. After `live`, `moves` holds points by what moved them."""

    def __init__(self, versions: list[tuple[int, Tree]]) -> None:
        self.versions = versions
        self.zone = ZoneInfo(versions[0][1]["timezone"])
        self.lots: list[dict[str, Any]] = []
        self.owed: Counter[str] = Counter()
        self.orders: dict[str, dict[str, Any]] = {}
        self.moves: Counter[Move] = Counter()
        self.joined, self.joined_at = False, 0
        self.ladders: dict[str, SlowLadder] = {}

    def live(self, facts: list[Fact], until: int) -> "SlowMember":
        for at, _, _, act in sorted(self.steps(facts), key=lambda step: step[:3]):
            self.pass_time(at)
            act(at)
        self.pass_time(until)
        return self

    # What happens, in order

    def steps(self, facts: list[Fact]) -> list[Any]:
        steps: list[Any] = []
        paid: dict[str, int] = {}
        for key in {fact.key for fact in facts if isinstance(fact, Order)}:
            snapshots = sorted(
                (fact for fact in facts if isinstance(fact, Order) and fact.key == key),
                key=lambda order: (order.version_at, order.number),
            )
            while any(order.corrects for order in snapshots[1:]):
                snapshots.pop(0)
            while snapshots and snapshots[0].paid_at is None:
                snapshots.pop(0)
            for place, order in enumerate(snapshots):
                if place == 0:
                    paid[key] = order.paid_at
                    steps.append((order.paid_at, 2, key, lambda at, order=order: self.pay(order, at)))
                else:
                    name = f"{key}@{order.version_at:020}.{order.number:06}"
                    when = max(order.version_at, paid[key])
                    steps.append((when, 3, name, lambda at, order=order: self.edit(order, at)))
        return steps + self.one_offs(facts, paid)

    def one_offs(self, facts: list[Fact], paid: dict[str, int]) -> list[Any]:
        steps: list[Any] = []
        for fact in facts:
            if isinstance(fact, Enrolment):
                steps.append((fact.at, 1, fact.key, lambda at, fact=fact: self.join(fact.key, at)))
            if isinstance(fact, Refund) and fact.order in paid:
                when = max(fact.at, paid[fact.order])
                steps.append((when, 4, fact.key, lambda at, fact=fact: self.refund(fact, at)))
            for kind, (named, act) in enumerate(((Activity, self.act), (TierGrant, self.grant)), start=5):
                if isinstance(fact, named):
                    steps.append((fact.at, kind, fact.key, lambda at, fact=fact, act=act: act(fact, at)))
        return steps

    def tree(self, at: int) -> Tree:
        return [tree for start, tree in self.versions if start <= at or start == self.versions[0][0]][-1]

    # Time alone

    def pass_time(self, until: int) -> None:
        while True:
            due = [lot["matures"] for lot in self.lots if lot["place"] == "pending"]
            due += [lot["expires"] for lot in self.lots if lot["place"] == "available" and lot["points"]]
            due += [at for ladder in self.ladders.values() for at in ladder.due()]
            known = [at for at in due if at is not None and at <= until]
            if not known:
                return
            self.time_passes(min(known))

    def time_passes(self, at: int) -> None:
        for lot in sorted(self.lots, key=lambda lot: (lot["matures"] or 0, lot["cause"])):
            if lot["place"] == "pending" and lot["matures"] <= at:
                cause = "mature:" + lot["cause"].split(":", 1)[1]
                lot["place"] = "available"
                self.move(f"{cause}|", lot["wallet"], "pending", "available", lot["points"], at)
                self.settle_debt(lot, f"{cause}|", at)
        self.expire(at)
        for ladder in self.ladders.values():
            ladder.mature(at)
        for ladder in self.ladders.values():
            ladder.time_passes(at)

    def expire(self, at: int) -> None:
        for lot in self.lots:
            if lot["place"] == "available" and lot["expires"] is not None and lot["expires"] <= at and lot["points"]:
                lot["place"], lot["gone"] = "expired", at
                identity = f"expire:{lot['wallet']}/{self.day(at - 1)}|"
                self.move(identity, lot["wallet"], "available", "expired", lot["points"], at)

    def settle_debt(self, lot: dict[str, Any], identity: str, at: int) -> None:
        paid = min(self.owed[lot["wallet"]], lot["points"])
        self.owed[lot["wallet"]] -= paid
        lot["points"] -= paid
        self.move(f"repay:{identity}", lot["wallet"], "available", "deficit", paid, at)

    # What people do

    def join(self, key: str, at: int) -> None:
        if self.joined:
            return
        self.joined, self.joined_at = True, at
        tree = self.tree(at)
        for rules in tree.get("tiers", []):
            ladder = self.ladder(rules["set"])
            ladder.shown = ladder.tier = rules["levels"][0]["tier"]
            ladder.began = at
        for rule in tree["earn"]:
            if rule.get("on") == "enrolment":
                points, word = rule["give"].split(" ")
                wallet = wallet_named(tree, word)
                lot = self.lot(wallet, f"enrolment:{key}", None, self.runs_out(tree, wallet, at), at)
                self.put(lot, int(points), f"enrolment:{key}", rule["rule"], at)
                self.gained(wallet, int(points), f"enrolment:{key}", at)

    def pay(self, order: Order, at: int) -> None:
        tree = self.tree(at)
        if not self.joined and tree.get("enrolment") == "first order" and order.lines and not order.cancelled:
            self.join("first-order", at)
        sets = tree.get("tiers", []) if self.joined else []
        tiers = self.tiers(tree, at) if self.joined else {}
        grows = {rules["set"]: self.grows_at(tree, rules, at) for rules in sets if not weights_of(rules)}
        met = {
            rules["set"]: (tiers[rules["set"]], self.ladder(rules["set"]).growth(rules, self.day(at)))
            for rules in sets
            if rules.get("upgrade_applies") == "this order"
        }
        self.orders[order.key] = {
            "order": order, "tree": tree, "paid": at, "counts": self.joined, "tiers": tiers, "met": met,
            "returned": [], "kept": Counter(), "forgiven": Counter(), "net": 0, "grows": grows,
        }  # fmt: skip
        self.settle(order.key, f"order:{order.key}", at)

    def edit(self, order: Order, at: int) -> None:
        self.orders[order.key]["order"] = order
        self.settle(order.key, f"edit:{order.key}@{order.version_at}.{order.number}", at)

    def refund(self, fact: Refund, at: int) -> None:
        record = self.orders[fact.order]
        for part in fact.lines:
            for line in record["order"].lines:
                if line.line == part.line:
                    record["returned"] += possible(line, record["returned"], part)
        self.settle(fact.order, f"refund:{fact.key}", at)

    def settle(self, key: str, cause: str, at: int) -> None:
        record = self.orders[key]
        lines = remaining(record["order"], record["returned"])
        record["net"] = sum(line.total for line in lines)
        if not record["counts"]:
            return
        self.priced(record, lines)
        tree = record["tree"]
        earns = Counter({rule["rule"]: self.gives(tree, rule, record, lines) for rule in order_rules(tree)})
        for rule in order_rules(tree):
            if (more := earns[rule["rule"]] - record["kept"][rule["rule"]]) > 0:
                self.add(key, rule, more, cause, at)
        for rule in order_rules(tree):
            if (less := record["kept"][rule["rule"]] - earns[rule["rule"]]) > 0:
                self.take_back(key, rule, less, cause, at)
        record["kept"] = earns
        for rules in tree.get("tiers", []):
            if rules["set"] in record["grows"]:
                amount = self.share(record, rules, lines)
                self.ladder(rules["set"]).changed(key, amount, record["grows"][rules["set"]], at)

    # Points

    def gives(self, tree: Tree, rule: Tree, record: dict[str, Any], lines: list[Line]) -> int:
        match = [line for line in lines if self.matches(rule.get("when"), record, line)]
        rounds = rule.get("round", "down per order")
        if "multiply" in rule:
            points = 0
            for base in order_rules(tree):
                if base["rule"] in rule["multiply"]:
                    both = [line for line in match if self.matches(base.get("when"), record, line)]
                    extra = Fraction(rule["multiply"][base["rule"]]) - 1
                    each, _, step = gift(base["give"])
                    points += rounded(extra * total(both) / step, rounds) * each
            return points
        each, _, step = gift(rule["give"])
        if step:
            return rounded(Fraction(total(match), 1) / step, rounds) * each
        return each if any(line.total > 0 or (line.total == 0 and line.quantity > 0) for line in match) else 0

    def matches(self, when: Tree | None, record: dict[str, Any], line: Line) -> bool:
        order, day = record["order"], self.day(record["paid"])
        net = record["net"]
        answers = {
            "product": lambda said: line.sku in said,
            "category": lambda said: line.category in said,
            "brand": lambda said: line.brand in said,
            "channel": lambda said: order.channel in said,
            "store": lambda said: order.store in said,
            "tier": lambda said: any(tier in said for tier in record["tiers"].values()),
            "code": lambda said: any(code in said for code in order.codes),
            "weekday": lambda said: WEEKDAYS[day.weekday()] in said,
            "from": lambda said: str(day) >= said[0],
            "until": lambda said: str(day) <= said[0],
            "order_at_least": lambda said: net >= minor(said[0].split(" ")[0]),
            "all": lambda said: all(self.matches(one, record, line) for one in said),
            "any": lambda said: any(self.matches(one, record, line) for one in said),
            "not": lambda said: not self.matches(said[0], record, line),
        }
        return all(answers[name](said if isinstance(said, list) else [said]) for name, said in (when or {}).items())

    def add(self, key: str, rule: Tree, points: int, cause: str, at: int) -> None:
        record = self.orders[key]
        tree, paid = record["tree"], record["paid"]
        wallet = self.wallet_of(tree, rule)
        forgiven = min(points, record["forgiven"][wallet])
        record["forgiven"][wallet] -= forgiven
        self.move(f"{cause}|{rule['rule']}", wallet, "issued", "written_off", forgiven, at)
        points -= forgiven
        pending = tree["wallets"][wallet].get("pending")
        matures = self.later(paid, pending) if pending else None
        if matures is not None and matures <= at:
            matures = None
        lot = self.lot(wallet, f"order:{key}", matures, self.runs_out(tree, wallet, paid), paid)
        if lot["place"] == "available" and lot["expires"] is not None and lot["expires"] <= at:
            lot["place"], lot["gone"] = "expired", at
        self.put(lot, points, cause, rule["rule"], at)

    def lot(self, wallet: str, cause: str, matures: int | None, expires: int | None, earned: int) -> dict[str, Any]:
        place = "available" if matures is None else "pending"
        lot = {"wallet": wallet, "cause": cause, "matures": matures, "expires": expires, "earned": earned,
               "place": place, "points": 0, "gone": None}  # fmt: skip
        self.lots.append(lot)
        return lot

    def put(self, lot: dict[str, Any], points: int, cause: str, rule: str, at: int) -> None:
        lot["points"] = points
        self.move(f"{cause}|{rule}", lot["wallet"], "issued", lot["place"], points, at)
        if lot["place"] == "available":
            self.settle_debt(lot, f"{cause}|" if cause.startswith("order:") else f"{cause}|{rule}", at)

    def take_back(self, key: str, rule: Tree, points: int, cause: str, at: int) -> None:
        wallet = self.wallet_of(self.orders[key]["tree"], rule)
        mine = [lot for lot in self.lots if lot["wallet"] == wallet and lot["cause"] == f"order:{key}"]
        spend = sorted(
            (lot for lot in self.lots if lot["wallet"] == wallet and lot["place"] == "available"),
            key=lambda lot: (lot["expires"] is None, lot["expires"] or 0, lot["earned"], lot["cause"]),
        )
        for place, lots in [
            ("expired", self.expired(wallet, f"order:{key}", at)),
            ("pending", [lot for lot in mine if lot["place"] == "pending"]),
            ("available", [lot for lot in mine if lot["place"] == "available"] + spend),
        ]:
            for lot in lots:
                part = min(points, lot["points"])
                lot["points"] -= part
                points -= part
                self.move(f"{cause}|{rule['rule']}", wallet, place, "issued", part, at)
        policy = self.tree(at)["wallets"].get(wallet, {}).get("when_short", "deficit")
        self.move(
            f"{cause}|{rule['rule']}", wallet, {"deficit": "deficit"}.get(policy, "written_off"), "issued", points, at
        )
        (self.owed if policy == "deficit" else self.orders[key]["forgiven"])[wallet] += points

    def expired(self, wallet: str, cause: str, at: int) -> list[dict[str, Any]]:
        """What ran out of a cause's points; more than a year later it counts as spent."""
        gone = [lot for lot in self.lots if (lot["wallet"], lot["cause"], lot["place"]) == (wallet, cause, "expired")]
        return [lot for lot in gone if lot["points"] and lot["gone"] >= at - YEAR]

    def wallet_of(self, tree: Tree, rule: Tree) -> str:
        if "multiply" in rule:
            rule = next(base for base in tree["earn"] if base["rule"] in rule["multiply"])
        return wallet_named(tree, gift(rule["give"])[1])

    def move(self, identity: str, wallet: str, source: str, target: str, points: int, at: int) -> None:
        if points:
            self.moves[identity, wallet, source, target, at] += points

    # Tiers

    def ladder(self, name: str) -> SlowLadder:
        return self.ladders.setdefault(name, SlowLadder(self, name))

    def tiers(self, tree: Tree, at: int) -> dict[str, str]:
        """By set; whoever stands on none of its tiers is placed first."""
        for rules in tree.get("tiers", []):
            self.ladder(rules["set"]).place_anew(at)
        return {rules["set"]: self.ladder(rules["set"]).shown for rules in tree.get("tiers", [])}

    def grows_at(self, tree: Tree, rules: Tree, at: int) -> int:
        if rules.get("growth_counts") == "at payment":
            return at
        points = grows_by_points_of(tree, rules)
        wallet = tree["wallets"][points] if points else next(iter(tree["wallets"].values()))
        return self.later(at, wallet["pending"]) if wallet.get("pending") else at

    def share(self, record: dict[str, Any], rules: Tree, lines: list[Line]) -> int:
        """What an order adds to growth."""
        measure = rules.get("grows_by", "spend")
        if measure == "orders":
            return 1 if lines else 0
        if measure == "spend":
            return int(record["net"])
        tree = record["tree"]
        points = grows_by_points_of(tree, rules)
        return sum(record["kept"][rule["rule"]] for rule in order_rules(tree) if self.wallet_of(tree, rule) == points)

    def priced(self, record: dict[str, Any], lines: list[Line]) -> None:
        """At the tier that what is left would gain, where the set says so."""
        for rules in record["tree"].get("tiers", []):
            if rules["set"] in record["met"]:
                tier, growth = record["met"][rules["set"]]
                ladder = self.ladder(rules["set"])
                reached = ladder.reached(rules, growth + self.share(record, rules, lines))
                place = max(reached, ladder.place(rules, tier))
                record["tiers"][rules["set"]] = rules["levels"][place]["tier"]

    def gained(self, wallet: str, points: int, key: str, at: int) -> None:
        """Points that are not given for an order."""
        for rules in self.tree(at).get("tiers", []):
            if grows_by_points_of(self.tree(at), rules) == wallet:
                self.tiers(self.tree(at), at)
                self.ladder(rules["set"]).counts(key, points, at)

    def act(self, fact: Activity, at: int) -> None:
        for rules in self.tree(at).get("tiers", []) if self.joined else ():
            if weight := weight_of(rules, fact.name):
                self.tiers(self.tree(at), at)
                self.ladder(rules["set"]).counts(fact.key, weight, at)

    def grant(self, fact: TierGrant, at: int) -> None:
        rules = next((one for one in self.tree(at).get("tiers", []) if one["set"] == fact.tier_set), None)
        known = rules is not None and fact.tier in [level["tier"] for level in rules["levels"]]
        if self.joined and known and (fact.until is None or fact.until > at):
            self.tiers(self.tree(at), at)
            self.ladder(fact.tier_set).grant(fact.tier, fact.until, at)

    # Local time

    def local(self, at: int) -> datetime:
        return (EPOCH + at * US).astimezone(self.zone)

    def day(self, at: int) -> date:
        return self.local(at).date()

    def later(self, at: int, length: str) -> int:
        count, unit = length.split(" ")
        if unit.startswith("hour"):
            return at + int(count) * 3600 * 10**6
        local = self.local(at)
        landed = forward(local.date(), int(count), unit)
        return (datetime.combine(landed, local.replace(tzinfo=None, fold=0).time(), self.zone) - EPOCH) // US

    def end(self, at: int, term: str) -> int:
        length, _, period = term.partition(", end of ")
        count, unit = length.split(" ")
        last = forward(self.day(at), int(count), unit)
        while period and (last + timedelta(days=1)).timetuple()[:2] == last.timetuple()[:2]:
            last += timedelta(days=1)
            assert period == "month"
        following = last + timedelta(days=1)
        return (datetime(following.year, following.month, following.day, tzinfo=self.zone) - EPOCH) // US

    def runs_out(self, tree: Tree, wallet: str, at: int) -> int | None:
        term = tree["wallets"][wallet].get("expires")
        return self.end(at, term) if term else None

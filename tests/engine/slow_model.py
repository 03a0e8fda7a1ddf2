"""A member, told the slow way: written from docs/rules, sharing no code with the engine.

It reads the document's text itself, keeps every lot apart in one list, adds up growth from the orders each time it is
asked, counts with fractions and asks the standard library for every local time.
"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from regulars.engine.facts import Enrolment, Fact, Line, Order, Refund
from tests.engine.slow_reading import (
    back,
    forward,
    gift,
    ladder,
    ladder_set,
    minor,
    order_rules,
    possible,
    remaining,
    rounded,
    total,
    wallet_named,
)  # fmt: skip

Tree = dict[str, Any]
Move = tuple[str, str, str, str, int]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
US = timedelta(microseconds=1)
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
YEAR = 366 * 24 * 3600 * 10**6


def waits(order: dict[str, Any]) -> bool:
    return order["grows_at"] is not None and not order["grew"] and order["net"] != 0


class SlowMember:
    """`versions` are (start, tree) in order. After `live`, `moves` holds points by what moved them."""

    def __init__(self, versions: list[tuple[int, Tree]]) -> None:
        self.versions = versions
        self.zone = ZoneInfo(versions[0][1]["timezone"])
        self.lots: list[dict[str, Any]] = []
        self.owed: Counter[str] = Counter()
        self.orders: dict[str, dict[str, Any]] = {}
        self.moves: Counter[Move] = Counter()
        self.joined = False
        self.tier, self.until, self.gained_by, self.grace = "", None, "", False
        self.forgotten = date(1, 1, 1)

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
        for fact in facts:
            if isinstance(fact, Enrolment):
                steps.append((fact.at, 1, fact.key, lambda at, fact=fact: self.join(fact.key, at)))
            if isinstance(fact, Refund) and fact.order in paid:
                when = max(fact.at, paid[fact.order])
                steps.append((when, 4, fact.key, lambda at, fact=fact: self.refund(fact, at)))
        return steps

    def tree(self, at: int) -> Tree:
        return [tree for start, tree in self.versions if start <= at or start == self.versions[0][0]][-1]

    # Time alone

    def pass_time(self, until: int) -> None:
        while True:
            due = [lot["matures"] for lot in self.lots if lot["place"] == "pending"]
            due += [lot["expires"] for lot in self.lots if lot["place"] == "available" and lot["points"]]
            due += [order["grows_at"] for order in self.orders.values() if waits(order)]
            due += [self.until]
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
        for key, order in sorted(self.orders.items(), key=lambda item: (item[1]["grows_at"] or 0, item[0])):
            if waits(order) and order["grows_at"] <= at:
                self.growth_changed(key, order["net"], at)
        if self.until is not None and self.until <= at:
            self.review(at)

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
        self.joined = True
        tree = self.tree(at)
        if levels := ladder(tree):
            self.tier = levels[0]["tier"]
        for rule in tree["earn"]:
            if rule.get("on") == "enrolment":
                points, word = rule["give"].split(" ")
                wallet = wallet_named(tree, word)
                lot = self.lot(wallet, f"enrolment:{key}", None, self.runs_out(tree, wallet, at), at)
                self.put(lot, int(points), f"enrolment:{key}", rule["rule"], at)

    def pay(self, order: Order, at: int) -> None:
        tree = self.tree(at)
        if not self.joined and tree.get("enrolment") == "first order" and order.lines and not order.cancelled:
            self.join("first-order", at)
        levels = ladder(tree)
        if self.joined and levels and self.tier not in [level["tier"] for level in levels]:
            self.place_anew(levels, at, "")
        main = next(iter(tree["wallets"].values()))
        grows_at = (self.later(at, main["pending"]) if main.get("pending") else at) if self.joined and levels else None
        self.orders[order.key] = {
            "order": order, "tree": tree, "paid": at, "counts": self.joined, "tier": self.tier if levels else "",
            "returned": [], "kept": Counter(), "forgiven": Counter(), "net": 0, "grows_at": grows_at, "grew": False,
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
        before, record["net"] = record["net"], sum(line.total for line in lines)
        if not record["counts"]:
            return
        tree = record["tree"]
        earns = Counter({rule["rule"]: self.gives(tree, rule, record, lines) for rule in order_rules(tree)})
        for rule in order_rules(tree):
            if (more := earns[rule["rule"]] - record["kept"][rule["rule"]]) > 0:
                self.add(key, rule, more, cause, at)
        for rule in order_rules(tree):
            if (less := record["kept"][rule["rule"]] - earns[rule["rule"]]) > 0:
                self.take_back(key, rule, less, cause, at)
        record["kept"] = earns
        if record["net"] != before:
            self.growth_changed(key, record["net"] - before, at)

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
            "tier": lambda said: record["tier"] in said,
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

    def growth_changed(self, key: str, amount: int, at: int) -> None:
        record, levels = self.orders[key], ladder(self.tree(at))
        if record["grows_at"] is None or at < record["grows_at"]:
            return
        record["grew"] = True
        if levels:
            self.growth(at)
            if self.day(record["grows_at"]) >= self.forgotten:
                (self.rise if amount > 0 else self.fall)(at, key)

    def growth(self, at: int) -> int:
        window = ladder_set(self.tree(at)).get("window", "rolling 12 months").split(" ")
        first = back(self.day(at), int(window[1]), window[2])
        self.forgotten = max(self.forgotten, first + timedelta(days=1))
        counted = [order for order in self.orders.values() if order["grew"]]
        return sum(order["net"] for order in counted if self.day(order["grows_at"]) >= self.forgotten)

    def rise(self, at: int, key: str) -> None:
        self.place_anew(ladder(self.tree(at)), at, key)

    def place_anew(self, levels: list[Tree], at: int, key: str) -> None:
        growth = self.growth(at)
        reached = [place for place, level in enumerate(levels) if place == 0 or growth >= minor(level["reach"])][-1]
        names = [level["tier"] for level in levels]
        if self.tier not in names or reached > names.index(self.tier):
            self.stand(levels, reached, at, key)

    def fall(self, at: int, key: str) -> None:
        levels = ladder(self.tree(at))
        names = [level["tier"] for level in levels]
        place = names.index(self.tier) if self.tier in names else 0
        if place:
            needed = levels[place]["reach" if self.gained_by == key else "retain"]
            if self.growth(at) < minor(needed):
                self.stand(levels, place - 1, at, "")

    def review(self, at: int) -> None:
        levels = ladder(self.tree(at))
        names = [level["tier"] for level in levels]
        growth = self.growth(at) if levels else 0
        place = names.index(self.tier) if self.tier in names else 0
        if levels and self.tier not in names:
            self.place_anew(levels, at, "")
        elif place == 0:
            self.until, self.grace = None, False
        elif growth >= minor(levels[place]["retain"]):
            self.until, self.grace = self.end(at, levels[place].get("valid", "12 months")), False
        elif "grace" in levels[place] and not self.grace:
            self.until, self.grace = self.end(at, levels[place]["grace"]), True
        else:
            self.stand(levels, place - 1, at, "")

    def stand(self, levels: list[Tree], place: int, at: int, key: str) -> None:
        self.tier, self.gained_by, self.grace = levels[place]["tier"], key, False
        self.until = self.end(at, levels[place].get("valid", "12 months")) if place else None

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

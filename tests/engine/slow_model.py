"""A member, told the slow way: written from docs/rules, sharing no code with the engine.

It reads the document's text itself, keeps every lot apart in one list, adds up growth from the orders each time it is
asked, counts with fractions and asks the standard library for every local time.
"""

from collections import Counter
from datetime import date
from math import inf
from typing import Any

from regulars.engine import facts
from regulars.engine.facts import Enrolment, Fact, Fulfilment, Order, Refund
from tests.engine.slow_bounds import SlowBounds, bounded
from tests.engine.slow_clock import Clock
from tests.engine.slow_giving import Scene, model_of, order_gifts, wallet_of
from tests.engine.slow_goals import SlowGoals
from tests.engine.slow_lasting import SlowLasting
from tests.engine.slow_lots import SlowLots, new_lot, terms_of
from tests.engine.slow_occasions import SlowOccasions
from tests.engine.slow_reading import possible, remaining, weights_of
from tests.engine.slow_standing import SlowStanding

Tree = dict[str, Any]


class SlowMember(SlowOccasions, SlowLots, SlowStanding, SlowGoals, SlowLasting):
    """`versions` are (start, tree) in order. After `live`, `moves` holds points by what moved them."""

    def __init__(self, versions: list[tuple[int, Tree]]) -> None:
        SlowOccasions.__init__(self)
        SlowLots.__init__(self)
        SlowStanding.__init__(self)
        SlowGoals.__init__(self)
        SlowLasting.__init__(self)
        self.versions = versions
        self.clock = Clock(versions[0][1]["timezone"])
        self.bounds = SlowBounds()
        self.orders: dict[str, dict[str, Any]] = {}
        self.deeds: dict[type[Any], tuple[int, Any]] = {
            facts.Details: (1, self.tell),
            facts.PlanStanding: (1, self.plan),
            facts.SegmentStanding: (1, self.belong),
            Enrolment: (2, lambda fact, at: self.join(fact.key, at, fact)),
            Refund: (5, self.refund),
            Fulfilment: (6, self.fulfil),
            facts.Activity: (7, self.does),
            facts.Effect: (8, self.effect),
            facts.TierGrant: (9, self.grant),
        }

    def live(self, given: list[Fact], until: int) -> "SlowMember":
        for at, _, _, act in sorted(self.steps(given), key=lambda step: step[:3]):
            self.pass_time(at)
            self.now = at
            act(at)
        self.pass_time(until)
        return self

    # What happens, in order

    def steps(self, given: list[Fact]) -> list[Any]:
        steps: list[Any] = []
        paid: dict[str, int] = {}
        for key in {fact.key for fact in given if isinstance(fact, Order)}:
            snapshots = sorted(
                (fact for fact in given if isinstance(fact, Order) and fact.key == key),
                key=lambda order: (order.version_at, order.number),
            )
            while any(order.corrects for order in snapshots[1:]):
                snapshots.pop(0)
            while snapshots and snapshots[0].paid_at is None:
                snapshots.pop(0)
            for place, order in enumerate(snapshots):
                if place == 0:
                    paid[key] = order.paid_at
                    steps.append((order.paid_at, 3, key, lambda at, order=order: self.pay(order, at)))
                else:
                    name = f"{key}@{order.version_at:020}.{order.number:06}"
                    when = max(order.version_at, paid[key])
                    steps.append((when, 4, name, lambda at, order=order: self.edit(order, at)))
        for fact in given:
            if type(fact) in self.deeds and not (isinstance(fact, Refund | Fulfilment) and fact.order not in paid):
                at = self.happens_at(fact, paid)
                kind, deed = self.deeds[type(fact)]
                steps.append((at, kind, fact.key, lambda at, deed=deed, fact=fact: deed(fact, at)))
        return steps

    def happens_at(self, fact: Any, paid: dict[str, int]) -> int:
        at: int = fact.at
        if isinstance(fact, Refund | Fulfilment):
            return max(at, paid[fact.order])
        if isinstance(fact, Enrolment) and fact.since is not None:
            return min([when for when in paid.values() if fact.since <= when < at], default=at)
        return at

    def tree(self, at: int) -> Tree:
        return [tree for start, tree in self.versions if start <= at or start == self.versions[0][0]][-1]

    # Time alone

    def pass_time(self, until: int) -> None:
        while True:
            due = [lot["matures"] for lot in self.lots if lot["place"] == "pending"]
            due += self.will_renew()
            due += [lot["expires"] for lot in self.lots if lot["place"] == "available" and lot["points"]]
            due += [at for ladder in self.ladders.values() for at in ladder.due()]
            due += [*self.plans.values(), *self.next_days()]
            known = [at for at in due if at is not None and at <= until]
            if not known:
                return
            self.now = min(known)
            self.time_passes(self.now)

    def time_passes(self, at: int) -> None:
        self.slide(at)
        self.mature(at)
        self.end_plans(at)
        self.expire(at)
        for ladder in self.ladders.values():
            ladder.mature(at)
        for ladder in self.ladders.values():
            ladder.time_passes(at)
        self.days_begin(at)

    # What people do

    def join(self, key: str, at: int, fact: Any = None) -> None:
        if self.joined_at is not None:
            return
        self.joined_at = at
        for rules in self.tree(at).get("tiers", []):
            ladder = self.ladder(rules["set"])
            ladder.shown = ladder.tier = rules["levels"][0]["tier"]
            ladder.began = at
        self.award("enrolment", f"enrolment:{key}", at, fact)
        self.birthday(at)
        self.award("profile", "profile", at)

    def pay(self, order: Order, at: int) -> None:
        tree = self.tree(at)
        if self.joined_at is None and tree.get("enrolment") == "first order" and order.lines and not order.cancelled:
            self.join("first-order", at)
        sets = tree.get("tiers", []) if self.joined_at is not None else []
        tiers = self.tiers(tree, at) if self.joined_at is not None else {}
        grows = {rules["set"]: self.grows_at(tree, rules, at) for rules in sets if not weights_of(rules)}
        met = {
            rules["set"]: (tiers[rules["set"]], self.ladder(rules["set"]).growth(rules, self.day(at)))
            for rules in sets
            if rules.get("upgrade_applies") == "this order"
        }
        before = sum(not one["gone"] for one in self.orders.values())
        self.orders[order.key] = {
            "order": order, "tree": tree, "paid": at, "counts": self.joined_at is not None,
            "tiers": tiers, "met": met, "grows": grows, "known": self.what_is_known(), "nth": before + 1,
            "rooms": None, "fulfilled": None, "gone": True,
            "returned": [], "kept": Counter(), "forgiven": Counter(), "net": 0, "goods": 0,
        }  # fmt: skip
        self.settle(order.key, f"order:{order.key}", at)

    def edit(self, order: Order, at: int) -> None:
        self.orders[order.key]["order"] = order
        self.settle(order.key, f"edit:{order.key}@{order.version_at}.{order.number}", at)

    def does(self, fact: facts.Activity, at: int) -> None:
        self.act(fact, at)
        if self.joined_at is not None:
            self.active.append((fact.name, at))
        self.slide(at)
        self.activity_counts(fact, at)
        self.engage(fact, at)

    def day(self, at: int) -> date:
        return self.clock.day(at)

    def end(self, at: int, term: str) -> int:
        return self.clock.end(at, term)

    def refund(self, fact: Refund, at: int) -> None:
        record = self.orders[fact.order]
        for part in fact.lines:
            for line in record["order"].lines:
                if line.line == part.line:
                    record["returned"] += possible(line, record["returned"], part)
        self.settle(fact.order, f"refund:{fact.key}", at)

    def fulfil(self, fact: Fulfilment, at: int) -> None:
        """Handed over: what waited for that can be spent, and counts."""
        record = self.orders[fact.order]
        if record["fulfilled"] is not None:
            return
        record["fulfilled"] = at
        self.slide(at)
        for lot in self.lots:
            if lot["cause"] == f"order:{fact.order}" and lot["matures"] == inf:
                lot["matures"] = at
        self.mature(at, "fulfilled")
        self.expire(at, f"@order:{fact.order}")
        for name, when in record["grows"].items():
            if when == inf:
                record["grows"][name] = at
                self.ladder(name).handed_over(fact.order, at)
        self.handed_over(fact.order, at)

    def settle(self, key: str, cause: str, at: int) -> None:
        record = self.orders[key]
        lines = remaining(record["order"], record["returned"])
        goods = [line for line in lines if line.kind == "goods"]
        record["net"], record["goods"] = sum(line.total for line in lines), sum(line.total for line in goods)
        was_gone, record["gone"] = record["gone"], not lines
        if not record["counts"]:
            return
        if lines:
            self.slide(at)
        self.priced(record, lines)
        record.setdefault("dating", list(record["tiers"].values()))
        tree, day = record["tree"], self.clock.day(record["paid"])
        minute = self.clock.minute(record["paid"])
        tiers, known, number = list(record["tiers"].values()), record["known"], record["nth"]
        scene = Scene(day, minute, record["order"], tiers, known, number, record["goods"])
        gifts = order_gifts(tree, scene, lines)
        record["rooms"] = record["rooms"] or self.bounds.rooms_of(tree, gifts, day)
        earns = [(rule, points, record["kept"][rule["rule"]]) for rule, points in bounded(record["rooms"], gifts)]
        fewer = [(rule, kept - points) for rule, points, kept in earns if points < kept]
        for rule, less in fewer:
            self.keep(record, rule, -less, at)
        more = []
        for rule, points, kept in earns:
            added = points - kept
            if added > 0 and cause != f"order:{key}":
                added = self.bounds.addition(tree, rule["rule"], added, not kept, day, self.clock.day(at))
            if added > 0:
                more.append((rule, added))
                self.keep(record, rule, added, at)
        self.add_all(key, more, cause, at)
        for rule, less in fewer:
            template = self.order_lot(key, rule, at)
            like = {name: template[name] for name in ("place", "own")} | self.when_pending(template)
            self.take_back(like, f"order:{key}", tree, rule, less, cause, at, record["forgiven"])
        self.renews_no_more(was_gone, record, cause, at)
        self.order_counts(key, scene, goods, cause, at)
        for rules in tree.get("tiers", []):
            if rules["set"] in record["grows"]:
                amount = self.share(record, rules, lines)
                self.ladder(rules["set"]).changed(key, amount, record["grows"][rules["set"]], at)

    def renews_no_more(self, was_gone: bool, record: dict[str, Any], cause: str, at: int) -> None:
        if record["gone"] and not was_gone:
            self.slide(at)
            self.expire(at, f"@{cause}")

    def when_pending(self, lot: dict[str, Any]) -> dict[str, Any]:
        return {"matures": lot["matures"]} if lot["place"] == "pending" else {}

    def keep(self, record: dict[str, Any], rule: Tree, change: int, at: int) -> None:
        kept, name = record["kept"], rule["rule"]
        times = bool(kept[name] + change) - bool(kept[name])
        kept[name] += change
        self.bounds.note(record["tree"], name, self.clock.day(record["paid"]), change, times)

    # Points

    def add_all(self, key: str, gifts: list[tuple[Tree, int]], cause: str, at: int) -> None:
        """What an order gives at payment with one funder and one set of dates is one lot, the first rule's first."""
        if cause != f"order:{key}":
            for rule, points in gifts:
                self.add(key, rule, points, cause, at)
            return
        record, groups = self.orders[key], dict[Any, dict[str, Any]]()
        for rule, points in gifts:
            lot = self.order_lot(key, rule, at)
            terms = (*(lot[name] for name in ("wallet", "funder")), *terms_of(record["tree"], rule))
            lot = groups.setdefault(terms, lot)
            lot["points"] += points
            self.move(f"{cause}|{rule['rule']}", lot["wallet"], "issued", lot["place"], points, at)
        for lot in groups.values():
            self.lots.append(lot)
            if lot["place"] == "available":
                self.settle_debt(lot, f"{cause}|", at)

    def add(self, key: str, rule: Tree, points: int, cause: str, at: int) -> None:
        record = self.orders[key]
        wallet = wallet_of(record["tree"], rule)
        points = self.take_up(record["forgiven"], wallet, points, f"{cause}|{rule['rule']}", at)
        lot = self.order_lot(key, rule, at)
        self.lots.append(lot)
        if lot["place"] == "available":
            self.prolong(lot)
        if lot["place"] == "available" and lot["expires"] is not None and lot["expires"] <= at:
            lot["place"], lot["gone"] = "expired", at
        self.put(lot, points, cause, rule["rule"], at)

    def order_lot(self, key: str, rule: Tree, at: int) -> dict[str, Any]:
        record = self.orders[key]
        pending, _ = terms_of(record["tree"], rule)
        paid, tree = record["paid"], record["tree"]
        matures = self.ripe(pending, paid)
        if matures == inf and record["fulfilled"] is not None:
            matures = record["fulfilled"]
        ends = self.own_end(tree, rule, paid, record["dating"])
        funder = rule.get("funded_by") or model_of(tree, rule).get("funded_by", "")
        waits = None if matures <= at else matures
        return new_lot(wallet_of(tree, rule), f"order:{key}", waits, ends, paid, funder)

    def ripe(self, pending: str | None, at: int) -> Any:
        if pending in (None, "", "none"):
            return at
        return inf if pending == "until fulfilled" else self.clock.later(at, str(pending))

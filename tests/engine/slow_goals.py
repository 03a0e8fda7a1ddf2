"""Goals, told the slow way: what every order and activity counts for is kept apart, and added up whenever it matters.

Awards that are reached at once are given one after the other, each within the bounds of its day, as one lot.
"""

from datetime import date, timedelta
from fractions import Fraction
from math import inf
from typing import Any

from tests.engine.slow_bounds import bounded, window
from tests.engine.slow_giving import Scene, applies, gift, matching, units, wallet_of
from tests.engine.slow_lots import new_lot, terms_of
from tests.engine.slow_reading import minor

Tree = dict[str, Any]
EPOCH = date(1970, 1, 1)
OVER_AFTER = {"day": 100, "week": 107, "month": 131, "year": 732}


def goals_on(tree: Tree) -> list[Tree]:
    return [rule for rule in tree["earn"] if "goal" in rule]


def steps_of(rule: Tree) -> list[Tree]:
    """An activity's goal counts it; what is not said is one order."""
    said = rule["goal"].get("steps") or [
        {k: rule["goal"][k] for k in ("spend", "units", "orders") if k in rule["goal"]}
    ]
    if rule.get("on", "order").startswith("activity "):
        return [{"activity": rule["on"].removeprefix("activity "), "times": rule["goal"].get("times", "1")}]
    return said


def meaning(tree: Tree, rule: Tree) -> Any:
    """What it counts and gives. Two rules of one name and meaning are one goal."""
    gives = gift(tree, rule["give"])
    aim = rule["goal"]
    how = (aim.get("per", "lifetime"), aim.get("repeat", "false"), aim.get("streak", ""))
    steps = tuple(plain(step) for step in steps_of(rule))
    when = plain(rule.get("when") or {})
    return (rule["rule"], how, steps, when, gives.wallet, gives.each, rule.get("funded_by", ""))


def plain(said: Any) -> Any:
    if isinstance(said, dict):
        return tuple(sorted((name, plain(value)) for name, value in said.items()))
    return tuple(sorted(map(plain, said))) if isinstance(said, list) else (said,)


def wanted(step: Tree) -> Fraction:
    return minor(step["spend"]) if "spend" in step else Fraction(next((step[k] for k in step if k in NUMBERS), "1"))


NUMBERS = ("units", "orders", "times")


def counted(rule: Tree, scene: Scene, lines: list[Any]) -> list[int]:
    """What an order counts for, step by step."""
    found = []
    for step in steps_of(rule):
        match = [line for line in matching(rule, scene, lines) if applies(step.get("when"), scene, line)]
        if sum(map(units, match)) < int((step.get("when") or {}).get("quantity_at_least", 0)) or "activity" in step:
            match = []
        if "spend" in step:
            found.append(max(sum(line.total for line in match), 0))
        elif "units" in step:
            found.append(sum(map(units, match)))
        else:
            found.append(int(any(line.total > 0 or (line.total == 0 and line.quantity > 0) for line in match)))
    return found


def follows(per: str, one: date, other: date) -> bool:
    return one < other and window(per, other - timedelta(days=1)) == one


class SlowGoals:
    """A part of SlowMember, which knows versions, orders and lots."""

    def __init__(self) -> None:
        # By goal: of each order or activity its window and what it counts for.
        self.marks: dict[Any, dict[str, tuple[date, list[int]]]] = {}
        self.awards: dict[Any, list[Tree]] = {}

    def first_version(self: Any, tree: Tree, rule: Tree) -> int:
        """The number of the first version that has this goal."""
        aim = meaning(tree, rule)
        return next(
            number
            for number, (_, other) in enumerate(self.versions, start=1)
            for one in goals_on(other)
            if meaning(other, one) == aim
        )

    # What counts

    def order_counts(self: Any, key: str, scene: Scene, lines: list[Any], by: str, at: int) -> None:
        record = self.orders[key]
        order = (key, record, by)
        for rule in goals_on(record["tree"]):
            self.mark(record["tree"], rule, f"order:{key}", scene.day, counted(rule, scene, lines), order, at)
        if record["gone"]:
            self.handed_over(key, at)

    def activity_counts(self: Any, fact: Any, at: int) -> None:
        tree, day = self.tree(at), self.clock.day(at)
        tiers = [ladder.shown for ladder in self.ladders.values()]
        scene = Scene(day, self.clock.minute(at), fact, tiers, self.what_is_known())
        for rule in goals_on(tree) if self.joined_at is not None else ():
            asked = [step for step in steps_of(rule) if step.get("activity") == fact.name]
            if asked and applies(rule.get("when"), scene, None):
                counts = [
                    int(step.get("activity") == fact.name and applies(step.get("when"), scene, None))
                    for step in steps_of(rule)
                ]
                self.mark(tree, rule, f"activity:{fact.key}", day, counts, ("", None, f"activity:{fact.key}"), at)

    def mark(self, tree: Tree, rule: Tree, by: str, day: date, counts: list[int], order: Any, at: int) -> None:
        aim = meaning(tree, rule)
        here = window(rule["goal"].get("per", "lifetime"), day)
        marks = self.marks.setdefault(aim, {})
        before = marks.get(by, (here, [0] * len(counts)))
        marks[by] = (here, counts)
        if before[1] != counts and not self.is_over(rule, aim, here, at):
            self.judge_goal(tree, rule, aim, order, at)

    def is_over(self: Any, rule: Tree, aim: Any, here: date, at: int) -> bool:
        """For long, and it gave nothing."""
        kept = OVER_AFTER.get(rule["goal"].get("per", "lifetime"))
        if kept is None or "streak" in rule["goal"] or here >= self.clock.day(at) - timedelta(days=kept):
            return False
        return all(award["window"] != here for award in self.awards.get(aim, []))

    # What is met

    def met(self, rule: Tree, aim: Any) -> dict[date, int]:
        """How often, by window."""
        windows = {here for here, _ in self.marks[aim].values()}
        found = {}
        for here in sorted(windows):
            sums = [sum(counts) for counts in zip(*[c for w, c in self.marks[aim].values() if w == here], strict=True)]
            times = min(int(max(amount, 0) // wanted(step)) for amount, step in zip(sums, steps_of(rule), strict=True))
            found[here] = times if rule["goal"].get("repeat") == "true" else min(times, 1)
        return found

    def supported(self, rule: Tree, aim: Any, at: int) -> dict[date, int]:
        found = self.met(rule, aim)
        if "streak" not in rule["goal"]:
            return {here: times for here, times in found.items() if not self.is_over(rule, aim, here, at)}
        complete: dict[date, int] = {}
        row: list[date] = []
        for here in [here for here, times in found.items() if times]:
            row = [*row, here] if row and follows(rule["goal"]["per"], row[-1], here) else [here]
            if len(row) == int(rule["goal"]["streak"]):
                complete[here] = 1
                row = []
        return complete if rule["goal"].get("repeat") == "true" else dict(list(complete.items())[:1])

    def judge_goal(self, tree: Tree, rule: Tree, aim: Any, order: Any, at: int) -> None:
        supported, awards = self.supported(rule, aim, at), self.awards.setdefault(aim, [])
        for here, times in sorted(supported.items()):
            given = sum(award["times"] for award in awards if award["window"] == here)
            if times > given:
                awards.append(self.give(tree, rule, here, given + 1, times - given, order, at))
        for award in sorted(awards, key=lambda award: (award["window"], award["number"]), reverse=True):
            keeps = max(supported.get(award["window"], 0) - award["number"] + 1, 0)
            if keeps < award["times"]:
                self.lose(award, keeps, order[2], at)
        awards[:] = [award for award in awards if award["times"]]

    # What is given

    def give(self: Any, tree: Tree, rule: Tree, here: date, number: int, times: int, order: Any, at: int) -> Tree:
        key, record, by = order
        per = rule["goal"].get("per", "lifetime")
        start = 0 if per == "lifetime" else (here - EPOCH).days
        cause = f"goal:{rule['rule']}/{per}/{self.first_version(tree, rule)}/{start}/{number}"
        award: Tree = {
            "window": here, "number": number, "times": times, "points": self.within_bounds(tree, rule, times, at),
            "at": at, "tree": tree, "rule": rule, "cause": cause, "waits": "",
        }  # fmt: skip
        if award["points"]:
            self.put_award(award, key, record, by, at)
        return award

    def waiting(self, tree: Tree, rule: Tree) -> Any:
        return terms_of(tree, rule)[0] if rule.get("on", "order") == "order" else rule.get("pending")

    def within_bounds(self: Any, tree: Tree, rule: Tree, times: int, at: int) -> int:
        each, day = gift(tree, rule["give"]).each, self.clock.day(at)
        rooms = [bound for bound, _ in self.bounds.rooms(tree, day) if bound.per != "order"]
        if not any(rule["rule"] in bound.rules for bound in rooms):
            return each * times
        points = 0
        for _ in range(times):
            rooms = [(bound, room) for bound, room in self.bounds.rooms(tree, day) if bound.per != "order"]
            ((_, more),) = bounded(rooms, [(rule, each)])
            if not more:
                break
            self.bounds.note(tree, rule["rule"], day, more, 1)
            points += more
        return points

    def put_award(self: Any, award: Tree, key: str, record: Any, by: str, at: int) -> None:
        tree, rule, cause, points = (award[name] for name in ("tree", "rule", "cause", "points"))
        wallet = wallet_of(tree, rule)
        ripe = self.ripe(self.waiting(tree, rule), at)
        if ripe == inf and (record is None or record["gone"] or record["fulfilled"] is not None):
            ripe = at
        award["waits"] = key if ripe == inf else ""
        ends = self.own_end(tree, rule, at, [ladder.shown for ladder in self.ladders.values()])
        lot = new_lot(wallet, cause, None if ripe <= at else ripe, ends, at, rule.get("funded_by", ""))
        rest = self.take_up(self.let_go[cause], wallet, points, f"{cause}@{by}|{rule['rule']}", at)
        self.lots.append(lot)
        self.put(lot, rest, f"{cause}@{by}", rule["rule"], at)
        self.gained(wallet, points, (cause, rule["rule"]), ripe, at)

    def handed_over(self: Any, key: str, at: int) -> None:
        """What waited for this order waits no longer."""
        for award in [award for awards in self.awards.values() for award in awards if award["waits"] == key]:
            award["waits"] = ""
            for lot in self.lots:
                if lot["cause"] == award["cause"] and lot["matures"] == inf:
                    lot["matures"] = at
            self.mature(at, "fulfilled")
            self.expire(at, f"@{award['cause']}")
            for ladder in self.ladders.values():
                ladder.waits_no_longer(award["cause"], at)

    # What goes back

    def lose(self: Any, award: Tree, keeps: int, by: str, at: int) -> None:
        tree, rule, cause = award["tree"], award["rule"], award["cause"]
        each, before = gift(tree, rule["give"]).each, award["points"]
        award["times"], award["points"] = keeps, min(before, keeps * each)
        fewer = before - award["points"]
        if not fewer:
            return
        parts = -(-before // each) + (-award["points"] // each)
        self.bounds.note(tree, rule["rule"], self.clock.day(award["at"]), -fewer, -parts)
        like = self.like(tree, rule, award["at"])
        self.take_back(like, cause, tree, rule, fewer, f"{cause}@{by}", at, self.let_go[cause])
        self.tiers(self.tree(at), at)
        for ladder in self.ladders.values():
            ladder.lost(cause, rule["rule"], fewer, award["at"], at)

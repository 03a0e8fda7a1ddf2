"""Two members who end up with the same goods must end up with the same points, however they came by them.

One buys at once what the other buys in many orders, or in many lines: that may gain at most one unit per rule. One
sends back a part, the other buys only what is left: that may gain nothing. What a rule gives for every order of a size
it names is its own policy.
"""

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from regulars.engine.account import Returned
from regulars.engine.facts import Line, Order, RefundLine
from regulars.engine.grammar.demand import demanded
from regulars.engine.program import Rule
from regulars.engine.returns import NOTHING, what_is_left, with_refund
from regulars.engine.tape import Tape
from regulars.programs.attack.deeds import lines_of, make, place
from regulars.programs.attack.enacting import Stage, opened
from regulars.programs.attack.ground import Ground
from regulars.programs.attack.moves import Back, Buy, Enrol, Good, Wait
from regulars.programs.attack.walks import standing
from regulars.programs.attack.weighing import Gain, issued

PARTS = (2, 3, 10)
Parts = tuple[tuple[int, int], ...]


class Split(Struct, frozen=True):
    """So many units in one order, or each in an order (or a line) of its own."""

    good: Good
    by_line: bool
    start: int = 0

    def play(self, ground: Ground) -> tuple[Stage, list[Gain]]:
        stage, bait = prepared(ground, self.start, self.good.bait), self.good.bait
        one = Good(bait, 1, self.good.price)
        make(stage, Buy(0, "A-1", (self.good,), bait))
        if self.by_line:
            make(stage, Buy(1, "B-1", (one,) * self.good.quantity, bait))
        for place_ in range(0 if self.by_line else self.good.quantity):
            make(stage, Buy(1, f"B-{place_ + 1}", (one,), bait))
        rules = {rule.name: rule for rule in ground.version.rules}
        more = beyond(stage, 1, 0).items()
        found = [(_kind(ground, rules[name], points), rules[name].wallet, name, points) for name, points in more]
        return stage, [Gain(*gain) for gain in found if gain[0]]


def beyond(stage: Stage, member: int, other: int) -> dict[str, int]:
    """What each rule gave a member more than the other one.

    A cap that both meet cuts other rules of one than of the other; then only what the wallet gained counts.
    """
    version = stage.ground.version
    wallets = {rule.name: rule.wallet for rule in version.rules}
    had, has = by_rule(stage.tapes[other]), by_rule(stage.tapes[member])
    more = {name: points - had[name] for name, points in has.items() if points > had[name]}
    gained = Counter[str]()
    for sign, rules in ((1, has), (-1, had)):
        for name, points in rules.items():
            gained[wallets[name]] += sign * points
    bounded = {name: min(points, gained[wallets[name]]) for name, points in more.items() if version.bounds.get(name)}
    return {name: points for name, points in (more | bounded).items() if points > 0}


def _kind(ground: Ground, rule: Rule, points: int) -> str:
    """ "" for what splitting may gain."""
    raw = next(one for one in ground.raw.earn if one.rule == rule.name)
    if rule.goal is not None:
        return "per_order" if any(step.measure == "orders" for step in rule.goal.steps) else "split"
    if rule.kind == "fixed" and (raw.limit or demanded(raw.when, ground.raw.currency).least > 0):
        return "per_order"
    unit = sum(factor.base.points for factor in rule.factors) or rule.points
    return "split" if points > unit else ""


class Remains(Struct, frozen=True):
    """Parts of an order come back, after so many waits for something due; another one buys what is left of it."""

    goods: tuple[Good, ...]
    parts: Parts
    waits: int = 0
    start: int = 0

    def play(self, ground: Ground) -> tuple[Stage, list[Gain]]:
        bait = self.goods[0].bait
        stage = prepared(ground, self.start, bait)
        make(stage, Buy(0, "A-1", self.goods, bait))
        order = Order("shop/B-1", stage.now, left(stage, self.goods, self.parts), stage.now)
        if order.lines:
            place(stage, 1, ground.baits[bait], order)
        for _ in range(self.waits):
            make(stage, Wait("due"))
        for line, quantity in self.parts:
            make(stage, Back("A-1", line, quantity))
        stage.pass_time()
        wallets = {rule.name: rule.wallet for rule in ground.version.rules}
        return stage, [Gain("remains", wallets[name], name, points) for name, points in beyond(stage, 0, 1).items()]


def prepared(ground: Ground, start: int, bait: int) -> Stage:
    """Two members, at an hour at which the bait's rule gives something."""
    stage = opened(ground, start)
    stood = (move for member in (0, 1) for move in standing(ground, member, bait))
    for move in (Enrol(0), Enrol(1), *stood, Wait("bait", bait=bait)):
        make(stage, move)
    return stage


def by_rule(tape: Tape) -> Counter[str]:
    found = Counter[str]()
    for (_, name, _), points in issued(tape.entries).items():
        found[name] += points
    return found


def left(stage: Stage, goods: tuple[Good, ...], parts: Parts) -> tuple[Line, ...]:
    """The lines of which not everything has come back, with what is left of them."""
    order = Order("shop/B-1", stage.now, lines_of(stage, goods))
    returned: dict[str, Returned] = {}
    for place_, quantity in parts:
        line = order.lines[place_]
        refund = RefundLine(line.line, quantity)
        returned[line.line] = with_refund(line, returned.get(line.line, NOTHING), refund)
    return tuple(what_is_left(order, returned))


def probes(ground: Ground) -> Iterator[Split | Remains]:
    """The smallest first."""
    for bait in range(len(ground.baits)):
        for place_, price in enumerate(ground.amounts):
            start = ground.start(bait, place_)
            for quantity in PARTS:
                yield Split(Good(bait, quantity, price), False, start)
                yield Split(Good(bait, quantity, price), True, start)
            yield Remains((Good(bait, 2, price),), ((0, 1),), 0, start)
            yield Remains((Good(bait, 3, price, 1),), ((0, 1), (0, 1)), 1, start)
            yield Remains((Good(bait, 1, price), Good(0, 3, 333, 1)), ((1, 1), (0, 1), (1, 1)), 1, start)
            yield Remains((Good(bait, 1, price), Good(bait, 1, ground.amounts[-1])), ((1, 1),), 2, start)
            yield Remains((Good(bait, 1, price), Good(bait, 1, 1)), ((0, 1),), 0, start)

"""Why a rule gave nothing for an order: what it asks for, and what the order has of that.

Told when somebody asks, from the order and its memo; the fold knows nothing of it. Each condition is asked by itself,
with the test that the rule has. Codes and parameters are listed in docs/rules/explain.md, and never change their
meaning.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from regulars.engine.account import Account, Memo
from regulars.engine.calendar import date_of, minute_of
from regulars.engine.caps import capped
from regulars.engine.conditions import compiled, listed
from regulars.engine.derivation import Explanation, Parameters
from regulars.engine.document import RawWhen
from regulars.engine.earning import earned
from regulars.engine.facts import Line, Order
from regulars.engine.orders import Basket, basket, scene
from regulars.engine.phrases import WEEKDAYS, money
from regulars.engine.program import Earned, Programs, Rule, Scene, bought, is_matching
from regulars.engine.returns import what_is_left
from regulars.engine.tape import Tape
from regulars.engine.tariff import Tariff, tariff_of

NESTED = ("every", "some", "none")
# What a document calls as Python cannot.
CALLED = {"starts": "from", "ends": "until"}
# What there is of it: of an order as a whole, and of each line.
OF_ORDER: dict[str, Callable[[Scene, Order], Sequence[str]]] = {
    "channel": lambda _, order: [order.channel],
    "code": lambda _, order: order.codes,
    "country": lambda seen, order: [order.country or seen.known.country],
    "ends": lambda seen, _: [str(date_of(seen.day))],
    "hours": lambda seen, _: ["{:02}:{:02}".format(*divmod(minute_of(seen.clock), 60))],
    "nth_order": lambda seen, _: [str(seen.known.nth)],
    "partner": lambda _, order: [order.partner],
    "payment": lambda _, order: [payment.method for payment in order.payments],
    "plan": lambda seen, _: seen.known.plans,
    "segment": lambda seen, _: seen.known.segments,
    "starts": lambda seen, _: [str(date_of(seen.day))],
    "store": lambda _, order: [order.store],
    "tier": lambda seen, _: seen.tiers,
    "weekday": lambda seen, _: [WEEKDAYS[seen.weekday]],
}
OF_LINE: dict[str, Callable[[Line], Sequence[str]]] = {
    "brand": lambda line: [line.brand],
    "category": lambda line: [line.category],
    "product": lambda line: [line.sku],
    "tag": lambda line: line.tags,
}


class Unearned(Struct, frozen=True):
    """A rule on orders that gave nothing, and all that it lacked."""

    rule: Rule
    because: tuple[Explanation, ...]


def unearned(programs: Programs, order: Order, memo: Memo | None) -> list[Unearned]:
    """Every rule on orders that gave nothing for this one, in document order. Without a memo it was never paid."""
    if memo is None:
        rules = programs.at(order.version_at).order_rules
        return [Unearned(rule, (Explanation("lacks.unpaid", rule.name, order.key, {}),)) for rule in rules]
    version = programs.numbered(memo.version)
    left = basket(order, memo.returned, what_is_left(order, memo.returned))
    seen = scene(Tape(programs, Account()), order, memo)
    tariff = tariff_of(programs, version, seen.day, seen.tiers)
    silent = [rule for rule in version.order_rules if not memo.kept.get(rule.name)]
    return [Unearned(rule, Asking(rule, tariff, seen, order, memo, left).all_lacks()) for rule in silent]


class Asking(Struct, frozen=True):
    """An order as a rule sees it: what is left of it, and what froze when it was paid."""

    rule: Rule
    tariff: Tariff
    seen: Scene
    order: Order
    memo: Memo
    left: Basket

    def all_lacks(self) -> tuple[Explanation, ...]:
        lines = [line for line in self.lines if is_matching(line)]
        if not self.memo.counts:
            return (self.lacks("member"),)
        if not lines:
            return (self.lacks("goods"),)
        return (*self.unmet(self.rule.asked, lines),) or (*self.apart(lines),) or (self.too_little(),)

    @property
    def lines(self) -> Sequence[Line]:
        """What it looks at: goods, or all lines where its basis says so."""
        goods, everything = self.left
        return everything if self.rule.with_services else goods

    def lacks(self, code: str, **parameters: int | str) -> Explanation:
        return Explanation(f"lacks.{code}", self.rule.name, self.order.key, parameters)

    def unmet(self, when: RawWhen | None, lines: Sequence[Line]) -> Iterator[Explanation]:
        """Each condition that does not hold by itself."""
        if when is None:
            return
        for name in when.__struct_fields__:
            said = getattr(when, name)
            if name == "attribute":
                yield from self.unmet_attributes(said)
            elif said and name not in NESTED and not self.holds(RawWhen(**{name: said}), lines):
                yield self.lacks(CALLED.get(name, name), **self.compared(name, said, lines))
        for nested in when.every:
            yield from self.unmet(nested, lines)
        if when.some and not self.holds(RawWhen(some=when.some), lines):
            yield self.lacks("any", wanted=" | ".join(map(written, when.some)))
        if when.none and not self.holds(RawWhen(none=when.none), lines):
            yield self.lacks("not", wanted=written(when.none))

    def unmet_attributes(self, asked: dict[str, Any]) -> Iterator[Explanation]:
        known = self.seen.known.attributes
        for name, words in asked.items():
            had = known.get(name, "")
            if had not in listed(words):
                yield self.lacks("attribute", attribute=name, wanted=", ".join(listed(words)), had=had)

    def holds(self, when: RawWhen, lines: Sequence[Line]) -> bool:
        """Of the order, and of one of its lines."""
        scene_test, line_test = compiled(when, self.tariff.version.currency)
        if scene_test is not None and not scene_test(self.seen):
            return False
        return line_test is None or any(line_test(self.seen, line) for line in lines)

    def compared(self, name: str, said: Any, lines: Sequence[Line]) -> Parameters:
        """What is asked, and what there is: money in minor units, anything else in the document's words."""
        if name in ("order_at_least", "order_at_most"):
            return {name.removeprefix("order_at_"): money(said, self.tariff.version.currency), "spend": self.seen.net}
        if name in OF_LINE:
            had = sorted({word for line in lines for word in OF_LINE[name](line)})
        else:
            had = list(OF_ORDER[name](self.seen, self.order))
        return {"wanted": ", ".join(listed(said)), "had": ", ".join(filter(None, had))}

    def apart(self, lines: Sequence[Line]) -> Iterator[Explanation]:
        """Conditions that hold by themselves, and not together for one line; or not for as many units as are asked."""
        rule = self.rule
        if rule.line_test is not None and not any(rule.line_test(self.seen, line) for line in lines):
            line_test = compiled(rule.asked, self.tariff.version.currency)[1]
            is_paid = line_test is not None and not any(line_test(self.seen, line) for line in lines)
            yield self.lacks("together", wanted=written(rule.asked)) if is_paid else self.lacks("paid")
        elif (units := rule.units(self.seen, lines)) < rule.quantity_at_least:
            yield self.lacks("quantity_at_least", wanted=rule.quantity_at_least, had=units)

    def too_little(self) -> Explanation:
        """Everything holds, and what there is comes to nothing, or found no room."""
        rule, gifts = self.rule, earned(self.tariff, self.seen, *self.left)
        if any(gift[0].name == rule.name for gift in gifts):
            return self.no_room(gifts)
        if rule.factors:
            return self.no_step_more()
        found = rule.select(self.seen, self.lines)
        step = -(-rule.step // (rule.scale * (2 if rule.half_up else 1)))
        if rule.kind == "per_unit":
            units = [bought(line) for line in found]
            return self.lacks("units", wanted=step, had=max(units) if rule.per_line else sum(units))
        amounts = [rule.basis(line) if rule.basis else line.total for line in found]
        return self.lacks("step", step=step, spend=max(amounts) if rule.per_line else sum(amounts))

    def no_step_more(self) -> Explanation:
        """There is less of what it multiplies than one step of its extra; or nothing of it."""
        goods, everything = self.left
        for factor in self.rule.factors:
            spend = factor.spend(self.seen, everything if factor.base.with_services else goods)
            per_step = factor.numerator * factor.base.scale
            step = -(-factor.base.step * factor.denominator // (per_step * (2 if self.rule.half_up else 1)))
            if 0 < spend < step:
                return self.lacks("step", step=step, spend=spend)
        return self.lacks("base", rules=", ".join(factor.base.name for factor in self.rule.factors))

    def no_room(self, gifts: list[Earned]) -> Explanation:
        """The first bound after which nothing is left; else the budget."""
        rule, version = self.rule, self.tariff.version
        for place, cap in enumerate(version.caps):
            kept = capped(replace(version, caps=version.caps[: place + 1]), self.memo.rooms, gifts)
            if all(gift[0].name != rule.name for gift in kept):
                return self.lacks("room", cap=cap.name)
        return self.lacks("budget", campaign=rule.campaign)


def written(when: RawWhen | None) -> str:
    """All that is asked, in the document's words: "category tea, cups; channel web"."""
    if when is None:
        return ""
    parts = [
        f"{CALLED.get(name, name)} {', '.join(listed(getattr(when, name)))}"
        for name in when.__struct_fields__
        if getattr(when, name) and name not in (*NESTED, "attribute")
    ]
    parts += [f"{name} {', '.join(listed(words))}" for name, words in when.attribute.items()]
    nested = (*when.every, *when.some, when.none)
    return "; ".join([*parts, *filter(None, map(written, nested))])

"""What an order earns: points per rule, from what is left of it.

A rule gives its points for every whole step of the matching lines' money (or units) and rounds once, per order or per
line, so that splitting a basket never gains more than one step per rule. A multiplier's extra is an earning of its own
and rounds by itself (`multiplying`). Each rule is compiled once into a closure, since every order asks all of them.
Worked examples: docs/rules/per-spend.md.
"""

from collections.abc import Sequence

from regulars.engine.conditions import parted
from regulars.engine.facts import Line
from regulars.engine.multiplying import combined, multiplied
from regulars.engine.program import Earn, Earned, Earner, Rule, Scene, bought, is_matching
from regulars.engine.rounding import signed_steps, whole_steps
from regulars.engine.selection import whole
from regulars.engine.tariff import Tariff


def goods_of(lines: Sequence[Line]) -> Sequence[Line]:
    """Merchandise; mostly all of it."""
    for line in lines:
        if line.kind != "goods":
            return [line for line in lines if line.kind == "goods"]
    return lines


def money_of(lines: Sequence[Line]) -> int:
    total = 0
    for line in lines:
        total += line.total
    return total


def earned(tariff: Tariff, scene: Scene, goods: Sequence[Line], lines: Sequence[Line]) -> list[Earned]:
    """What each rule gives for goods, or for all lines where its basis says so, in document order.

    Rules that give nothing are left out.
    """
    found: list[Earned] = []
    for asks, earn in tariff.earners:
        if asks is None or asks(scene):
            gift = earn(scene, goods, lines)
            if gift is not None:
                found.append(gift)
    return found


def earners(rules: Sequence[Rule], currency: str, combine: str, factor_bound: int) -> tuple[Earner, ...]:
    """When each rule is asked, and how it earns, in document order."""
    is_simple = combine == "add" and not factor_bound
    found = []
    for rule in rules:
        if rule.factors:
            earn = multiplied(rule) if is_simple else combined(rule, rules, combine, factor_bound)
        elif rule.per_line:
            earn = _per_line(rule)
        elif rule.kind == "per_unit":
            earn = _per_unit(rule)
        else:
            earn = _per_money(rule) if rule.step else _fixed(rule)
        found.append((*parted(rule.asked, currency), _of_its_lines(rule, earn)))
    return tuple(found)


def _of_its_lines(rule: Rule, earn: Earn) -> Earn:
    """Goods, or all lines where its basis says so; as many units as it asks for."""
    units, least, with_services = rule.units, rule.quantity_at_least, rule.with_services
    if not least and not with_services:
        return earn

    def asked(scene: Scene, goods: Sequence[Line], lines: Sequence[Line]) -> Earned | None:
        counted = lines if with_services else goods
        return None if least and units(scene, counted) < least else earn(scene, counted, lines)

    return asked


def _per_money(rule: Rule) -> Earn:
    spend, step, points, half_up, scale = rule.spend, rule.step, rule.points, rule.half_up, rule.scale
    of_all = spend is whole
    if rule.kind == "percent":

        def share(scene: Scene, lines: Sequence[Line], _all: Sequence[Line]) -> Earned | None:
            money = spend(scene, lines)
            points = whole_steps(money * scale, step, half_up)
            return (rule, points, ("percent", money, scale, step, half_up)) if points else None

        return share

    def earn(scene: Scene, lines: Sequence[Line], _all: Sequence[Line]) -> Earned | None:
        money = scene.net if of_all else spend(scene, lines)
        if money < step and not half_up:
            return None
        steps = whole_steps(money, step, True) if half_up else money // step
        return (rule, steps * points, ("per_money", money, step, points, half_up)) if steps else None

    return earn


def _per_unit(rule: Rule) -> Earn:
    units_of, step, points, half_up = rule.units, rule.step, rule.points, rule.half_up

    def earn(scene: Scene, lines: Sequence[Line], _all: Sequence[Line]) -> Earned | None:
        units = units_of(scene, lines)
        if not units:
            return None
        steps = whole_steps(units, step, half_up)
        return (rule, steps * points, ("per_unit", units, step, points, half_up)) if steps else None

    return earn


def _per_line(rule: Rule) -> Earn:
    """Each matching line rounds by itself; a discount line takes away what it would give."""
    select, basis, of_units = rule.select, rule.basis, rule.kind == "per_unit"
    scale, step, each, half_up = rule.scale, rule.step, rule.points, rule.half_up

    def earn(scene: Scene, lines: Sequence[Line], _all: Sequence[Line]) -> Earned | None:
        found = select(scene, lines)
        amounts = [bought(line) if of_units else basis(line) if basis else line.total for line in found]
        points = per_line(amounts, scale, step, each, half_up)
        return (rule, points, ("per_line", rule.kind, scale, step, each, half_up, *amounts)) if points else None

    return earn


def per_line(amounts: Sequence[int], scale: int, step: int, points: int, half_up: bool) -> int:
    return max(sum([signed_steps(amount * scale, step, half_up) for amount in amounts]), 0) * points


def _fixed(rule: Rule) -> Earn:
    """Given once, when goods are among the matching lines."""
    select, gift = rule.select, (rule, rule.points, ("fixed", rule.points))

    def earn(scene: Scene, lines: Sequence[Line], _all: Sequence[Line]) -> Earned | None:
        for line in select(scene, lines):
            if is_matching(line):
                return gift
        return None

    return earn

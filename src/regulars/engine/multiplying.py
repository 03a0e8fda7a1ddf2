"""Multipliers: (factor − 1) × the money of the rules they multiply, on the lines that both match.

Each multiplier's extra is an earning of its own and rounds by itself. Several on one line combine as the program says:
`add` (2× and 3× → 4×), `best` (the highest one alone), or `multiply` (2× and 3× → 6×), under an upper bound that is cut
from the last one in document order. Worked examples: docs/rules/multipliers.md.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from regulars.engine.facts import Line
from regulars.engine.program import Earn, Earned, Factor, Rule, Scene, Sum, Version
from regulars.engine.rounding import whole_steps

THOUSAND = 1000


def multiplied(rule: Rule) -> Earn:
    """The extras of all rules it multiplies, each rounded by itself, whatever other multipliers there are."""
    half_up = rule.half_up
    asked = [_asked(factor) for factor in rule.factors]
    if len(asked) == 1 and not asked[0][1]:
        return _of_one(rule, rule.factors[0])

    def earn(scene: Scene, goods: Sequence[Line], everything: Sequence[Line]) -> Earned | None:
        points = 0
        parts: list[tuple[object, ...]] = []
        for base, asks, spend, times, step, each, how in asked:
            lines = everything if base.with_services else goods
            if asks and not _is_met(base, scene, lines):
                continue
            money = spend(scene, lines)
            if money > 0:
                amount = money * times
                points += (whole_steps(amount, step, True) if half_up else amount // step) * each
                parts.append((base.name, money, *how))
        return (rule, points, ("multiply", half_up, *parts)) if points else None

    return earn


def _of_one(rule: Rule, factor: Factor) -> Earn:
    """The same of a single rule that looks at nothing but lines: most multipliers multiply one."""
    base, _, spend, times, step, each, (above, below, step_of_base, points_of_base, scale) = _asked(factor)
    name, with_services, half_up = base.name, base.with_services, rule.half_up

    def earn(scene: Scene, goods: Sequence[Line], everything: Sequence[Line]) -> Earned | None:
        money = spend(scene, everything if with_services else goods)
        if money <= 0:
            return None
        amount = money * times
        points = (whole_steps(amount, step, True) if half_up else amount // step) * each
        how = (name, money, above, below, step_of_base, points_of_base, scale)
        return (rule, points, ("multiply", half_up, how)) if points else None

    return earn


def _asked(factor: Factor) -> tuple[Rule, bool, Sum, int, int, int, tuple[int, ...]]:
    """The rule it multiplies, whether that asks for more than lines, their money, what so much of it gives; and how."""
    base, above, below = factor.base, factor.numerator, factor.denominator
    how = (above, below, base.step, base.points, base.scale)
    return base, _asks(base), factor.spend, above * base.scale, base.step * below, base.points, how


def combined(rule: Rule, rules: Sequence[Rule], combine: str, factor_bound: int) -> Earn:
    """The extras where multipliers see each other: line by line, what this one adds to those before it."""
    rivals = {
        factor.base.name: [
            (other, one) for other in rules for one in other.factors if one.base.name == factor.base.name
        ]
        for factor in rule.factors
    }

    def earn(scene: Scene, goods: Sequence[Line], everything: Sequence[Line]) -> Earned | None:
        points = 0
        parts: list[tuple[object, ...]] = []
        for factor in rule.factors:
            base = factor.base
            lines = everything if base.with_services else goods
            if not _is_met(base, scene, lines):
                continue
            admitted = [(other, one) for other, one in rivals[base.name] if _is_met(other, scene, goods)]
            added: dict[tuple[int, int], int] = {}
            for line in lines:
                if factor.line_test is None or factor.line_test(scene, line):
                    on_line = [(o, f) for o, f in admitted if f.line_test is None or f.line_test(scene, line)]
                    share = _added(on_line, rule, combine, factor_bound)
                    added[share] = added.get(share, 0) + (base.basis(line) if base.basis else line.total)
            shares = tuple((money, above, below) for (above, below), money in added.items() if above)
            part = (base.name, base.step, base.points, base.scale, shares)
            points += extra(part, rule.half_up)
            parts.append(part)
        return (rule, points, ("combine", rule.half_up, *parts)) if points else None

    return earn


def _asks(rule: Rule) -> bool:
    return rule.scene_test is not None or rule.quantity_at_least > 0


def _is_met(rule: Rule, scene: Scene, lines: Sequence[Line]) -> bool:
    """Whether the conditions hold that do not look at single lines."""
    if rule.scene_test is not None and not rule.scene_test(scene):
        return False
    return not rule.quantity_at_least or rule.units(scene, lines) >= rule.quantity_at_least


def extra(part: Sequence[Any], half_up: bool) -> int:
    """Points of one multiplied rule: its shares summed up exactly, rounded once."""
    _, step, points, scale, shares = part
    common = lcm(*[below for _, _, below in shares])
    amount = sum([money * above * (common // below) for money, above, below in shares])
    return whole_steps(amount * scale, step * common, half_up) * int(points)


def _added(on_line: Sequence[tuple[Rule, Factor]], rule: Rule, combine: str, factor_bound: int) -> tuple[int, int]:
    """What this multiplier adds on a line to those before it, as a fraction."""
    if combine == "best":
        on_line = [max(on_line, key=lambda item: item[1].numerator)]
    whole = below = THOUSAND
    for other, factor in on_line:
        before = whole
        if combine == "multiply":
            before, below = before * THOUSAND, below * THOUSAND
            whole = whole * (THOUSAND + factor.numerator)
        else:
            whole = whole + factor.numerator
        if factor_bound:
            whole = min(whole, factor_bound * below // THOUSAND)
        if other is rule:
            shared = gcd(whole - before, below)
            return (whole - before) // shared, below // shared
    return 0, 1


def extra_of(line: Line, rule: Rule, version: Version, scene: Scene, basket: tuple[Sequence[Line], ...]) -> Fraction:
    """What a multiplier adds on one line of a basket (goods, and all lines), before anything is rounded."""
    goods, everything = basket
    found = Fraction(0)
    for factor in rule.factors:
        base = factor.base
        lines = everything if base.with_services else goods
        if line in lines and _is_met(base, scene, lines):
            rivals = [(other, one) for other in version.order_rules for one in other.factors if one.base is base]
            on_line = [
                (other, one)
                for other, one in rivals
                if _is_met(other, scene, goods) and (one.line_test is None or one.line_test(scene, line))
            ]
            if any(other is rule for other, _ in on_line):
                above, below = _added(on_line, rule, version.combine, version.factor_bound)
                money = base.basis(line) if base.basis else line.total
                found += Fraction(money * above * base.scale * base.points, below * base.step)
    return found

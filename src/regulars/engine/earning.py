"""What an order earns: points per rule, from what is left of it.

A per-money rule gives its points for every whole step of the matching lines' total and rounds once per order, so that
splitting a basket never gains more than one step per rule. A multiplier's extra, (factor − 1) × the spend of the rule
it multiplies on the lines both match, is an earning of its own and rounds by itself. Worked examples:
docs/rules/per-spend.md.
"""

from collections.abc import Sequence
from typing import TypeAlias

from regulars.engine.facts import Line
from regulars.engine.outcome import Why
from regulars.engine.program import LineTest, Rule, Scene, Version

# A rule, the points it gives, and the inputs of their derivation.
Earned: TypeAlias = tuple[Rule, int, Why]


def earned(version: Version, scene: Scene, lines: Sequence[Line]) -> list[Earned]:
    """What each rule gives, in document order; rules that give nothing are left out."""
    found: list[Earned] = []
    for rule in version.order_rules:
        if rule.scene_test is not None and not rule.scene_test(scene):
            continue
        if rule.step:
            points, why = _per_money(rule, scene, lines)
        elif rule.factors:
            points, why = _multiplied(rule, scene, lines)
        else:
            points, why = _fixed(rule, scene, lines)
        if points:
            found.append((rule, points, why))
    return found


def _per_money(rule: Rule, scene: Scene, lines: Sequence[Line]) -> tuple[int, Why]:
    spend = _spend(rule.line_test, scene, lines)
    why = ("per_money", spend, rule.step, rule.points, rule.half_up)
    return whole_steps(spend, rule.step, rule.half_up) * rule.points, why


def _multiplied(rule: Rule, scene: Scene, lines: Sequence[Line]) -> tuple[int, Why]:
    """The extras of all rules it multiplies, each rounded by itself."""
    points = 0
    parts: list[tuple[object, ...]] = []
    for factor in rule.factors:
        base = factor.base
        if base.scene_test is not None and not base.scene_test(scene):
            continue
        spend = _spend(factor.line_test, scene, lines)
        steps = whole_steps(spend * factor.numerator, base.step * factor.denominator, rule.half_up)
        points += steps * base.points
        parts.append((base.name, spend, factor.numerator, factor.denominator, base.step, base.points))
    return points, ("multiply", rule.half_up, *parts)


def _fixed(rule: Rule, scene: Scene, lines: Sequence[Line]) -> tuple[int, Why]:
    """Given once, when goods are among the matching lines."""
    test = rule.line_test
    for line in lines:
        if _is_goods(line) and (test is None or test(scene, line)):
            return rule.points, ("fixed", rule.points)
    return 0, ()


def _spend(test: LineTest | None, scene: Scene, lines: Sequence[Line]) -> int:
    """The total of the matching lines; discount lines, below zero, among them."""
    if test is None:
        return scene.net
    return sum([line.total for line in lines if test(scene, line)])


def _is_goods(line: Line) -> bool:
    """Neither a discount (total below zero) nor an empty line."""
    return line.total > 0 or (line.total == 0 and line.quantity > 0)


def whole_steps(amount: int, step: int, half_up: bool) -> int:
    """Rounded down, or to the nearest with a half upwards. Nothing for amounts below zero."""
    if amount <= 0:
        return 0
    return (2 * amount + step) // (2 * step) if half_up else amount // step

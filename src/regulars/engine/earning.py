"""What an order earns: points per rule, from what is left of it.

A rule gives its points for every whole step of the matching lines' money (or units) and rounds once, per order or per
line, so that splitting a basket never gains more than one step per rule. A multiplier's extra is an earning of its own
and rounds by itself (`multiplying`). Worked examples: docs/rules/per-spend.md.
"""

from collections.abc import Sequence
from typing import TypeAlias

from regulars.engine.facts import Line
from regulars.engine.multiplying import combined, multiplied
from regulars.engine.outcome import Why
from regulars.engine.program import Rule, Scene, Version, is_matching, spend
from regulars.engine.rounding import signed_steps, whole_steps

# A rule, the points it gives, and the inputs of their derivation.
Earned: TypeAlias = tuple[Rule, int, Why]


def goods_of(lines: Sequence[Line]) -> Sequence[Line]:
    """Merchandise; mostly all of it."""
    for line in lines:
        if line.kind != "goods":
            return [line for line in lines if line.kind == "goods"]
    return lines


def earned(version: Version, scene: Scene, goods: Sequence[Line], lines: Sequence[Line]) -> list[Earned]:
    """What each rule gives for goods, or for all lines where its basis says so, in document order.

    Rules that give nothing are left out.
    """
    found: list[Earned] = []
    is_simple = version.combine == "add" and not version.factor_bound
    for rule in version.order_rules:
        if rule.scene_test is not None and not rule.scene_test(scene):
            continue
        counted = lines if rule.with_services else goods
        if rule.quantity_at_least and _units(rule, scene, counted) < rule.quantity_at_least:
            continue
        if rule.factors:
            points, why = multiplied(rule, scene, counted) if is_simple else combined(version, rule, scene, counted)
        elif rule.per_line:
            points, why = _per_line(rule, scene, counted)
        elif rule.step:
            points, why = _per_step(rule, scene, counted)
        else:
            points, why = _fixed(rule, scene, counted)
        if points:
            found.append((rule, points, why))
    return found


def _per_step(rule: Rule, scene: Scene, lines: Sequence[Line]) -> tuple[int, Why]:
    if rule.kind == "per_unit":
        units = _units(rule, scene, lines)
        return whole_steps(units, rule.step, rule.half_up) * rule.points, (
            "per_unit", units, rule.step, rule.points, rule.half_up,
        )  # fmt: skip
    money = spend(rule, rule.line_test, scene, lines)
    points = whole_steps(money * rule.scale, rule.step, rule.half_up) * rule.points
    if rule.kind == "percent":
        return points, ("percent", money, rule.scale, rule.step, rule.half_up)
    return points, ("per_money", money, rule.step, rule.points, rule.half_up)


def _per_line(rule: Rule, scene: Scene, lines: Sequence[Line]) -> tuple[int, Why]:
    """Each matching line rounds by itself; a discount line takes away what it would give."""
    test, basis = rule.line_test, rule.basis
    amounts = [
        line.quantity if rule.kind == "per_unit" else basis(line) if basis else line.total
        for line in lines
        if test is None or test(scene, line)
    ]
    why = ("per_line", rule.kind, rule.scale, rule.step, rule.points, rule.half_up, *amounts)
    return per_line(amounts, rule.scale, rule.step, rule.points, rule.half_up), why


def per_line(amounts: Sequence[int], scale: int, step: int, points: int, half_up: bool) -> int:
    return max(sum([signed_steps(amount * scale, step, half_up) for amount in amounts]), 0) * points


def _fixed(rule: Rule, scene: Scene, lines: Sequence[Line]) -> tuple[int, Why]:
    """Given once, when goods are among the matching lines."""
    test = rule.line_test
    for line in lines:
        if is_matching(line) and (test is None or test(scene, line)):
            return rule.points, ("fixed", rule.points)
    return 0, ()


def _units(rule: Rule, scene: Scene, lines: Sequence[Line]) -> int:
    """Units of the matching lines that are goods, not discounts."""
    test = rule.line_test
    return sum([max(line.quantity, 0) for line in lines if is_matching(line) and (test is None or test(scene, line))])

"""What an order earns: points per rule, from what is left of it.

A per-money rule gives its points for every whole step of the matching lines' total and rounds once per order, so that
splitting a basket never gains more than one step per rule. A multiplier's extra, (factor − 1) × the spend of the rule
it multiplies on the lines both match, is an earning of its own and rounds by itself. Worked examples:
docs/rules/per-spend.md.
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from regulars.engine.facts import Line, Order
from regulars.engine.program import Rule, Scene, Version

Why = tuple[object, ...]


class Earned:
    """Points of one rule with the inputs of their derivation."""

    __slots__ = ("points", "rule", "why")

    def __init__(self, rule: Rule, points: int, why: Why) -> None:
        self.rule = rule
        self.points = points
        self.why = why


def earned(version: Version, scene: Scene, lines: Sequence[Line]) -> list[Earned]:
    """What each rule gives, in document order; rules that give nothing are left out."""
    found: list[Earned] = []
    for rule in version.order_rules:
        if rule.scene_test is not None and not rule.scene_test(scene):
            continue
        found.extend(_multiplied(rule, version.bases, scene, lines) if rule.factors else _given(rule, scene, lines))
    return found


def _given(rule: Rule, scene: Scene, lines: Sequence[Line]) -> Iterable[Earned]:
    if rule.step:
        spend = _spend(lines, scene, rule)
        points = whole_steps(spend, rule.step, rule.half_up) * rule.points
        why: Why = ("per_money", spend, rule.step, rule.points, rule.half_up)
    else:
        points = rule.points if _any_line(lines, scene, rule) else 0
        why = ("fixed", rule.points)
    return (Earned(rule, points, why),) if points > 0 else ()


def _multiplied(rule: Rule, bases: dict[str, Rule], scene: Scene, lines: Sequence[Line]) -> Iterable[Earned]:
    """One earning per multiplying rule: the extras of all rules it multiplies, each rounded by itself."""
    points, parts = 0, []
    for name, numerator, denominator in rule.factors:
        base = bases[name]
        if base.scene_test is not None and not base.scene_test(scene):
            continue
        spend = _spend(lines, scene, rule, base)
        extra = whole_steps(spend * numerator, base.step * denominator, rule.half_up) * base.points
        points += extra
        parts.append((name, spend, numerator, denominator, base.step, base.points))
    return (Earned(rule, points, ("multiply", rule.half_up, *parts)),) if points > 0 else ()


def _spend(lines: Sequence[Line], scene: Scene, rule: Rule, other: Rule | None = None) -> int:
    tests = [r.line_test for r in (rule, other) if r is not None and r.line_test is not None]
    if not tests:
        return sum([line.total for line in lines])
    if len(tests) == 1:
        test = tests[0]
        return sum([line.total for line in lines if test(scene, line)])
    return sum([line.total for line in lines if tests[0](scene, line) and tests[1](scene, line)])


def _any_line(lines: Sequence[Line], scene: Scene, rule: Rule) -> bool:
    return any(rule.line_test is None or rule.line_test(scene, line) for line in lines)


def whole_steps(amount: int, step: int, half_up: bool) -> int:
    """Rounded down, or to the nearest with a half upwards. Nothing for amounts below zero."""
    if amount <= 0:
        return 0
    return (2 * amount + step) // (2 * step) if half_up else amount // step


def what_is_left(order: Order, returned: dict[str, tuple[int, int]]) -> Sequence[Line]:
    """The order's lines less what came back, in order; lines that are gone are left out."""
    if order.cancelled:
        return ()
    if not returned:
        return order.lines
    left = []
    for line in order.lines:
        quantity, total = returned.get(line.line, (0, 0))
        rest = line.quantity - quantity
        if rest > 0 or total != line.total:
            left.append(replace(line, quantity=max(rest, 0), total=line.total - total))
    return left

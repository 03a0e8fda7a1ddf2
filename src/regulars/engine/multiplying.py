"""Multipliers: (factor − 1) × the money of the rules they multiply, on the lines that both match.

Each multiplier's extra is an earning of its own and rounds by itself. Several on one line combine as the program says:
`add` (2× and 3× → 4×), `best` (the highest one alone), or `multiply` (2× and 3× → 6×), under an upper bound that is cut
from the last one in document order. Worked examples: docs/rules/multipliers.md.
"""

from collections.abc import Sequence

from regulars.engine.facts import Line
from regulars.engine.outcome import Why
from regulars.engine.program import Factor, Rule, Scene, Version, spend
from regulars.engine.rounding import whole_steps

THOUSAND = 1000


def multiplied(rule: Rule, scene: Scene, lines: Sequence[Line]) -> tuple[int, Why]:
    """The extras of all rules it multiplies, each rounded by itself, whatever other multipliers there are."""
    points = 0
    parts: list[tuple[object, ...]] = []
    for factor in rule.factors:
        base = factor.base
        if base.scene_test is not None and not base.scene_test(scene):
            continue
        money = spend(base, factor.line_test, scene, lines)
        steps = whole_steps(money * factor.numerator * base.scale, base.step * factor.denominator, rule.half_up)
        points += steps * base.points
        parts.append((base.name, money, factor.numerator, factor.denominator, base.step, base.points, base.scale))
    return points, ("multiply", rule.half_up, *parts)


def combined(version: Version, rule: Rule, scene: Scene, lines: Sequence[Line]) -> tuple[int, Why]:
    """The extras where multipliers see each other: line by line, what this one adds to those before it."""
    points = 0
    parts: list[tuple[object, ...]] = []
    for factor in rule.factors:
        base = factor.base
        if base.scene_test is not None and not base.scene_test(scene):
            continue
        rivals = _rivals(version, base, scene)
        added: dict[tuple[int, int], int] = {}
        for line in lines:
            if factor.line_test is None or factor.line_test(scene, line):
                share = _added(version, rivals, rule, scene, line)
                added[share] = added.get(share, 0) + (base.basis(line) if base.basis else line.total)
        shares = tuple(
            (money, numerator, denominator) for (numerator, denominator), money in added.items() if numerator
        )
        part = (base.name, base.step, base.points, base.scale, shares)
        points += extra(part, rule.half_up)
        parts.append(part)
    return points, ("combine", rule.half_up, *parts)


def extra(part: Sequence[object], half_up: bool) -> int:
    """Points of one multiplied rule: its shares summed up exactly, rounded once."""
    _, step, points, scale, shares = part
    common = max([denominator for _, _, denominator in shares], default=1)  # type: ignore[attr-defined]
    amount = sum([money * numerator * (common // denominator) for money, numerator, denominator in shares])  # type: ignore[attr-defined]
    return whole_steps(amount * scale, step * common, half_up) * points  # type: ignore[operator]


def _rivals(version: Version, base: Rule, scene: Scene) -> list[tuple[Rule, Factor]]:
    """Every multiplier of this rule that the scene admits, in document order."""
    return [
        (rule, factor)
        for rule in version.order_rules
        if rule.factors and (rule.scene_test is None or rule.scene_test(scene))
        for factor in rule.factors
        if factor.base.name == base.name
    ]


def _added(
    version: Version, rivals: Sequence[tuple[Rule, Factor]], rule: Rule, scene: Scene, line: Line
) -> tuple[int, int]:
    """What this multiplier adds on this line to those before it, as a fraction."""
    admitted = [
        (other, factor) for other, factor in rivals if factor.line_test is None or factor.line_test(scene, line)
    ]
    if version.combine == "best":
        highest = max(admitted, key=lambda item: item[1].numerator)
        admitted = [highest]
    before = whole = denominator = THOUSAND
    for other, factor in admitted:
        before = whole
        if version.combine == "multiply":
            before, denominator = before * THOUSAND, denominator * THOUSAND
            whole = whole * (THOUSAND + factor.numerator)
        else:
            whole = whole + factor.numerator
        if version.factor_bound:
            whole = min(whole, version.factor_bound * denominator // THOUSAND)
        if other is rule:
            return whole - before, denominator
    return 0, 1

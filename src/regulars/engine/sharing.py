"""Which line of an order its points are for: each rule's, spread over the lines it looks at by what they gave to it.

That is money for rules per money, units for rules per unit, what a line came to by itself for rules that round per
line, and money again for fixed gifts; what points paid of a line is not among it. Shares are whole, by largest
remainder, ties by line order. Worked examples: docs/rules/quotes.md.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import lcm

from msgspec.structs import replace

from regulars.engine.explain import rule_of
from regulars.engine.facts import Line, Order
from regulars.engine.multiplying import extra_of
from regulars.engine.orders import Basket, basket, scene
from regulars.engine.outcome import Entry
from regulars.engine.program import Rule, Scene, Version, bought, is_matching
from regulars.engine.returns import what_is_left
from regulars.engine.rounding import signed_steps, spread
from regulars.engine.tape import Tape


def by_line(tape: Tape, order: Order, entries: Iterable[Entry]) -> dict[str, dict[str, int]]:
    """Points by line and rule that the order earned when it was paid."""
    touched = tape.touched.get(order.key)
    found: dict[str, dict[str, int]] = {line.line: {} for line in order.lines}
    if touched is None:
        return found
    version = tape.programs.numbered(touched.memo.version)
    left = basket(order, {}, what_is_left(order, {}))
    at_payment = replace(scene(tape, order, touched.memo), net=sum(line.total for line in left[0]))
    rules = {rule.name: rule for rule in version.order_rules}
    for entry in entries:
        rule = rules.get(rule_of(entry.identity))
        if rule is not None and entry.kind == "earn" and entry.identity.startswith(f"order:{order.key}|"):
            lines, weights = _weights(version, rule, at_payment, left)
            for line, points in zip(lines, spread(entry.points, weights), strict=True):
                if points:
                    found[line.line][rule.name] = found[line.line].get(rule.name, 0) + points
    return found


def _weights(version: Version, rule: Rule, at_payment: Scene, left: Basket) -> tuple[Sequence[Line], list[int]]:
    """The lines that a rule looks at, and what each gave to it."""
    goods, everything = left
    if rule.factors:
        return everything, _whole([extra_of(line, rule, version, at_payment, left) for line in everything])
    lines = rule.select(at_payment, everything if rule.with_services else goods)
    if rule.kind == "fixed":
        lines = [line for line in lines if is_matching(line)]
        weights = [line.total for line in lines]
        return lines, weights if any(weights) else [1] * len(lines)
    of_units = rule.kind == "per_unit"
    amounts = [bought(line) if of_units else rule.basis(line) if rule.basis else line.total for line in lines]
    if rule.per_line:
        amounts = [signed_steps(amount * rule.scale, rule.step, rule.half_up) for amount in amounts]
    return lines, amounts


def _whole(amounts: Sequence[Fraction]) -> list[int]:
    """The same proportions in whole numbers."""
    common = lcm(*[amount.denominator for amount in amounts])
    return [int(amount * common) for amount in amounts]

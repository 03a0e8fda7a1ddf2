"""Multipliers together: what they may come to, so that points and the fractions in derivations fit 64 bits.

With `multipliers: multiply` a derivation keeps what each adds to those before it as a fraction in lowest terms, neither
part of which is above the product of the factors' own numerators (and that of `multiply_at_most`).
"""

from fractions import Fraction
from math import prod

from regulars.engine.grammar.desk import Desk
from regulars.engine.program import Rule, Version

MOST = 2**63 - 1
# Minor units of the largest order.
LARGEST_ORDER = 10**12


def factors(desk: Desk, version: Version) -> None:
    """Asked of multipliers that are right in themselves, for each rule that they multiply."""
    rules = {rule.name: rule for rule in version.rules}
    for base in version.order_rules:
        together: list[Fraction] = []
        for place, raw in enumerate(desk.raw.earn):
            for factor in rules[raw.rule].factors:
                if factor.base.name == base.name:
                    together.append(1 + Fraction(factor.numerator, factor.denominator))
                    if code := _too_much(version, base, together):
                        text = raw.multiply if isinstance(raw.multiply, str) else raw.multiply[base.name]
                        desk.blame(f"earn[{place}].multiply.{base.name}", text, code)
                        return


def _too_much(version: Version, base: Rule, together: list[Fraction]) -> str:
    bound = Fraction(version.factor_bound, 1000)
    exact = [*together, bound] if bound else together
    if version.combine == "multiply" and prod(factor.numerator for factor in exact) > MOST:
        return "factors_too_exact"
    whole = total(version.combine, together)
    most = min(whole, bound) if bound else whole
    steps = Fraction(LARGEST_ORDER * base.scale, base.step)
    return "factors_too_large" if steps * base.points * most > MOST else ""


def total(combine: str, together: list[Fraction]) -> Fraction:
    """What these factors come to on one line."""
    if combine == "multiply":
        return prod(together, start=Fraction(1))
    return max(together) if combine == "best" else 1 + sum((factor - 1 for factor in together), Fraction(0))

"""What an earning came from: the points that its inputs give, and the same as codes with parameters.

Counts the same steps again from the inputs that the entry kept, and rounds nothing that the fold did not round.
"""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from regulars.engine.earning import per_line
from regulars.engine.multiplying import extra
from regulars.engine.rounding import whole_steps

Parameters = dict[str, int | str]
Stored = Sequence[Any]


class Explanation(Struct, frozen=True):
    """`order` is the key of the order concerned, "" where there is none; `because` explains the parts of the sum."""

    code: str
    rule: str
    order: str
    parameters: Parameters
    because: tuple["Explanation", ...] = ()


def computed(why: Stored) -> int:
    """The points that a derivation gives."""
    code, *inputs = why
    return COMPUTED[code](*inputs)


def derived(why: Stored, rule: str, order: str) -> Explanation:
    """The derivation of what a rule gives."""
    code, *inputs = why
    if code == "cancelled":
        return Explanation("order.cancelled", rule, order, {"points": 0})
    if code == "capped":
        left, cap, *rest = inputs
        cut: Parameters = {"points": left, "uncapped": computed(rest), "cap": cap}
        return Explanation("earn.capped", rule, order, cut, (derived(rest, rule, order),))
    if code == "budget":
        left, campaign, *rest = inputs
        ruled: Parameters = {"points": left, "wanted": computed(rest), "campaign": campaign}
        return Explanation("earn.budget", rule, order, ruled, (derived(rest, rule, order),))
    if code == "goal":
        points, per, streak, *steps = inputs
        because = tuple(Explanation("goal.step", rule, order, _reached(*step)) for step in steps)
        return Explanation("earn.goal", rule, order, {"points": points, "per": per, "streak": streak}, because)
    if code in ("multiply", "combine"):
        half_up, *parts = inputs
        told = _multiplied if code == "multiply" else _combined
        because = tuple(told(part, half_up, rule, order) for part in parts)
        return Explanation("earn.multiply", rule, order, {"points": computed(why)}, because)
    return Explanation(f"earn.{code}", rule, order, EARNED[code](*inputs))


def _per_line(_kind: str, scale: int, step: int, points: int, half_up: bool, *amounts: int) -> int:
    return per_line(amounts, scale, step, points, half_up)


def _extra(part: Stored, half_up: bool) -> int:
    _, spend, numerator, denominator, step, points, scale = part
    return whole_steps(spend * numerator * scale, step * denominator, half_up) * int(points)


# From the inputs of each kind.
COMPUTED: dict[str, Callable[..., int]] = {
    "fixed": lambda points: points,
    "cancelled": lambda: 0,
    "capped": lambda left, *_rest: left,
    "budget": lambda left, *_rest: left,
    "goal": lambda points, *_steps: points,
    "per_money": lambda spend, step, points, half_up: whole_steps(spend, step, half_up) * points,
    "percent": lambda spend, scale, step, half_up: whole_steps(spend * scale, step, half_up),
    "per_unit": lambda units, step, points, half_up: whole_steps(units, step, half_up) * points,
    "per_line": _per_line,
    "multiply": lambda half_up, *parts: sum(_extra(part, half_up) for part in parts),
    "combine": lambda half_up, *parts: sum(extra(part, half_up) for part in parts),
}


def _reached(measure: str, amount: int, each: int = 0, count: int | None = None) -> Parameters:
    """What there is is told of goals that are no longer reached. Older derivations know neither that nor `each`."""
    missing = 0 if count is None else max(amount - count, 0)
    return {"measure": measure, "amount": amount, "each": each, "missing": missing}


def _rounds(half_up: bool) -> str:
    return "half up" if half_up else "down"


def _per_money(spend: int, step: int, points: int, half_up: bool) -> Parameters:
    steps = whole_steps(spend, step, half_up)
    return {
        "spend": spend,
        "step": step,
        "steps": steps,
        "per_step": points,
        "points": steps * points,
        "rounds": _rounds(half_up),
    }


def _per_unit(units: int, step: int, points: int, half_up: bool) -> Parameters:
    steps = whole_steps(units, step, half_up)
    return {"units": units, "unit_step": step, "steps": steps, "per_step": points, "points": steps * points}


def _percent(spend: int, scale: int, step: int, half_up: bool) -> Parameters:
    points = whole_steps(spend * scale, step, half_up)
    return {"spend": spend, "percent": _decimal(scale), "points": points, "rounds": _rounds(half_up)}


def _by_line(_kind: str, scale: int, step: int, points: int, half_up: bool, *amounts: int) -> Parameters:
    earned = per_line(amounts, scale, step, points, half_up)
    return {"lines": len(amounts), "points": earned, "rounds": _rounds(half_up)}


# What is told of each kind.
EARNED: dict[str, Callable[..., Parameters]] = {
    "fixed": lambda points: {"points": points},
    "per_money": _per_money,
    "per_unit": _per_unit,
    "percent": _percent,
    "per_line": _by_line,
}


def _decimal(thousandths: int) -> str:
    return f"{thousandths // 1000}.{thousandths % 1000:03}".rstrip("0").rstrip(".")


def _share(scale: int) -> str:
    """Of a rule that gives a share of the money."""
    return "" if scale == 1 else _decimal(scale)


def _multiplied(part: Stored, half_up: bool, rule: str, order: str) -> Explanation:
    base, spend, numerator, denominator, step, points, scale = part
    parameters: Parameters = {
        "spend": spend,
        "base": base,
        "factor": _decimal(1000 + numerator * 1000 // denominator),
        "step": step,
        "steps": whole_steps(spend * numerator * scale, step * denominator, half_up),
        "per_step": points,
        "points": _extra(part, half_up),
        "rounds": _rounds(half_up),
        "percent": _share(scale),
    }
    return Explanation("earn.multiply.part", rule, order, parameters)


def _combined(part: Stored, half_up: bool, rule: str, order: str) -> Explanation:
    """What it adds beside other multipliers: the money, and what it comes to after them."""
    base, step, points, scale, shares = part
    spend = sum(money for money, _, _ in shares)
    factors = dict.fromkeys(_decimal(1000 + numerator * 1000 // denominator) for _, numerator, denominator in shares)
    parameters: Parameters = {
        "spend": spend,
        "base": base,
        "factor": ", ".join(factors),
        "step": step,
        "steps": extra((base, step, 1, scale, shares), half_up),
        "per_step": points,
        "points": extra(part, half_up),
        "rounds": _rounds(half_up),
        "percent": _share(scale),
    }
    return Explanation("earn.multiply.part", rule, order, parameters)

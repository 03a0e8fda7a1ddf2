"""Why points moved: the derivation that an entry carries, as a stable code with its parameters.

Rounds nothing that the fold did not round: the same steps are counted again from the inputs the entry kept. Sentences
are made elsewhere; codes and parameters are listed in docs/rules/explain.md and never change their meaning.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from regulars.engine.earning import per_line
from regulars.engine.multiplying import extra
from regulars.engine.outcome import Entry
from regulars.engine.rounding import whole_steps

Parameters = dict[str, int | str]
Stored = Sequence[Any]
# Decisions, which move lots; some of them back into the wallet.
INWARD = frozenset({"lapse", "receive", "release", "restore"})
DECIDED = INWARD | {"adjust", "capture", "claim", "hold", "redeem", "transfer"}


class Explanation(Struct, frozen=True):
    """`order` is the key of the order concerned, "" where there is none; `because` explains the parts of the sum."""

    code: str
    rule: str
    order: str
    parameters: Parameters
    because: tuple["Explanation", ...] = ()


def explain(entry: Entry) -> Explanation:
    """The derivation of one entry. Money in minor units."""
    rule, order = rule_of(entry.identity), order_of(entry.identity)
    if not entry.why:
        return Explanation(entry.kind, rule, order, {"points": entry.points})
    return _told(entry, entry.why, rule, order)


def recompute(entry: Entry) -> int | None:
    """The points that the derivation gives for all entries of this identity and kind together.

    A reversal may take its points from several places and is then several entries. None where an entry only moves
    points on (`mature`, `repay`): what they sum up to was explained when it was earned.
    """
    why: Stored = entry.why
    if why and why[0] in DECIDED:
        return sum(int(points) for _, points in why[1:])
    return _computed(why) if why else None


def rule_of(identity: str) -> str:
    return identity.rpartition("|")[2]


def order_of(identity: str) -> str:
    """The order that an identity is about: `refund:SOURCE/ORDER/ID|rule` and all others; "" when it is none."""
    cause, _, key = identity.rpartition("|")[0].removeprefix("repay:").partition(":")
    if cause == "refund":
        return key.rpartition("/")[0]
    if cause == "edit":
        return key.rpartition("@")[0]
    return key if cause in ("order", "mature") else ""


def _computed(why: Stored) -> int:
    code, *inputs = why
    if code in ("fixed", "capped"):
        return int(inputs[0])
    if code == "remains":
        kept, _, *rest = inputs
        return abs(int(kept) - (_computed(rest) if rest else 0))
    if code == "correct":
        had, wanted, *_ = inputs
        return abs(int(wanted) - int(had))
    if code == "expire":
        return sum(points for _, points in inputs)
    return COMPUTED[code](*inputs)


def _per_line(_kind: str, scale: int, step: int, points: int, half_up: bool, *amounts: int) -> int:
    return per_line(amounts, scale, step, points, half_up)


# Points of what orders earn, from the inputs of each kind.
COMPUTED: dict[str, Callable[..., int]] = {
    "per_money": lambda spend, step, points, half_up: whole_steps(spend, step, half_up) * points,
    "percent": lambda spend, scale, step, half_up: whole_steps(spend * scale, step, half_up),
    "per_unit": lambda units, step, points, half_up: whole_steps(units, step, half_up) * points,
    "per_line": _per_line,
    "multiply": lambda half_up, *parts: sum(_extra(part, half_up) for part in parts),
    "combine": lambda half_up, *parts: sum(extra(part, half_up) for part in parts),
}


def _extra(part: Stored, half_up: bool) -> int:
    _, spend, numerator, denominator, step, points, scale = part
    return whole_steps(spend * numerator * scale, step * denominator, half_up) * int(points)


def _told(entry: Entry, why: Stored, rule: str, order: str) -> Explanation:
    """What decisions do with lots is told of the lots, anything else of rules."""
    code, *parts = why
    if code not in DECIDED:
        return _explained(entry, why, rule, order)
    inward = code in INWARD or entry.source == "issued"
    moved: Parameters = {"points": entry.points, "place": entry.target if inward else entry.source}
    if code == "claim":
        return Explanation(code, "", order_of(f"{parts[0][0]}|"), moved)
    return Explanation(code, "", order, moved, tuple(_lot(cause, points) for cause, points in parts))


def _explained(entry: Entry, why: Stored, rule: str, order: str) -> Explanation:
    code, *inputs = why
    if code == "remains":
        kept, keeps, *rest = inputs
        named, place = ("reverse", entry.source) if keeps < kept else ("earn.more", entry.target)
        moved: Parameters = {"kept": kept, "keeps": keeps, "points": entry.points, "place": place}
        return Explanation(named, rule, order, moved, (_explained(entry, rest, rule, order),) if rest else ())
    if code == "correct":
        had, wanted, *rest = inputs
        settled: Parameters = {"recorded": had, "computed": wanted, "points": entry.points}
        return Explanation("correct", rule, order, settled, (_told(entry, rest, rule, order),) if rest else ())
    if code == "expire":
        lots = tuple(_expired(cause, points) for cause, points in inputs)
        return Explanation("expire", rule, order, {"points": _computed(why)}, lots)
    if code == "capped":
        left, cap, *rest = inputs
        uncapped = _computed(rest)
        cut: Parameters = {"points": left, "uncapped": uncapped, "cap": cap}
        return Explanation("earn.capped", rule, order, cut, (_explained(entry, rest, rule, order),))
    if code in ("multiply", "combine"):
        half_up, *parts = inputs
        told = _multiplied if code == "multiply" else _combined
        because = tuple(told(part, half_up, rule, order) for part in parts)
        return Explanation("earn.multiply", rule, order, {"points": _computed(why)}, because)
    return Explanation(f"earn.{code}", rule, order, EARNED[code](*inputs))


def _lot(cause: str, points: int) -> Explanation:
    """Without a cause: what was owed for the rest."""
    return Explanation("lot" if cause else "owed", "", order_of(f"{cause}|"), {"points": points})


def _expired(cause: str, points: int) -> Explanation:
    return Explanation("expire.lot", "", order_of(f"{cause}|"), {"points": points})


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
    }
    return Explanation("earn.multiply.part", rule, order, parameters)


def _combined(part: Stored, half_up: bool, rule: str, order: str) -> Explanation:
    """What it adds beside other multipliers: the money, and what it comes to after them."""
    base, step, points, scale, shares = part
    spend = sum(money for money, _, _ in shares)
    added = Counter[str]()
    for money, numerator, denominator in shares:
        added[_decimal(1000 + numerator * 1000 // denominator)] += money
    parameters: Parameters = {
        "spend": spend,
        "base": base,
        "factor": ", ".join(added),
        "step": step,
        "steps": extra((base, step, 1, scale, shares), half_up),
        "per_step": points,
        "points": extra(part, half_up),
        "rounds": _rounds(half_up),
    }
    return Explanation("earn.multiply.part", rule, order, parameters)

"""Why points moved: the derivation that an entry carries, as a stable code with its parameters.

Rounds nothing that the fold did not round: the same steps are counted again from the inputs the entry kept. Sentences
are made elsewhere; codes and parameters are listed in docs/rules/explain.md and never change their meaning.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from regulars.engine.earning import whole_steps
from regulars.engine.outcome import Entry

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
    if code == "fixed":
        return int(inputs[0])
    if code == "per_money":
        spend, step, points, half_up = inputs
        return whole_steps(spend, step, half_up) * int(points)
    if code == "multiply":
        half_up, *parts = inputs
        return sum(_extra(part, half_up) for part in parts)
    if code == "remains":
        kept, _, *rest = inputs
        return abs(int(kept) - (_computed(rest) if rest else 0))
    if code == "correct":
        had, wanted, *_ = inputs
        return abs(int(wanted) - int(had))
    assert code == "expire", code
    return sum(points for _, points in inputs)


def _extra(part: Stored, half_up: bool) -> int:
    _, spend, numerator, denominator, step, points = part
    return whole_steps(spend * numerator, step * denominator, half_up) * int(points)


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
    if code == "multiply":
        half_up, *parts = inputs
        because = tuple(_multiplied(part, half_up, rule, order) for part in parts)
        return Explanation("earn.multiply", rule, order, {"points": _computed(why)}, because)
    if code == "per_money":
        return Explanation("earn.per_money", rule, order, _per_money(*inputs))
    assert code == "fixed", code
    return Explanation("earn.fixed", rule, order, {"points": inputs[0]})


def _lot(cause: str, points: int) -> Explanation:
    """Without a cause: what was owed for the rest."""
    return Explanation("lot" if cause else "owed", "", order_of(f"{cause}|"), {"points": points})


def _expired(cause: str, points: int) -> Explanation:
    return Explanation("expire.lot", "", order_of(f"{cause}|"), {"points": points})


def _per_money(spend: int, step: int, points: int, half_up: bool) -> Parameters:
    steps = whole_steps(spend, step, half_up)
    return {
        "spend": spend,
        "step": step,
        "steps": steps,
        "per_step": points,
        "points": steps * points,
        "rounds": "half up" if half_up else "down",
    }


def _multiplied(part: Stored, half_up: bool, rule: str, order: str) -> Explanation:
    base, spend, numerator, denominator, step, points = part
    thousandths = 1000 + numerator * 1000 // denominator
    parameters = _per_money(spend, step, points, half_up) | {
        "base": base,
        "factor": f"{thousandths // 1000}.{thousandths % 1000:03}".rstrip("0").rstrip("."),
        "steps": whole_steps(spend * numerator, step * denominator, half_up),
        "points": _extra(part, half_up),
    }
    return Explanation("earn.multiply.part", rule, order, parameters)

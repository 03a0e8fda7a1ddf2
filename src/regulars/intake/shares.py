"""Money that came back, shared out to the lines of its order.

By largest remainder: each line gets its share rounded down, and what is left over goes, a minor unit each, to the lines
that lost most by it, the earlier line first. What the shop gave back beyond the order's worth stays in the fact, on the
line that was worth most, so that the fact says what the shop said; the ledger gives it no effect (RULES 2, 9).
"""

from collections.abc import Mapping, Sequence

from regulars.engine.account import Returned
from regulars.engine.facts import Line, RefundLine
from regulars.engine.returns import NOTHING, money_back
from regulars.intake.orders import RefundIn

Returns = Mapping[str, Returned]


def spread(amount: int, lines: Sequence[Line], returned: Returns) -> tuple[RefundLine, ...]:
    left = [max(line.total - money_back(line, returned.get(line.line, NOTHING)), 0) for line in lines]
    parts = shares(min(amount, sum(left)), left)
    if (beyond := amount - sum(parts)) > 0:
        parts[max(range(len(lines)), key=lambda place: lines[place].total)] += beyond
    return tuple(RefundLine(line.line, 0, part) for line, part in zip(lines, parts, strict=True) if part)


def shares(amount: int, weights: Sequence[int]) -> list[int]:
    """`amount` in whole units in proportion to `weights`, none of them negative; the parts add up to it exactly.

    Nothing is shared out when all weights are zero.
    """
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    parts = [amount * weight // total for weight in weights]
    lost = sorted(range(len(weights)), key=lambda place: (-(amount * weights[place] % total), place))
    for place in lost[: amount - sum(parts)]:
        parts[place] += 1
    return parts


def with_units(parts: Sequence[RefundLine], lines: Sequence[Line], returned: Returns) -> tuple[RefundLine, ...]:
    """Where all that is left of a line's money comes back, so do its units, of which nobody spoke."""
    bought = {line.line: line for line in lines}
    found = []
    for part in parts:
        line, before = bought[part.line], returned.get(part.line, NOTHING)
        is_all = (part.total or 0) >= line.total - money_back(line, before)
        found.append(RefundLine(line.line, max(line.quantity - before.units, 0) if is_all else 0, part.total))
    return tuple(found)


def new_of(refund: RefundIn, lines: Sequence[Line], returned: Returns) -> tuple[RefundLine, ...] | None:
    """Of what came back so far, what had not come back before; None where more had."""
    if refund.amount is None:
        found = [_new_of_line(stated, lines, returned) for stated in refund.lines]
        return None if None in found else tuple(one for one in found if one and (one.quantity or one.total))
    new = refund.amount - sum(money_back(line, returned.get(line.line, NOTHING)) for line in lines)
    return None if new < 0 else with_units(spread(new, lines, returned), lines, returned)


def _new_of_line(stated: RefundLine, lines: Sequence[Line], returned: Returns) -> RefundLine | None:
    """Units that were given back for their share are as much as was said, but for its rounding."""
    line, before = next((line for line in lines if line.line == stated.line), None), returned.get(stated.line, NOTHING)
    if line is None:
        return stated
    units, money = stated.quantity - before.units, (stated.total or 0) - money_back(line, before)
    if before.shared and abs(money) <= 1:
        money = 0
    if money < 0 or (stated.quantity and units < 0):
        return None
    return RefundLine(line.line, max(units, 0), money)

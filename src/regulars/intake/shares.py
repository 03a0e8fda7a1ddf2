"""What of a refund is new where a shop says how much came back so far."""

from collections.abc import Mapping, Sequence

from regulars.engine.account import Returned
from regulars.engine.facts import Line, RefundLine
from regulars.engine.returns import NOTHING, money_back, spread_out
from regulars.intake.orders import RefundIn

Returns = Mapping[str, Returned]


def new_of(refund: RefundIn, lines: Sequence[Line], returned: Returns) -> tuple[RefundLine, ...] | None:
    """Of what came back so far, what had not come back before; None where more had."""
    if refund.amount is None:
        found = [_new_of_line(stated, lines, returned) for stated in refund.lines]
        return None if None in found else tuple(one for one in found if one and (one.quantity or one.total))
    new = refund.amount - sum(money_back(line, returned.get(line.line, NOTHING)) for line in lines)
    return None if new < 0 else spread_out(new, lines, returned)


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

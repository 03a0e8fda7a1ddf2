"""What came back of an order, and what is left of it.

A refund that states no amount takes its units' share of the line: shares are rounded half up, counted from the first
unit, so that parts in any order sum up to the whole. A line without units counts as one. Nothing comes back twice:
units are bounded by what was bought, money by the line's total. An amount of which nobody says what it is for is spread
over what is left of the lines, and all of a line's money takes its units with it. Worked examples:
docs/rules/refunds.md.
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from regulars.engine.account import Returned
from regulars.engine.facts import Line, Order, RefundLine
from regulars.engine.rounding import in_proportion

NOTHING = Returned(0, 0, 0)


def what_is_left(order: Order, returned: Mapping[str, Returned]) -> Sequence[Line]:
    """The order's lines less what came back, in order; lines that are gone are left out."""
    if order.cancelled:
        return ()
    if not returned:
        return order.lines
    left = []
    for line in order.lines:
        back = returned.get(line.line)
        if back is None:
            left.append(line)
            continue
        units, total = max(line.quantity - back.units, 0), line.total - money_back(line, back)
        if units or total:
            rest = (line.discount, line.tax)
            discount, tax = rest if not any(rest) else (amount - part(amount, line, back) for amount in rest)
            left.append(replace(line, quantity=units, total=total, discount=discount, tax=tax))
    return left


def came_back(order: Order, returned: Mapping[str, Returned]) -> dict[str, tuple[int, int]]:
    """(units, minor units) that came back, by line; only lines of which something did."""
    known = [(line, returned[line.line]) for line in order.lines if line.line in returned]
    return {line.line: (min(back.units, line.quantity), money_back(line, back)) for line, back in known}


def with_refund(line: Line, before: Returned, refund: RefundLine) -> Returned:
    """What came back of a line after one more refund, as far as that is possible."""
    bought = max(line.quantity, 1)
    asked = refund.quantity if line.quantity > 0 or refund.total is not None else 1
    units = min(max(asked, 0), max(bought - before.units, 0))
    money = money_back(line, before)
    # As far as the line, which may have been edited since, still bears it.
    stated = money - share(line, before.shared)
    if refund.total is None:
        return Returned(before.units + units, before.shared + units, stated)
    return Returned(before.units + units, before.shared, stated + within(line.total - money, refund.total))


def spread_out(amount: int, lines: Sequence[Line], returned: Mapping[str, Returned]) -> tuple[RefundLine, ...]:
    """Minor units that came back of an order, by line: largest remainder, in proportion to what is left of each, so
    that a discount comes back by as much as the goods.

    With all that is left of a line's money, or of the order's, so do the units come back, of which nobody spoke.
    """
    left = [line.total - money_back(line, returned.get(line.line, NOTHING)) for line in lines]
    if not amount or not lines:
        return ()
    if amount >= sum(left):
        return _everything(amount, lines, left)
    shared = zip(lines, left, in_proportion(amount, left), strict=True)
    return tuple(RefundLine(line.line, line.quantity * (part == rest), part) for line, rest, part in shared if part)


def _everything(amount: int, lines: Sequence[Line], left: Sequence[int]) -> tuple[RefundLine, ...]:
    """What is beyond the order's worth stays on the line that was worth most, so that the fact says what the shop said;
    it has no effect."""
    dearest = max(lines, key=lambda line: line.total)
    beyond = amount - sum(left)
    shared = zip(lines, left, strict=True)
    return tuple(RefundLine(line.line, line.quantity, rest + beyond * (line is dearest)) for line, rest in shared)


def money_back(line: Line, back: Returned) -> int:
    """Minor units that came back of a line, never more than its total."""
    return within(line.total, share(line, back.shared) + back.stated)


def part(amount: int, line: Line, back: Returned) -> int:
    """What belongs to the returned units of an amount that is spread over a line: its discount, its tax. Half up."""
    bought = max(line.quantity, 1)
    return (2 * amount * min(back.units, bought) + bought) // (2 * bought)


def share(line: Line, units: int) -> int:
    """What so many units of a line are worth, half up."""
    bought = max(line.quantity, 1)
    return (2 * line.total * min(units, bought) + bought) // (2 * bought)


def within(bound: int, amount: int) -> int:
    """The amount, but between nothing and the bound, which may be below zero."""
    return min(max(amount, 0), bound) if bound >= 0 else max(min(amount, 0), bound)

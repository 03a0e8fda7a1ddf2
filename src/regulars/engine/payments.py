"""Orders that points or credit paid for: what of them money paid, and what comes back when goods do.

A payment names its redemption. What points paid is spread over the lines by largest remainder in minor units, in
proportion to their totals, ties by line order; a returned line gives back its share, half up and cumulatively, so that
parts in any order sum up to the whole. Cash is never returned for what points paid. Worked examples:
docs/rules/restoring.md.
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from regulars.engine import expiring, limits, taking
from regulars.engine.account import Lot, Memo, Returned, Spent
from regulars.engine.facts import Line, Order
from regulars.engine.returns import money_back
from regulars.engine.rounding import spread
from regulars.engine.spending import Back, Occasion, come_back, paid, put_back, take
from regulars.engine.tape import Tape, Touched


def paid_with_points(order: Order) -> int:
    """Minor units that redemptions paid, never more than the goods cost."""
    named = sum([payment.amount for payment in order.payments if payment.redemption])
    return min(max(named, 0), sum([line.total for line in order.lines if line.total > 0]))


def shares(order: Order) -> dict[str, int]:
    """What points paid of each line; lines that cost nothing have no share."""
    paid = paid_with_points(order)
    costly = [line for line in order.lines if line.total > 0]
    if not paid:
        return {}
    return {line.line: part for line, part in zip(costly, spread(paid, [one.total for one in costly]), strict=True)}


def share_back(line: Line, part: int, returned: Mapping[str, Returned]) -> int:
    """What of a line's share came back with it."""
    back = returned.get(line.line)
    return 0 if back is None or not part else (2 * part * money_back(line, back) + line.total) // (2 * line.total)


def left_of_shares(order: Order, returned: Mapping[str, Returned]) -> dict[str, int]:
    """What points still pay of each line that is left."""
    if order.cancelled or not order.payments:
        return {}
    parts = shares(order)
    return {line.line: parts[line.line] - share_back(line, parts[line.line], returned)
            for line in order.lines if line.line in parts}  # fmt: skip


def cash_back(order: Order, returned: Mapping[str, Returned]) -> int:
    """Minor units of money to give back for everything that came back so far; what points paid is not among it."""
    bought = sum([line.total for line in order.lines])
    left = bought - sum([money_back(line, returned[line.line]) for line in order.lines if line.line in returned])
    if order.cancelled:
        left = 0
    return bought - paid_with_points(order) - (left - sum(left_of_shares(order, returned).values()))


def earning_lines(order: Order, returned: Mapping[str, Returned], lines: Sequence[Line]) -> Sequence[Line]:
    """What is left of the lines, less what points paid of them: points earn no points."""
    parts = left_of_shares(order, returned)
    return [replace(line, total=line.total - parts.get(line.line, 0)) for line in lines] if parts else lines


def settle(tape: Tape, touched: Touched, lines: Sequence[Line], at: int, cause: str) -> None:
    """Points that paid for what came back are given back; those that pay for it again are taken again."""
    order, memo = touched.order, touched.memo
    named = {payment.redemption for payment in order.payments if payment.redemption}
    if not named and not memo.given_back:
        return
    memo.with_points = max(memo.with_points, paid_with_points(order))
    left = sum(left_of_shares(order, memo.returned).values())
    changes: dict[str, list[tuple[str, Spent, int]]] = {}
    memo.given_back = {**dict.fromkeys(named, 0), **memo.given_back}
    for key, before in sorted(memo.given_back.items()):
        spent = None if tape.one is not None else tape.spent.get(key)
        if spent is not None and spent.fate in ("redeemed", "captured") and not taking.is_of_draw(tape.programs, spent):
            gone = comes_back(spent, memo, left, gone=key not in named or not lines)
            if gone != before:
                changes.setdefault(spent.wallet, []).append((key, spent, gone - before))
    for wallet, mine in changes.items():
        give_back(tape, Occasion(f"{cause}|", "restore", wallet, at, tape.programs.at(at)), memo, mine)
        take_again(tape, Occasion(f"{cause}|", "redeem", wallet, at, tape.programs.at(at)), memo, mine)


def comes_back(spent: Spent, memo: Memo, left: int, gone: bool) -> int:
    """How many of a redemption's points come back in all, half up, when so much of what it paid is left."""
    whole = memo.with_points
    if gone or not whole:
        return spent.points if gone else 0
    return (2 * spent.points * (whole - min(left, whole)) + whole) // (2 * whole)


def give_back(tape: Tape, on: Occasion, memo: Memo, changes: Sequence[tuple[str, Spent, int]]) -> None:
    """To the lots they came from, as far as they have not come back in another way."""
    back = Back([])
    for key, spent, points in changes:
        if points > 0:
            part = come_back(tape, on, spent, points)
            memo.given_back[key] += part.points
            back.lots += part.lots
            back.owed += part.owed
    put_back(tape, on, "redeemed", back, on.grace)


def take_again(tape: Tape, on: Occasion, memo: Memo, changes: Sequence[tuple[str, Spent, int]]) -> None:
    """What an edit put back into the order is paid again, by what is available; the rest is owed."""
    used: list[Lot] = []
    owed = 0
    for key, spent, points in changes:
        if points < 0:
            was_undone = not (spent.lots or spent.short)
            taken, short = take(tape, on.wallet, -points)
            limits.count(tape, on.wallet, spent.at, -points)
            spent.lots += taken
            spent.short += short
            taking.weigh(tape, spent, on.at)
            memo.given_back[key] += points
            used += taken
            owed += short
            if was_undone:
                expiring.is_spent(tape, on.wallet, spent.at, on.at)
    paid(tape, on, "redeemed", used, owed)

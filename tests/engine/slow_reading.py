"""What the slow model reads off a document and off an order, without the engine."""

import calendar
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from typing import Any

from msgspec.structs import replace

from regulars.engine.facts import Line, Order, RefundLine

Tree = dict[str, Any]
Back = tuple[str, int, int | None]


def minor(amount: str) -> Fraction:
    """Minor units of a currency with two of them; no more than a comparison or a division needs."""
    return Fraction(amount) * 100


def wallet_named(tree: Tree, word: str) -> str:
    return next(name for name in tree["wallets"] if word in (name, name.rstrip("s")))


def grows_by_points_of(tree: Tree, rules: Tree) -> str:
    """The wallet whose points count towards a tier set, if any do."""
    measure, _, wallet = str(rules.get("grows_by", "spend")).partition(" of ")
    return (wallet or next(iter(tree["wallets"]))) if measure == "points" else ""


def weights_of(rules: Tree) -> dict[str, int]:
    """What activities weigh."""
    if rules.get("grows_by") == "visits":
        named = rules.get("visit", "visit")
        return dict.fromkeys(named if isinstance(named, list) else [named], 1)
    return {name: int(weight) for name, weight in rules.get("engagement", {}).items()}


def weight_of(rules: Tree, activity: str) -> int:
    return weights_of(rules).get(activity, 0)


def forward(start: date, count: int, unit: str) -> date:
    unit = unit.rstrip("s")
    if unit in ("day", "week"):
        return start + timedelta(days=count * (7 if unit == "week" else 1))
    months = start.year * 12 + start.month - 1 + count * (12 if unit == "year" else 1)
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def back(start: date, count: int, unit: str) -> date:
    return forward(start, -count, unit)


def came_back(line: Line, returned: list[Back]) -> tuple[int, int]:
    """Units and money of a line that came back, the money no more than the line's."""
    units, money = as_said(line, returned)
    return units, between(money, line.total)


def as_said(line: Line, returned: list[Back]) -> tuple[int, int]:
    """Shares half up of the line, the shop's own amounts as stated."""
    bought = max(line.quantity, 1)
    mine = [(units, stated) for name, units, stated in returned if name == line.line]
    by_share = min(sum(units for units, stated in mine if stated is None), bought)
    share = floor(Fraction(line.total * by_share, bought) + Fraction(1, 2))
    money = share + sum(stated for _, stated in mine if stated is not None)
    return sum(units for units, _ in mine), money


def between(amount: int, bound: int) -> int:
    low, high = sorted((0, bound))
    return max(low, min(amount, high))


def possible(line: Line, returned: list[Back], part: RefundLine) -> list[Back]:
    """What of a refund can be: neither more units nor more money than are left; what was too much before is dropped."""
    units, money = came_back(line, returned)
    dropped = (line.line, 0, money - as_said(line, returned)[1])
    wanted = 1 if line.quantity <= 0 and part.total is None else part.quantity
    taken = max(0, min(wanted, max(line.quantity, 1) - units))
    return [dropped, (line.line, taken, None if part.total is None else between(part.total, line.total - money))]


def remaining(order: Order, returned: list[Back]) -> list[Line]:
    lines = []
    for line in () if order.cancelled else order.lines:
        units, money = came_back(line, returned)
        if all(name != line.line for name, _, _ in returned):
            lines.append(line)
        elif line.quantity > units or line.total != money:
            left, bought = max(line.quantity - units, 0), max(line.quantity, 1)
            share = Fraction(min(units, bought), bought)
            rest = {name: amount - floor(amount * share + Fraction(1, 2))
                    for name, amount in (("discount", line.discount), ("tax", line.tax))}  # fmt: skip
            lines.append(replace(line, quantity=left, total=line.total - money, **rest))
    return lines

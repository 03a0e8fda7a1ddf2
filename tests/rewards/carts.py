"""What the rows of docs/rules/carts.md say: a cart, what is laid with it, what a member has."""

import re

from regulars.engine.account import Account
from regulars.engine.facts import Adjustment, Enrolment
from regulars.engine.fold import fold
from regulars.engine.money import format_major, parse_major
from regulars.engine.program import Programs
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from regulars.rewards.pricing import Cart, Laid, Quote, Refused, Shelf, quote
from tests.builders import at
from tests.engine.pages import Row, order_lines

NOW = at("2026-01-10 12:00")
JOINED = at("2026-01-01")
LAID = re.compile(r"(?:(\d+) for )?(issued )?([a-z-]+)(?: of (\S+))?")
POINTS = re.compile(r"(\d+) ([a-z]+)")


def member(versions: Programs, points: int, *more: object) -> Account:
    """Who joined and was given so many points."""
    facts = [Enrolment("lin", JOINED)]
    if points:
        facts.append(Adjustment("gift", "points", points, JOINED + 1, "gift", "staff"))
    return fold(Tape(versions, Account()), unrolled([*facts, *more]), NOW).account


def cart(text: str, **details: str) -> Cart:
    return Cart("TWD", order_lines(text), **details)


def laid(versions: Programs, text: str) -> list[Laid]:
    """ "ten, issued cup, any of sku-pot, 99 for mug, 200 points"."""
    found = []
    for place, part in enumerate(text.split(", ") if text else []):
        if points := POINTS.fullmatch(part):
            found.append(Laid(str(place), "points", "", "", points[2], int(points[1])))
            continue
        said = LAID.fullmatch(part)
        assert said, f"cannot read {part!r}"
        split, issued, name, choice = said.groups("")
        kind = "issued" if issued else "reward" if name in versions.at(NOW).rewards else "coupon"
        found.append(Laid(str(place), kind, name, choice, "", int(split or 0)))
    return found


def amounts(text: str) -> dict[str, int]:
    """ "stock:cup 0, budget:ten 9.99": money by what has a budget, else pieces."""
    parts = [part.rsplit(" ", 1) for part in text.split(", ")] if text else []
    return {name: parse_major(said, "TWD") if name.startswith("budget") else int(said) for name, said in parts}


def answered(versions: Programs, row: Row) -> Quote:
    points = row.get("has", "1000")
    account = member(versions, int(points)) if points else None
    shelf = Shelf(amounts(row.get("left", "")), amounts(row.get("used", "")))
    found = quote(versions, account, cart(row["cart"]), laid(versions, row["laid"]), NOW, shelf)
    assert not isinstance(found, Refused), found
    return found


def seen(versions: Programs, row: Row, answer: Quote, column: str) -> str:
    names = {one.id: one.name or f"{one.points} {one.wallet}" for one in laid(versions, row["laid"])}
    said = {
        "applied": [f"{names[one.id]} {money(one.minor)}" for one in answer.applied],
        "off": [f"{line} {money(minor)}" for line, minor in answer.by_line.items()],
        "to pay": [money(answer.after)],
        "costs": [f"{cost.points} {cost.wallet}" for one in answer.applied for cost in one.costs],
        "cash": [money(one.cash) for one in answer.applied if one.cash],
        "adds": [f"{added.quantity} {added.sku}" for one in answer.applied for added in one.adds],
        "refused": [f"{names[one.id]} {one.code}" for one in answer.refused],
    }
    return ", ".join(said[column])


def money(minor: int) -> str:
    return format_major(minor, "TWD").removesuffix(".00")

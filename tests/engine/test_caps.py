"""How much a bound leaves of what orders earn, and of what a later snapshot adds."""

from typing import Any

import pytest
from msgspec.structs import replace

from regulars.engine.explain import recompute
from tests.builders import Tree, at, document, moves, order, programs, told
from tests.engine.pages import order_lines

BASE: Tree = {"rule": "base", "give": "1 point per 100 TWD"}
GIFT: Tree = {"rule": "gift", "give": "20 points"}
LAST: Tree = {"rule": "last", "give": "8 points"}


def happens(rules: list[Tree], caps: list[Tree], *carts: str, paid: str = "2026-01-10") -> list[str]:
    """An order for each cart, one after the other; "more: CART" is what the first order holds later, a month after."""
    facts: list[Any] = []
    for number, cart in enumerate(carts):
        if cart.startswith("more: "):
            lines = order_lines(cart.removeprefix("more: "))
            facts.append(replace(facts[0], lines=lines, version_at=at("2026-02-10"), number=number))
        else:
            facts.append(order(f"A{number}", f"{paid} {12 + number}:00", *order_lines(cart)))
    entries = told(programs(document(earn=rules, caps=caps)), facts).entries
    assert all(recompute(entry) == entry.points for entry in entries)
    return [said.rpartition(" ")[0] for said in moves(entries)]


def cap(at_most: int, per: str = "month", **more: str) -> Tree:
    return {"rules": ["base", "gift", "last"], "at_most": str(at_most), "per": per} | more


ALL = [BASE, GIFT, LAST]


@pytest.mark.parametrize(
    ("caps", "bought", "given"),
    [
        ([cap(38)], "tea 1000", ["earn base 10", "earn gift 20", "earn last 8"]),
        ([cap(37)], "tea 1000", ["earn base 10", "earn gift 20", "earn last 7"]),
        ([cap(30)], "tea 1000", ["earn base 10", "earn gift 20"]),
        ([cap(35)], "tea 3000", ["earn base 30", "earn gift 5"]),
        ([cap(20)], "tea 3000", ["earn base 20"]),
        ([cap(37, over="reject")], "tea 1000", ["earn base 10", "earn gift 20"]),
        ([cap(30, over="reject")], "tea 1000", ["earn base 10", "earn gift 20"]),
        ([cap(29, over="reject")], "tea 1000", ["earn base 10"]),
        ([cap(20, over="reject")], "tea 3000", []),
        ([cap(30), cap(25, "order")], "tea 1000", ["earn base 10", "earn gift 15"]),
        ([cap(30), cap(50, "order")], "tea 1000", ["earn base 10", "earn gift 20"]),
    ],
    ids=str,
)
def test_what_is_too_much_is_cut_from_the_last(caps: list[Tree], bought: str, given: list[str]):
    assert happens(ALL, caps, bought) == given


@pytest.mark.parametrize(
    ("rules", "caps", "carts", "last"),
    [
        # The room that is left of the month.
        ([BASE], [cap(15) | {"rules": ["base"]}], ["tea 1000", "tea 1000"], ["earn base 10", "earn base 5"]),
        ([BASE], [cap(20) | {"rules": ["base"]}], ["tea 1000", "tea 1000"], ["earn base 10", "earn base 10"]),
        ([BASE], [cap(15) | {"rules": ["base"]}], ["tea 1000", "tea 1000", "tea 100"], ["earn base 10", "earn base 5"]),
        ([BASE], [cap(15, over="reject") | {"rules": ["base"]}], ["tea 1000", "tea 1000", "tea 500"],
         ["earn base 10", "earn base 5"]),
        # What was cut away took no room.
        ([BASE, GIFT], [cap(25, over="reject") | {"rules": ["base", "gift"]}], ["tea 1000", "tea 1500"],
         ["earn base 10", "earn base 15"]),
        ([GIFT | {"limit": "2 per month"}], [], ["tea 1", "tea 1", "tea 1"], ["earn gift 20", "earn gift 20"]),
        ([GIFT | {"limit": "1 per month"}, LAST], [], ["tea 1", "tea 1"],
         ["earn gift 20", "earn last 8", "earn last 8"]),
    ],
    ids=str,
)  # fmt: skip
def test_orders_of_one_window_share_its_room(rules: list[Tree], caps: list[Tree], carts: list[str], last: list[str]):
    assert happens(rules, caps, *carts) == last


@pytest.mark.parametrize(
    ("rules", "caps", "carts", "given"),
    [
        # As much as the window of the payment still has room for.
        ([BASE], [cap(25) | {"rules": ["base"]}], ["tea 1000", "more: tea 2000"], ["earn base 10", "earn base 10"]),
        ([BASE], [cap(20) | {"rules": ["base"]}], ["tea 1000", "more: tea 2000"], ["earn base 10", "earn base 10"]),
        ([BASE], [cap(25) | {"rules": ["base"]}], ["tea 1000", "tea 1000", "more: tea 2000"],
         ["earn base 10", "earn base 10", "earn base 5"]),
        ([BASE], [cap(20) | {"rules": ["base"]}], ["tea 1000", "tea 1000", "more: tea 2000"],
         ["earn base 10", "earn base 10"]),
        # All of it or nothing.
        ([BASE], [cap(25, over="reject") | {"rules": ["base"]}], ["tea 1000", "tea 1000", "more: tea 2000"],
         ["earn base 10", "earn base 10"]),
        ([BASE], [cap(30, over="reject") | {"rules": ["base"]}], ["tea 1000", "tea 1000", "more: tea 2000"],
         ["earn base 10", "earn base 10", "earn base 10"]),
        # A rule that gave already is counted once, however much it gives.
        ([BASE | {"limit": "1 per month"}], [], ["tea 1000", "more: tea 2000"], ["earn base 10", "earn base 10"]),
        ([BASE | {"limit": "2 per month"}], [], ["tea 50", "tea 100", "more: tea 300"], ["earn base 1", "earn base 3"]),
        ([BASE | {"limit": "1 per month"}], [], ["tea 50", "tea 100", "more: tea 300"], ["earn base 1"]),
        ([BASE | {"limit": "1 per month"}, LAST], [cap(50) | {"rules": ["last"]}], ["tea 1000", "more: tea 2000"],
         ["earn base 10", "earn last 8", "earn base 10"]),
        # No bound concerns it.
        ([BASE, LAST], [cap(8) | {"rules": ["last"]}], ["tea 1000", "more: tea 2000"],
         ["earn base 10", "earn last 8", "earn base 10"]),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_added_later_has_the_room_of_the_day_of_payment(
    rules: list[Tree], caps: list[Tree], carts: list[str], given: list[str]
):
    assert happens(rules, caps, *carts) == given

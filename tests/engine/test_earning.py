"""What single rules earn of an order, whose explanation gives the same points again."""

from typing import Any

import pytest
from msgspec.structs import replace

from regulars.engine.explain import recompute
from tests.builders import Tree, document, order, programs, told
from tests.engine.pages import order_lines

WALLETS: Tree = {"points": {}, "credit": {"money": "true"}, "stamps": {}}


def earned(rules: list[Tree], bought: str, discount: int = 0, **parts: Any) -> dict[str, int]:
    """`discount` is taken off each line before what it costs here."""
    lines = [replace(line, discount=discount * 100) for line in order_lines(bought)]
    program = document(**({"wallets": WALLETS, "earn": rules} | parts))
    entries = told(programs(program), [order("A", "2026-01-10 12:00", *lines)]).entries
    assert [recompute(entry) for entry in entries] == [entry.points for entry in entries]
    return {entry.identity.rpartition("|")[2]: entry.points for entry in entries}


@pytest.mark.parametrize(
    ("rule", "bought", "points"),
    [
        ({"give": "1 point per 100 TWD"}, "tea 998, cups 350", 13),
        ({"give": "1 point per 100 TWD"}, "tea 100, card 500, shipping 60", 1),
        ({"give": "1 point per 100 TWD"}, "card 500, tea 100", 1),
        ({"give": "1 point per 100 TWD", "when": {"category": "tea"}}, "tea 300, cups 350", 3),
        ({"give": "1 point per 100 TWD", "basis": "with shipping"}, "tea 50, shipping 60", 1),
        ({"give": "1 point per 100 TWD", "round": "half up per order"}, "tea 149.99", 1),
        ({"give": "1 point per 100 TWD", "round": "half up per order"}, "tea 50", 1),
        ({"give": "1.5% credit"}, "tea 99.99, card 500", 149),
        ({"give": "1.5% credit", "when": {"category": "tea"}}, "tea 100, cups 100", 150),
        ({"give": "1.5% credit", "round": "half up per order"}, "tea 99.99", 150),
        ({"give": "1 stamp per unit"}, "2 tea 300, 3 cups 50, card 500", 5),
        ({"give": "2 points per 3 units"}, "5 tea 300", 2),
        ({"give": "2 points per 3 units", "round": "half up per order"}, "5 tea 300", 4),
        ({"give": "1 point per 100 TWD", "round": "down per line"}, "tea 150, cups 150", 2),
        ({"give": "20 points"}, "tea 1, cups 1", 20),
        ({"give": "20 points"}, "card 500", 0),
    ],
    ids=str,
)
def test_a_rule_earns_of_its_goods(rule: Tree, bought: str, points: int):
    assert earned([{"rule": "one"} | rule], bought).get("one", 0) == points


@pytest.mark.parametrize("step", ["1 point per 100 TWD", "1 stamp per unit", "20 points", "1.5% credit"])
def test_a_rule_that_asks_for_units_gives_what_it_gives_without(step: str):
    assert earned([{"rule": "one", "give": step, "when": {"quantity_at_least": "3"}}], "2 tea 300, cups 100") == earned(
        [{"rule": "one", "give": step}], "2 tea 300, cups 100"
    )
    assert earned([{"rule": "one", "give": step, "when": {"quantity_at_least": "4"}}], "2 tea 300, cups 100") == {}


@pytest.mark.parametrize("rounded", ["down per line", "down per order"])
def test_a_basis_before_discounts_holds_for_each_line(rounded: str):
    rule = {"rule": "one", "give": "1 point per 100 TWD", "basis": "gross", "round": rounded}
    assert earned([rule], "tea 150, cups 50", discount=50) == {"one": 3}


@pytest.mark.parametrize(
    ("combine", "points"),
    [
        ("add", {"base": 3, "tea": 2, "web": 0}),
        ("best", {"base": 3, "tea": 2, "web": 0}),
        ("multiply", {"base": 3, "tea": 2, "web": 1}),
    ],
)
def test_extras_are_combined_as_the_program_says(combine: str, points: dict[str, int]):
    rules = [
        {"rule": "base", "give": "1 point per 100 TWD"},
        {"rule": "tea", "when": {"category": "tea"}, "multiply": "2"},
        {"rule": "web", "multiply": "1.2"},
    ]
    found = earned(rules, "tea 250, cups 110", multipliers=combine)
    assert {rule: found.get(rule, 0) for rule in points} == points

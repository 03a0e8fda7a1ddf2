"""What a multiplier adds: to the order, and of that what each line gave."""

from typing import Any

import pytest
from msgspec.structs import replace

from regulars.engine.account import Account
from regulars.engine.explain import recompute
from regulars.engine.fold import fold
from regulars.engine.sharing import by_line
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import Tree, document, order, programs
from tests.engine.pages import order_lines

BASE: Tree = {"rule": "base", "give": "1 point per 10 TWD"}
SHIPPED: Tree = {"rule": "shipped", "give": "1 point per 10 TWD", "basis": "with shipping"}
GROSS: Tree = {"rule": "gross", "give": "1 point per 10 TWD", "basis": "gross"}
THREE: Tree = {"rule": "three", "give": "1 point per 10 TWD", "when": {"quantity_at_least": "3"}}
ONE: Tree = {"rule": "one", "give": "1 point per 10 TWD", "when": {"quantity_at_least": "1"}}
CENT: Tree = {"rule": "cent", "give": "1 point per 0.01 TWD"}
NO_CUPS: Tree = {"rule": "no-cups", "give": "1 point per 10 TWD", "when": {"not": {"category": "cups"}}}
WEB_OR_TEA: Tree = {"any": [{"channel": "web"}, {"category": "tea"}]}
EITHER: Tree = {
    "rule": "either",
    "give": "1 point per 10 TWD",
    "when": WEB_OR_TEA | {"quantity_at_least": "1"},
}
IDLE: Tree = {"rule": "idle", "give": "1 point per 10 TWD", "when": {"channel": "fair"}}
TEA: Tree = {"rule": "tea", "when": {"category": "tea"}, "multiply": "2"}
WEB: Tree = {"rule": "web", "when": {"channel": "web"}, "multiply": "1.5"}
COMBINED = ["add", "best", "multiply"]


def extras(rules: list[Tree], bought: str, **parts: Any) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Of the order, and by line. Every line was cheaper by 20; the order comes from the web."""
    lines = [replace(line, discount=20_00) for line in order_lines(bought)]
    asked = order("A", "2026-01-10 12:00", *lines, channel="web")
    tape = Tape(programs(document(earn=rules, **parts)), Account())
    entries = fold(tape, unrolled([asked])).entries
    assert [recompute(entry) for entry in entries] == [entry.points for entry in entries]
    found = {entry.identity.rpartition("|")[2]: entry.points for entry in entries}
    return found, by_line(tape, asked, tape.entries)


@pytest.mark.parametrize("beside", [(), (IDLE,)], ids=["alone", "beside another"])
@pytest.mark.parametrize("combine", COMBINED)
@pytest.mark.parametrize(
    ("base", "bought", "extra", "lines"),
    [
        (BASE, "tea 100, shipping 50", 10, {"tea": 10}),
        (SHIPPED, "tea 100, shipping 50", 15, {"tea": 10, "shipping": 5}),
        (GROSS, "tea 100, cups 40", 18, {"tea": 12, "cups": 6}),
        (THREE, "3 tea 100", 10, {"tea": 10}),
        (THREE, "2 tea 100", 0, {}),
        (ONE, "tea 100", 10, {"tea": 10}),
        (BASE | {"round": "half up per order"}, "tea 105", 11, {"tea": 11}),
        (BASE | {"round": "half up per order"}, "tea 104", 10, {"tea": 10}),
        (BASE, "tea 0", 0, {}),
        (ONE, "0 tea 100", 0, {}),
        (CENT, "tea 0.01", 1, {"tea": 1}),
        (NO_CUPS, "tea 100, cups 40, shipping 50", 10, {"tea": 10}),
        (EITHER, "tea 100", 10, {"tea": 10}),
    ],
    ids=str,
)
def test_an_extra_counts_what_its_rule_counts(
    beside: tuple[Tree, ...], combine: str, base: Tree, bought: str, extra: int, lines: dict[str, int]
):
    times = {rule["rule"]: "2" for rule in (base, *beside)}
    twice = {"rule": "twice", "multiply": times} | ({"round": base["round"]} if "round" in base else {})
    found, shared = extras([base, *beside, twice], bought, multipliers=combine)
    assert found.get("twice", 0) == extra
    assert {name: points["twice"] for name, points in shared.items() if points.get("twice")} == lines


@pytest.mark.parametrize("combine", COMBINED)
def test_a_rule_that_gives_nothing_is_passed_over(combine: str):
    twice = {"rule": "twice", "multiply": {"three": "2", "base": "2"}}
    found, shared = extras([THREE, BASE, twice], "tea 100", multipliers=combine)
    assert found == {"base": 10, "twice": 10}
    assert shared == {"tea": {"base": 10, "twice": 10}}


@pytest.mark.parametrize("combine", COMBINED)
def test_each_multiplied_rule_gives_its_extra(combine: str):
    twice = {"rule": "twice", "multiply": {"base": "2", "gross": "2"}}
    found, shared = extras([BASE, GROSS, twice], "tea 100, cups 40", multipliers=combine)
    assert found == {"base": 14, "gross": 18, "twice": 32}
    assert {name: points["twice"] for name, points in shared.items()} == {"tea": 22, "cups": 10}


@pytest.mark.parametrize(
    ("parts", "tea", "web", "of_web"),
    [
        ({"multipliers": "add"}, 10, 10, {"tea": 5, "cups": 5}),
        ({"multipliers": "best"}, 10, 5, {"cups": 5}),
        ({"multipliers": "multiply"}, 10, 15, {"tea": 10, "cups": 5}),
        ({"multiply_at_most": "2.25"}, 10, 7, {"tea": 2, "cups": 5}),
        ({"multiply_at_most": "2"}, 10, 5, {"cups": 5}),
    ],
    ids=str,
)
def test_of_several_each_line_gave_its_part(parts: Tree, tea: int, web: int, of_web: dict[str, int]):
    found, shared = extras([BASE, TEA, WEB], "tea 100, cups 100", **parts)
    assert (found["tea"], found["web"]) == (tea, web)
    assert {name: points["web"] for name, points in shared.items() if points.get("web")} == of_web


def test_who_asks_for_more_units_than_there_are_is_no_rival():
    many = {"rule": "many", "when": {"quantity_at_least": "3"}, "multiply": "3"}
    found, shared = extras([BASE, many, WEB], "2 tea 100", multipliers="best")
    assert found == {"base": 10, "web": 5}
    assert shared == {"tea": {"base": 10, "web": 5}}
    found, shared = extras([BASE, many, WEB], "3 tea 100", multipliers="best")
    assert found == {"base": 10, "many": 20}
    assert shared == {"tea": {"base": 10, "many": 20}}


def test_factors_are_fractions_of_a_thousandth():
    """Of 1.25 and 1.5 the second adds half."""
    quarter = {"rule": "quarter", "multiply": "1.25"}
    found, shared = extras([BASE, quarter, WEB], "tea 200", multiply_at_most="9")
    assert found == {"base": 20, "quarter": 5, "web": 10}
    assert shared == {"tea": {"base": 20, "quarter": 5, "web": 10}}


@pytest.mark.parametrize("combine", ["add", "best"])
def test_who_asks_for_units_multiplies_what_counts_shipping(combine: str):
    twice = {"rule": "twice", "when": {"quantity_at_least": "1"}, "multiply": {"shipped": "2"}}
    found, _ = extras([SHIPPED, twice], "tea 100, shipping 50", multipliers=combine)
    assert found == {"shipped": 15, "twice": 15}


def test_a_multiplier_may_ask_for_the_channel_or_the_goods():
    found, shared = extras([BASE, {"rule": "either", "when": WEB_OR_TEA, "multiply": "2"}], "tea 100, cups 100")
    assert found == {"base": 20, "either": 20}
    assert shared == {"tea": {"base": 10, "either": 10}, "cups": {"base": 10, "either": 10}}


def test_the_explanation_names_the_rules_whose_money_was_multiplied():
    cups = {"rule": "cups", "give": "1 point per 10 TWD", "when": {"category": "cups"}}
    twice = {"rule": "twice", "multiply": {"base": "2", "cups": "2"}}
    bought = order("A", "2026-01-10 12:00", *order_lines("tea 100"))
    entries = fold(Tape(programs(document(earn=[BASE, cups, twice])), Account()), unrolled([bought])).entries
    assert entries[-1].why == ("multiply", False, ("base", 10000, 1000, 1000, 1000, 1, 1))

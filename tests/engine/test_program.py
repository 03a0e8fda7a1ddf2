"""A program's versions together: what they share, and what is asked of lines and orders by all of them."""

import pytest

from regulars.engine import grammar
from regulars.engine.clashing import clash
from regulars.engine.facts import Line
from regulars.engine.problems import Problem
from regulars.engine.program import Programs, is_matching
from tests.builders import Tree, document, line, order, programs, told

LOWEST = {"tier": "member"}


@pytest.mark.parametrize(
    ("total", "units", "counts"), [(1, 0, True), (1, -1, True), (0, 1, True), (0, 0, False), (-1, 1, False)]
)
def test_a_line_counts_that_costs_something_or_is_there(total: int, units: int, counts: bool):
    assert is_matching(Line("tea", "sku-tea", units, total)) == counts


def ladder(grows_by: str, name: str = "status") -> Tree:
    return {"set": name, "grows_by": grows_by, "levels": [LOWEST | {"tier": name}]}


WALLETS: Tree = {"points": {}, "stars": {}}


@pytest.mark.parametrize(
    ("first", "second", "problem"),
    [
        ({}, {"currency": "USD", "earn": []}, Problem("currency", "USD", "currency_changed", ("TWD",))),
        (
            {"tiers": [ladder("spend")]},
            {"tiers": [ladder("orders")]},
            Problem("tiers[0].grows_by", "orders", "tiers_changed", ("spend",), {"set": "status"}),
        ),
        (
            {"tiers": [ladder("spend"), ladder("points of stars", "club")]},
            {"tiers": [ladder("spend"), ladder("points", "club")]},
            Problem("tiers[1].grows_by", "points of points", "tiers_changed", ("points of stars",), {"set": "club"}),
        ),
        (
            {"tiers": [ladder("spend")]},
            {"tiers": [ladder("spend", "club"), ladder("spend")]},
            Problem("tiers[0].set", "club", "main_tiers_changed", ("status",)),
        ),
        (
            {},
            {"wallets": WALLETS | {"stars": {"money": "true"}}},
            Problem("wallets.stars.money", "true", "money_changed", ("false",), {"wallet": "stars"}),
        ),
        ({"wallets": WALLETS | {"credit": {"money": "true"}}}, {}, None),
        ({}, {"tiers": [ladder("spend")]}, None),
        ({"tiers": [ladder("spend")]}, {}, None),
    ],
)
def test_what_versions_cannot_change(first: Tree, second: Tree, problem: Problem | None):
    assert clash([grammar.read(document(**{"wallets": WALLETS} | parts)) for parts in (first, second)]) == problem


def test_a_program_is_known_by_its_number_and_tells_what_its_versions_share():
    versions = programs(document()).versions
    assert (Programs(7, versions).program_id, Programs(7, versions).currency) == (7, "TWD")


def test_a_program_has_budgets_if_one_of_its_versions_has():
    spring = [{"campaign": "spring", "budget": "5 points"}]
    rule = {"rule": "gift", "campaign": "spring", "give": "1 point per 100 TWD"}
    dated = document(campaigns=spring, earn=[rule])
    assert programs(document(), dated, document(), starts=["2026-01-01", "2026-02-01"]).has_budgets
    assert not programs(document()).has_budgets


@pytest.mark.parametrize(
    ("when", "joins"),
    [
        ({"channel": "web", "category": "tea"}, True),
        ({"channel": "shop", "category": "tea"}, False),
        ({"channel": "web", "category": "cups"}, False),
        ({"channel": "web"}, True),
    ],
)
def test_who_joins_by_an_order_that_has_no_units(when: Tree, joins: bool):
    """A line without a number of units is there if it costs something; what is asked of the order is asked as well."""
    versions = programs(document(enrolment={"when": when}))
    bought = order("A", "2026-01-10", line("tea", 100, 0, "tea"), channel="web")
    assert (told(versions, [bought]).account.enrolled_at is not None) == joins

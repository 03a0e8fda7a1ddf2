"""Earning rules as a document says them: what each gives, for which lines, and what a multiplier takes over."""

from typing import Any

import pytest

from regulars.engine import grammar
from regulars.engine.calendar import UNTIL_FULFILLED, Span, Term
from regulars.engine.facts import Line
from regulars.engine.program import Rule
from regulars.programs.problems import told as sentence
from tests.builders import Tree, document, line, order, programs, told

WALLETS = {
    "points": {"pending": "14 days", "expires": "12 months after the last activity"},
    "stars": {"pending": "none", "expires": "2 years"},
    "credit": {"money": "true"},
}
LADDER = [
    {"set": "status", "levels": [{"tier": "member"}, {"tier": "gold", "reach": "9", "expires": {"stars": "never"}}]}
]
BASES = [
    {"rule": "base", "give": "1 point per 100 TWD"},
    {"rule": "stars", "give": "1 star per 100 TWD", "funded_by": "mall"},
    {"rule": "share", "give": "5% credit", "funded_by": "the order's partner"},
    {"rule": "slow", "give": "1 star per 100 TWD", "pending": "until fulfilled", "expires": "1 year"},
]


def read(*said: Tree) -> tuple[Rule, ...]:
    """The rules of these sayings, among others that they may multiply."""
    rewards = [{"reward": "cup", "costs": "5 points"}]
    earn = [*BASES, *[{"rule": f"r{place}"} | each for place, each in enumerate(said)]]
    return grammar.read(document(wallets=WALLETS, tiers=LADDER, rewards=rewards, earn=earn)).order_rules[len(BASES) :]


@pytest.mark.parametrize(
    ("said", "kind", "wallet", "points", "step", "scale"),
    [
        ({"give": "50 points"}, "fixed", "points", 50, 0, 1),
        ({"give": "1 star"}, "fixed", "stars", 1, 0, 1),
        ({"give": "2.50 credit"}, "fixed", "credit", 250, 0, 1),
        ({"give": "3 points per 20 TWD"}, "per_money", "points", 3, 2000, 1),
        ({"give": "2 stars per unit"}, "per_unit", "stars", 2, 1, 1),
        ({"give": "1 point per 6 units"}, "per_unit", "points", 1, 6, 1),
        ({"give": "1.5% credit"}, "percent", "credit", 1, 100_000, 1500),
        ({"give": "reward cup"}, "fixed", "", 1, 0, 1),
        ({"multiply": {"base": "2"}}, "multiply", "points", 0, 0, 1),
        ({"multiply": {"share": "2"}}, "multiply", "credit", 0, 0, 1),
    ],
)
def test_what_a_rule_gives(said: Tree, kind: str, wallet: str, points: int, step: int, scale: int):
    [rule] = read(said)
    assert (rule.kind, rule.wallet, rule.points, rule.step, rule.scale) == (kind, wallet, points, step, scale)


@pytest.mark.parametrize(
    ("said", "half_up", "per_line"),
    [
        ("down per order", False, False),
        ("half up per order", True, False),
        ("down per line", False, True),
        ("half up per line", True, True),
    ],
)
def test_how_a_rule_rounds(said: str, half_up: bool, per_line: bool):
    [rule] = read({"give": "1 point per 100 TWD", "round": said})
    assert (rule.half_up, rule.per_line) == (half_up, per_line)


def test_a_rule_has_a_name_and_a_title():
    [plain, titled] = read({"give": "5 points"}, {"give": "5 points", "name": {"en": "Tea time"}})
    assert (plain.name, plain.title, titled.name, titled.title) == ("r0", {}, "r1", {"en": "Tea time"})


def dates(rule: Rule) -> tuple[Any, ...]:
    return rule.pending, rule.expires, rule.slides, bool(rule.by_tier)


OF_POINTS = (Span(14, "day"), Term(Span(12, "month")), True, False)
OF_STARS = (None, Term(Span(24, "month")), False, True)
SLOW = (UNTIL_FULFILLED, Term(Span(12, "month")), False, False)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"give": "1 point"}, OF_POINTS),
        ({"give": "1 star"}, OF_STARS),
        ({"give": "1 credit"}, (None, None, False, False)),
        ({"give": "1 point", "pending": "none"}, (None, *OF_POINTS[1:])),
        ({"give": "1 star", "pending": "2 days"}, (Span(2, "day"), *OF_STARS[1:])),
        ({"give": "1 point", "expires": "never"}, (OF_POINTS[0], None, False, False)),
        ({"give": "1 star", "expires": "2 years"}, (None, Term(Span(24, "month")), False, False)),
        ({"multiply": {"base": "2"}}, OF_POINTS),
        ({"multiply": {"stars": "2"}}, OF_STARS),
        ({"multiply": {"slow": "2"}}, SLOW),
        ({"multiply": {"slow": "2"}, "pending": "2 days"}, (Span(2, "day"), *SLOW[1:])),
        ({"multiply": {"slow": "2"}, "pending": "none"}, (None, *SLOW[1:])),
        ({"multiply": {"slow": "2"}, "expires": "never"}, (SLOW[0], None, False, False)),
        ({"multiply": {"stars": "2"}, "expires": "2 years"}, (None, Term(Span(24, "month")), False, False)),
        ({"multiply": {"base": "2"}, "expires": "2 years"}, (OF_POINTS[0], Term(Span(24, "month")), False, False)),
    ],
)
def test_how_long_it_waits_and_lasts(said: Tree, found: tuple[Any, ...]):
    """As its wallet says, or the rule that it multiplies, unless it says so itself."""
    [rule] = read(said)
    assert dates(rule) == found


def test_what_has_other_dates_goes_to_another_lot():
    """Even where only the tiers differ: the first lasts for ever where somebody is gold."""
    by_tier, same, own = read({"give": "1 star"}, {"give": "2 stars"}, {"give": "1 star", "expires": "2 years"})
    assert by_tier.lot_kind == same.lot_kind != own.lot_kind


@pytest.mark.parametrize(
    ("said", "funder", "by_partner"),
    [
        ({"give": "1 point"}, "", False),
        ({"give": "1 point", "funded_by": "mall"}, "mall", False),
        ({"give": "1 point", "funded_by": "the order's partner"}, "", True),
        ({"multiply": {"base": "2"}}, "", False),
        ({"multiply": {"stars": "2"}}, "mall", False),
        ({"multiply": {"share": "2"}}, "", True),
        ({"multiply": {"base": "2"}, "funded_by": "town"}, "town", False),
        ({"multiply": {"stars": "2"}, "funded_by": "town"}, "town", False),
        ({"multiply": {"share": "2"}, "funded_by": "town"}, "town", False),
        ({"multiply": {"base": "2"}, "funded_by": "the order's partner"}, "", True),
    ],
)
def test_who_pays(said: Tree, funder: str, by_partner: bool):
    [rule] = read(said)
    assert (rule.funder, rule.by_partner) == (funder, by_partner)


def test_a_funder_that_sounds_like_the_partner_is_no_partner():
    earn = [{"rule": "base", "give": "1 point per 100 TWD", "funded_by": "The Partner"}]
    [warning] = grammar.reviewed(document(earn=earn)).warnings
    assert sentence(warning) == (
        "earn[0].funded_by: 'The Partner': this is a funder of that name: is 'the order's partner' meant?"
    )


# What an order gets

CAKE = Line("1", "cake-1", 3, 29_999, "cakes", discount=3_001, tax=1_400, brand="hill", tags=("new",))
TEA = Line("2", "tea-1", 2, 10_000, "tea", brand="hill")
LEFT = Line("3", "tea-2", 4, 1, "tea")
GIFT = Line("4", "tea-3", 1, 0, "tea")


def given(*said: Tree) -> list[int]:
    """The points of these rules, after one that gives a point per TWD."""
    earn = [
        {"rule": "base", "give": "1 point per 1 TWD"},
        *[{"rule": f"r{place}"} | each for place, each in enumerate(said)],
    ]
    outcome = told(programs(document(earn=earn)), [order("A", "2026-01-05 12:00", CAKE, TEA, LEFT, GIFT)])
    found = {entry.identity.rpartition("|")[2]: entry.points for entry in outcome.entries}
    return [found.get(f"r{place}", 0) for place in range(len(said))]


@pytest.mark.parametrize(
    ("when", "per_money", "per_unit", "twice"),
    [
        ({}, 400, 10, 400),
        ({"category": "tea"}, 100, 7, 100),
        ({"category": ["tea", "cakes"]}, 400, 10, 400),
        ({"category": "tea", "brand": "hill"}, 100, 2, 100),
        ({"brand": "hill"}, 399, 5, 399),
        ({"any": [{"category": "cakes"}, {"product": "tea-2"}]}, 300, 7, 300),
        ({"category": "tea", "not": {"brand": "hill"}}, 0, 5, 0),
        ({"tag": "new", "category": "tea"}, 0, 0, 0),
    ],
)
def test_which_lines_count(when: Tree, per_money: int, per_unit: int, twice: int):
    said = [{"give": "1 point per 1 TWD"}, {"give": "1 point per unit"}, {"multiply": {"base": "2"}}]
    assert given(*[{"when": when} | each for each in said]) == [per_money, per_unit, twice]


@pytest.mark.parametrize(
    ("basis", "whole", "of_cakes"),
    [("net", 400, 299), ("gross", 430, 330), ("with shipping", 400, 299), ("without tax", 386, 285)],
)
def test_a_multiplier_has_the_basis_of_what_it_multiplies(basis: str, whole: int, of_cakes: int):
    more = [{"multiply": {"r0": "2"}}, {"multiply": {"r0": "2"}, "when": {"category": "cakes"}}]
    assert given({"give": "1 point per 1 TWD", "basis": basis}, *more) == [whole, whole, of_cakes]


@pytest.mark.parametrize(
    ("base", "more", "extra"),
    [
        ({"brand": "hill"}, {}, 399),
        ({"brand": "hill"}, {"category": "tea"}, 100),
        ({"category": "cakes"}, {"category": "tea"}, 0),
        ({"category": "cakes"}, {"category": ["tea", "cakes"]}, 299),
    ],
)
def test_a_multiplier_counts_the_lines_that_both_match(base: Tree, more: Tree, extra: int):
    said = [{"give": "1 point per 1 TWD", "when": base}, {"multiply": {"r0": "2"}, "when": more}]
    assert given(*said)[1] == extra


@pytest.mark.parametrize(
    ("when", "units", "whole"), [({}, 9, 5), ({"category": "tea"}, 6, 5), ({"product": "tea-3"}, 0, 0)]
)
def test_goods_are_paid_that_cost_at_least_the_smallest_coin(when: Tree, units: int, whole: int):
    asks = {"when": when, "paid_only": "true"}
    assert given({"give": "1 point per unit"} | asks, {"give": "5 points"} | asks) == [units, whole]


def test_a_limit_that_a_version_lowers_below_what_is_used_leaves_nothing():
    """It takes nothing back either; the next window has as much room as it says."""
    versions = programs(
        *(document(caps=[{"at_most": most, "per": "day"}]) for most in ("20", "10")), starts=["2026-01-05 12:00"]
    )
    bought = [order(f"A-{when}", f"2026-01-{when}", line("tea", 1500)) for when in ("05 10:00", "05 13:00", "06 09:00")]
    assert [entry.points for entry in told(versions, bought).entries] == [15, 10]

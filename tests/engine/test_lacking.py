"""Why a rule gave nothing: each thing that it lacked, and nothing that it had."""

from typing import Any

import pytest
from hypothesis import given

from regulars.engine.derivation import Explanation
from regulars.engine.facts import Details, Fact, Line, Order, Payment, PlanStanding, Redemption
from regulars.engine.lacking import unearned
from tests.builders import Tree, at, back, document, joined, line, order, programs, refund, told
from tests.engine.histories import Story, stories, thoroughly
from tests.engine.test_pages import documented

TEA = Line("1", "oolong", 1, 60_000, "tea", "Alishan", tags=("new",))
BASES: list[Tree] = [
    {"rule": "web", "give": "1 point per 100 TWD", "when": {"channel": "web"}},
    {"rule": "ship", "give": "1 point per 200 TWD", "basis": "with shipping"},
    {"rule": "gross", "give": "1 point per 100 TWD", "basis": "gross"},
    {"rule": "cash", "give": "0.7% credit"},
]
WALLETS: Tree = {"points": {}, "credit": {"money": "true"}}


def lacks(rule: Tree, bought: Order, *facts: Fact, **parts: Any) -> list[Explanation]:
    """What one rule, `more`, lacked for an order."""
    bases = [base for base in BASES if base["rule"] in rule.get("multiply", ())]
    earn = [{"rule": "base", "give": "1 point per 100 TWD"}, *bases, {"rule": "more"} | rule]
    shop = programs(document(earn=earn, wallets=WALLETS, enrolment="explicit", **parts))
    memo = told(shop, [joined("2026-01-01"), bought, *facts]).memos.get(bought.key)
    return [lack for one in unearned(shop, bought, memo) if one.rule.name == "more" for lack in one.because]


def codes(rule: Tree, bought: Order, *facts: Fact, **parts: Any) -> list[str]:
    return [lack.code.removeprefix("lacks.") for lack in lacks(rule, bought, *facts, **parts)]


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({"product": "oolong"}, []),
        ({"product": "cup"}, ["product"]),
        ({"category": "cups", "brand": "Alishan"}, ["category"]),
        ({"category": "tea", "brand": ["Red", "Blue"]}, ["brand"]),
        ({"tag": ["old", "new"], "store": "ximen"}, ["store"]),
        ({"tag": "old"}, ["tag"]),
        ({"channel": "web", "partner": "bakery", "country": "JP"}, ["channel", "partner", "country"]),
        ({"payment": ["cash", "card"]}, []),
        ({"payment": "card"}, ["payment"]),
        ({"plan": "plus", "segment": "press"}, ["segment"]),
        ({"plan": "gold", "tier": "silver"}, ["tier", "plan"]),
        ({"attribute": {"hair": "dry", "skin": "fair"}}, ["attribute"]),
        ({"weekday": "mon"}, []),
        ({"weekday": ["sat", "sun"], "hours": "14:00-17:00"}, ["weekday", "hours"]),
        ({"from": "2026-01-05", "until": "2026-01-05"}, []),
        ({"from": "2026-01-06"}, ["from"]),
        ({"until": "2026-01-04"}, ["until"]),
        ({"nth_order": "2"}, ["nth_order"]),
        ({"order_at_least": "600 TWD", "order_at_most": "600 TWD"}, []),
        ({"order_at_least": "600.01 TWD"}, ["order_at_least"]),
        ({"order_at_most": "599.99 TWD"}, ["order_at_most"]),
        ({"quantity_at_least": "2", "category": "tea"}, ["quantity_at_least"]),
        ({"all": [{"channel": "web"}, {"category": "cups"}]}, ["channel", "category"]),
        ({"any": [{"channel": "web"}, {"category": "tea"}]}, []),
        ({"any": [{"channel": "web"}, {"category": "cups"}]}, ["any"]),
        ({"not": {"category": "cups"}}, []),
        ({"not": {"category": "tea"}}, ["not"]),
    ],
    ids=str,
)
def test_each_condition_that_does_not_hold(when: Tree, said: list[str]):
    bought = order("A", "2026-01-05 09:00", TEA, channel="phone", country="TW", payments=(Payment("cash", 60_000),))
    known = [
        PlanStanding("p", "plus", at("2026-01-02"), None),
        Details("d", at("2026-01-02"), attributes={"hair": "dry", "skin": "dark"}),
    ]
    tiers = [{"set": "s", "levels": [{"tier": "member"}, {"tier": "silver", "reach": "9000"}]}]
    # No code was given: that is always among them, so that what does hold is looked at as well.
    rule = {"give": "5 points", "when": when | {"code": "SPRING"}}
    least = ["quantity_at_least"]
    expected = ["code"] if said == least else [*said, "code"]
    assert sorted(codes(rule, bought, *known, tiers=tiers)) == sorted(expected)
    if said == least:
        assert codes({"give": "5 points", "when": when}, bought, *known, tiers=tiers) == said


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({"product": ["cup", "mug"]}, {"wanted": "cup, mug", "had": "green, oolong"}),
        ({"category": "cups"}, {"wanted": "cups", "had": "tea"}),
        ({"tag": "old"}, {"wanted": "old", "had": "fresh, new"}),
        ({"payment": "card"}, {"wanted": "card", "had": "cash, voucher"}),
        ({"code": "SPRING"}, {"wanted": "SPRING", "had": ""}),
        ({"hours": "14:00-17:00"}, {"wanted": "14:00-17:00", "had": "09:05"}),
        ({"weekday": ["sat", "sun"]}, {"wanted": "sat, sun", "had": "mon"}),
        ({"from": "2026-01-06"}, {"wanted": "2026-01-06", "had": "2026-01-05"}),
        ({"order_at_least": "2000 TWD"}, {"least": 200_000, "spend": 120_000}),
        ({"order_at_most": "5 TWD"}, {"most": 500, "spend": 120_000}),
        (
            {"attribute": {"skin": "dark", "hair": ["dry", "wet"], "eyes": ["green", "blue"]}},
            {"attribute": "eyes", "wanted": "green, blue", "had": ""},
        ),
        ({"attribute": {"skin": "fair"}}, {"attribute": "skin", "wanted": "fair", "had": "dark"}),
        (
            {"any": [{"channel": "web"}, {"category": ["cups", "mugs"]}]},
            {"wanted": "channel web | category cups, mugs"},
        ),
        (
            {"not": {"from": "2026-01-01", "category": ["tea", "cups"], "attribute": {"skin": ["dark", "fair"]}}},
            {"wanted": "category tea, cups; from 2026-01-01; skin dark, fair"},
        ),
    ],
    ids=str,
)
def test_what_is_asked_and_what_there_is(when: Tree, said: dict[str, Any]):
    green = Line("2", "green", 1, 60_000, "tea", "Alishan", tags=("fresh",))
    bought = order("A", "2026-01-05 09:05", TEA, green, payments=(Payment("cash", 60_000), Payment("voucher", 60_000)))
    known = Details("d", at("2026-01-02"), attributes={"hair": "dry", "skin": "dark"})
    attributes = {"hair": ["dry", "wet"], "skin": ["dark", "fair"], "eyes": ["green", "blue"]}
    [lack] = lacks({"give": "5 points", "when": when}, bought, known, attributes=attributes)
    assert lack.parameters == said


CUPS = line("1", 60, 2, "cups")
SHIPPING = Line("2", "post", 1, 14_900, kind="shipping")

HALF_UP = {"round": "half up per order"}
PER_LINE = {"round": "down per line"}


@pytest.mark.parametrize(
    ("rule", "bought", "said"),
    [
        ({"give": "1 point per 100 TWD"}, order("A", "2026-01-05", CUPS), ["step", 10_000, 6_000]),
        (
            {"give": "1 point per 100 TWD", "round": "half up per order"},
            order("A", "2026-01-05", line("1", 49)),
            ["step", 5_000, 4_900],
        ),
        ({"give": "1% credit"}, order("A", "2026-01-05", Line("1", "tea", 1, 99)), ["step", 100, 99]),
        (
            {"give": "1 point per 100 TWD", "round": "down per line"},
            order("A", "2026-01-05", line("1", 99), line("2", 98)),
            ["step", 10_000, 9_900],
        ),
        ({"give": "1 point per 3 units"}, order("A", "2026-01-05", CUPS), ["units", 3, 2]),
        (
            {"give": "1 point per 3 units", "round": "down per line"},
            order("A", "2026-01-05", CUPS, line("2", 10, 1)),
            ["units", 3, 2],
        ),
        ({"multiply": {"base": "1.5"}}, order("A", "2026-01-05", line("1", 199)), ["step", 20_000, 19_900]),
        ({"multiply": {"base": "2"}}, order("A", "2026-01-05", line("1", 0)), ["base", "base"]),
        (
            {"give": "5 points", "when": {"category": "cups", "product": "oolong"}},
            order("A", "2026-01-05", TEA, CUPS),
            ["together", "product oolong; category cups"],
        ),
        ({"give": "1 point per 0.99 TWD"} | HALF_UP, order("A", "2026-01-05", Line("1", "a", 1, 49)), ["step", 50, 49]),
        (
            {"give": "1 point per 100 TWD"},
            order("A", "2026-01-05", line("1", 40), line("2", 50)),
            ["step", 10_000, 9_000],
        ),
        ({"give": "1 point per 100 TWD"}, order("A", "2026-01-05", CUPS, SHIPPING), ["step", 10_000, 6_000]),
        (
            {"give": "1 point per 200 TWD", "basis": "with shipping"},
            order("A", "2026-01-05", SHIPPING),
            ["step", 20_000, 14_900],
        ),
        (
            {"give": "1 point per 200 TWD", "basis": "with shipping"},
            order("A", "2026-01-05", line("1", 50), SHIPPING),
            ["step", 20_000, 19_900],
        ),
        (
            {"give": "1 point per 100 TWD", "basis": "gross"},
            order("A", "2026-01-05", Line("1", "a", 1, 9_000, discount=500)),
            ["step", 10_000, 9_500],
        ),
        ({"give": "1 point per 3 units"}, order("A", "2026-01-05", line("1", 9), line("2", 9)), ["units", 3, 2]),
        (
            {"give": "1 point per 3 units", "when": {"any": [{"channel": "web"}, {"category": "cups"}]}},
            order("A", "2026-01-05", CUPS, line("2", 9)),
            ["units", 3, 2],
        ),
        (
            {"give": "1 point per 100 TWD", "when": {"any": [{"channel": "web"}, {"category": "cups"}]}} | PER_LINE,
            order("A", "2026-01-05", CUPS, line("2", 90)),
            ["step", 10_000, 6_000],
        ),
        (
            {"give": "5 points", "when": {"any": [{"channel": "web"}, {"category": "cups"}], "quantity_at_least": "3"}},
            order("A", "2026-01-05", CUPS, line("2", 9)),
            ["quantity_at_least", 3, 2],
        ),
        ({"multiply": {"base": "1.3"}}, order("A", "2026-01-05", line("1", 150)), ["step", 33_334, 15_000]),
        ({"multiply": {"base": "1.3"}} | HALF_UP, order("A", "2026-01-05", line("1", 150)), ["step", 16_667, 15_000]),
        ({"multiply": {"cash": "2"}}, order("A", "2026-01-05", Line("1", "a", 1, 142)), ["step", 143, 142]),
        ({"multiply": {"base": "1.5"}}, order("A", "2026-01-05", line("1", 50), SHIPPING), ["step", 20_000, 5_000]),
        ({"multiply": {"gross": "1.5"}}, order("A", "2026-01-05", line("1", 50), SHIPPING), ["step", 20_000, 5_000]),
        ({"multiply": {"ship": "1.5"}}, order("A", "2026-01-05", line("1", 50), SHIPPING), ["step", 40_000, 19_900]),
        ({"multiply": {"base": "2"}}, order("A", "2026-01-05", Line("1", "a", 1, 1)), ["step", 10_000, 1]),
        (
            {"multiply": {"base": "2", "ship": "2"}},
            order("A", "2026-01-05", line("1", 0)),
            ["base", "base, ship"],
        ),
        ({"multiply": {"web": "2"}}, order("A", "2026-01-05", line("1", 100)), ["base", "web"]),
        (
            {
                "give": "5 points",
                "when": {"product": "oolong", "any": [{"category": "cups"}, {"order_at_least": "9 TWD"}]},
            },
            order("A", "2026-01-05", Line("1", "oolong", 1, 100, "tea"), line("2", 1, category="cups")),
            ["together", "product oolong; category cups; order_at_least 9 TWD"],
        ),
        ({"give": "5 points", "paid_only": "true"}, order("A", "2026-01-05", line("1", 0)), ["paid"]),
        ({"give": "5 points"}, order("A", "2026-01-05", Line("1", "card", 1, 9_900, kind="gift_card")), ["goods"]),
        ({"give": "5 points"}, order("A", "2025-12-31", CUPS), ["member"]),
        ({"give": "5 points"}, Order("shop/A", at("2026-01-05"), (CUPS,)), ["unpaid"]),
    ],
    ids=str,
)
def test_what_comes_to_nothing(rule: Tree, bought: Order, said: list[Any]):
    [lack] = lacks(rule, bought)
    assert (lack.rule, lack.order) == ("more", "shop/A")
    assert [lack.code.removeprefix("lacks."), *lack.parameters.values()] == said


def test_no_room_is_said_of_the_bound_that_leaves_nothing():
    first, second = order("A", "2026-01-05 09:00", TEA), order("B", "2026-01-05 10:00", TEA)
    caps = [{"cap": "big", "at_most": "100", "per": "day"}, {"cap": "daily", "at_most": "11", "per": "day"}]
    [full] = lacks({"give": "5 points"}, second, first, caps=caps)
    assert (full.code, full.parameters) == ("lacks.room", {"cap": "daily"})
    [once] = lacks({"give": "5 points", "limit": "once"}, second, first, caps=caps)
    assert once.parameters == {"cap": "limit:more/lifetime"}
    enough = {"quantity_at_least": "1", "category": "tea"}
    [again] = lacks({"give": "5 points", "limit": "once", "when": enough}, second, first)
    assert again.parameters == {"cap": "limit:more/lifetime"}


def test_a_budget_that_is_used_up():
    first, second = order("A", "2026-01-05 09:00", TEA), order("B", "2026-01-05 10:00", TEA)
    spring = [{"campaign": "spring", "budget": "5 points"}]
    [lack] = lacks({"give": "5 points", "campaign": "spring"}, second, first, campaigns=spring)
    assert (lack.code, lack.parameters) == ("lacks.budget", {"campaign": "spring"})


def test_what_points_paid_and_what_came_back_is_no_spend():
    """150 TWD were left, points paid 60 of them: 90 are too little."""
    points = Redemption("R", "points", 6, at("2026-01-05 10:00"))
    payments = (Payment("points", 12_000, "R"), Payment("card", 18_000))
    bought = order("B", "2026-01-05 10:01", line("1", 300, 2), payments=payments)
    facts = [order("A", "2026-01-05 09:00", line("1", 2000)), points, refund("B/R", "2026-01-06", back("1"))]
    [lack] = lacks({"give": "1 point per 100 TWD"}, bought, *facts)
    assert (lack.code, lack.parameters) == ("lacks.step", {"step": 10_000, "spend": 9_000})


def test_what_is_not_paid_is_asked_of_the_version_of_its_snapshot():
    tree = document()
    later = document(earn=[{"rule": "later", "give": "5 points"}])
    shop = programs(tree, later, starts=["2026-02-01"])
    for when, rule in (("2026-01-05", "base"), ("2026-02-05", "later")):
        [one] = unearned(shop, Order("shop/A", at(when), (CUPS,)), None)
        assert (one.rule.name, one.because) == (rule, (Explanation("lacks.unpaid", rule, "shop/A", {}),))


def test_an_order_that_came_back_has_no_goods():
    bought = order("A", "2026-01-05 09:00", TEA)
    assert codes({"give": "5 points"}, bought, refund("A/R", "2026-01-06", back("1"))) == ["goods"]


def test_whatever_gave_something_is_not_among_them():
    assert lacks({"give": "5 points"}, order("A", "2026-01-05", TEA)) == []


@thoroughly
@given(stories())
def test_every_rule_gave_something_or_lacked_something(story: Story):
    page = documented()
    outcome = told(story.programs, story.facts)
    newest = {fact.key: fact for fact in sorted(filter(_is_order, story.facts), key=_version)}
    for key, memo in outcome.memos.items():
        silent = unearned(story.programs, newest[key], memo)
        rules = [rule.name for rule in story.programs.numbered(memo.version).order_rules]
        assert sorted([one.rule.name for one in silent] + [name for name in memo.kept if name in rules]) == sorted(
            rules
        )
        for one in silent:
            assert one.because
            assert all(lack.parameters.keys() == page[lack.code] for lack in one.because), one.because
            assert all((lack.rule, lack.order) == (one.rule.name, key) for lack in one.because)


def _is_order(fact: Fact) -> bool:
    return isinstance(fact, Order)


def _version(fact: Any) -> tuple[int, int]:
    return (fact.version_at, fact.number)

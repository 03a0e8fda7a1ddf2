"""What `when` asks of orders, lines and activities, where no table of docs/rules/conditions.md says it."""

import pytest

from regulars.engine.document import DocumentErrors
from regulars.engine.facts import Activity, Line, Payment
from tests.builders import Tree, at, document, joined, line, order, programs, told

TEA = Line("tea", "sku-tea", 1, 100_00, "drinks", brand="Leaf", tags=("new", "green"))
CUP = Line("cup", "sku-cup", 1, 10_00, "cups", brand="Clay")
ALL, ONLY_TEA, ONLY_CUP, NOTHING = 110, 100, 10, 0


@pytest.mark.parametrize(
    ("when", "points"),
    [
        ({"product": "sku-tea"}, ONLY_TEA),
        ({"product": ["sku-tea", "sku-cup"]}, ALL),
        ({"brand": "Clay"}, ONLY_CUP),
        ({"tag": ["green", "sale"]}, ONLY_TEA),
        ({"tag": "sale"}, NOTHING),
        ({"category": "drinks"}, ONLY_TEA),
        ({"category": "drinks", "product": "sku-cup"}, NOTHING),
        ({"category": "drinks", "any": [{"product": "sku-cup"}]}, NOTHING),
        ({"category": "drinks", "all": [{"product": "sku-cup"}]}, NOTHING),
        ({"category": "drinks", "any": [{"channel": "shop"}]}, NOTHING),
        ({"category": "drinks", "all": [{"any": [{"channel": "shop"}]}]}, NOTHING),
        ({"category": "drinks", "not": {"product": "sku-tea"}}, NOTHING),
        ({"payment": ["card", "transfer"]}, ALL),
        ({"payment": "transfer"}, NOTHING),
        ({"any": [{"order_at_least": "110 TWD"}]}, ALL),
        ({"any": [{"order_at_least": "110.01 TWD"}]}, NOTHING),
        ({"all": [{"any": [{"order_at_least": "110 TWD"}, {"product": "sku-cup"}]}]}, ALL),
        ({"all": [{"any": [{"order_at_least": "110.01 TWD"}, {"product": "sku-cup"}]}]}, ONLY_CUP),
        ({"not": {"order_at_least": "110 TWD"}}, NOTHING),
        ({"not": {"order_at_least": "110.01 TWD"}}, ALL),
        ({"any": [{}]}, ALL),
        ({"any": [{"channel": "web", "not": {"store": "north"}}]}, ALL),
        ({"any": [{"channel": "web", "not": {"store": "south"}}]}, NOTHING),
        ({"channel": "shop", "all": [{"store": "south"}]}, NOTHING),
        ({"all": [{"channel": "shop"}]}, NOTHING),
        ({"from": "2200-01-01", "all": [{"until": "2300-01-01"}]}, NOTHING),
        ({"all": [{"from": "2200-01-01"}, {"until": "2300-01-01"}]}, NOTHING),
        ({"nth_order": "every 1"}, ALL),
        ({"nth_order": "every 2"}, NOTHING),
        ({"nth_order": ["2", "1"]}, ALL),
        ({"attribute": {"newsletter": "no"}}, NOTHING),
    ],
    ids=str,
)
def test_what_a_rule_counts_of_an_order(when: Tree, points: int):
    rule = {"rule": "one", "give": "1 point per 1 TWD", "when": when}
    tree = document(earn=[rule], attributes={"newsletter": ["yes", "no"]})
    bought = order("A", "2026-01-05", TEA, CUP, channel="web", store="south", payments=(Payment("card", 110_00),))
    outcome = told(programs(tree), [bought])
    assert sum(entry.points for entry in outcome.entries) == points


@pytest.mark.parametrize(
    ("when", "counts"),
    [
        ({"weekday": "mon"}, True),
        ({"channel": "web"}, False),
        ({"any": [{"store": "north"}, {"store": "south"}]}, True),
        ({"channel": "till", "any": [{"store": "north"}, {"store": "south"}]}, True),
        ({"channel": "web", "any": [{"store": "north"}, {"store": "south"}]}, False),
        ({"not": {"store": "south"}}, False),
    ],
    ids=str,
)
def test_an_activity_is_asked_wherever_it_counts(when: Tree, counts: bool):
    """By a rule of its own, by a goal that waits for it, and by a step among orders."""
    visits: Tree = {"on": "activity visit", "when": when}
    steps = [{"activity": "visit"}, {"orders": "1"}]
    rules = [
        visits | {"rule": "gift", "give": "1 point"},
        visits | {"rule": "goal", "goal": {"times": "1"}, "give": "10 points"},
        {"rule": "steps", "when": when, "goal": {"steps": steps}, "give": "100 points"},
    ]
    visit = Activity("V", "visit", at("2026-01-05 12:00"), "till", "south")
    bought = order("A", "2026-01-05 13:00", line("tea", 100), channel="till", store="south")
    outcome = told(programs(document(earn=rules)), [joined("2026-01-01"), visit, bought])
    assert sum(entry.points for entry in outcome.entries) == 111 * counts


def test_what_only_orders_have_is_refused_once_where_there_are_none():
    rule = {"rule": "visit", "on": "activity visit", "give": "1 point", "when": {"order_at_least": "100 TWD"}}
    with pytest.raises(DocumentErrors) as errors:
        programs(document(earn=[rule]))
    assert [problem.code for problem in errors.value.problems] == ["only_orders_have_this"]

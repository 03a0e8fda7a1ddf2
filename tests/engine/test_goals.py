"""What goals count, give and take back, where no table of docs/rules/goals.md says it."""

from typing import Any

import pytest

from regulars.engine import grammar
from regulars.engine.facts import Line
from regulars.engine.outcome import Outcome
from tests.builders import Tree, back, document, joined, line, order, programs, refund, told

GOAL: Tree = {"rule": "g", "goal": {"spend": "1000", "per": "month"}, "give": "10 points"}


def available(outcome: Outcome) -> int:
    return outcome.account.wallets["points"].available


def with_rules(*rules: Tree, **parts: Any) -> Tree:
    return document(earn=list(rules), **parts)


def key(rule: Tree, **parts: Any) -> str:
    (found,) = grammar.read(with_rules(rule, **parts)).goals
    assert found.goal is not None
    return found.goal.key


@pytest.mark.parametrize(
    "other",
    [
        GOAL | {"give": "11 points"},
        GOAL | {"give": "10 stamps"},
        GOAL | {"funded_by": "roaster"},
        GOAL | {"when": {"category": "tea"}},
        GOAL | {"goal": {"spend": "1001", "per": "month"}},
        GOAL | {"goal": {"units": "1000", "per": "month"}},
        GOAL | {"goal": {"spend": "1000", "per": "week"}},
        GOAL | {"goal": {"spend": "1000", "per": "month", "repeat": "true"}},
        GOAL | {"goal": {"spend": "1000", "per": "month", "streak": "2"}},
        GOAL | {"goal": {"steps": [{"spend": "1000", "when": {"category": "tea"}}], "per": "month"}},
    ],
    ids=str,
)
def test_a_goal_that_counts_or_gives_otherwise_is_another_one(other: Tree):
    wallets: Tree = {"points": {}, "stamps": {}}
    assert key(other, wallets=wallets) != key(GOAL, wallets=wallets)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (GOAL, GOAL | {"give": "10 point", "name": {"en": "Big month"}, "pending": "2 days", "limit": "3 per year"}),
        (GOAL, GOAL | {"goal": {"steps": [{"spend": "1000.00 TWD"}], "per": "month", "repeat": "false"}}),
        (GOAL | {"when": {"category": "tea"}}, GOAL | {"when": {"category": ["tea", "tea"]}}),
        (GOAL | {"when": {"tag": ["a", "b"]}}, GOAL | {"when": {"tag": ["b", "a"]}}),
        (GOAL | {"when": {"order_at_least": "5"}}, GOAL | {"when": {"order_at_least": "5.0 TWD"}}),
        (
            GOAL | {"when": {"any": [{"tag": "a"}, {"not": {"attribute": {"all": "x"}}}]}},
            GOAL | {"when": {"any": [{"not": {"attribute": {"all": ["x"]}}}, {"tag": ["a"]}]}},
        ),
    ],
    ids=str,
)
def test_a_goal_that_is_only_written_otherwise_is_the_same(one: Tree, other: Tree):
    assert key(one) == key(other)


def test_what_a_goal_is_called_stays_the_same_for_ever():
    """It stands in accounts and entries."""
    assert key(GOAL) == "g/month/fcddca92a0"


@pytest.mark.parametrize(
    ("when", "joins"),
    [
        ({"quantity_at_least": "2"}, False),
        ({"category": "tea", "quantity_at_least": "1"}, True),
        ({"order_at_least": "100 TWD"}, True),
        ({"order_at_least": "101 TWD"}, False),
        ({"order_at_most": "100 TWD"}, True),
        ({"channel": "web"}, True),
        ({"category": "post"}, False),
    ],
    ids=str,
)
def test_who_joins_by_buying_is_asked_as_for_a_rule(when: Tree, joins: bool):
    """Shipping is neither a unit of goods nor counted as their money."""
    rules = [{"rule": "base", "give": "1 point", "when": when}]
    post = Line("post", "sku-post", 1, 5000, "post", kind="shipping")
    bought = order("A", "2026-01-05", line("tea", 100, category="tea"), post, channel="web")
    outcome = told(programs(document(enrolment={"when": when}, earn=rules)), [bought])
    assert (outcome.account.enrolled_at is not None, len(outcome.entries)) == (joins, joins)
    member = told(programs(document(enrolment="explicit", earn=rules)), [joined("2026-01-04"), bought])
    assert len(member.entries) == joins


def test_an_award_goes_back_under_the_version_that_gave_it():
    """Its limit has room again, which the version of the order that came back does not know."""
    limited = GOAL | {"limit": "1 per month", "goal": {"spend": "1000", "per": "week"}}
    versions = programs(
        with_rules(GOAL | {"goal": {"spend": "1000", "per": "week"}}), with_rules(limited), starts=["2026-01-08"]
    )
    facts = [
        order("A", "2026-01-07 12:00", line("tea", 900)),
        order("B", "2026-01-08 12:00", line("tea", 100)),
        refund("A/R", "2026-01-09 12:00", back("tea")),
        order("C", "2026-01-20 12:00", line("tea", 1000)),
    ]
    assert available(told(versions, facts[:2])) == 10
    assert available(told(versions, [*facts[:2], facts[3]])) == 10
    outcome = told(versions, facts)
    assert available(outcome) == 10
    assert outcome.entries[-1].occurred_at == facts[3].paid_at

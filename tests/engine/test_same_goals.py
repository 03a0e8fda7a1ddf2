"""Which goals are the same one, under other versions of a document too."""

from typing import Any

import pytest

from regulars.engine import grammar
from tests.builders import Tree, document
from tests.engine.test_goals import GOAL


def key(rule: Tree, **parts: Any) -> str:
    (found,) = grammar.read(document(earn=[rule], **parts)).goals
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

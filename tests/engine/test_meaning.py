"""The short name of a goal stands in accounts and entries for ever: these may never change."""

import pytest

from regulars.engine import grammar
from tests.builders import Tree, document

ASKED: Tree = {
    "category": ["tea", "cups"],
    "order_at_least": "100 TWD",
    "all": [{"order_at_most": "900"}, {"store": "north"}],
    "any": [{"channel": "web"}, {"country": ["TW", "JP"]}],
    "not": {"brand": "Clay", "order_at_least": "5000 TWD"},
    "attribute": {"skin": ["dry", "oily"], "diet": "vegan"},
}


def key(**parts: object) -> str:
    rule = {"rule": "goal", "give": "5 points", "goal": {"units": "3", "per": "month"}}
    (found,) = grammar.read(document(earn=[rule | parts])).goals
    assert found.goal is not None
    return found.goal.key


@pytest.mark.parametrize(
    ("parts", "known"),
    [
        ({}, "goal/month/8b0eb2f24e"),
        ({"paid_only": "true"}, "goal/month/df8dd377bc"),
        ({"when": ASKED}, "goal/month/1ec5d48b74"),
        ({"goal": {"steps": [{"orders": "2", "when": ASKED}, {"activity": "visit"}]}}, "goal/lifetime/a62ffefb6d"),
    ],
)
def test_a_goal_keeps_its_name(parts: Tree, known: str):
    assert key(**parts) == known


def test_how_it_is_written_does_not_matter():
    """Not in which order, how often, or with which currency."""
    turned = ASKED | {
        "category": ["cups", "tea", "cups"],
        "order_at_least": "100",
        "all": [{"store": ["north"]}, {"order_at_most": "900 TWD"}],
        "any": [{"country": ["JP", "TW"]}, {"channel": "web"}],
        "attribute": {"diet": ["vegan"], "skin": ["oily", "dry"]},
    }
    assert key(when=turned) == key(when=ASKED)
    assert key(when=ASKED | {"category": "tea"}) != key(when=ASKED)

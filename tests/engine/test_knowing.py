"""Which activities a program asks for."""

import pytest

from regulars.engine import grammar
from regulars.engine.activities import is_known
from tests.builders import Tree, document

NOTHING = document()
ASKED: dict[str, Tree] = {
    "a rule": document(earn=[{"rule": "r", "on": "activity review", "give": "1 point"}]),
    "a tier set": document(tiers=[{"set": "s", "grows_by": "visits", "visit": ["review"], "levels": [{"tier": "m"}]}]),
    "a goal": document(earn=[{"rule": "g", "goal": {"steps": [{"activity": "review"}]}, "give": "1 point"}]),
    "an expiry": document(
        wallets={"points": {"expires": "12 months after the last activity", "renewed_by": ["activity review"]}}
    ),
}


@pytest.mark.parametrize("tree", ASKED.values(), ids=ASKED.keys())
def test_an_activity_is_known_to_whatever_asks_for_it(tree: Tree):
    version = grammar.read(tree)
    assert is_known(version, "review")
    assert not is_known(version, "visit")


def test_nothing_is_known_where_nothing_asks():
    assert not is_known(grammar.read(NOTHING), "review")

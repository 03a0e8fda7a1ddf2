"""Tiers that need more points than the rules ever give to whoever is not there yet."""

from typing import Any

import pytest

from regulars.engine import grammar
from regulars.engine.document import DocumentErrors
from regulars.programs.problems import told
from tests.builders import Tree, document

WELCOME = {"rule": "welcome", "on": "enrolment", "give": "10 merits"}
TO_B: Tree = {"rule": "to b", "give": "1 merit per 1 TWD", "when": {"tier": "b"}}
AS_ONE_LIKES = {"rule": "base", "give": "1 merit per 100 TWD"}
VISIT = {"rule": "visit", "on": "activity visit", "give": "5 merits", "limit": "3 per lifetime"}
GOAL = {"rule": "goal", "give": "20 merits", "goal": {"orders": "3"}}
FOR_B = {"rule": "for b", "on": "tier b", "give": "50 merits"}


def ladder(*levels: Tree) -> list[Tree]:
    return [{"set": "status", "grows_by": "points of merits", "levels": [{"tier": "a"}, *levels]}]


def refused(rules: list[Tree], *levels: Tree, **parts: Any) -> list[str]:
    wallets: Tree = {"points": {}, "merits": {}}
    try:
        grammar.reviewed(document(wallets=wallets, earn=rules, tiers=ladder(*levels), **parts))
    except DocumentErrors as errors:
        return [told(problem) for problem in errors.problems]
    return []


@pytest.mark.parametrize(
    ("rules", "most", "caps"),
    [
        ([WELCOME], 10, []),
        ([WELCOME, GOAL], 30, []),
        ([WELCOME, VISIT], 25, []),
        ([WELCOME, VISIT], 22, [{"at_most": "12", "per": "lifetime", "rules": "visit"}]),
        ([TO_B], 0, []),
        ([TO_B | {"when": {"tier": "b", "order_at_least": "5 TWD"}}], 0, []),
        ([WELCOME, TO_B, FOR_B], 10, []),
        ([AS_ONE_LIKES, WELCOME], 40, [{"at_most": "40", "per": "lifetime", "wallet": "merits"}]),
        ([AS_ONE_LIKES, WELCOME], 35, [{"at_most": "25", "per": "lifetime", "rules": "base"}]),
    ],
)
def test_a_tier_that_nobody_can_reach(rules: list[Tree], most: int, caps: list[Tree]):
    said = f"whoever is not there yet gets at most {most} such points, ever: lower it, or let rules give more"
    place = {"tier": "b", "reach": str(most + 1)}
    assert refused(rules, place, caps=caps) == [f"tiers[0].levels[1].reach: '{most + 1}': {said}"]
    if most:
        assert refused(rules, {"tier": "b", "reach": str(most)}, caps=caps) == []


@pytest.mark.parametrize(
    "rules",
    [
        [AS_ONE_LIKES],
        [AS_ONE_LIKES | {"limit": "3 per lifetime"}],
        [WELCOME, {"rule": "year", "on": "anniversary", "give": "1 merit"}],
        [WELCOME, VISIT | {"limit": "3 per year"}],
        [{**GOAL, "goal": {"orders": "3", "repeat": "true"}}],
        [{**TO_B, "when": {"tier": ["a", "b"]}}],
        [AS_ONE_LIKES, {"rule": "double", "multiply": {"base": "2"}, "when": {"tier": "b"}}],
    ],
)
def test_a_tier_that_somebody_can_reach(rules: list[Tree]):
    assert refused(rules, {"tier": "b", "reach": "1000"}) == []


def test_who_was_invited_to_a_tier_earns_by_its_rules():
    guest: Tree = {"rule": "guest", "give": "1 merit per 1 TWD", "when": {"tier": "guest"}}
    assert refused([guest], {"tier": "guest", "invitation": "true"}, {"tier": "b", "reach": "1000"}) == []


def test_nobody_needs_points_for_a_tier_by_invitation():
    assert refused([WELCOME], {"tier": "guest", "invitation": "true"}, {"tier": "b", "reach": "10"}) == []

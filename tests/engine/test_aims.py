"""Goals as a document says them: which of them begin anew, how much they may give, and what their steps ask."""

from typing import Any

import pytest

from regulars.engine import grammar
from regulars.engine.document import DocumentErrors
from regulars.engine.facts import Activity
from tests.builders import Tree, at, document, line, order, programs, told

GOAL: Tree = {"rule": "g", "goal": {"spend": "1000", "per": "month"}, "give": "10 points"}


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


LISTED = GOAL | {"goal": {"steps": [{"activity": "visit"}, {"spend": "0.01"}], "repeat": "true"}}


@pytest.mark.parametrize(
    ("after", "lost"),
    [
        ([GOAL], []),
        ([GOAL | {"name": {"en": "Big month"}}], []),
        ([GOAL | {"give": "11 points"}], ["earn[0].goal: g"]),
        ([LISTED, GOAL | {"rule": "h"}], ["earn[0].goal: g", "earn[1].goal: h"]),
        ([{"rule": "base", "give": "1 point per 1 TWD"}, GOAL | {"rule": "h"}], ["earn[1].goal: h"]),
        ([GOAL, LISTED | {"rule": "h"}], []),
        ([LISTED | {"rule": "h"}], []),
        ([], []),
    ],
    ids=str,
)
def test_a_goal_that_begins_anew_is_warned_of(after: list[Tree], lost: list[str]):
    """One that was changed or renamed; not one that is new or was given up."""
    before = grammar.read(document(earn=[{"rule": "plain", "give": "1 point"}, GOAL]))
    warnings = grammar.reviewed(document(earn=after), 2, before=before).warnings
    assert [f"{one.path}: {one.value}" for one in warnings] == lost
    assert {one.code for one in warnings} <= {"goal_anew"}


@pytest.mark.parametrize(("give", "codes"), [("1000 points", []), ("1001 points", ["too_many_points"])])
@pytest.mark.parametrize("steps", [[], [{"spend": "0.01"}, {"activity": "visit"}, {"units": "5"}]])
def test_a_goal_that_repeats_gives_a_bounded_share_of_what_was_spent(give: str, codes: list[str], steps: list[Tree]):
    """At most 1,000 points for the smallest amount of money; what is reached once alone may give more."""
    goal: Tree = {"steps": steps} if steps else {"spend": "0.01"}
    rule = GOAL | {"give": give, "goal": goal | {"repeat": "true"}}
    try:
        found = grammar.read(document(earn=[rule])) and []
    except DocumentErrors as errors:
        found = [f"{one.path} {one.code}" for one in errors.problems]
    assert found == [f"earn[0].give {code}" for code in codes]
    assert grammar.read(document(earn=[rule | {"goal": goal}])).goals


@pytest.mark.parametrize(
    ("of_rule", "of_step", "given"),
    [
        ({}, {}, 4),
        ({"channel": "app"}, {}, 2),
        ({}, {"channel": "app"}, 2),
        ({"weekday": "mon"}, {"channel": "app"}, 1),
        ({"any": [{"weekday": "mon"}, {"channel": "app"}]}, {}, 3),
        ({"channel": "app"}, {"channel": "web"}, 0),
    ],
    ids=str,
)
def test_what_a_rule_asks_is_asked_of_each_activity_of_its_steps(of_rule: Tree, of_step: Tree, given: int):
    """And what the step asks as well; each of these visits is a step that is done."""
    goal = {"steps": [{"activity": "visit", "when": of_step}, {"units": "1", "when": {}}], "repeat": "true"}
    rule = GOAL | {"goal": goal, "when": of_rule, "give": "1 point"}
    bought = order("A", "2026-01-05 12:00", line("tea", 1, 9), channel="app")
    visits = [
        Activity(f"V-{day}{channel}", "visit", at(f"2026-01-{day} 12:00"), channel)
        for day in ("05", "06")
        for channel in ("app", "web")
    ]
    outcome = told(programs(document(earn=[rule])), [bought, *visits])
    assert sum(entry.points for entry in outcome.entries) == given

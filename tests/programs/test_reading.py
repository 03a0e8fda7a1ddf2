"""Whatever is written, the reader reads it or says what is wrong with it: it never fails."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.engine import grammar
from regulars.engine.document import DocumentErrors
from regulars.programs.presets import PRESETS, preset
from regulars.programs.problems import told
from regulars.programs.tree import grown
from tests.builders import document

Place = tuple[Any, Any]
ODD = [
    "0",
    "00",
    "-1",
    "1e9",
    "999999999999999999999999999999",
    "١٢",
    "½",
    "²",
    "never",
    "none",
    "true",
    "%",
    "%(a)s",
    "a/b",
    "|",
    "@",
    "{}",
    "once",
    "1%",
    "24:00-24:00",
]
PHRASES = [
    "9999-12-31", "0001-01-01", "2026-02-30", "2026-W01-1", "30 February", "0 days", "9999 weeks", "900 years",
    "0 points", "999999999 points per 0.01 TWD", "100% points", "0.001% credit", "1 point per 0 TWD", "every 1",
    "1 per order", "999999 per day", "rolling 100 years", "points of", "tier silver", "activity x", "reward x",
    "1 in 1", "end of next year", "31 December, earned before 31 December", "12 months after the last activity",
    "until fulfilled", "", " ", "x" * 300, "\x00", "\ud800",
]  # fmt: skip
TEXTS = st.sampled_from([*ODD, *PHRASES]) | st.text(max_size=5)
TREES = st.recursive(
    TEXTS, lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS, below, max_size=3), max_leaves=4
)


def places(tree: Any) -> Iterator[Place]:
    """Every place of a tree, as what holds it and where it stands there."""
    for where, below in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield tree, where
        if isinstance(below, dict | list):
            yield from places(below)


def problems(tree: Any) -> list[str]:
    try:
        grammar.reviewed(tree)
    except DocumentErrors as errors:
        return [told(problem) for problem in errors.problems]
    return []


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PRESETS), st.data())
def test_nothing_that_stands_in_a_document_makes_its_reader_fail(name: str, data: st.DataObject):
    tree = grown(preset(name)).tree
    for _ in range(data.draw(st.integers(1, 3))):
        holder, where = data.draw(st.sampled_from(list(places(tree))))
        others = [below for other, there in places(tree) for below in [other[there]] if isinstance(below, str)]
        holder[where] = data.draw(TREES | st.sampled_from(others))
    assert all(problems(tree))


@pytest.mark.parametrize("zone", ["Asia", "A" * 300, "localtime", "posixrules", "Factory", "right/Asia/Taipei"])
def test_a_time_zone_is_that_of_a_place(zone: str):
    assert problems(document(timezone=zone)) == [f"timezone: '{zone}': an IANA time zone such as Asia/Taipei is needed"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"weekday": ["mon", ""]}, "weekday: a weekday is one of mon, tue, wed, thu, fri, sat or sun"),
        (
            {"hours": ["08:00-09:00", ""]},
            "hours: hours such as 14:00-17:00 or 22:00-02:00 are needed, the end not included",
        ),
        (
            {"any": [{"nth_order": ["1", ""]}]},
            "any[0].nth_order: a number of an order such as 1 or 'every 10' is needed",
        ),
    ],
)
def test_a_phrase_of_a_list_that_is_empty(asked: dict[str, Any], said: str):
    tree = document(earn=[{"rule": "base", "give": "1 point per 100 TWD", "when": asked}])
    assert problems(tree) == [f"earn[0].when.{said}"]

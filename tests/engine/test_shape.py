"""What does not fit into a document: every problem with its place, its code and what may stand there."""

from typing import Literal

import pytest
from msgspec import Struct

from regulars.engine.problems import Problem
from regulars.engine.shape import shaped


class Leaf(Struct):
    name: str
    short: str = ""


class Shape(Struct):
    leaf: Leaf | None = None
    words: str | list[str] = ""
    several: list[Leaf] = []
    named: dict[str, Leaf] = {}
    kind: Literal["", "one", "two"] = ""
    plain: str = ""


PARTS = ("leaf", "words", "several", "named", "kind", "plain")


@pytest.mark.parametrize(
    ("tree", "problem"),
    [
        ("tea", Problem("top", "tea", "not_a_part", PARTS)),
        ({"leaf": "tea"}, Problem("top.leaf", "tea", "not_a_part", ("name", "short"))),
        ({"words": {}}, Problem("top.words", "", "not_a_word")),
        ({"plain": []}, Problem("top.plain", "", "not_a_word")),
        ({"several": "tea"}, Problem("top.several", "tea", "not_a_list")),
        ({"several": [{}]}, Problem("top.several[0]", "", "word_missing", told={"word": "name"})),
        ({"named": "tea"}, Problem("top.named", "tea", "not_names")),
        ({"named": {"x": "tea"}}, Problem("top.named.x", "tea", "not_a_part", ("name", "short"))),
        ({"kind": "three"}, Problem("top.kind", "three", "value_not_possible", ("one", "two"))),
        ({"colour": ""}, Problem("top.colour", "colour", "word_unknown", PARTS)),
        ({"plain": "", "colour": ""}, Problem("top.colour", "colour", "word_unknown", PARTS)),
        ({"plain": "tea", "colour": "red"}, Problem("top.colour", "colour", "word_unknown", PARTS)),
        ({"words": ["tea"], "colour": ""}, Problem("top.colour", "colour", "word_unknown", PARTS)),
        ({"plain": "tea", "red": ""}, Problem("top.red", "red", "braces_comma", ('"tea, red"',))),
    ],
    ids=str,
)
def test_what_does_not_fit(tree: object, problem: Problem):
    assert shaped(tree, Shape, "top") == (None, [problem])


def test_what_fits():
    tree = {"words": ["a", "b"], "several": [{"name": "x"}], "named": {"y": {"name": "z", "short": "s"}}, "kind": "one"}
    assert shaped(tree, Shape) == (Shape(None, ["a", "b"], [Leaf("x")], {"y": Leaf("z", "s")}, "one"), [])

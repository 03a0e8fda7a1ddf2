"""The canonical form: what it looks like, that it stays as it is, and that nothing is lost or means something else."""

import random
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import regulars.programs.presets
from regulars.programs.canonical import canonical
from regulars.programs.tree import Unreadable, grown
from tests.engine.pages import PAGES, tales

# ruff: noqa: E501 (texts are easier to compare in one line)

PRESETS = sorted(Path(regulars.programs.presets.__file__).parent.glob("*.yaml"))

ROUGH = """\
# The shop's program.

timezone: 'Asia/Taipei'   # where we are
program: "shop"
currency: TWD


earn:
    # what everybody gets
    - give: "1 point per 100 TWD"   # not much
      rule: base

    - {rule: tea, when: {hours: "14:00-17:00", category: [oolong,   "black, tea"]}, multiply: {base: '2'}}
wallets:
    points: {expires: "12 months, end of month", pending: 7 days}
    credit:   # money
      unit: {
        en: credit,   # for now
        zh-Hant: 購物金
      }
tiers: [{levels: [{tier: member}, {reach: "1000", tier: silver}], set: status}]
# the end
"""

CANONICAL = """\
# The shop's program.

program: shop
timezone: Asia/Taipei  # where we are
currency: TWD
wallets:
  points:
    pending: 7 days
    expires: 12 months, end of month
  credit:  # money
    unit:
      en: credit  # for now
      zh-Hant: 購物金
tiers:
  - set: status
    levels:
      - {tier: member}
      - {tier: silver, reach: 1000}

earn:
  # what everybody gets
  - rule: base
    give: 1 point per 100 TWD  # not much

  - rule: tea
    when: {category: [oolong, "black, tea"], hours: 14:00-17:00}
    multiply: {base: 2}
# the end
"""


def test_what_it_looks_like() -> None:
    assert canonical(ROUGH) == CANONICAL
    assert canonical(CANONICAL) == CANONICAL


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.name)
def test_our_own_documents_are_canonical(path: Path) -> None:
    assert canonical(path.read_text()) == path.read_text()


@pytest.mark.parametrize("tale", [tale for page in sorted(PAGES.glob("*.md")) for tale in tales(page)], ids=str)
def test_stories_keep_their_meaning(tale: Any) -> None:
    form = canonical(tale.text)
    assert grown(form).tree == grown(tale.text).tree
    assert canonical(form) == form


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("a:\n- b\n- - c\n  - d\n", "a: [b, [c, d]]\n"),
        ("story:\n- # first\n  at: 2026-01-01\n", "story:\n  # first\n  - at: 2026-01-01\n"),
        ("story: [{expect: {a: b}, at: 1}] # all\n", "story:  # all\n  - at: 1\n    expect: {a: b}\n"),
        ("story:\n- publish: {earn: [{give: x, rule: y}]}\n", "story:\n  - publish:\n      earn:\n        - rule: y\n          give: x\n"),
        ("a:\n- # one\n  - - b\n", "a:\n  # one\n  - [[b]]\n"),
        ("a: [x, # one\n  y] # two\n", "a:  # two\n  - x  # one\n  - y\n"),
        ("a: 'x # y'\nb: \"#\"\nc: |\n  one\n  two # no comment\n", 'a: "x # y"\nb: "#"\nc: "one\\U0000000Atwo # no comment\\U0000000A"\n'),
        ("a: ''\nb:\nc: {d: }\n", 'a:\nb:\nc: {d: ""}\n'),
        ("a: 'it''s'\nb: '\"'\nc: 'a: \"b\"'\n", "a: it's\nb: '\"'\nc: 'a: \"b\"'\n"),
        ("'x: y': {'[': '-', '? ': '- '}\n", '"x: y": {"[": "-", "? ": "- "}\n'),
        ("a: {}\nb: []\n", "a: {}\nb: []\n"),
        ("a: " + "x" * 130, "a: " + "x" * 130 + "\n"),
        ("a: [" + ", ".join(["x" * 30] * 4) + "]", "a:\n" + f"  - {'x' * 30}\n" * 4),
        ("\ufeffa: b\r\nc: d\r\n", "a: b\nc: d\n"),
        ("--- # start\na: b\n...\n", "# start\na: b\n"),
    ],
)  # fmt: skip
def test_corners(text: str, form: str) -> None:
    assert canonical(text) == form
    assert canonical(form) == form


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(Unreadable):
        canonical("a: [b")


WORDS = st.sampled_from(
    ["a", "b c", "on", "14:00", "1.50", "", "-", "- x", "a, b", "[x", "x: y", "# no", "it's", '"', "é 茶", "a:", "~", "&a",
     "!t", "*x", "?", "? y", "%x", "@", "`", "|", ">", " x", "x ", "a\nb", "tab\tbed", "null", "---", "x #y", "{", "}", ":"]
)  # fmt: skip
KEYS = st.sampled_from(
    ["a", "rule", "earn", "wallets", "story", "when", "give", "expect", "x: y", "on", "name", "program", "-"]
)
TREES = st.recursive(
    WORDS, lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=4), max_leaves=12
)


def scattered(tree: object, seed: int) -> str:
    """The tree as somebody might write it: any layout, with comments where they change nothing."""
    chance = random.Random(seed)
    text = yaml.safe_dump(
        tree, default_flow_style=chance.choice([None, True, False]), width=chance.choice([20, 60, 200]),
        indent=chance.choice([2, 4]), allow_unicode=True, sort_keys=False,
    )  # fmt: skip
    lines = text.split("\n")
    for number in range(chance.randrange(6)):
        place = chance.randrange(len(lines))
        said = f"#{number}" if chance.random() < 0.8 else ""
        trial = [*lines]
        if chance.random() < 0.5 and said:
            trial[place] += f"  {said}"
        else:
            trial.insert(place, " " * chance.choice([0, 2, 5]) + said)
        try:
            if grown("\n".join(trial)).tree == grown(text).tree:
                lines = trial
        except Unreadable:
            continue
    return "\n".join(lines)


@settings(max_examples=200)
@given(st.dictionaries(KEYS, TREES, min_size=1, max_size=4), st.integers(0, 10**6))
def test_meaning_and_comments_stay_and_it_is_done_at_once(tree: dict[str, Any], seed: int) -> None:
    text = scattered(tree, seed)
    form = canonical(text)
    assert grown(form).tree == grown(text).tree
    assert canonical(form) == form
    assert sorted(comments(form)) == sorted(comments(text))


def comments(text: str) -> list[str]:
    return re.findall(r"(?:^|\s)(#\d)(?=\s|$)", text)


@given(st.permutations(["one", "two", "three"]))
def test_where_order_has_a_meaning_it_stays(names: list[str]) -> None:
    text = "wallets:\n" + "".join(f"  {name}: {{expires: 1 year, pending: 1 day}}\n" for name in names)
    tree: Any = grown(canonical(text)).tree
    assert list(tree["wallets"]) == names
    assert list(tree["wallets"]["one"]) == ["pending", "expires"]

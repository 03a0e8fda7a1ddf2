"""Documents become versions, or a list of all that is wrong, each with its line."""

import pytest

from regulars.programs.document import DocumentRefused, version
from regulars.programs.presets import PRESETS, preset

TINY = """\
program: tiny
timezone: Asia/Taipei
currency: TWD
wallets:
  points:
    pending: 7 days
earn:
  - rule: base
    give: 1 point per 100 TWD
"""


def problems(text: str) -> list[str]:
    with pytest.raises(DocumentRefused) as refused:
        version(text, 1, 0)
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_can_be_published(name: str) -> None:
    assert version(preset(name), 1, 0).slug == name


def test_a_document_becomes_a_version() -> None:
    read = version(TINY, 3, 5)
    assert (read.number, read.starts_at, read.slug, read.currency, read.zone) == (3, 5, "tiny", "TWD", "Asia/Taipei")


def test_all_that_is_wrong_is_said_at_once_in_order_of_lines() -> None:
    text = TINY.replace("Asia/Taipei", "Taipei").replace("7 days", "a while").replace("100 TWD", "100 USD")
    assert [said.split(": ")[:3] for said in problems(text)] == [
        ["line 2", "timezone", "'Taipei'"],
        ["line 6", "wallets.points.pending", "'a while'"],
        ["line 9", "earn[0].give", "'1 point per 100 USD'"],
    ]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("    give:", "    gift: 1\n    give:", "line 9: earn[0].gift: "),
        ("    pending: 7 days", "    pendling: 7 days", "line 6: wallets.points.pendling: "),
        ("currency: TWD\n", "", "line 1: "),
        ("earn:", "earn: &all", "line 7: earn: '&all': anchors are not allowed"),
    ],
)
def test_what_has_no_place_of_its_own_is_said_of_the_nearest(before: str, after: str, said: str) -> None:
    [problem] = problems(TINY.replace(before, after))
    assert problem.startswith(said)

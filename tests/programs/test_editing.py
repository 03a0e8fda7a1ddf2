"""Words of a document changed one by one, as a form changes them."""

import pytest

from regulars.programs.canonical import canonical
from regulars.programs.canonical.editing import edited, with_entry, without_entry
from regulars.programs.tree import Unreadable

TEXT = canonical("""# A small shop.
program: tiny
timezone: Asia/Taipei
currency: TWD
wallets: {points: {pending: 7 days}}
tiers:
  - set: status
    levels:
      - {tier: member}
      - {tier: silver, reach: 1000, valid: 1 year}  # the second
earn:
  # everyone's
  - rule: base
    give: 1 point per 100 TWD
  - rule: tea
    when: {category: tea}
    give: 5 points
""")


@pytest.mark.parametrize(
    ("said", "before", "after"),
    [
        ({"tiers[0].levels[1].reach": "800"}, "reach: 1000", "reach: 800"),
        ({"earn[0].give": "1 point per 80 TWD"}, "per 100", "per 80"),
        ({"earn[1].when": "{category: [tea, cups]}"}, "{category: tea}", "{category: [tea, cups]}"),
        ({"earn[1].when": ""}, "    when: {category: tea}\n", ""),
        ({"earn[1].give": "5 points: all"}, "give: 5 points", 'give: "5 points: all"'),
        ({"earn[0].name.en": "Points"}, "rule: base\n", "rule: base\n    name: {en: Points}\n"),
        ({"wallets.points.spend.at_least": "10"}, "    pending: 7 days\n",
         "    pending: 7 days\n    spend: {at_least: 10}\n"),
        ({"multipliers": "best"}, "    pending: 7 days\n", "    pending: 7 days\nmultipliers: best\n"),
        ({"earn[0].limit": ""}, "", ""),
        ({}, "", ""),
    ],
)  # fmt: skip
def test_only_that_word_changes(said: dict[str, str], before: str, after: str) -> None:
    assert before in TEXT
    assert edited(TEXT, said) == (TEXT.replace(before, after, 1) if before else TEXT)
    assert canonical(edited(TEXT, said)) == edited(TEXT, said)


def test_a_part_that_is_left_empty_goes_too() -> None:
    named = edited(TEXT, {"earn[0].name.en": "Points"})
    assert edited(named, {"earn[0].name.en": ""}) == TEXT


def test_entries_come_and_go() -> None:
    more = with_entry(TEXT, "earn", "rule", "new")
    assert more == TEXT + "  - rule: new\n"
    assert without_entry(more, "earn[2]") == TEXT
    assert "caps:\n  - {cap: day}\n" in with_entry(TEXT, "caps", "cap", "day")
    assert "pending" not in without_entry(TEXT, "wallets.points")


@pytest.mark.parametrize("said", [{"earn[0].when": "{category: tea"}, {"earn[0].when": "[*x]"}])
def test_brackets_that_do_not_close_are_refused_at_their_place(said: dict[str, str]) -> None:
    with pytest.raises(Unreadable) as refused:
        edited(TEXT, said)
    assert refused.value.problem.path == "earn[0].when"


def test_a_place_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        edited(TEXT, {"earn[7].give": "1 point"})

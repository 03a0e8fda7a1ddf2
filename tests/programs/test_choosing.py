"""A word that is none of the few hides nothing else that is wrong, and brings nothing that is wrong with it alone."""

import pytest

from regulars.programs.document import DocumentRefused, draft
from tests.programs.test_document import TINY


def codes(text: str) -> list[str]:
    with pytest.raises(DocumentRefused) as refused:
        draft(text)
    return [f"{one.line} {one.code}" for one in refused.value.problems]


def test_what_else_is_wrong_is_said_beside_it() -> None:
    text = TINY.replace("pending: 7 days", "pending: a while\n    when_short: owe")
    text = text.replace("1 point", "some") + "    round: up\n"
    assert codes(text) == ["6 not_a_length", "7 value_not_possible", "10 not_a_gift", "11 value_not_possible"]


def test_what_makes_no_sense_as_a_whole_is_said_beside_it() -> None:
    text = TINY + "    round: up\n    when: {from: 2026-02-01, until: 2026-01-01}\n"
    assert codes(text) == ["10 value_not_possible", "11 never_met"]


def test_what_one_choice_alone_would_make_wrong_is_not_said() -> None:
    """Charging needs a worth; writing off does not."""
    assert codes(TINY.replace("pending: 7 days", "when_short: owe")) == ["6 value_not_possible"]


def test_a_part_whose_word_must_be_said_is_judged_too() -> None:
    text = TINY + "caps:\n  - {at_most: 100, per: months, rules: [bass]}\n"
    assert codes(text) == ["11 value_not_possible", "11 not_in_program"]


def test_with_too_many_such_words_these_are_said_first() -> None:
    rules = "".join(f"  - {{rule: r{one}, give: 1 point per 100 TWD, round: up}}\n" for one in range(9))
    assert codes(TINY.replace("7 days", "a while") + rules) == [f"{10 + one} value_not_possible" for one in range(9)]


def test_a_word_without_a_place_is_said_with_them_alone() -> None:
    text = TINY.replace("pending: 7 days", "pending: a while\n    when_short: owe\n    wen: 1")
    assert codes(text) == ["7 value_not_possible", "8 word_unknown"]

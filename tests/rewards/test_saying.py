"""Every refusal has a sentence in every language."""

import re

import pytest
from django.utils.translation import override

from regulars.rewards.pricing.refusals import CODES
from regulars.rewards.saying import SENTENCES, sentence
from tests.engine.pages import PAGES, tables

GIVEN = dict.fromkeys(re.findall(r"%\((\w+)\)s", " ".join(map(str, SENTENCES.values()))), "x")
GIVEN |= {"order_at_least": "50000", "missing": "1", "left": "0"}


def test_every_code_has_a_sentence_in_its_place():
    assert list(SENTENCES) == sorted(SENTENCES)
    assert set(SENTENCES) == set(CODES)


def test_every_code_of_a_cart_is_on_the_page():
    """docs/rules/carts.md says what no table of docs/rules/spending.md does."""
    rows = [row for page in ("carts.md", "spending.md") for table in tables(PAGES / page) for row in table.rows]
    assert {row["code"]: row["again"] == "yes" for row in rows if "again" in row} == CODES


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_every_refusal_is_said_in_the_readers_language(language: str):
    english = {code: sentence(code, GIVEN, str) for code in CODES}
    with override(language):
        here = {code: sentence(code, GIVEN, str) for code in CODES}
    assert [code for code in CODES if here[code] == english[code] or "%(" in here[code]] == []


def test_money_and_numbers_are_said_as_people_write_them():
    said = sentence(
        "order_too_small", {"order_at_least": 50_000, "missing": 50}, lambda minor: f"NT${minor / 100:,.2f}"
    )
    assert said == "For orders of NT$500.00 or more; NT$0.50 are missing."
    assert sentence("not_enough_points", {"available": 2439}, str) == "There are only 2,439 points."

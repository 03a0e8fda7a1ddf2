"""Documents that are refused: each sentence of the page, with the place and everything that is wrong at once."""

from typing import Any

import pytest

from regulars.engine import grammar
from regulars.engine.document import DocumentErrors
from regulars.programs.problems import told
from regulars.programs.tree import grown
from tests.builders import document
from tests.engine.pages import PAGES, Row, tables

OFFERS: dict[str, Any] = {
    "wallets": {"points": {"worth": "10 TWD per 100"}, "stamps": {}, "credit": {"money": "true"}},
    "tiers": [{"set": "status", "levels": [{"tier": "member"}, {"tier": "gold", "reach": "1000"}]}],
}
SAID, OF_OFFERS = "what a document says", "what a document says about rewards and coupons"


def rows(column: str) -> list[Row]:
    return [row for table in tables(PAGES.parent / "refusals.md") if column in table.columns for row in table.rows]


def refused(text: str, **usual: Any) -> str:
    parts = grown(f"{{{text}}}").tree
    assert isinstance(parts, dict)
    with pytest.raises(DocumentErrors) as errors:
        grammar.reviewed(document(**usual | parts))
    assert all(isinstance(problem.value, str) for problem in errors.value.problems)
    return " · ".join(told(problem) for problem in errors.value.problems)


@pytest.mark.parametrize("row", rows(SAID), ids=lambda row: row[SAID])
def test_a_document_is_refused(row: Row):
    assert refused(row[SAID]) == row["what is wrong"]


@pytest.mark.parametrize("row", rows(OF_OFFERS), ids=lambda row: row[OF_OFFERS])
def test_rewards_and_coupons_are_refused(row: Row):
    assert refused(row[OF_OFFERS], **OFFERS) == row["what is wrong"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("tiers: [{set: a|b, levels: [{tier: member}]}]", "tiers[0].set: 'a|b': the name of a tier set"),
        ("tiers: [{set: status, levels: [{tier: a@b}]}]", "tiers[0].levels[0].tier: 'a@b': the name of a tier"),
    ],
)
def test_names_that_cannot_be(text: str, sentence: str):
    assert refused(text) == f"{sentence} is not empty and has none of these signs: | / @"


@pytest.mark.parametrize(("name", "shown"), [("a|b", "'a|b': "), ('""', "")])
def test_a_rule_has_a_name_without_a_bar(name: str, shown: str):
    rule = f"earn: [{{rule: {name}, give: 5 points, limit: once}}]"
    assert refused(rule) == f"earn[0].rule: {shown}the name of a rule is not empty and has none of these signs: |"

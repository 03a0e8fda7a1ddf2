"""Wallets as a document says them: what points are worth, how long they wait and last, and how they may be spent."""

from typing import Any

import pytest

from regulars.engine import grammar
from regulars.engine.calendar import UNTIL_FULFILLED, Span, Term
from regulars.engine.program import SpendRules, WalletRules, Worth
from tests.builders import Tree, document

USUAL = WalletRules("points", {}, None, None, None, "deficit")


def read(said: Tree) -> WalletRules:
    return grammar.read(document(wallets={"points": said})).wallets["points"]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, {}),
        (
            {"unit": {"en": ["point", "points"], "zh-hant": "點"}},
            {"unit": {"en": ["point", "points"], "zh-hant": ["點"]}},
        ),
        ({"worth": "10 TWD per 100"}, {"worth": Worth(1000, 100)}),
        ({"pending": "none"}, {"pending": None}),
        ({"pending": "14 days"}, {"pending": Span(14, "day")}),
        ({"pending": "until fulfilled"}, {"pending": UNTIL_FULFILLED}),
        ({"pending": "28 days", "expires": "29 days"}, {"pending": Span(28, "day"), "expires": Term(Span(29, "day"))}),
        ({"expires": "never"}, {"expires": None}),
        ({"expires": "2 years, end of quarter"}, {"expires": Term(Span(24, "month"), "quarter")}),
        ({"when_short": "write_off"}, {"when_short": "write_off"}),
        ({"when_short": "charge", "worth": "1 TWD per 1"}, {"when_short": "charge", "worth": Worth(100, 1)}),
        ({"grace_on_return": "30 days"}, {"grace_on_return": Term(Span(30, "day"))}),
        ({"money": "true"}, {"is_money": True}),
        ({"money": "false"}, {}),
        ({"money": "true", "on_closing": "pay_out"}, {"is_money": True, "on_closing": "pay_out"}),
        ({"money": "true", "when_short": "charge"}, {"is_money": True, "when_short": "charge"}),
        ({"worth": "1 TWD per 1", "on_closing": "pay_out"}, {"worth": Worth(100, 1), "on_closing": "pay_out"}),
    ],
    ids=str,
)
def test_what_a_wallet_is(said: Tree, found: dict[str, Any]):
    fields = {name: getattr(USUAL, name) for name in USUAL.__struct_fields__}
    assert read(said) == WalletRules(**fields | found)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, SpendRules()),
        ({"spend": {"at_least": "50 points"}}, SpendRules(at_least=50)),
        ({"spend": {"at_least": "50", "at_most": "50"}}, SpendRules(at_least=50, at_most=50)),
        ({"spend": {"step": "10 points"}}, SpendRules(step=10)),
        ({"spend": {"share_of_order": "12.5%"}, "worth": "1 TWD per 1"}, SpendRules(share_of_order=1250)),
        ({"spend": {"share_of_order": "50%"}, "money": "true"}, SpendRules(share_of_order=5000)),
        ({"spend": {"per day": "5", "per month": "40"}}, SpendRules(per=(("day", 5), ("month", 40)))),
        ({"spend": {"per week": "9", "per year": "90"}}, SpendRules(per=(("week", 9), ("year", 90)))),
        ({"approve_above": "1000 points"}, SpendRules(approve_above=1000)),
        ({"money": "true", "approve_above": "1000 TWD"}, SpendRules(approve_above=100_000)),
        ({"money": "true", "spend": {"at_least": "1 TWD", "step": "0.5"}}, SpendRules(at_least=100, step=50)),
    ],
    ids=str,
)
def test_how_points_may_be_spent(said: Tree, found: SpendRules):
    assert read(said).spend == found


def test_points_may_be_spendable_in_one_number_alone():
    only_fifty = {"at_least": "45", "step": "10", "at_most": "50", "per day": "50"}
    assert grammar.reviewed(document(wallets={"points": {"spend": only_fifty}})).warnings == []

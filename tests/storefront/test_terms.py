"""What members are told of a program: until when, over what time, and only what can still be had."""

import pytest
from django.utils.translation import override

from regulars.storefront.earning import offered, ways
from regulars.storefront.promise import promise
from regulars.storefront.shop import Shop, shop_named
from regulars.storefront.terms import terms
from tests.teahouse import open_teahouse

RULES = """
  - rule: winter
    on: order
    when: {until: "2025-12-31"}
    give: 5 points
  - rule: march
    on: order
    when: {until: "2026-03-05"}
    give: 6 points
"""


def said(shop: Shop) -> list[str]:
    return [sentence for part in terms(shop) for sentence in part.sentences]


def opened(more: str = "") -> Shop:
    open_teahouse(0, more)
    return shop_named("tea-house")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "It expires after 6 months, at the end of the month."),
        ("zh-hant", "6 個月後的月底到期。"),
        ("zh-hans", "6 个月后的月底到期。"),
    ],
)
def test_terms_say_to_which_end_points_last(db: None, language: str, words: str) -> None:
    shop = opened()
    with override(language):
        assert words in said(shop)


def test_the_promise_says_it_as_well(db: None) -> None:
    assert promise(opened(), 1).expires == "6 months, up to the end of the month"


def test_terms_say_over_what_time_a_tier_counts(db: None) -> None:
    assert "For a tier we count the last 12 months." in said(opened())


def test_a_rule_whose_dates_are_over_is_no_way_to_earn_any_more(db: None) -> None:
    shop = opened(RULES)
    names = [way.name for way in ways(shop, shop.rules)]
    assert [name for name in names if name not in {way.name for way in offered(shop)}] == ["Winter"]

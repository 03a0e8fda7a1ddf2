"""What members are told of a program: until when, over what time, and only what can still be had."""

import pytest
from django.utils.translation import override

from regulars.programs.actions import publish
from regulars.programs.clock import real_now
from regulars.programs.presets.starting import Own, started
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


def tiered() -> Shop:
    document = started("tiered", Own("corner", "TWD", "Asia/Taipei", "Corner")).program
    publish("corner", document, real_now(), "staff:owner", onto=0)
    return shop_named("corner")


def test_a_tier_in_which_points_last_longer_says_so(db: None) -> None:
    shop = tiered()
    assert "What you earn as Gold lasts: 24 months, up to the end of the month." in said(shop)
    assert [rung.expires for rung in promise(shop, 1).rungs] == ["", "", "24 months, up to the end of the month"]
    with override("zh-hant"):
        assert "以金卡身分獲得的，效期為 24 個月，至當月底止。" in said(shop)


def test_benefits_stand_with_the_tiers_they_come_with(db: None) -> None:
    shop = tiered()
    with override("zh-hant"):
        assert [rung.benefits for rung in promise(shop, 1).rungs] == [[], ["免運費"], ["免運費", "新品搶先看"]]
        assert [part.heading for part in terms(shop)] == ["點", "等級", "共通條款"]


BESIDES = """
benefits:
  - {benefit: tasting, name: {en: Tasting}, when: {tier: silver, segment: regulars}}
  - {benefit: wrapping, name: {en: Gift wrapping}}
  - {benefit: early, when: {segment: regulars}}
"""


def test_what_comes_with_no_tier_stands_in_the_terms(db: None) -> None:
    shop = opened(BESIDES)
    [besides] = [part.sentences for part in terms(shop) if part.heading == "Benefits"]
    assert besides == ["Gift wrapping", "Early · for regulars"]
    assert [rung.benefits for rung in promise(shop, 1).rungs if rung.benefits] == [["Tasting · for regulars"]]


def test_terms_say_over_what_time_a_tier_counts(db: None) -> None:
    assert "For a tier we count the last 12 months." in said(opened())


def test_a_rule_whose_dates_are_over_is_no_way_to_earn_any_more(db: None) -> None:
    shop = opened(RULES)
    names = [way.name for way in ways(shop, shop.rules)]
    assert [name for name in names if name not in {way.name for way in offered(shop)}] == ["Winter"]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "not on FUEL"), ("zh-hant", "不含：FUEL"), ("zh-hans", "不含：FUEL")],
)
def test_what_a_rule_leaves_out_is_called_by_its_name(db: None, language: str, words: str) -> None:
    out = "  - {rule: %s, on: order, when: {not: {%s}}, give: 5 points}\n"
    shop = opened(out % ("one", "category: FUEL") + out % ("two", "category: FUEL, store: Harbour"))
    with override(language):
        said = {way.name: way.when for way in ways(shop, shop.rules)}
    assert said["One"] == words
    with override("en"):
        told = {way.name: way.when for way in ways(shop, shop.rules)}
    assert told["Two"] == "but not: on FUEL, in the store Harbour"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Days begin and end by the clock of Taipei."),
        ("zh-hant", "日期以台北當地時間計算。"),
        ("zh-hans", "日期以台北当地时间计算。"),
    ],
)
def test_terms_call_the_clock_as_people_do(db: None, language: str, words: str) -> None:
    shop = opened()
    with override(language):
        assert words in said(shop)

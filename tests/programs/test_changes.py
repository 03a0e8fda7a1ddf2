"""What two documents say differently, in words."""

from collections.abc import Iterator
from importlib.resources import files

import pytest
from django.utils import translation
from msgspec import inspect

from regulars.engine import document
from regulars.programs.changes import changes, told
from regulars.programs.changes.choices import CHOICES
from regulars.programs.changes.differing import NAMED_BY, OPENED
from regulars.programs.changes.labels import LABELS, SORTS
from regulars.programs.forms import part_in

TEA_RULE = "Rule Double points on oolong and black tea"
TEA_HOUSE = files("regulars.programs.presets").joinpath("tea-house.yaml").read_text()


def sentences(before: str, after: str) -> list[str]:
    with translation.override("en"):
        return [told(change) for change in changes(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("reach: 10000", "reach: 8000", "Tier Silver leaf – needed to reach it: NT$8,000 (was NT$10,000)"),
        ("give: 1 point per 100 TWD", "give: 1 point per 80 TWD",
         "Rule Points on every order – gives: 1 point for every NT$80 (was 1 point for every NT$100)"),
        ("        grace: 30 days\n", "", "Tier Golden leaf – no more grace (was 30 days)"),
        ("    expires: 90 days", "    expires: 90 days\n    grace_on_return: 5 days",
         "Wallet store credit – how long points last that come back late: 5 days (none before)"),
        ("    expires: 90 days", "    expires: 90 days\n    spend: {per day: 5000}",
         "Wallet store credit – most to be spent a day: 5,000 (none before)"),
        ("multipliers: add", "multipliers: best", "Program – how multipliers combine: only the largest (was added up)"),
        ("{category: [oolong, black-tea]}", "{category: oolong}",
         f"{TEA_RULE} – conditions: category: oolong (was category: oolong, black-tea)"),
    ],
)  # fmt: skip
def test_a_word_that_is_said_otherwise(before: str, after: str, said: str) -> None:
    assert before in TEA_HOUSE
    assert sentences(TEA_HOUSE, TEA_HOUSE.replace(before, after, 1)) == [said]


SHORT = """program: tiny
timezone: Asia/Taipei
currency: TWD
wallets: {points: {}}
"""
TWO = "earn:\n  - {rule: base, give: 1 point per 100 TWD}\n  - {rule: tea, when: {category: tea}, give: 5 points}\n"


@pytest.mark.parametrize(
    ("language", "before", "after", "said"),
    [
        ("zh-hant", "give: 1 point per 100 TWD", "give: 1 point per 80 TWD",
         "規則「消費積點」：給予由「每 $100 得 1 點」改為「每 $80 得 1 點」"),
        ("zh-hans", "multipliers: add", "multipliers: best", "会员计划：加倍如何合计由“相加”改为“只取最高”"),
        ("zh-hant", "window: rolling 12 months", "window: calendar year",
         "等級組「茶友 · 銀葉 · 金葉」：成長值計算期間由「最近 12 個月」改為「每年（曆年）」"),
        ("zh-hant", "{category: [oolong, black-tea]}", "{category: oolong, order_at_least: 500 TWD}",
         "規則「烏龍與紅茶雙倍」：條件由「類別：oolong、black-tea」改為「類別：oolong；訂單最低金額：$500」"),
        ("zh-hant", "    expires: 90 days", "    expires: 90 days\n    spend: {per day: 5000}",
         "錢包「購物金」：每日最多使用原本沒有，現在是「5,000」"),
        ("zh-hant", "        grace: 30 days\n", "", "等級「金葉」：取消寬限期（原本是「30 天」）"),
        ("zh-hans", "    expires: 90 days", "    expires: 90 days\n    spend: {per day: 5000}",
         "钱包“余额”：每日最多使用原来没有，现在是“5,000”"),
        ("zh-hans", "        grace: 30 days\n", "", "等级“金叶”：取消宽限期（原来是“30 天”）"),
    ],
)  # fmt: skip
def test_a_change_has_no_word_of_the_document(language: str, before: str, after: str, said: str) -> None:
    assert before in TEA_HOUSE
    with translation.override(language):
        assert [told(change) for change in changes(TEA_HOUSE, TEA_HOUSE.replace(before, after, 1))] == [said]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("when: {category: [oolong, black-tea]}",
         "when: {any: [{category: [oolong, black-tea]}, {not: {tier: silver}, order_at_least: 500 TWD}]}",
         "任一符合：（類別：oolong、black-tea）、（訂單最低金額：$500；都不是：（等級：銀葉））"),
        ("gives: {product: TEA-SAMPLER}",
         "gives: {draw: [{prize: pot, name: {zh-Hant: 茶壺}, odds: 1 in 100, credit: 9}, {prize: cup, odds: 0.5%}]}",
         "抽獎：茶壺（100 分之 1）、cup（0.5%）"),
        ("gives: {product: TEA-SAMPLER}", "gives: {discount: 10%, on: {category: cake}}",
         "折扣：10%；適用：類別：cake"),
    ],
)  # fmt: skip
def test_what_stands_inside_of_something_is_put_into_words_too(before: str, after: str, said: str) -> None:
    assert before in TEA_HOUSE
    with translation.override("zh-hant"):
        [change] = changes(TEA_HOUSE, TEA_HOUSE.replace(before, after, 1))
        assert f"改為「{said}」" in told(change)


def test_what_comes_and_goes() -> None:
    assert sentences(SHORT, SHORT + TWO) == ["New: Rule base (1 point for every NT$100)", "New: Rule tea (5 points)"]
    assert sentences(SHORT + TWO, SHORT) == ["Gone: Rule base (1 point for every NT$100)", "Gone: Rule tea (5 points)"]


def test_an_order_that_has_a_meaning() -> None:
    lines = TWO.splitlines(keepends=True)
    assert sentences(SHORT + TWO, SHORT + lines[0] + lines[2] + lines[1]) == [
        "Program – order of the rules: tea, base (was base, tea)"
    ]


def test_a_cap_without_a_name_is_known_by_what_it_bounds() -> None:
    caps = "caps: [{rules: [base, tea], at_most: 100, per: day}, {at_most: 7, per: order, rules: tea}]\n"
    assert sentences(SHORT + TWO + caps, SHORT + TWO + caps.replace("100", "90")) == [
        "Cap base, tea, each day – at most: 90 (was 100)"
    ]


def test_layout_comments_order_of_words_and_spelled_out_defaults_change_nothing() -> None:
    others = ["# All of it", "currency: TWD", "program: 'tiny'", "timezone: Asia/Taipei", "multipliers: add"]
    other = "\n".join([*others, "wallets:", "  points: {}", ""])
    assert changes(SHORT, other) == []


def test_every_word_and_every_thing_has_a_label() -> None:
    missing = {word for word in _words(inspect.type_info(document.RawDocument)) if word not in LABELS}
    assert not missing, f"Say in changes/labels.py what people call {sorted(missing)}"
    assert {*NAMED_BY.values()} - {"set"} <= {*SORTS}


def test_everything_that_may_be_chosen_has_words() -> None:
    missing = {
        (word, one)
        for word, one in _choices(inspect.type_info(document.RawDocument))
        if one not in CHOICES.get(word, {})
    }
    assert not missing, f"Say in changes/choices.py what people call {sorted(missing)}"


def _choices(part: inspect.Type, word: str = "") -> Iterator[tuple[str, str]]:
    match part:
        case inspect.StructType():
            for field in part.fields:
                if (found := field.encode_name) not in {"all", "any", "not"}:
                    yield from _choices(field.type, found)
        case inspect.LiteralType():
            yield from ((word, str(one)) for one in part.values if one)
        case inspect.UnionType():
            for one in part.types:
                yield from _choices(one, word)
        case inspect.ListType():
            yield from _choices(part.item_type, word)
        case inspect.DictType():
            yield from _choices(part.value_type, word)


def _words(part: inspect.Type, above: str = "") -> Iterator[str]:
    """The words of a program whose changes are told one by one."""
    assert isinstance(part, inspect.StructType)
    for field in part.fields:
        word, below = f"{above}{field.encode_name}", part_in(field.type)
        if word in NAMED_BY or word == "wallets":
            assert below is not None
            yield from _words(below)
        elif word in OPENED and below is not None:
            yield from _words(below, f"{word}.")
        elif word not in {*NAMED_BY.values(), "program"}:
            yield word

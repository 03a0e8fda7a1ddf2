"""What a rule lacked, as merchants and members read it."""

import pytest
from django.utils.translation import override

from regulars.engine.derivation import Explanation
from regulars.engine.program import Programs
from regulars.programs import lacking
from regulars.programs.document import version
from regulars.programs.stories.telling import told
from tests.engine.pages import PAGES
from tests.engine.test_pages import documented
from tests.programs.test_stories import HEAD

SHOP = """\
program: shop
timezone: Asia/Taipei
currency: TWD
wallets: {points: {}}
tiers:
  - set: status
    levels: [{tier: member}, {tier: silver, reach: 5000, name: {en: Silver, zh-Hant: 銀卡, zh-Hans: 银卡}}]
campaigns: [{campaign: spring, name: {en: Spring, zh-Hant: 春季}, budget: 5000 points}]
earn:
  - {rule: base, name: {en: Points, zh-Hant: 消費集點, zh-Hans: 消费积分}, give: 1 point per 100 TWD, campaign: spring}
caps: [{cap: daily, at_most: 50, per: day}]
"""
PROGRAMS = Programs(1, [version(SHOP, 1, 0)])
[RULE] = PROGRAMS.versions[0].order_rules
CODES = sorted(code for code in documented() if code.startswith("lacks."))
GIVEN = {"least": 5, "most": 5, "spend": 4, "step": 5, "cap": "daily", "campaign": "spring", "rules": "base"}


def phrase(code: str, **parameters: int | str) -> str:
    return lacking.each(Explanation(code, "base", "", parameters), RULE, 1, PROGRAMS)


def test_every_code_of_the_page_has_a_phrase() -> None:
    assert PAGES
    assert {code.removesuffix(".by") for code in lacking.PHRASES} == set(CODES)
    assert list(lacking.PHRASES) == sorted(lacking.PHRASES)


@pytest.mark.parametrize("code", CODES)
def test_every_phrase_is_in_every_language(code: str) -> None:
    counted = {"lacks.quantity_at_least": 5, "lacks.units": 5, "lacks.weekday": "mon"}
    other = {"wanted": counted.get(code, "tea"), "had": counted.get(code, "cups"), "attribute": "hair"}
    given = {name: (GIVEN | other)[name] for name in documented()[code]}
    said = [phrase(code, **given)]
    for language in ("zh-hant", "zh-hans"):
        with override(language):
            said.append(phrase(code, **given))
    assert said[0] not in said[1:]
    assert not any("%(" in text for text in said)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["needs a line of the category tea or cups, had pots", "needs NT$500, had NT$430",
                "needs Sat or Sun, had Mon", "needs the tier Silver",
                "needs the order with the number 1 or 3, 6, 9 …, had 2",
                "the limit is reached (daily: at most 50 points per day)"]),
        ("zh-hant", ["需購買類別 tea 或 cups 的商品，實際為 pots", "需滿 $500，實際為 $430",
                     "需要 週六或週日，實際為 週一", "限等級 銀卡",
                     "需為第 1 或 3、6、9 … 筆訂單，實際為 2", "已達上限（daily：每天最多 50 點）"]),
        ("zh-hans", ["需购买类别 tea 或 cups 的商品，实际为 pots", "需满 NT$500，实际为 NT$430",
                     "需要 周六或周日，实际为 周一", "限等级 银卡",
                     "需为第 1 或 3、6、9 … 单，实际为 2", "已达上限（daily：每天最多 50 积分）"]),
    ],
)  # fmt: skip
def test_what_is_wanted_and_what_there_was(language: str, said: list[str]) -> None:
    with override(language):
        assert [
            phrase("lacks.category", wanted="tea, cups", had="pots"),
            phrase("lacks.order_at_least", least=50_000, spend=43_000),
            phrase("lacks.weekday", wanted="sat, sun", had="mon"),
            phrase("lacks.tier", wanted="silver", had=""),
            phrase("lacks.nth_order", wanted="1, every 3", had="2"),
            phrase("lacks.room", cap="daily"),
        ] == said


def test_a_story_that_fails_says_what_each_rule_lacked(tmp_path) -> None:
    order = "  - {at: 2026-01-10 15:00, order: {id: A, lines: [{category: cups, total: 50}]}, expect: {points: 1}}\n"
    failure = told("", HEAD + order, tmp_path).failure
    assert failure is not None
    assert failure.unearned == [
        "base (gives for every NT$100, had NT$50)",
        "double-tea (needs a line of the category oolong, had cups)",
    ]

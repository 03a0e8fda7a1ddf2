"""Every entry says why in a sentence, in the reader's language."""

import pytest
from django.utils import translation

from regulars.engine.outcome import KINDS, Entry
from regulars.engine.program import Programs
from regulars.programs.document import version
from regulars.programs.explain import WHOLE, said
from regulars.programs.presets import preset

GROCER = Programs(7, [version(preset("grocer"), 1, 0)])
PER_MONEY = ("per_money", 5430, 100, 1, False)
MULTIPLY = ("multiply", False, ("base", 1250, 1, 1, 100, 1), ("fuel", 2000, 500, 1000, 500, 1))

SENTENCES = [
    (
        ("order:web/A-1|base", "earn", "issued", "pending", 54, PER_MONEY),
        "Points on groceries: $54.30 at 1 point for every $1.00 gives 54 points",
        "購物積點：消費 US$54.30，每 US$1.00 得 1 點，共 54 點",
        "购物积分：消费 US$54.30，每 US$1.00 得 1 积分，共 54 积分",
    ),
    (
        ("order:web/A-1|fresh", "earn", "issued", "pending", 14, MULTIPLY),
        "Double points on fresh food: 2× on $12.50 adds 12 points; 1.5× on $20.00 adds 2 points",
        "生鮮雙倍點數：US$12.50 享 2 倍，多得 12 點；US$20.00 享 1.5 倍，多得 2 點",
        "生鲜双倍积分：US$12.50 享 2 倍，多得 12 积分；US$20.00 享 1.5 倍，多得 2 积分",
    ),
    (
        ("enrolment:first-order|welcome", "earn", "issued", "available", 50, ("fixed", 50)),
        "Welcome: 50 points",
        "入會禮：50 點",
        "入会礼：50 积分",
    ),
    (
        ("mature:web/A%2F1|", "mature", "pending", "available", 1054, ()),
        "Order A/1 is settled: 1,054 points can be used from now on",
        "訂單 A/1 已確定，1,054 點現在可以使用",
        "订单 A/1 已确定，1,054 积分现在可以使用",
    ),
    (
        ("refund:web/A-1/R-1|base", "reverse", "pending", "issued", 34, ("remains", 54, 20, *PER_MONEY)),
        "Order A-1 came back in part: it keeps 20 points of 54 points (Points on groceries)",
        "訂單 A-1 部分退貨：54 點中保留 20 點（購物積點）",
        "订单 A-1 部分退货：54 积分中保留 20 积分（购物积分）",
    ),
    (
        ("refund:web/A-1/R-1|base", "reverse", "deficit", "issued", 1, ("remains", 54, 0)),
        "Order A-1 came back, which takes back 54 points (Points on groceries); owed from what is earned next: 1 point",
        "訂單 A-1 全部退貨，收回 54 點（購物積點）；其中 1 點先欠著，從之後得到的扣除",
        "订单 A-1 全部退货，收回 54 积分（购物积分）；其中 1 积分先欠着，从之后获得的中扣除",
    ),
    (
        ("refund:web/A-1/R-1|base", "reverse", "expired", "issued", 3, ("remains", 54, 0)),
        "Order A-1 came back, which takes back 54 points (Points on groceries); of which expired before: 3 points",
        "訂單 A-1 全部退貨，收回 54 點（購物積點）；其中 3 點早已過期",
        "订单 A-1 全部退货，收回 54 积分（购物积分）；其中 3 积分早已过期",
    ),
    (
        ("edit:web/A-1@5.0|base", "earn", "issued", "pending", 6, ("remains", 54, 60, *PER_MONEY)),
        "Order A-1 changed: it earns 60 points instead of 54 points (Points on groceries)",
        "訂單 A-1 有變更：改得 60 點，原為 54 點（購物積點）",
        "订单 A-1 有变更：改得 60 积分，原为 54 积分（购物积分）",
    ),
    (
        ("order:web/A-1|base", "correct", "issued", "pending", 6, ("correct", 54, 60, *PER_MONEY)),
        "Counted again, because something arrived late: 60 points instead of 54 points",
        "有資料較晚送達，重新計算：應為 60 點，原記 54 點",
        "有数据较晚送达，重新计算：应为 60 积分，原记 54 积分",
    ),
    (
        ("expire:points/2017-12-31|", "expire", "available", "expired", 9, ("expire", ("order:web/A-1|base", 9))),
        "Not used in time: 9 points expired",
        "逾期未使用，9 點已過期",
        "逾期未使用，9 积分已过期",
    ),
    (
        ("repay:order:web/A-1|base", "repay", "available", "deficit", 5, ()),
        "Used to settle what was owed from before: 5 points",
        "用來補足先前所欠：5 點",
        "用来补足之前所欠：5 积分",
    ),
]


def entry(identity: str, kind: str, source: str, target: str, points: int, why: tuple[object, ...]) -> Entry:
    return Entry(identity, kind, "points", source, target, points, 0, 1, why)


@pytest.mark.parametrize(("parts", "english", "traditional", "simplified"), SENTENCES)
def test_an_entry_says_why(parts: tuple, english: str, traditional: str, simplified: str) -> None:
    for language, expected in (("en", english), ("zh-hant", traditional), ("zh-hans", simplified)):
        with translation.override(language):
            assert said(entry(*parts), GROCER) == expected


def test_every_kind_of_entry_has_its_sentence() -> None:
    assert {parts[1] for parts, *_ in SENTENCES} == set(KINDS)


def test_a_rule_that_is_gone_goes_by_its_name() -> None:
    assert (
        said(entry("order:web/A-1|bygone", "earn", "issued", "pending", 5, ("fixed", 5)), GROCER) == "bygone: 5 points"
    )


def test_codes_are_in_order() -> None:
    assert list(WHOLE) == sorted(WHOLE)

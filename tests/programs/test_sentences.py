"""A sentence names what was decisive: the rate, the cap, the goal, and why it was counted again or taken back."""

from pathlib import Path

import pytest
from django.utils import translation

from regulars.engine.outcome import Entry
from regulars.engine.program import Programs
from regulars.programs import wording
from regulars.programs.document import version
from regulars.programs.explain import said
from regulars.programs.stories.telling import told

BOUNDS = """
program: bounds
timezone: Asia/Taipei
currency: TWD
wallets: {points: {}, stamps: {}}
earn:
  - {rule: base, give: 1 point per 100 TWD, limit: 2 per day}
  - {rule: stamp, give: 1 stamps per unit}
caps:
  - {cap: monthly, at_most: 50, per: month, wallet: points}
  - {at_most: 5, per: order, wallet: stamps}
"""
SHOP = Programs(7, [version(BOUNDS, 1, 0)])
TWD = ("per_money", 400000, 10000, 1, False)
LATE = [
    (
        (
            "order:web/B|base",
            "correct",
            "available",
            "issued",
            20,
            ("correct", -40, -20, "capped", 20, "monthly", *TWD),
        ),
        (
            "Order B: 20 points instead of 40 points, by what is known now (base: NT$4,000 at "
            "1 point for every "
            "NT$100 gives 40 points; no more than 20 points, since the limit is reached "
            "(monthly: at most 50 points per month))"
        ),
        (
            "訂單 B 依目前所知重新計算：應為 20 點，原記 40 點（base：消費 $4,000，每 $100 得 1 點，共 40 點；"
            "已達上限（monthly：每月最多 50 點），實得 20 點）"
        ),
        (
            "订单 B 按目前所知重新计算：应为 20 积分，原记 40 积分（base：消费 NT$4,000，每 NT$100 得 1 积分，"
            "共 40 积分；已达上限（monthly：每月最多 50 积分），实得 20 积分）"
        ),
    ),
    (
        ("order:web/B|base", "correct", "issued", "available", 19, ("correct", -16, -35, *TWD)),
        (
            "Order B: 35 points instead of 16 points, by what is known now "
            "(base: NT$4,000 at 1 point for every NT$100 gives 40 points)"
        ),
        "訂單 B 依目前所知重新計算：應為 35 點，原記 16 點（base：消費 $4,000，每 $100 得 1 點，共 40 點）",
        (
            "订单 B 按目前所知重新计算：应为 35 积分，原记 16 积分"
            "（base：消费 NT$4,000，每 NT$100 得 1 积分，共 40 积分）"
        ),
    ),
    (
        ("order:web/B|base", "correct", "available", "issued", 40, ("correct", -40, 0)),
        "Order B: 0 points instead of 40 points, by what is known now (base)",
        "訂單 B 依目前所知重新計算：應為 0 點，原記 40 點（base）",
        "订单 B 按目前所知重新计算：应为 0 积分，原记 40 积分（base）",
    ),
    (
        ("birthday:2026|base", "correct", "available", "issued", 40, ("correct", -40, 0)),
        "base: 0 points instead of 40 points, by what is known now",
        "base：依目前所知重新計算：應為 0 點，原記 40 點",
        "base：按目前所知重新计算：应为 0 积分，原记 40 积分",
    ),
    (
        ("redeem:web/D-1|", "correct", "available", "redeemed", 2, ("correct", 3, 5, "redeem", ("order:web/B", 5))),
        "5 points instead of 3 points, by what is known now",
        "依目前所知重新計算：應為 5 點，原記 3 點",
        "按目前所知重新计算：应为 5 积分，原记 3 积分",
    ),
]
BOUNDED = [
    (
        ("order:web/B|base", "earn", "issued", "available", 0, ("capped", 0, "limit:base/day", *TWD)),
        (
            "base: NT$4,000 at 1 point for every NT$100 gives 40 points; no more than 0 points, since the limit is "
            "reached (at most 2 times per day)"
        ),
        "base：消費 $4,000，每 $100 得 1 點，共 40 點；已達上限（每天最多 2 次），實得 0 點",
        "base：消费 NT$4,000，每 NT$100 得 1 积分，共 40 积分；已达上限（每天最多 2 次），实得 0 积分",
    ),
    (
        ("edit:web/B@5.0|base", "earn", "issued", "available", 0, ("remains", 20, 40, "capped", 40, "", *TWD)),
        "Order B changed: it earns 40 points instead of 20 points (base)",
        "訂單 B 有變更：原本可得 20 點，現改為 40 點（base）",
        "订单 B 有变更：原本可得 20 积分，现改为 40 积分（base）",
    ),
]
TAKEN_BACK = [
    (
        ("edit:web/B@5.0|base", "reverse", "available", "issued", 40, ("remains", 40, 0, "cancelled")),
        "Order B was cancelled, which takes back 40 points (base)",
        "訂單 B 已取消，收回 40 點（base）",
        "订单 B 已取消，收回 40 积分（base）",
    ),
    (
        ("edit:web/B@5.0|base", "reverse", "available", "issued", 40, ("remains", 40, 0)),
        "Order B was changed, which takes back 40 points (base)",
        "訂單 B 有變更，收回 40 點（base）",
        "订单 B 有变更，收回 40 积分（base）",
    ),
    (
        ("edit:web/B@5.0|base", "reverse", "available", "issued", 10, ("remains", 50, *(40, *TWD))),
        "Order B was changed, which takes back 10 points and leaves 40 points (base)",
        "訂單 B 有變更，收回 10 點，保留 40 點（base）",
        "订单 B 有变更，收回 10 积分，保留 40 积分（base）",
    ),
    (
        ("edit:web/B@5.0|", "restore", "redeemed", "available", 5, ("restore", ("order:web/A", 5))),
        "Order B was changed or cancelled, which gives back what paid for it: 5 points",
        "訂單 B 變更或取消，退還折抵的 5 點",
        "订单 B 变更或取消，退还抵扣的 5 积分",
    ),
    (
        ("refund:web/B/R|base", "reverse", "deficit", "issued", 40, ("remains", 40, 0)),
        (
            "Order B had a return, which takes back 40 points (base); "
            "all of it spent already, and owed from what is earned next"
        ),
        "訂單 B 退貨，收回全部 40 點（base）；已全數用掉，先欠著，從之後所得中扣除",
        "订单 B 退货，收回全部 40 积分（base）；已全部用掉，先欠着，从之后所得中扣除",
    ),
]
GOALS = [
    (
        ("goal:base/17/1|base", "earn", "issued", "available", 5, ("goal", 5, "month", 3, ("spend", 100000, 100000))),
        "base: the goal was reached (NT$1,000 spent in each of 3 months in a row), 5 points",
        "base：達成目標（連續 3 個月，每月：消費 $1,000），得 5 點",
        "base：达成目标（连续 3 个月，每月：消费 NT$1,000），得 5 积分",
    ),
    (
        (
            *("goal:base/0/2|base", "earn", "issued", "available", 5),
            ("goal", 5, "lifetime", 0, ("orders", 2, 1), ("times", 4, 2)),
        ),
        "base: the goal was reached 2 times (2 orders, 4 times), 5 points",
        "base：達成目標 2 次（2 筆訂單、4 次），得 5 點",
        "base：达成目标 2 次（2 笔订单、4 次），得 5 积分",
    ),
    (
        (
            *("goal:base/17/1@refund:web/B/R|base", "reverse", "available", "issued", 5),
            ("remains", 5, 0, "goal", 0, "month", 0, ("units", 10, 10, 7), ("spend", 900, 900, 900)),
        ),
        "The goal is no longer reached (7 of 10 units in a month), which takes back 5 points (base)",
        "已不再符合目標（一個月內：10 件，目前 7），收回 5 點（base）",
        "已不再符合目标（一个月内：10 件，目前 7），收回 5 积分（base）",
    ),
    (
        (
            *("goal:base/17/1@refund:web/B/R|base", "reverse", "available", "issued", 5),
            ("remains", 10, 5, "goal", 5, "month", 0, ("units", 10, 10)),
        ),
        "No longer due in full: 5 points of 10 points remain (base)",
        "部分不再符合條件：10 點中保留 5 點（base）",
        "部分不再符合条件：10 积分中保留 5 积分（base）",
    ),
]


def entry(identity: str, kind: str, source: str, target: str, points: int, why: tuple[object, ...]) -> Entry:
    return Entry(identity, kind, "points", source, target, points, 0, 1, why)


@pytest.mark.parametrize(("parts", "english", "traditional", "simplified"), [*LATE, *BOUNDED, *TAKEN_BACK, *GOALS])
def test_a_sentence_says_what_was_decisive(parts: tuple, english: str, traditional: str, simplified: str) -> None:
    for language, expected in (("en", english), ("zh-hant", traditional), ("zh-hans", simplified)):
        with translation.override(language):
            assert said(entry(*parts), SHOP) == expected


def test_a_share_is_told_with_its_rate() -> None:
    part = ("base", 100000, 1, 1, 100000, 1, 1500)
    told = said(entry("order:web/B|twice", "earn", "issued", "pending", 1500, ("multiply", False, part)), SHOP)
    assert told == "twice: 2× on NT$1,000, at 1.5%, adds 1,500 points"


@pytest.mark.parametrize(
    ("why", "english", "traditional"),
    [
        (("per_money", 35000, 10000, 1, True), "base: NT$350 at 1 point for every NT$100 gives 4 points, rounded",
         "base：消費 $350，每 $100 得 1 點，共 4 點（四捨五入）"),
        (("per_money", 34900, 10000, 1, True), "base: NT$349 at 1 point for every NT$100 gives 3 points",
         "base：消費 $349，每 $100 得 1 點，共 3 點"),
        (("per_money", 35000, 10000, 1, False), "base: NT$350 at 1 point for every NT$100 gives 3 points",
         "base：消費 $350，每 $100 得 1 點，共 3 點"),
        (("per_unit", 5, 2, 3, True), "base: 5 units at 3 points for every 2 units gives 9 points, rounded",
         "base：5 件，每 2 件得 3 點，共 9 點（四捨五入）"),
        (("percent", 10050, 1000, 100_000, True), "base: 1% of NT$100.50 gives 101 points, rounded",
         "base：$100.50 的 1%，得 101 點（四捨五入）"),
        (("percent", 10000, 1000, 100_000, True), "base: 1% of NT$100 gives 100 points", "base：$100 的 1%，得 100 點"),
        (("multiply", True, ("base", 35000, 1, 2, 10000, 1, 1)),
         "base: 1.5× on NT$350, at 1 point for every NT$100, adds 2 points, rounded",
         "base：$350 享 1.5 倍（每 $100 得 1 點），多得 2 點（四捨五入）"),
        (("multiply", True, ("base", 30000, 1, 1, 10000, 1, 1)),
         "base: 2× on NT$300, at 1 point for every NT$100, adds 3 points",
         "base：$300 享 2 倍（每 $100 得 1 點），多得 3 點"),
        (("multiply", True, ("base", 50, 1, 1, 100000, 1, 1500)), "base: 2× on NT$0.50, at 1.5%, adds 1 point, rounded",
         "base：$0.50 享 2 倍（1.5%），多得 1 點（四捨五入）"),
    ],
)  # fmt: skip
def test_what_rounding_made_more_is_said_to_be_rounded(why: tuple, english: str, traditional: str) -> None:
    told = entry("order:web/B|base", "earn", "issued", "pending", 4, why)
    assert said(told, SHOP) == english
    with translation.override("zh-hant"):
        assert said(told, SHOP) == traditional


def test_one_unit_is_one() -> None:
    told = said(entry("order:web/B|base", "earn", "issued", "pending", 1, ("per_unit", 1, 1, 1, False)), SHOP)
    assert told == "base: 1 unit at 1 point for every unit gives 1 point"


TWICE = """
program: twice
timezone: Asia/Taipei
currency: TWD
multipliers: multiply
wallets: {points: {}}
earn:
  - {rule: base, give: 1 point per 100 TWD}
  - {rule: tea, when: {category: tea}, multiply: {base: 1.5}}
  - {rule: night, when: {hours: "22:00-02:00"}, multiply: {base: 2}}
"""


@pytest.mark.parametrize(
    ("rule", "shares", "english", "simplified"),
    [
        ("night", ((15000, 3, 2), (10000, 1, 1)),
         "night: 2× beside other multipliers on NT$250, at 1 point for every NT$100, adds 3 points",
         "night：NT$250 享 2 倍，与其他倍数合并计算（每 NT$100 得 1 积分），多得 3 积分"),
        ("night", ((15000, 3, 2),),
         "night: 2× beside other multipliers on NT$150, at 1 point for every NT$100, adds 2 points",
         "night：NT$150 享 2 倍，与其他倍数合并计算（每 NT$100 得 1 积分），多得 2 积分"),
        ("night", ((10000, 1, 1),), "night: 2× on NT$100, at 1 point for every NT$100, adds 1 point",
         "night：NT$100 享 2 倍（每 NT$100 得 1 积分），多得 1 积分"),
        ("gone", ((15000, 3, 2), (10000, 1, 1)),
         "gone: 2.5, 2× beside other multipliers on NT$250, at 1 point for every NT$100, adds 3 points",
         "gone：NT$250 享 2.5、2 倍，与其他倍数合并计算（每 NT$100 得 1 积分），多得 3 积分"),
    ],
)  # fmt: skip
def test_a_multiplier_beside_others_is_told_as_the_program_says_it(
    rule: str, shares: tuple, english: str, simplified: str
) -> None:
    programs = Programs(7, [version(TWICE, 1, 0)])
    told = entry(
        f"order:web/B|{rule}", "earn", "issued", "pending", 3, ("combine", False, ("base", 10000, 1, 1, shares))
    )
    assert said(told, programs) == english
    with translation.override("zh-hans"):
        assert said(told, programs) == simplified


@pytest.mark.parametrize(
    ("source", "target", "why", "english", "traditional"),
    [
        ("issued", "pending", (20, 0), "Order B: 0 points taken back instead of 20 points, by what is known now (base)",
         "訂單 B 依目前所知重新計算：應收回 0 點，原收回 20 點（base）"),
        ("available", "issued", (-10, -30),
         "Order B: 30 points taken back instead of 10 points, by what is known now (base)",
         "訂單 B 依目前所知重新計算：應收回 30 點，原收回 10 點（base）"),
        ("available", "issued", (20, 0), "Order B: 0 points instead of 20 points, by what is known now (base)",
         "訂單 B 依目前所知重新計算：應為 0 點，原記 20 點（base）"),
    ],
)  # fmt: skip
def test_what_is_no_longer_taken_back_is_told_apart(
    source: str, target: str, why: tuple[int, int], english: str, traditional: str
) -> None:
    told = entry("refund:web/B/R|base", "correct", source, target, 20, ("correct", *why))
    assert said(told, SHOP) == english
    with translation.override("zh-hant"):
        assert said(told, SHOP) == traditional


def test_a_wallet_without_a_unit_goes_by_its_name() -> None:
    stamps = Entry("order:web/B|stamp", "earn", "stamps", "issued", "pending", 5, 0, 1, ("fixed", 5))
    assert said(stamps, SHOP) == "stamp: 5 stamps"


@pytest.mark.parametrize(
    ("wallet", "count", "told"),
    [
        ("stamps", 1, "1 stamp"), ("stamps", 0, "0 stamps"), ("stamps", 2, "2 stamps"), ("bonus", 1, "1 bonus"),
        ("stamp", 1, "1 stamp"), ("miles", -1, "\N{MINUS SIGN}1 miles"),
    ],
)  # fmt: skip
def test_one_of_a_wallet_without_a_unit_is_one(wallet: str, count: int, told: str) -> None:
    assert wording.points(count, wallet, SHOP) == told


def test_only_cents_that_are_there_are_written() -> None:
    odd = entry("order:web/B|base", "earn", "issued", "pending", 1, ("per_money", 10050, 10000, 1, False))
    assert said(odd, SHOP) == "base: NT$100.50 at 1 point for every NT$100 gives 1 point"


UNEARNED = """
program:
  program: x
  timezone: Asia/Taipei
  currency: TWD
  wallets: {points: {}}
  earn:
    - {rule: base, give: 1 point per 100 TWD}
    - {rule: tea, when: {category: tea}, give: 5 points}
    - {rule: cups, goal: {units: 8, per: month}, give: 10 points}
member: {id: lin}
story:
  - at: 2026-03-02 09:00
    enrol: {}
  - order: {id: A, lines: [{total: 300, quantity: 5}]}
    expect: {points: 18}
"""


def test_a_story_that_fails_names_the_rules_that_gave_nothing(tmp_path: Path) -> None:
    failure = told("x", UNEARNED, tmp_path).failure
    assert failure is not None
    assert failure.unearned == ["tea (needs a line of the category tea)", "cups (5 of 8 units in a month)"]

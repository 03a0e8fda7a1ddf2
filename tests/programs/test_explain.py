"""Every entry says why in a sentence, in the reader's language."""

import pytest
from django.utils import translation

from regulars.engine.outcome import KINDS, Entry
from regulars.engine.program import Programs
from regulars.programs.document import version
from regulars.programs.explain import WHOLE, said, said_together
from regulars.programs.presets import preset

GROCER = Programs(7, [version(preset("grocer"), 1, 0)])
PER_MONEY = ("per_money", 5430, 100, 1, False)
MULTIPLY = ("multiply", False, ("base", 1250, 1, 1, 100, 1, 1), ("fuel", 2000, 500, 1000, 500, 1, 1))

SENTENCES = [
    (
        ("order:web/A-1|base", "earn", "issued", "pending", 54, PER_MONEY),
        "Points on groceries: $54.30 at 1 point for every $1.00 gives 54 points",
        "購物積點：消費 US$54.30，每 US$1.00 得 1 點，共 54 點",
        "购物积分：消费 US$54.30，每 US$1.00 得 1 积分，共 54 积分",
    ),
    (
        ("order:web/A-1|fresh", "earn", "issued", "pending", 14, MULTIPLY),
        (
            "Double points on fresh food: 2× on $12.50, at 1 point for every $1.00, adds 12 points; "
            "1.5× on $20.00, at 1 point for every $5.00, adds 2 points"
        ),
        (
            "生鮮雙倍點數：US$12.50 享 2 倍（每 US$1.00 得 1 點），多得 12 點；US$20.00 享 1.5 倍（每 "
            "US$5.00 得 1 點），多得 2 點"
        ),
        (
            "生鲜双倍积分：US$12.50 享 2 倍（每 US$1.00 得 1 积分），多得 12 积分；US$20.00 享 1.5 倍"
            "（每 US$5.00 得 1 积分），多得 2 积分"
        ),
    ),
    (
        ("order:web/A-1|base", "earn", "issued", "pending", 20, ("capped", 20, "cap:points/day", *PER_MONEY)),
        (
            "Points on groceries: $54.30 at 1 point for every $1.00 gives 54 points; no more than 20 points, "
            "since the limit is reached"
        ),
        "購物積點：消費 US$54.30，每 US$1.00 得 1 點，共 54 點；已達上限，實得 20 點",
        "购物积分：消费 US$54.30，每 US$1.00 得 1 积分，共 54 积分；已达上限，实得 20 积分",
    ),
    (
        ("order:web/A-1|base", "earn", "issued", "pending", 4, ("per_unit", 7, 3, 2, False)),
        "Points on groceries: 7 units at 2 points for every 3 units gives 4 points",
        "購物積點：7 件，每 3 件得 2 點，共 4 點",
        "购物积分：7 件，每 3 件得 2 积分，共 4 积分",
    ),
    (
        ("order:web/A-1|base", "earn", "issued", "pending", 149, ("percent", 9999, 1500, 100_000, False)),
        "Points on groceries: 1.5% of $99.99 gives 149 points",
        "購物積點：US$99.99 的 1.5%，得 149 點",
        "购物积分：US$99.99 的 1.5%，得 149 积分",
    ),
    (
        ("order:web/A-1|base", "earn", "issued", "pending", 2, ("per_line", "per_money", 1, 100, 1, False, 150, 199)),
        "Points on groceries: counted line by line, 2 points",
        "購物積點：逐項計算，得 2 點",
        "购物积分：逐项计算，得 2 积分",
    ),
    (
        ("goal:base/month/17|base", "earn", "issued", "available", 5, ("goal", 5, "month", 0, ("units", 10))),
        "Points on groceries: the goal was reached (10 units in a month), 5 points",
        "購物積點：達成目標（一個月內：10 件），得 5 點",
        "购物积分：达成目标（一个月内：10 件），得 5 积分",
    ),
    (
        ("effect:F2|base", "reverse", "available", "issued", 70, ("remains", 70, 0)),
        "No longer due, which takes back 70 points (Points on groceries)",
        "不再符合條件，收回 70 點（購物積點）",
        "不再符合条件，收回 70 积分（购物积分）",
    ),
    (
        ("enrolment:first-order|welcome", "earn", "issued", "available", 50, ("fixed", 50)),
        "Welcome: 50 points",
        "入會禮：50 點",
        "入会礼：50 积分",
    ),
    (
        ("mature-effect:web/F|", "mature", "pending", "available", 70, ()),
        "No longer waiting: 70 points can be used from now on",
        "等待期已過，70 點現在可以使用",
        "等待期已过，70 积分现在可以使用",
    ),
    (
        ("mature:web/A%2F1|", "mature", "pending", "available", 1054, ()),
        "Order A/1 is settled: 1,054 points can be used from now on",
        "訂單 A/1 已確定，1,054 點現在可以使用",
        "订单 A/1 已确定，1,054 积分现在可以使用",
    ),
    (
        ("refund:web/A-1/R-1|base", "reverse", "pending", "issued", 34, ("remains", 54, 20, *PER_MONEY)),
        "Order A-1 came back in part, which takes back 34 points and leaves 20 points (Points on groceries)",
        "訂單 A-1 部分退貨，收回 34 點，保留 20 點（購物積點）",
        "订单 A-1 部分退货，收回 34 积分，保留 20 积分（购物积分）",
    ),
    (
        ("refund:web/A-1/R-1|base", "reverse", "deficit", "issued", 1, ("remains", 54, 0)),
        (
            "Order A-1 had a return, which takes back 54 points (Points on groceries); "
            "of which spent already, and owed from what is earned next: 1 point"
        ),
        "訂單 A-1 退貨，收回全部 54 點（購物積點）；其中 1 點已用掉，先欠著，從之後所得中扣除",
        "订单 A-1 退货，收回全部 54 积分（购物积分）；其中 1 积分已用掉，先欠着，从之后所得中扣除",
    ),
    (
        ("refund:web/A-1/R-1|base", "reverse", "available", "issued", 53, ("remains", 54, 0)),
        "Order A-1 had a return, which takes back 54 points (Points on groceries); of which taken now: 53 points",
        "訂單 A-1 退貨，收回全部 54 點（購物積點）；其中 53 點已扣回",
        "订单 A-1 退货，收回全部 54 积分（购物积分）；其中 53 积分已扣回",
    ),
    (
        ("refund:web/A-1/R-1|base", "reverse", "deficit", "issued", 54, ("remains", 54, 0)),
        (
            "Order A-1 had a return, which takes back 54 points (Points on groceries); "
            "all of it spent already, and owed from what is earned next"
        ),
        "訂單 A-1 退貨，收回全部 54 點（購物積點）；已全數用掉，先欠著，從之後所得中扣除",
        "订单 A-1 退货，收回全部 54 积分（购物积分）；已全部用掉，先欠着，从之后所得中扣除",
    ),
    (
        ("refund:web/A-1/R-1|base", "reverse", "expired", "issued", 3, ("remains", 54, 0)),
        "Order A-1 had a return, which takes back 54 points (Points on groceries); of which expired before: 3 points",
        "訂單 A-1 退貨，收回全部 54 點（購物積點）；其中 3 點先前已過期",
        "订单 A-1 退货，收回全部 54 积分（购物积分）；其中 3 积分先前已过期",
    ),
    (
        ("edit:web/A-1@5.0|base", "earn", "issued", "pending", 6, ("remains", 54, 60, *PER_MONEY)),
        "Order A-1 changed: it earns 60 points instead of 54 points (Points on groceries)",
        "訂單 A-1 有變更：原本可得 54 點，現改為 60 點（購物積點）",
        "订单 A-1 有变更：原本可得 54 积分，现改为 60 积分（购物积分）",
    ),
    (
        ("order:web/A-1|base", "correct", "issued", "pending", 6, ("correct", 54, 60, *PER_MONEY)),
        (
            "Order A-1: 60 points instead of 54 points, by what is known now (Points on "
            "groceries: $54.30 at 1 point for every $1.00 gives 54 points)"
        ),
        (
            "訂單 A-1 依目前所知重新計算：應為 60 點，原記 54 點（購物積點：消費 US$54.30，每 "
            "US$1.00 得 1 點，共 54 點）"
        ),
        (
            "订单 A-1 按目前所知重新计算：应为 60 积分，原记 54 积分（购物积分：消费 US$54.30，"
            "每 US$1.00 得 1 积分，共 54 积分）"
        ),
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
    (
        ("redeem:web/D-1|", "redeem", "available", "redeemed", 5, ("redeem", ("order:web/A-1", 5))),
        "Used: 5 points",
        "已使用：5 點",
        "已使用：5 积分",
    ),
    (
        ("redeem:web/D-1|", "redeem", "deficit", "redeemed", 2, ("redeem", ("order:web/A-1", 3), ("", 2))),
        "Used: 2 points; all of it owed from what is earned next",
        "已使用：2 點；全部先欠著，從之後所得中扣除",
        "已使用：2 积分；全部先欠着，从之后所得中扣除",
    ),
    (
        ("hold:web/H-1|", "hold", "available", "held", 5, ("hold", ("order:web/A-1", 5))),
        "Reserved for a purchase that is under way: 5 points",
        "結帳中，先保留 5 點",
        "结账中，先预留 5 积分",
    ),
    (
        ("capture:web/C-1|", "capture", "held", "redeemed", 5, ("capture", ("order:web/A-1", 5))),
        "Used, after being reserved: 5 points",
        "已使用先前保留的 5 點",
        "已使用此前预留的 5 积分",
    ),
    (
        ("release:web/L-1|", "release", "held", "available", 5, ("release", ("order:web/A-1", 5))),
        "No longer reserved: 5 points",
        "取消保留，退回 5 點",
        "取消预留，退回 5 积分",
    ),
    (
        ("lapse:web/H-1|", "lapse", "held", "expired", 5, ("lapse", ("order:web/A-1", 5))),
        "The reservation ran out: 5 points; of which expired meanwhile: 5 points",
        "保留逾時，退回 5 點；其中 5 點在這期間已過期",
        "预留超时，退回 5 积分；其中 5 积分在此期间已过期",
    ),
    (
        ("claim:web/H-1/order:web/A-1|", "claim", "held", "claimed", 5, ("claim", ("order:web/A-1", 5))),
        "Order A-1 came back or was changed while what it gave was reserved: 5 points taken back now",
        "訂單 A-1 退貨或變更時，所得仍在保留中，現在收回 5 點",
        "订单 A-1 退货或变更时，所得仍在预留中，现收回 5 积分",
    ),
    (
        ("refund:web/A-1/R-1|base", "reverse", "claimed", "issued", 3, ("remains", 54, 0)),
        (
            "Order A-1 had a return, which takes back 54 points (Points on groceries); "
            "of which reserved, to be taken back when that ends: 3 points"
        ),
        "訂單 A-1 退貨，收回全部 54 點（購物積點）；其中 3 點仍保留中，解除後再收回",
        "订单 A-1 退货，收回全部 54 积分（购物积分）；其中 3 积分仍在预留中，解除后再收回",
    ),
    (
        ("refund:web/A-1/R-1|base", "reverse", "charged", "issued", 3, ("remains", 54, 0)),
        "Order A-1 had a return, which takes back 54 points (Points on groceries); of which settled in money: 3 points",
        "訂單 A-1 退貨，收回全部 54 點（購物積點）；其中 3 點從退款中扣抵",
        "订单 A-1 退货，收回全部 54 积分（购物积分）；其中 3 积分从退款中扣除",
    ),
    (
        ("restore:web/V-1|", "restore", "redeemed", "available", 5, ("restore", ("order:web/A-1", 5))),
        "Not used after all, and given back: 5 points",
        "退還先前使用的 5 點",
        "退还此前使用的 5 积分",
    ),
    (
        ("refund:web/A-1/R-1|", "restore", "redeemed", "deficit", 5, ("restore", ("", 5))),
        (
            "Order A-1 had a return, which gives back what paid for that: 5 points; "
            "of which settle what was owed: 5 points"
        ),
        "訂單 A-1 有退貨，退還當時折抵的 5 點；其中 5 點用來補足先前所欠",
        "订单 A-1 有退货，退还当时抵扣的 5 积分；其中 5 积分用来补足之前所欠",
    ),
    (
        ("edit:web/A-1@5.0|", "redeem", "available", "redeemed", 5, ("redeem", ("order:web/B-1", 5))),
        "Order A-1 changed: 5 points pay for it again",
        "訂單 A-1 有變更，再次折抵 5 點",
        "订单 A-1 有变更，重新抵扣 5 积分",
    ),
    (
        ("transfer:web/T-1|", "transfer", "available", "transferred", 5, ("transfer", ("order:web/A-1", 5))),
        "Passed on to another member: 5 points",
        "轉贈其他會員：5 點",
        "转赠其他会员：5 积分",
    ),
    (
        ("receive:web/T-1|", "receive", "transferred", "available", 5, ("receive", ("receive:web/T-1", 5))),
        "Received from another member: 5 points",
        "其他會員轉贈：5 點",
        "其他会员转赠：5 积分",
    ),
    (
        ("open:old/C-1|", "open", "issued", "available", 5, ("open", ("open:old/C-1", 5))),
        "Brought along from before: 5 points",
        "轉入先前累積的 5 點",
        "转入此前累积的 5 积分",
    ),
    (
        ("adjust:web/J-1|", "adjust", "issued", "available", 5, ("adjust", ("adjust:web/J-1", 5))),
        "Given by hand: 5 points",
        "人工增加：5 點",
        "人工增加：5 积分",
    ),
    (
        ("adjust:web/J-1|", "adjust", "available", "issued", 5, ("adjust", ("order:web/A-1", 5))),
        "Taken by hand: 5 points",
        "人工扣除：5 點",
        "人工扣除：5 积分",
    ),
    (
        (
            "adjust:0b6f2f0c-3a0e-4f57-9d5e-1c2d3e4f5a6b/credit|",
            "adjust",
            "issued",
            "available",
            5,
            ("adjust", ("adjust:web/J-1", 5)),
        ),
        "From a reward: 5 points",
        "來自獎勵：5 點",
        "来自奖励：5 积分",
    ),
    (
        (
            "adjust:0b6f2f0c-3a0e-4f57-9d5e-1c2d3e4f5a6b/credit/back|",
            "adjust",
            "available",
            "issued",
            5,
            ("adjust", ("order:web/A-1", 5)),
        ),
        "Taken back with a reward: 5 points",
        "隨獎勵收回：5 點",
        "随奖励收回：5 积分",
    ),
    (
        ("merge:web/M-1|", "merge", "available", "merged", 5, ("merge", ("order:web/A-1", 5))),
        "Now with the membership that this one became part of: 5 points",
        "已轉到併入後的會員帳號：5 點",
        "已转到并入后的会员账号：5 积分",
    ),
    (
        ("merge:web/M-1|", "merge", "merged", "available", 5, ("merge", ("order:web/A-1", 5))),
        "From the membership that became part of this one: 5 points",
        "併入的會員帳號轉入 5 點",
        "并入的会员账号转入 5 积分",
    ),
    (
        ("unmerge:web/U-1|", "unmerge", "available", "merged", 5, ("unmerge", ("order:web/A-1", 5))),
        "The merge was undone; back to the other membership: 5 points",
        "已取消合併，轉回另一個會員帳號：5 點",
        "已撤销合并，转回另一个会员账号：5 积分",
    ),
    (
        ("unmerge:web/U-1|", "unmerge", "merged", "available", 5, ("unmerge", ("order:web/A-1", 5))),
        "The merge was undone; back from the other membership: 5 points",
        "已取消合併，從另一個會員帳號轉回：5 點",
        "已撤销合并，从另一个会员账号转回：5 积分",
    ),
    (
        ("close:web/L-1|", "close", "available", "forfeited", 5, ("close", ("order:web/A-1", 5))),
        "The membership ended: 5 points forfeited",
        "會員資格已結束：5 點作廢",
        "会员资格已结束：5 积分作废",
    ),
    (
        ("close:web/L-1|", "close", "available", "paid_out", 5, ("close", ("order:web/A-1", 5))),
        "The membership ended: 5 points paid out",
        "會員資格已結束：5 點折現退還",
        "会员资格已结束：5 积分折现退还",
    ),
    (
        ("close:web/L-1|", "close", "written_off", "deficit", 5, ("close", ("", 5))),
        "The membership ended: 5 points no longer owed",
        "會員資格已結束：不再欠 5 點",
        "会员资格已结束：不再欠 5 积分",
    ),
    (
        ("unmerge:U-1/points/apart|", "unmerge", "issued", "merged", 5, ("unmerge", ("merge:points", 5))),
        "The merge was undone; given again, since each may have it: 5 points",
        "已取消合併，各自應得的補發：5 點",
        "已撤销合并，各自应得的补发：5 积分",
    ),
    (
        ("unmerge:U-1/points/apart|", "unmerge", "merged", "issued", 5, ("unmerge", ("merge:points", 5))),
        "The merge was undone; taken back, since only both together had reached it: 5 points",
        "已取消合併，收回合併時才達到的：5 點",
        "已撤销合并，收回合并时才达到的：5 积分",
    ),
]


def entry(identity: str, kind: str, source: str, target: str, points: int, why: tuple[object, ...]) -> Entry:
    return Entry(identity, kind, "points", source, target, points, 0, 1, why)


@pytest.mark.parametrize(("parts", "english", "traditional", "simplified"), SENTENCES)
def test_an_entry_says_why(parts: tuple, english: str, traditional: str, simplified: str) -> None:
    for language, expected in (("en", english), ("zh-hant", traditional), ("zh-hans", simplified)):
        with translation.override(language):
            assert said(entry(*parts), GROCER) == expected


def test_what_was_taken_from_several_places_is_one_sentence() -> None:
    taken = [
        entry("edit:web/A-1@5.0|base", "reverse", place, "issued", points, ("remains", 400, 100))
        for place, points in (("available", 25), ("deficit", 275))
    ]
    with translation.override("zh-hant"):
        assert said_together(taken, GROCER) == (
            "訂單 A-1 有變更，收回 300 點，保留 100 點（購物積點）；其中 25 點已扣回；"
            "275 點已用掉，先欠著，從之後所得中扣除"
        )


def test_every_kind_of_entry_has_its_sentence() -> None:
    assert {parts[1] for parts, *_ in SENTENCES} == set(KINDS)


def test_a_rule_that_is_gone_goes_by_its_name() -> None:
    assert (
        said(entry("order:web/A-1|bygone", "earn", "issued", "pending", 5, ("fixed", 5)), GROCER) == "bygone: 5 points"
    )


def test_codes_are_in_order() -> None:
    assert list(WHOLE) == sorted(WHOLE)

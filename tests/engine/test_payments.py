"""What points paid of an order, and in cash what comes back of it; lots that change hands; points settled in money."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from regulars.engine.account import Account, Charged, Memo, Returned
from regulars.engine.charging import withheld
from regulars.engine.facts import (
    Adjustment,
    Capture,
    Fact,
    HandedLot,
    Hold,
    Line,
    Order,
    Payment,
    Received,
    Redemption,
    Transfer,
)
from regulars.engine.fold import fold
from regulars.engine.payments import cash_back, earning_lines, left_of_shares, paid_with_points, shares
from regulars.engine.program import Programs
from regulars.engine.returns import what_is_left
from regulars.engine.rounding import spread
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import Tree, at, back, document, joined, line, order, programs, refund, told
from tests.engine.histories import thoroughly

WITH_POINTS = (Payment("card", 210_00), Payment("points", 90_00, "D"))


def paid_by_points(*amounts: int):
    payments = tuple(Payment("points", amount, f"D-{place}") for place, amount in enumerate(amounts))
    return order("A", "2026-01-10", line("tea", 200, 2), line("cups", 100), payments=payments)


@thoroughly
@given(st.integers(0, 10**6), st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
def test_a_spread_is_whole_and_nowhere_more_than_one_off(amount: int, weights: list[int]):
    parts = spread(amount, weights)
    assert sum(parts) == amount
    assert all(abs(part * sum(weights) - amount * one) < sum(weights) for part, one in zip(parts, weights, strict=True))


@pytest.mark.parametrize(
    ("whole", "weights", "parts"),
    [
        (4, [10, 9, 1], [2, 2, 0]),
        (100, [1, 1, 1], [34, 33, 33]),
        (5, [-1, 1], [0, 5]),
        (5, [0, -1], [0, 0]),
        (5, [], []),
    ],
    ids=["largest remainders first", "ties by line", "nothing below zero", "nothing weighs", "nobody"],
)
def test_shares_of_a_whole(whole: int, weights: list[int], parts: list[int]):
    assert spread(whole, weights) == parts


def test_points_never_pay_more_than_the_goods_cost():
    assert paid_with_points(paid_by_points(250_00, 250_00)) == 300_00
    assert paid_with_points(paid_by_points(-5)) == 0
    assert shares(paid_by_points(100_00)) == {"tea": 66_67, "cups": 33_33}


def test_cash_comes_back_for_what_cash_paid_and_points_earn_no_points():
    bought = order("A", "2026-01-10", line("tea", 200, 2), line("cups", 100), payments=WITH_POINTS)
    one_tea = {"tea": Returned(1, 1, 0)}
    assert cash_back(bought, {}) == 0
    assert cash_back(bought, one_tea) == 70_00
    assert cash_back(bought, {"tea": Returned(2, 2, 0), "cups": Returned(1, 1, 0)}) == 210_00
    left = earning_lines(bought, one_tea, what_is_left(bought, one_tea))
    assert [one.total for one in left] == [70_00, 70_00]


def test_a_cancelled_order_gives_back_all_the_cash():
    bought = order("A", "2026-01-10", line("tea", 300), payments=WITH_POINTS, cancelled=True)
    assert cash_back(bought, {}) == 210_00


def test_the_lots_that_were_handed_over_are_told():
    shop = programs(document(wallets={"points": {"expires": "1 month"}}))
    facts = [order("A", "2026-01-10", line("tea", 1000)), order("B", "2026-01-20", line("tea", 500))]
    given_on = told(shop, [*facts, Transfer("T", "points", 12, at("2026-01-21"), "wang")])
    assert given_on.handed["T"] == (
        HandedLot(10, at("2026-02-11"), at("2026-01-10")),
        HandedLot(2, at("2026-02-21"), at("2026-01-20")),
    )
    received = told(shop, [Received("T", "points", given_on.handed["T"], at("2026-01-22"), "lin/T")])
    assert [lot.points for lot in received.account.wallets["points"].lots] == [10, 2]


@pytest.mark.parametrize(("returned", "points", "minor"), [(1, 4, 133), (2, 14, 467)])
def test_money_is_withheld_for_points_that_are_short(returned: int, points: int, minor: int):
    """Rounded half up and cumulatively: 14 points at 1 TWD for three are 4.67, whatever was withheld before."""
    shop = programs(document(wallets={"points": {"worth": "1 TWD per 3", "when_short": "charge"}}))
    facts = [
        order("A", "2026-01-10", line("tea", 2000, 2)),
        Redemption("D", "points", 14, at("2026-01-11")),
        *(refund(f"A/R-{place}", f"2026-01-1{2 + place}", back("tea")) for place in range(returned)),
    ]
    assert withheld(None, told(shop, facts).memos["shop/A"]) == {"points": (points, minor)}


def test_what_is_withheld_now_is_the_difference():
    before = Memo(1, "", 0, True, None, 0, 0, charged={"points": Charged(4, 133)})
    after = Memo(1, "", 0, True, None, 0, 0, charged={"points": Charged(14, 467)})
    assert withheld(before, after) == {"points": (10, 334)}
    assert withheld(after, after) == {}


def test_lines_that_cost_nothing_have_no_share():
    lines = (Line("cent", "sku", 1, 1), Line("free", "sku", 1, 0), Line("less", "sku", 1, -5))
    bought = replace(order("A", "2026-01-10"), lines=lines, payments=(Payment("points", 1, "D"),))
    assert (paid_with_points(bought), shares(bought)) == (1, {"cent": 1})
    assert [one.total for one in earning_lines(bought, {}, bought.lines)] == [0, 0, -5]
    by_card = replace(bought, payments=(Payment("card", 1),))
    assert (shares(by_card), left_of_shares(by_card, {})) == ({}, {})


EARNS_NOTHING: Tree = {"earn": [{"rule": "gift", "on": "enrolment", "give": "1 point"}]}
RICH = [joined("2026-01-01"), Adjustment("J", "points", 30, at("2026-01-02"), "kind", "lin")]
SHOP = programs(document(**EARNS_NOTHING))


def spends(key: str, points: int) -> Redemption:
    return Redemption(key, "points", points, at("2026-01-05"))


def paid(version: str, *lines: Line, by: tuple[Payment, ...], **details: bool) -> Order:
    return order("A", "2026-01-06", *lines, version=version, payments=by, **details)


def available(*facts: Fact, shop: Programs = SHOP) -> int:
    return told(shop, [*RICH, *facts]).account.wallets["points"].available


TEA, CUP = line("tea", 100), line("cup", 100)
BY_D = (Payment("points", 200_00, "D"),)
BY_BOTH = (Payment("points", 100_00, "D"), Payment("points", 100_00, "E"))


def test_what_several_redemptions_paid_comes_back_in_parts():
    facts = [spends("D", 10), spends("E", 20), paid("2026-01-06", TEA, CUP, by=BY_BOTH)]
    backs = [refund("A/1", "2026-01-07", back("tea")), refund("A/2", "2026-01-08", back("cup"))]
    assert [available(*facts, *backs[:number]) for number in (0, 1, 2)] == [1, 16, 31]
    outcome = told(SHOP, [*RICH, *facts, *backs])
    assert outcome.memos["shop/A"].given_back == {"D": 10, "E": 20}
    moved = [(entry.identity, entry.source, entry.target, entry.points) for entry in outcome.entries[-2:]]
    assert moved == [
        ("refund:shop/A/1|", "redeemed", "available", 15),
        ("refund:shop/A/2|", "redeemed", "available", 15),
    ]


def test_what_was_owed_for_several_redemptions_is_owed_no_more():
    facts = [spends("D", 40), spends("E", 20), paid("2026-01-06", TEA, CUP, by=BY_BOTH)]
    owing, settled = told(SHOP, [*RICH, *facts]), told(SHOP, [*RICH, *facts, refund("A/1", "2026-01-07", back("tea"))])
    assert (owing.account.wallets["points"].deficit, settled.account.wallets["points"].deficit) == (29, 0)
    moved = [(one.kind, one.source, one.target, one.points) for one in settled.entries[len(owing.entries) :]]
    assert moved == [
        ("restore", "redeemed", "deficit", 19),
        ("restore", "redeemed", "available", 11),
        ("repay", "available", "deficit", 10),
    ]


LIMITED = programs(document(wallets={"points": {"spend": {"per month": "100 points"}}}, **EARNS_NOTHING))


def test_what_was_spent_before_there_was_a_limit_takes_no_room_when_it_is_paid_again():
    limited = document(wallets={"points": {"spend": {"per month": "100 points"}}}, **EARNS_NOTHING)
    versions = programs(document(**EARNS_NOTHING), limited, starts=["2026-01-06 12:00"])
    facts: list[Fact] = [*RICH, spends("D", 10), spends("E", 20), paid("2026-01-06", TEA, CUP, by=BY_BOTH)]
    facts.append(replace(spends("F", 1), at=at("2026-01-06 12:00")))
    for more in (paid("2026-01-07", TEA, by=BY_BOTH), paid("2026-01-08", TEA, CUP, by=BY_BOTH)):
        facts.append(more)
        assert [points for _, points in told(versions, facts).account.wallets["points"].redeemed] == [1]


def test_what_an_edit_puts_back_into_an_order_is_paid_again():
    """Twice, and more than is there: what is owed for it is the redemption's too."""
    facts: list[Fact] = [*RICH, spends("D", 10), spends("E", 20), paid("2026-01-06", TEA, CUP, by=BY_BOTH)]
    before = told(LIMITED, facts)
    for hour in ("08", "09"):
        facts += [
            paid(f"2026-01-07 {hour}:00", TEA, by=BY_BOTH),
            replace(spends(f"F-{hour}", 8), at=at(f"2026-01-07 {hour}:15")),
            paid(f"2026-01-07 {hour}:30", TEA, CUP, by=BY_BOTH),
        ]
    after = told(LIMITED, facts)
    again = [
        (one.source, one.points) for one in after.entries if one.kind == "redeem" and one.identity.startswith("edit:")
    ]
    assert again == [("available", 8), ("deficit", 7), ("deficit", 15)]
    assert {one.target for one in after.entries if one.kind == "redeem"} == {"redeemed"}
    assert sum(points for _, points in after.account.wallets["points"].redeemed) == 30 + 16
    assert before.memos["shop/A"].given_back == after.memos["shop/A"].given_back == {"D": 0, "E": 0}
    whole = told(LIMITED, [*facts, refund("A/1", "2026-01-08", back("tea"), back("cup"))]).account.wallets["points"]
    assert (whole.available, whole.deficit) == (31 - 16, 0)


def test_a_correction_is_as_if_it_had_always_been_so():
    facts = [spends("D", 10), spends("E", 20), paid("2026-01-06", TEA, CUP, by=BY_BOTH)]
    less = paid("2026-01-07 08:00", TEA, by=BY_BOTH, corrects=True)
    assert available(*facts, less, paid("2026-01-07 09:00", TEA, CUP, by=BY_BOTH, corrects=True)) == 1


def test_an_order_that_is_not_paid_by_points_any_more_gives_them_all_back():
    facts = [spends("D", 10), paid("2026-01-06", TEA, CUP, by=BY_D)]
    by_card = paid("2026-01-07", TEA, CUP, by=(Payment("card", 200_00),))
    assert (available(*facts), available(*facts, by_card)) == (21, 31)
    assert available(*facts, refund("A/1", "2026-01-06 12:00", back("tea")), by_card) == 31
    assert available(*facts, paid("2026-01-07", TEA, CUP, by=BY_D, cancelled=True)) == 31


def test_a_shadow_gives_back_nothing_by_itself():
    """It is told what comes back of points that paid for orders."""
    facts = [*RICH, spends("D", 10), paid("2026-01-06", TEA, CUP, by=BY_D), refund("A/1", "2026-01-07", back("tea"))]
    shadow = Tape(SHOP, Account(), one=Tape(SHOP, Account()))
    assert fold(shadow, unrolled(facts)).account.wallets["points"].available == 21
    assert available(*facts[2:]) == 26


def test_a_captured_hold_comes_back_with_the_order():
    hold = Hold("D", "points", 10, at("2026-01-05"), at("2026-02-05"))
    facts = [hold, Capture("C", "D", at("2026-01-06")), paid("2026-01-06 12:00", TEA, CUP, by=BY_D)]
    assert available(*facts, refund("A/1", "2026-01-07", back("tea"))) == 26


def test_a_redemption_that_paid_nothing_comes_back_with_the_whole_order_alone():
    facts = [spends("D", 10), paid("2026-01-06", TEA, CUP, by=(Payment("points", 0, "D"),))]
    backs = [refund("A/1", "2026-01-07", back("tea")), refund("A/2", "2026-01-08", back("cup"))]
    assert [available(*facts, *backs[:number]) for number in (0, 1, 2)] == [21, 21, 31]


@pytest.mark.parametrize(("grace", "left"), [({}, 0), ({"grace_on_return": "10 days"}, 10)], ids=str)
def test_points_that_ran_out_meanwhile_get_the_wallets_grace(grace: Tree, left: int):
    shop = programs(document(wallets={"points": {"expires": "1 month"} | grace}, **EARNS_NOTHING))
    facts = [
        spends("D", 10),
        paid("2026-01-06", TEA, CUP, by=BY_D),
        refund("A/1", "2026-03-01", back("tea"), back("cup")),
    ]
    assert available(*facts, shop=shop) == left

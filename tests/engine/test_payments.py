"""What points paid of an order, and in cash what comes back of it; lots that change hands; points settled in money."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.engine.account import Memo, Returned
from regulars.engine.charging import withheld
from regulars.engine.facts import HandedLot, Payment, Received, Redemption, Transfer
from regulars.engine.payments import cash_back, earning_lines, paid_with_points, shares
from regulars.engine.returns import what_is_left
from regulars.engine.rounding import spread
from tests.builders import at, back, document, line, order, programs, refund, told

WITH_POINTS = (Payment("card", 210_00), Payment("points", 90_00, "D"))


def paid_by_points(*amounts: int):
    payments = tuple(Payment("points", amount, f"D-{place}") for place, amount in enumerate(amounts))
    return order("A", "2026-01-10", line("tea", 200, 2), line("cups", 100), payments=payments)


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
    before = Memo(1, "", 0, True, None, 0, 0, charged={"points": (4, 133)})
    after = Memo(1, "", 0, True, None, 0, 0, charged={"points": (14, 467)})
    assert withheld(before, after) == {"points": (10, 334)}
    assert withheld(after, after) == {}

"""What came back of a line, and what is left of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from regulars.engine.account import Returned
from regulars.engine.facts import Line, RefundLine
from regulars.engine.returns import spread_out, what_is_left, with_refund, within
from tests.builders import back, line, order
from tests.engine.histories import thoroughly


def test_discount_and_tax_go_back_with_their_units():
    tea = replace(line("tea", 100, 2), discount=10_01, tax=5_00)
    left = what_is_left(order("A", "2026-01-10", tea), {"tea": Returned(1, 1, 0)})
    assert left == [replace(tea, quantity=1, total=50_00, discount=5_00, tax=2_50)]


def test_with_the_only_unit_all_of_the_discount_goes_back():
    """Though the shop keeps some of its money."""
    tea = replace(line("tea", 100), discount=10_00)
    left = what_is_left(order("A", "2026-01-10", tea), {"tea": Returned(1, 0, 70_00)})
    assert left == [replace(tea, quantity=0, total=30_00, discount=0)]


@pytest.mark.parametrize(
    ("quantity", "units_before", "asked", "units_after"),
    [(2, 1, 2, 2), (2, 0, 1, 1), (1, 0, 0, 0), (1, 2, 1, 2), (0, 0, 5, 1), (0, 1, 1, 1), (2, 0, -1, 0)],
    ids=["no more than bought", "a part", "nothing", "edited since", "without units", "only once", "less than nothing"],
)
def test_units_come_back_once(quantity: int, units_before: int, asked: int, units_after: int):
    before = Returned(units_before, units_before, 0)
    assert with_refund(line("tea", 100, quantity), before, back("tea", asked)).units == units_after


@pytest.mark.parametrize(
    ("bound", "amount", "found"), [(10, 5, 5), (10, 15, 10), (10, -5, 0), (-10, -5, -5), (-10, -15, -10), (-10, 5, 0)]
)
def test_money_comes_back_between_nothing_and_the_total(bound: int, amount: int, found: int):
    assert within(bound, amount) == found


GIFT, VOUCHER = replace(line("gift", 1), total=0), replace(line("less", 1, 0), total=-20_00)


@pytest.mark.parametrize(
    ("amount", "back", "found"),
    [
        (0, {}, []),
        (65_00, {}, [("tea", 0, 50_00), ("cups", 0, 25_00), ("less", 0, -10_00)]),
        (13_01, {}, [("tea", 0, 10_01), ("cups", 0, 5_00), ("less", 0, -2_00)]),
        (11_00, {"tea": Returned(0, 0, 75_00)}, [("tea", 0, 5_00), ("cups", 0, 10_00), ("less", 0, -4_00)]),
        (30_00, {"tea": Returned(0, 0, 99_99)}, [("tea", 2, 1), ("cups", 0, 49_98), ("less", 0, -19_99)]),
        (130_00, {}, [("tea", 2, 100_00), ("cups", 1, 50_00), ("gift", 1, 0), ("less", 0, -20_00)]),
        (130_00, {"tea": Returned(1, 1, 0)},
         [("tea", 2, 100_00), ("cups", 1, 50_00), ("gift", 1, 0), ("less", 0, -20_00)]),
        (5_00, {one: Returned(2, 2, 0) for one in ("tea", "cups", "gift", "less")},
         [("tea", 2, 5_00), ("cups", 1, 0), ("gift", 1, 0), ("less", 0, 0)]),
    ],
    ids=["nothing", "half", "a tenth", "of what is left", "all of a line", "all", "more than all", "again"],
)  # fmt: skip
def test_an_amount_is_spread_over_what_is_left(
    amount: int, back: dict[str, Returned], found: list[tuple[str, int, int]]
):
    lines = [line("tea", 100, 2), line("cups", 50), GIFT, VOUCHER]
    assert spread_out(amount, lines, back) == tuple(RefundLine(*one) for one in found)


@pytest.mark.parametrize(
    "lines",
    [
        [line("tea", 100, 2), line("cups", 50), GIFT, VOUCHER],
        [line("tea", 0), GIFT],
        [line("tea", 100), line("fee", 0, 0)],
        [],
    ],
)
def test_all_of_the_money_takes_everything_with_it(lines: list[Line]):
    bought = order("A", "2026-01-10", *lines)
    back: dict[str, Returned] = {}
    for part in spread_out(max(sum(one.total for one in lines), 1), lines, back):
        mine = next(one for one in lines if one.line == part.line)
        back[part.line] = with_refund(mine, back.get(part.line, Returned(0, 0, 0)), part)
    assert not what_is_left(bought, back)


@thoroughly
@given(st.integers(1, 10**6), st.lists(st.integers(0, 10**5), min_size=1, max_size=9))
def test_a_spread_amount_is_the_amount(amount: int, totals: list[int]):
    lines = [replace(line(str(place), 1), total=total) for place, total in enumerate(totals)]
    assert sum(part.total or 0 for part in spread_out(amount, lines, {})) == amount

"""What came back of a line, and what is left of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from regulars.engine.account import Returned
from regulars.engine.facts import RefundLine
from regulars.engine.returns import spread_out, what_is_left, with_refund, within
from tests.builders import back, line, order


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


def test_an_amount_is_spread_over_what_is_left():
    lines = [line("tea", 100), line("cups", 50), replace(line("less", 1), total=-20_00)]
    found = spread_out(60_01, lines, {"tea": Returned(0, 0, 75_00)})
    assert found == (RefundLine("tea", 0, 20_00), RefundLine("cups", 0, 40_01))


def test_what_is_beyond_an_orders_worth_stays_on_its_dearest_line():
    lines = [line("cups", 50), line("tea", 100), line("pots", 70)]
    assert spread_out(225_00, lines, {})[1] == RefundLine("tea", 0, 105_00)
    assert spread_out(5_00, lines, {one.line: Returned(1, 1, 0) for one in lines}) == (RefundLine("tea", 0, 5_00),)


@given(st.integers(1, 10**6), st.lists(st.integers(0, 10**5), min_size=1, max_size=9))
def test_a_spread_amount_is_the_amount(amount: int, totals: list[int]):
    lines = [replace(line(str(place), 1), total=total) for place, total in enumerate(totals)]
    assert sum(part.total or 0 for part in spread_out(amount, lines, {})) == amount

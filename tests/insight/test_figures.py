"""A figure carries what is needed to check it, and travels as it is."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from regulars.insight import periods, queries
from regulars.insight.figure import Compared, Dashboard, Figure
from regulars.insight.figures.customers import LookBackTooShort
from regulars.insight.lake import Lake
from tests.insight import lakes

MARCH = periods.month(2024, 3)


@pytest.fixture
def lake() -> Lake:
    orders = [
        lakes.order("Ana", date(2024, 2, 3)),
        lakes.order("Ana", date(2024, 3, 3)),
        lakes.order("Bo", date(2024, 3, 4)),
    ]
    return lakes.lake(orders, today=date(2024, 3, 20))


def test_a_figure_says_where_it_comes_from(lake: Lake) -> None:
    found = queries.repeat_purchase_rate(lake, MARCH)
    assert (found.value, found.numerator, found.denominator) == (0.0, 0, 2)
    assert (found.definition, found.zone, found.data_version) == ("repeat-purchase-rate", "UTC", "test")
    assert found.as_of == datetime(2024, 3, 20, 4, tzinfo=UTC)
    assert (found.window.start, found.window.end) == (date(2024, 3, 1), date(2024, 4, 1))
    assert not found.complete
    assert found.few


def test_a_dashboard_travels_as_json(lake: Lake) -> None:
    board = queries.dashboard(lake, MARCH)
    assert msgspec.json.decode(msgspec.json.encode(board), type=Dashboard) == board
    assert list(board.figures) == list(queries.FIGURES)


def test_before_the_first_order_there_is_nothing_to_compare_with(lake: Lake) -> None:
    assert queries.dashboard(lake, MARCH).compared_with == periods.month(2024, 2)
    assert queries.dashboard(lake, MARCH, "year_before").compared_with is None
    assert queries.compared(lake, "orders", MARCH, "none").before is None


def test_a_change_is_relative_but_for_rates(lake: Lake) -> None:
    assert queries.compared(lake, "orders", MARCH, "previous").change == 1.0
    was, now = queries.repeat_purchase_rate(lake, periods.month(2024, 2)), queries.active_retention(lake, MARCH)
    assert Compared(now=now, before=was).change == 1.0
    assert Compared(now=queries.active_retention(lake, periods.month(2024, 2)), before=was).change is None


def test_nobody_is_seen_to_return_before_there_are_data(lake: Lake) -> None:
    first = queries.new_customers(lake, periods.month(2024, 2))
    assert (first.value, first.note) == (1, "data_begin_inside")
    assert queries.new_customers(lake, MARCH).note == ""


def test_a_look_back_shorter_than_the_period_is_refused(lake: Lake) -> None:
    with pytest.raises(LookBackTooShort):
        queries.retention_rate(lake, MARCH, 30)


def test_points_without_a_worth_are_worth_nothing_and_say_so(lake: Lake) -> None:
    found: Figure = queries.points_worth(lake, MARCH)
    assert (found.value, found.note) == (0, "no_worth_named")

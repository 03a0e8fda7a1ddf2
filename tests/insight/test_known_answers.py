"""Figures that others published, or that were counted by other means, on real data."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import pytest

from regulars.insight import periods, queries
from regulars.insight.figures.cohorts import cohorts, curve
from regulars.insight.figures.customers import bridge
from regulars.insight.figures.rfm import rfm
from regulars.insight.figures.sales import lifetime, months, sales
from regulars.insight.lake import Lake
from tests.insight import lakes

DECEMBER = periods.month(2017, 12)


@pytest.fixture(scope="module")
def grocer() -> Lake:
    return lakes.complete_journey()


@pytest.fixture(scope="module")
def gifts_raw() -> Lake:
    return lakes.online_retail(purchases_only=False)


@pytest.fixture(scope="module")
def gifts() -> Lake:
    return lakes.online_retail(purchases_only=True)


def test_sales_of_the_year_and_of_the_day_after(grocer: Lake) -> None:
    bought = lifetime(grocer, date(2018, 1, 2))
    assert (bought.revenue_minor, bought.orders, bought.customers) == (459_603_958, 155_848, 2_469)
    by_month = months(grocer, date(2018, 1, 2))
    assert sum(sold.new_minor + sold.returning_minor for sold in by_month) == 459_603_958
    assert [sold.complete for sold in by_month] == [True] * 12 + [False]
    after = sales(grocer, periods.month(2018, 1))
    assert after.orders == 86
    assert sales(grocer, periods.year(2017)).orders == 155_848 - 86


def test_active_households_a_month(grocer: Lake) -> None:
    active = [bridge(grocer, periods.month(2017, number)).end for number in range(1, 13)]
    assert (min(active), max(active)) == (1_946, 2_078)


def test_november_to_december(grocer: Lake) -> None:
    counted = bridge(grocer, DECEMBER)
    assert (counted.start, counted.end, counted.new) == (2_061, 2_057, 6)
    assert (counted.active, counted.recovered, counted.passive, counted.carried) == (1_866, 185, 0, 0)
    retention, active = queries.retention_rate(grocer, DECEMBER), queries.active_retention(grocer, DECEMBER)
    assert f"{retention.value:.2%} {active.value:.2%}" == "99.51% 90.54%"


def test_rfm_leaves_nobody_out(grocer: Lake) -> None:
    found = rfm(grocer, DECEMBER.end)
    assert found.customers == 2_469
    for measure in ("recency", "frequency", "money"):
        assert sum(border.customers for border in found.borders if border.measure == measure) == 2_469


RAW_NEW = [1045, 394, 363, 436, 291, 254, 269, 183, 158, 242, 379, 322, 47]
RAW_DECEMBER = [1045, 392, 358, 447, 410, 408, 408, 374, 355, 392, 452, 518, 260]
NEW = [955, 383, 374, 443, 294, 254, 270, 186, 162, 243, 377, 325, 46]
OF_DECEMBER = [955, 337, 319, 406, 363, 343, 360, 327, 321, 346, 403, 473, 237]


@pytest.fixture(params=["raw rows", "purchases"])
def shop(request: pytest.FixtureRequest) -> Iterator[tuple[Lake, list[int], list[int]]]:
    if request.param == "raw rows":
        yield request.getfixturevalue("gifts_raw"), RAW_NEW, RAW_DECEMBER
    else:
        yield request.getfixturevalue("gifts"), NEW, OF_DECEMBER


def test_cohorts(shop: tuple[Lake, list[int], list[int]]) -> None:
    lake, new, of_december = shop
    grid = cohorts(lake, date(2010, 12, 10))
    assert [cohort.size for cohort in grid] == new
    assert [cell.active for cell in grid[0].cells] == of_december
    assert [cell.complete for cell in grid[0].cells] == [True] * 12 + [False]


def test_new_customers_by_month(shop: tuple[Lake, list[int], list[int]]) -> None:
    lake, new, _ = shop
    found = [bridge(lake, periods.month(2009, 12)).new]
    found += [bridge(lake, periods.month(2010, number)).new for number in range(1, 13)]
    assert found == new


def test_the_curve_averages_complete_cells_only(gifts: Lake) -> None:
    grid = cohorts(gifts, date(2010, 12, 10))
    points = curve(grid)
    assert [point.age for point in points] == list(range(12))
    assert (points[11].active, points[11].size) == (473, 955)
    assert points[1].size == sum(NEW[:11])
    assert Fraction(points[0].active, points[0].size) == 1


def test_guests_are_in_sales_and_not_among_customers(gifts: Lake) -> None:
    year = sales(gifts, periods.days(date(2009, 12, 1), date(2010, 12, 9)))
    assert (year.customers, year.orders_identified) == (4_312, 19_213)
    assert year.orders > year.orders_identified
    assert lifetime(gifts, date(2010, 12, 10)).revenue_minor == pytest.approx(883_200_327, abs=100)

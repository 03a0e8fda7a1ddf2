"""Identities that hold for every shop, and agreement with the plain model."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.insight import periods
from regulars.insight.figures.cohorts import cohorts, curve
from regulars.insight.figures.customers import bridge
from regulars.insight.figures.points import flow, flow_until
from regulars.insight.figures.rfm import rfm
from regulars.insight.figures.sales import lifetime, months, sales
from regulars.insight.figures.visits import number
from regulars.insight.lake import Lake
from regulars.insight.periods import Period
from tests.insight import lakes, slow_model
from tests.insight.slow_model import Bought

FIRST = date(2024, 1, 1)
END = date(2024, 7, 1)
days = st.integers(0, 181).map(lambda offset: FIRST + timedelta(days=offset))
customers = st.sampled_from(["Ana", "Bo", "Cem", "Dee", "Eli", None])
shops = st.lists(st.builds(Bought, customers, days, st.integers(0, 9_999)), max_size=25)
windows = st.one_of(
    st.integers(1, 6).map(lambda value: periods.month(2024, value)),
    st.sampled_from([periods.quarter(2024, 2), periods.year(2024), periods.week(2024, 9)]),
    st.builds(lambda day, length: Period("range", day, day + timedelta(days=length)), days, st.integers(1, 60)),
)
quick = settings(max_examples=25, deadline=None)


def lake_of(shop: list[Bought], today: date = END) -> Lake:
    return lakes.lake([lakes.order(*bought) for bought in shop], today=today)


@quick
@given(shops, windows, st.none() | st.integers(0, 90), st.sets(st.sampled_from(["Ana", "Bo", "Cem"])))
def test_the_bridge_closes(shop: list[Bought], period: Period, beyond: int | None, engaged: set[str]) -> None:
    look_back = None if beyond is None else period.days + beyond
    redeemed = [lakes.entry(name, period.start, "available", "redeemed", 5, "redeem") for name in engaged]
    members = [lakes.member(name, FIRST - timedelta(days=1)) for name in engaged]
    lake = lakes.lake([lakes.order(*bought) for bought in shop], redeemed, members)
    found = bridge(lake, period, look_back)
    assert found == slow_model.bridge(shop, period, look_back, engaged)
    assert found.end - found.new == found.active + found.recovered + found.carried
    assert found.start == found.active + found.passive + found.lost + found.carried
    assert look_back is not None or found.carried == 0


@quick
@given(shops, st.sampled_from([END, date(2024, 6, 15)]))
def test_cohorts_agree_with_the_plain_model(shop: list[Bought], today: date) -> None:
    grid = cohorts(lake_of(shop, today), END)
    cells = {(number(one.month), cell.age): cell.active for one in grid for cell in one.cells if cell.active}
    assert cells == slow_model.cohort_sizes(shop, END)
    assert sum(cohort.size for cohort in grid) == len({bought.customer for bought in shop if bought.customer})
    for cohort in grid:
        assert all(cell.active <= cohort.size for cell in cohort.cells)
        assert [cell.complete for cell in cohort.cells if not cell.complete] == [False] * (today < END)
    assert all(point.active <= point.size for point in curve(grid))


@quick
@given(shops)
def test_months_add_up_to_the_whole(shop: list[Bought]) -> None:
    lake = lake_of(shop)
    by_month = months(lake, END)
    whole = sum(bought.net for bought in shop)
    assert sum(sold.new_minor + sold.returning_minor + sold.guests_minor for sold in by_month) == whole
    assert sum(sold.guests_minor for sold in by_month) == sum(bought.net for bought in shop if not bought.customer)
    assert lifetime(lake, END).revenue_minor == whole - sum(sold.guests_minor for sold in by_month)
    assert sum(sales(lake, periods.month(2024, value)).orders for value in range(1, 7)) == len(shop)


@quick
@given(shops, windows)
def test_sales_agree_with_the_plain_model(shop: list[Bought], period: Period) -> None:
    inside = [bought for bought in shop if period.start <= bought.on < period.end]
    times = [sum(bought.customer == name for bought in inside) for name in {b.customer for b in inside if b.customer}]
    found = sales(lake_of(shop), period)
    assert (found.orders, found.revenue_minor) == (len(inside), sum(bought.net for bought in inside))
    assert (found.customers, found.again) == (len(times), sum(count >= 2 for count in times))
    assert found.orders_identified == sum(times)


@quick
@given(shops)
def test_rfm_puts_equals_together_and_everybody_somewhere(shop: list[Bought]) -> None:
    found = rfm(lake_of(shop), END)
    each = {name: [b for b in shop if b.customer == name] for name in {b.customer for b in shop if b.customer}}
    orders = [len(bought) for bought in each.values()]
    lately = [-(END - periods.DAY - max(b.on for b in bought)).days for bought in each.values()]
    expected: dict[tuple[int, int], int] = {}
    for recency, frequency in zip(lately, orders, strict=True):
        box = (slow_model.class_of(recency, lately), slow_model.class_of(frequency, orders))
        expected[box] = expected.get(box, 0) + 1
    assert {(box.recency, box.frequency): box.customers for box in found.boxes} == expected
    assert sum(box.revenue_minor for box in found.boxes) == sum(b.net for b in shop if b.customer)


places = st.sampled_from(["available", "deficit", "expired", "held", "issued", "pending", "redeemed", "written_off"])
moves = st.lists(st.tuples(customers.filter(bool), days, places, places, st.integers(1, 500)), max_size=30)


@quick
@given(moves, windows)
def test_points_come_from_somewhere_and_go_somewhere(
    moved: list[tuple[str, date, str, str, int]], period: Period
) -> None:
    lake = lakes.lake(entries=[lakes.entry(*move) for move in moved])
    found, before, after = flow(lake, period), flow_until(lake, period.start), flow_until(lake, period.end)
    assert found.issued == found.redeemed + found.expired + found.written_off + found.outstanding + found.deficit
    assert after.outstanding == before.outstanding + found.outstanding
    assert after.issued == before.issued + found.issued


@quick
@given(shops)
def test_rfm_of_a_period_that_is_not_over_counts_from_today(shop: list[Bought]) -> None:
    lake = lake_of(shop)
    tomorrow = lake.manifest.today + periods.DAY
    assert rfm(lake, tomorrow + 30 * periods.DAY) == rfm(lake, tomorrow)
    assert rfm(lake, END).end == min(END, tomorrow)

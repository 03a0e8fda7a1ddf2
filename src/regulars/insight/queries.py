"""The figures, one function each. Screens, exports, the API and charts all read them here, so they cannot differ.

Each takes the opened lake and a period. docs/metrics has a page per figure, named like its definition.
"""

from collections.abc import Callable
from datetime import date

from regulars.insight import periods
from regulars.insight.figure import (
    Compared,
    Dashboard,
    Figure,
    Window,
    money_each,
    money_for_points,
    rate,
    ratio,
    whole,
)
from regulars.insight.figures.customers import bridge
from regulars.insight.figures.membership import activity, enrolled
from regulars.insight.figures.points import flow, flow_until
from regulars.insight.figures.sales import first_day, lifetime, sales
from regulars.insight.lake import Lake, current, folder_of
from regulars.insight.periods import Comparison, Period
from regulars.programs.queries import Published


def lake_of(published: Published) -> Lake | None:
    """The program's lake as it stands; None until the first version is written."""
    return current(folder_of(published.id))


def _during(period: Period) -> Window:
    return Window(period.start, period.end)


def _until(end: date) -> Window:
    return Window(None, end)


def _begins_inside(lake: Lake, period: Period) -> str:
    """Nobody can be seen to return before there are data: everybody looks new in the period in which they begin."""
    first = first_day(lake)
    return "data_begin_inside" if first is None or first >= period.start else ""


# Customers


def customers_at_start(lake: Lake, period: Period, look_back_days: int | None = None) -> Figure:
    counted = bridge(lake, period, look_back_days)
    return whole(lake, "customers-at-start", "count", counted.start, _during(period), _begins_inside(lake, period))


def new_customers(lake: Lake, period: Period) -> Figure:
    counted = bridge(lake, period, None)
    return whole(lake, "new-customers", "count", counted.new, _during(period), _begins_inside(lake, period))


def customers_at_end(lake: Lake, period: Period, look_back_days: int | None = None) -> Figure:
    return whole(lake, "customers-at-end", "count", bridge(lake, period, look_back_days).end, _during(period))


def retention_rate(lake: Lake, period: Period, look_back_days: int | None = None) -> Figure:
    counted = bridge(lake, period, look_back_days)
    return rate(lake, "retention-rate", counted.end - counted.new, counted.start, _during(period))


def active_retention(lake: Lake, period: Period, look_back_days: int | None = None) -> Figure:
    counted = bridge(lake, period, look_back_days)
    return rate(lake, "active-retention", counted.active, counted.start, _during(period))


def passive_retention(lake: Lake, period: Period, look_back_days: int | None = None) -> Figure:
    counted = bridge(lake, period, look_back_days)
    note = "engagement_is_redemption"
    return rate(lake, "passive-retention", counted.passive, counted.start, _during(period), note)


def carried_customers(lake: Lake, period: Period, look_back_days: int | None = None) -> Figure:
    counted = bridge(lake, period, look_back_days)
    return rate(lake, "carried-customers", counted.carried, counted.start, _during(period))


def lost_customers(lake: Lake, period: Period, look_back_days: int | None = None) -> Figure:
    counted = bridge(lake, period, look_back_days)
    return rate(lake, "lost-customers", counted.lost, counted.start, _during(period))


def recovered_customers(lake: Lake, period: Period, look_back_days: int | None = None) -> Figure:
    counted = bridge(lake, period, look_back_days)
    return rate(lake, "recovered-customers", counted.recovered, counted.lapsed, _during(period))


# Sales


def revenue(lake: Lake, period: Period) -> Figure:
    return whole(lake, "revenue", "money", sales(lake, period).revenue_minor, _during(period))


def orders(lake: Lake, period: Period) -> Figure:
    return whole(lake, "orders", "count", sales(lake, period).orders, _during(period))


def average_order_value(lake: Lake, period: Period) -> Figure:
    sold = sales(lake, period)
    return money_each(lake, "average-order-value", sold.revenue_minor, sold.orders, _during(period))


def purchase_frequency(lake: Lake, period: Period) -> Figure:
    sold = sales(lake, period)
    return ratio(lake, "purchase-frequency", sold.orders_identified, sold.customers, _during(period))


def repeat_purchase_rate(lake: Lake, period: Period) -> Figure:
    sold = sales(lake, period)
    return rate(lake, "repeat-purchase-rate", sold.again, sold.customers, _during(period))


def lifetime_value(lake: Lake, period: Period) -> Figure:
    """Revenue, not margin, to the period's end."""
    bought = lifetime(lake, period.end)
    return money_each(lake, "lifetime-value", bought.revenue_minor, bought.customers, _until(period.end))


# Members


def members_share_of_revenue(lake: Lake, period: Period) -> Figure:
    sold = sales(lake, period)
    return rate(lake, "members-share-of-revenue", sold.revenue_members_minor, sold.revenue_minor, _during(period))


def enrolment_orders(lake: Lake, period: Period) -> Figure:
    sold = sales(lake, period)
    return rate(lake, "enrolment-orders", sold.orders_members, sold.orders, _during(period))


def enrolment_customers(lake: Lake, period: Period) -> Figure:
    known = enrolled(lake, period.end)
    return rate(lake, "enrolment-customers", known.members, known.identified, _until(period.end))


def active_members(lake: Lake, period: Period) -> Figure:
    seen = activity(lake, period)
    return rate(lake, "active-members", seen.active, seen.members, _during(period))


# Points


def points_issued(lake: Lake, period: Period) -> Figure:
    return whole(lake, "points-issued", "points", flow(lake, period).issued, _during(period))


def points_redeemed(lake: Lake, period: Period) -> Figure:
    redeemed = flow(lake, period).redeemed
    ever = flow_until(lake, period.end).redeemed
    return whole(lake, "points-redeemed", "points", redeemed, _during(period), "" if ever else "no_rewards_yet")


def points_expired(lake: Lake, period: Period) -> Figure:
    return whole(lake, "points-expired", "points", flow(lake, period).expired, _during(period))


def points_outstanding(lake: Lake, period: Period) -> Figure:
    standing = flow_until(lake, period.end).outstanding
    return whole(lake, "points-outstanding", "points", standing, _until(period.end))


def points_worth(lake: Lake, period: Period) -> Figure:
    """What the points outstanding would buy. Not a liability in the accounting sense."""
    standing = flow_until(lake, period.end).outstanding
    worth = lake.manifest.worth
    if worth is None:
        return whole(lake, "points-worth", "money", 0, _until(period.end), "no_worth_named")
    return money_for_points(lake, "points-worth", standing, worth, _until(period.end))


Reading = Callable[[Lake, Period], Figure]

# Every figure by its definition, in the order in which a merchant asks.
FIGURES: dict[str, Reading] = {
    "customers-at-start": customers_at_start,
    "new-customers": new_customers,
    "customers-at-end": customers_at_end,
    "retention-rate": retention_rate,
    "active-retention": active_retention,
    "passive-retention": passive_retention,
    "lost-customers": lost_customers,
    "recovered-customers": recovered_customers,
    "revenue": revenue,
    "orders": orders,
    "average-order-value": average_order_value,
    "purchase-frequency": purchase_frequency,
    "repeat-purchase-rate": repeat_purchase_rate,
    "lifetime-value": lifetime_value,
    "members-share-of-revenue": members_share_of_revenue,
    "enrolment-orders": enrolment_orders,
    "enrolment-customers": enrolment_customers,
    "active-members": active_members,
    "points-issued": points_issued,
    "points-redeemed": points_redeemed,
    "points-expired": points_expired,
    "points-outstanding": points_outstanding,
    "points-worth": points_worth,
}


def compared(lake: Lake, definition: str, period: Period, comparison: Comparison = "none") -> Compared:
    """One figure beside the same of another period. LookupError when there is no such definition."""
    beside = _with_data(lake, periods.compared(period, comparison))
    reading = FIGURES[definition]
    return Compared(now=reading(lake, period), before=reading(lake, beside) if beside else None)


def dashboard(lake: Lake, period: Period, comparison: Comparison = "previous") -> Dashboard:
    return Dashboard(
        period=period,
        comparison=comparison,
        compared_with=_with_data(lake, periods.compared(period, comparison)),
        figures={definition: compared(lake, definition, period, comparison) for definition in FIGURES},
    )


def _with_data(lake: Lake, period: Period | None) -> Period | None:
    """Before the first order nothing is known, which is not the same as nothing sold."""
    first = first_day(lake)
    return period if period and first and period.end > first else None

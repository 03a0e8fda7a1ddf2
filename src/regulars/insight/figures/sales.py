"""What was bought in a period, by whom, and what it came to.

Revenue is net of returns; a return lowers the revenue of the day on which its order was paid. An order stays an order,
and its customer a buyer, however much of it came back. Worked examples: docs/metrics/average-order-value.md and others.
"""

from datetime import date

import ibis
from msgspec import Struct

from regulars.insight import periods
from regulars.insight.figures.visits import number, visits
from regulars.insight.lake import Lake, kept
from regulars.insight.periods import Period


class Sales(Struct, frozen=True):
    """Counts and minor units of a period. `customers` are identified buyers, `again` those who bought twice or more."""

    orders: int
    orders_members: int
    orders_identified: int
    revenue_minor: int
    revenue_members_minor: int
    customers: int
    again: int


class Lifetime(Struct, frozen=True):
    """Everything bought by identified customers until the period's end."""

    customers: int
    orders: int
    revenue_minor: int


class MonthSales(Struct, frozen=True):
    """Revenue of one month by who bought: for the first time in it, earlier too, or unrecognised."""

    month: date
    complete: bool
    new_minor: int
    returning_minor: int
    guests_minor: int


@kept
def sales(lake: Lake, period: Period) -> Sales:
    orders = within(lake.orders, period)
    each = orders.group_by("customer", "guest").aggregate(
        times=orders.count(),
        times_member=orders.member.sum(),
        minor=orders.net_minor.sum(),
        minor_member=orders.net_minor.sum(where=orders.member),
    )
    return Sales(
        **lake.row(
            each.aggregate(
                orders=each.times.sum(),
                orders_members=each.times_member.sum(),
                orders_identified=each.times.sum(where=~each.guest),
                revenue_minor=each.minor.sum(),
                revenue_members_minor=each.minor_member.sum(),
                customers=(~each.guest).sum(),
                again=(~each.guest & (each.times >= 2)).sum(),
            )
        )
    )


@kept
def first_day(lake: Lake) -> date | None:
    """The day of the oldest order: before it nothing is known about anybody."""
    day: date | None = lake.rows(lake.orders.aggregate(day=lake.orders.paid_on.min()))[0]["day"]
    return day


@kept
def lifetime(lake: Lake, until: date) -> Lifetime:
    orders = lake.orders.filter(~lake.orders.guest, lake.orders.paid_on < until)
    return Lifetime(
        **lake.row(
            orders.aggregate(
                customers=orders.customer.nunique(), orders=orders.count(), revenue_minor=orders.net_minor.sum()
            )
        )
    )


def months(lake: Lake, until: date, count: int = 13) -> tuple[MonthSales, ...]:
    """The calendar months up to the one in which the day before `until` lies, oldest first."""
    last = periods.containing("month", until - periods.DAY).start
    began = min((found.month for found in visits(lake)), default=None)
    starts = [periods.add_months(last, -back) for back in range(count - 1, -1, -1)]
    return tuple(_month(lake, start) for start in starts if began is not None and number(start) >= began)


def _month(lake: Lake, start: date) -> MonthSales:
    month = number(start)
    found = [each for each in visits(lake) if each.month == month]
    return MonthSales(
        month=start,
        complete=periods.add_months(start, 1) <= lake.manifest.today,
        new_minor=sum(each.net_minor for each in found if not each.guest and each.first == month),
        returning_minor=sum(each.net_minor for each in found if not each.guest and each.first < month),
        guests_minor=sum(each.net_minor for each in found if each.guest),
    )


def within(orders: ibis.Table, period: Period) -> ibis.Table:
    return orders.filter(orders.paid_on >= period.start, orders.paid_on < period.end)

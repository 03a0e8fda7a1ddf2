"""Customers by the month of their first order and the months in which they bought: one small table for several figures.

It does not depend on the period asked for, so it is counted once per version of the data.
"""

from datetime import date

import ibis
from msgspec import Struct

from regulars.insight.lake import Lake, kept


class Visits(Struct, frozen=True):
    """Of the customers who first bought in month `first`, those who bought in `month`, and what they brought.

    Months are numbered (`number`); guests, whose first order nobody knows, are kept apart.
    """

    guest: bool
    first: int
    month: int
    customers: int
    net_minor: int


@kept
def visits(lake: Lake) -> tuple[Visits, ...]:
    return tuple(Visits(**row) for row in lake.rows(_counted(lake)))


def _counted(lake: Lake) -> ibis.Table:
    day = lake.orders.paid_on
    each = lake.orders.group_by("customer", "guest", month=day.year() * 12 + day.month() - 1).aggregate(
        net_minor=lake.orders.net_minor.sum()
    )
    each = each.mutate(first=each.month.min().over(group_by=["customer", "guest"]))
    return each.group_by("guest", "first", "month").aggregate(customers=each.count(), net_minor=each.net_minor.sum())


def number(day: date) -> int:
    """Months since year 0, so that ages are differences."""
    return day.year * 12 + day.month - 1

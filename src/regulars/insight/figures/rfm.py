"""Recency, frequency and money: customers of the last twelve months in fifths, from 1 (least) to 5 (most).

A customer's class is 1 + ⌊5 × share of customers who are worse⌋, so equal customers always share a class, and a class
may be empty where many are equal. Worked example: docs/metrics/rfm.md.
"""

from datetime import date

import ibis
from msgspec import Struct

from regulars.insight import periods
from regulars.insight.lake import Lake, kept

CLASSES = 5
MONTHS = 12

# Names for the usual segments, by recency class (rows, 5 first) and frequency class (columns, 1 first).
SEGMENTS = {
    5: ("new", "potential", "potential", "champions", "champions"),
    4: ("promising", "potential", "potential", "loyal", "loyal"),
    3: ("fading", "fading", "attention", "loyal", "loyal"),
    2: ("asleep", "asleep", "at_risk", "at_risk", "precious"),
    1: ("asleep", "asleep", "at_risk", "at_risk", "precious"),
}


class Box(Struct, frozen=True):
    """Customers of one recency and frequency class, and what they spent in the window."""

    recency: int
    frequency: int
    segment: str
    customers: int
    revenue_minor: int


class Border(Struct, frozen=True):
    """The least and the greatest value found in one class: days since, orders, or minor units."""

    measure: str
    rank: int
    least: int
    most: int
    customers: int


class Rfm(Struct, frozen=True):
    boxes: tuple[Box, ...]
    borders: tuple[Border, ...]
    customers: int
    start: date
    end: date


@kept
def rfm(lake: Lake, until: date) -> Rfm:
    """Classes as of the day before `until`."""
    start = periods.add_months(until, -MONTHS)
    each = _classed(_each(lake, start, until))
    boxes = tuple(Box(segment=segment(row["recency"], row["frequency"]), **row) for row in lake.rows(_boxes(each)))
    return Rfm(
        boxes=boxes,
        borders=tuple(border for measure in MEASURES for border in _borders(lake, each, measure)),
        customers=sum(box.customers for box in boxes),
        start=start,
        end=until,
    )


def segment(recency: int, frequency: int) -> str:
    return SEGMENTS[recency][frequency - 1]


# What is measured, and what to sort by so that the worst come first.
MEASURES = {"recency": "days_since", "frequency": "orders", "money": "net_minor"}


def _each(lake: Lake, start: date, until: date) -> ibis.Table:
    orders = lake.orders.filter(~lake.orders.guest, lake.orders.paid_on >= start, lake.orders.paid_on < until)
    last_day = ibis.literal(until - periods.DAY)
    return orders.group_by("customer").aggregate(
        days_since=last_day.delta(orders.paid_on.max(), unit="day"),
        orders=orders.count(),
        net_minor=orders.net_minor.sum(),
    )


def _classed(each: ibis.Table) -> ibis.Table:
    everyone = ibis.window()
    return each.mutate(
        recency=_class(each, ibis.desc("days_since"), everyone),
        frequency=_class(each, ibis.asc("orders"), everyone),
        money=_class(each, ibis.asc("net_minor"), everyone),
    )


def _class(each: ibis.Table, order: ibis.Value, everyone: ibis.Value) -> ibis.Value:
    """`rank` counts from 0 those who are strictly worse, which puts equals together."""
    worse = ibis.rank().over(order_by=order)
    return (worse * CLASSES // each.count().over(everyone) + 1).cast("int64")


def _boxes(each: ibis.Table) -> ibis.Table:
    return (
        each.group_by("recency", "frequency")
        .aggregate(customers=each.count(), revenue_minor=each.net_minor.sum())
        .order_by("recency", "frequency")
    )


def _borders(lake: Lake, each: ibis.Table, measure: str) -> list[Border]:
    value = each[MEASURES[measure]]
    found = each.group_by(rank=each[measure]).aggregate(least=value.min(), most=value.max(), customers=each.count())
    return [Border(measure=measure, **row) for row in lake.rows(found.order_by("rank"))]

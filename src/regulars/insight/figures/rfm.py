"""Recency, frequency and money: customers of the last twelve months in fifths, from 1 (least) to 5 (most).

A customer's class is 1 + ⌊5 × share of customers who are worse⌋, so equal customers always share a class, and a class
may be empty where many are equal. Worked example: docs/metrics/rfm.md.
"""

from collections.abc import Iterator
from datetime import date

import ibis
from msgspec import Struct

from regulars.insight import periods
from regulars.insight.lake import Lake, kept

# What is measured, and the column that says so.
MEASURES = {"recency": "days_since", "frequency": "orders", "money": "net_minor"}
BOUNDS = ("min", "max")
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


class Group(Struct, frozen=True):
    """Customers alike in all three classes; for each measure the least and the greatest value among them."""

    ranks: dict[str, int]
    spans: dict[str, tuple[int, int]]
    customers: int
    revenue_minor: int


@kept
def rfm(lake: Lake, until: date) -> Rfm:
    """Classes as of the day before `until`; while that lies ahead, as of today."""
    until = min(until, lake.manifest.today + periods.DAY)
    start = periods.add_months(until, -MONTHS)
    groups = [_group(row) for row in lake.rows(_grouped(_classed(_each(lake, start, until))))]
    return Rfm(
        boxes=_boxes(groups),
        borders=tuple(border for measure in MEASURES for border in _borders(groups, measure)),
        customers=sum(group.customers for group in groups),
        start=start,
        end=until,
    )


def segment(recency: int, frequency: int) -> str:
    return SEGMENTS[recency][frequency - 1]


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


def _grouped(each: ibis.Table) -> ibis.Table:
    spans = {
        f"{bound}_{measure}": getattr(each[column], bound)() for measure, column in MEASURES.items() for bound in BOUNDS
    }
    return each.group_by(*MEASURES).aggregate(customers=each.count(), revenue_minor=each.net_minor.sum(), **spans)


def _group(row: dict[str, int]) -> Group:
    return Group(
        ranks={measure: row[measure] for measure in MEASURES},
        spans={measure: (row[f"min_{measure}"], row[f"max_{measure}"]) for measure in MEASURES},
        customers=row["customers"],
        revenue_minor=row["revenue_minor"],
    )


def _boxes(groups: list[Group]) -> tuple[Box, ...]:
    by_box: dict[tuple[int, int], list[Group]] = {}
    for group in groups:
        by_box.setdefault((group.ranks["recency"], group.ranks["frequency"]), []).append(group)
    return tuple(
        Box(
            recency=recency,
            frequency=frequency,
            segment=segment(recency, frequency),
            customers=sum(group.customers for group in alike),
            revenue_minor=sum(group.revenue_minor for group in alike),
        )
        for (recency, frequency), alike in sorted(by_box.items())
    )


def _borders(groups: list[Group], measure: str) -> Iterator[Border]:
    for rank in sorted({group.ranks[measure] for group in groups}):
        alike = [group for group in groups if group.ranks[measure] == rank]
        spans = [group.spans[measure] for group in alike]
        yield Border(
            measure=measure,
            rank=rank,
            least=min(least for least, _ in spans),
            most=max(most for _, most in spans),
            customers=sum(group.customers for group in alike),
        )

"""The figures once more, said plainly with sets and loops, for small shops."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from regulars.insight import periods
from regulars.insight.figures.customers import Bridge
from regulars.insight.periods import Period


class Bought(NamedTuple):
    customer: str | None
    on: date
    net: int


def bridge(orders: Iterable[Bought], period: Period, look_back_days: int | None, engaged: set[str]) -> Bridge:
    def buyers(start: date, end: date) -> set[str]:
        return {order.customer for order in orders if order.customer and start <= order.on < end}

    back = timedelta(days=look_back_days or 0)
    start = buyers(period.start - back, period.start) if look_back_days else buyers(*_span(periods.previous(period)))
    end = buyers(period.end - back, period.end) if look_back_days else buyers(*_span(period))
    during, earlier = buyers(*_span(period)), buyers(date.min, period.start)
    carried = (start - during) & end
    away = start - during - carried
    return Bridge(
        start=len(start),
        new=len(during - earlier),
        end=len(end),
        active=len(start & during),
        passive=len(away & engaged),
        lost=len(away - engaged),
        recovered=len((earlier - start) & during),
        carried=len(carried),
        lapsed=len(earlier - start),
    )


def cohort_sizes(orders: list[Bought], last: date) -> dict[tuple[int, int], int]:
    """Active customers by (cohort's month number, age)."""
    cells: dict[tuple[int, int], set[str]] = {}
    for order in orders:
        if order.customer and order.on < last:
            first = min(other.on for other in orders if other.customer == order.customer)
            age = _number(order.on) - _number(first)
            cells.setdefault((_number(first), age), set()).add(order.customer)
    return {cell: len(customers) for cell, customers in cells.items()}


def class_of(value: int, values: list[int]) -> int:
    """The fifth in which a value lies, equals together."""
    return 1 + 5 * sum(other < value for other in values) // len(values)


def _span(period: Period) -> tuple[date, date]:
    return period.start, period.end


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1

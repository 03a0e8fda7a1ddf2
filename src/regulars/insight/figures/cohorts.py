"""Customers by the month of their first purchase, and how many of each cohort bought again month after month.

A cell is complete when its month is over. Incomplete cells, the last diagonal, are marked and never averaged with
complete ones. Customers who bought before the data begin look new in the first cohort. Worked example:
docs/metrics/cohort-retention.md.
"""

from datetime import date

from msgspec import Struct

from regulars.insight import periods
from regulars.insight.figures.visits import number, visits
from regulars.insight.lake import Lake


class Cell(Struct, frozen=True):
    """`age` months after the cohort's month, `active` of its customers bought."""

    age: int
    active: int
    complete: bool


class Cohort(Struct, frozen=True):
    month: date
    size: int
    cells: tuple[Cell, ...]


class CurvePoint(Struct, frozen=True):
    """Of `size` customers in cohorts old enough, `active` bought in the month at this age."""

    age: int
    active: int
    size: int


def cohorts(lake: Lake, until: date, count: int = 13) -> tuple[Cohort, ...]:
    """The cohorts of the calendar months up to the one holding the day before `until`, oldest first."""
    last = periods.containing("month", until - periods.DAY)
    grid = {(found.first, found.month - found.first): found.customers for found in visits(lake) if not found.guest}
    starts = [periods.add_months(last.start, -back) for back in range(count - 1, -1, -1)]
    return tuple(_cohort(lake, start, last.start, grid) for start in starts if (number(start), 0) in grid)


def curve(grid: tuple[Cohort, ...]) -> tuple[CurvePoint, ...]:
    """All cohorts together by age, of complete cells alone; each age compares only cohorts that have reached it."""
    ages = range(max((len(cohort.cells) for cohort in grid), default=0))
    points = (_point(grid, age) for age in ages)
    return tuple(point for point in points if point.size)


def _point(grid: tuple[Cohort, ...], age: int) -> CurvePoint:
    old_enough = [cohort for cohort in grid if len(cohort.cells) > age and cohort.cells[age].complete]
    return CurvePoint(
        age=age,
        active=sum(cohort.cells[age].active for cohort in old_enough),
        size=sum(cohort.size for cohort in old_enough),
    )


def _cohort(lake: Lake, start: date, last: date, grid: dict[tuple[int, int], int]) -> Cohort:
    ages = range(number(last) - number(start) + 1)
    cells = tuple(Cell(age, grid.get((number(start), age), 0), _complete(lake, start, age)) for age in ages)
    return Cohort(month=start, size=cells[0].active, cells=cells)


def _complete(lake: Lake, start: date, age: int) -> bool:
    return periods.add_months(start, age + 1) <= lake.manifest.today

"""Columns by month, series on top of each other; below the line what is less than nothing.

Names stand beside the last column where there is room for them; on a phone they stand above, as the page's own text.
"""

from collections.abc import Sequence
from datetime import date

from regulars.insight import wording
from regulars.insight.plans import drawing
from regulars.insight.plans.drawing import NARROW, WIDE, Scale, Series

TOP, BOTTOM, BESIDE = 14, 40, 14
ROW = 17


def columns(months: Sequence[date], series: Sequence[Series], currency: str, said: str) -> tuple[str, str]:
    """The drawing for wide and for narrow places. `currency` "" where values are not money."""
    return tuple(_drawn(months, series, currency, said, width) for width in (WIDE, NARROW))  # type: ignore[return-value]


def _drawn(months: Sequence[date], series: Sequence[Series], currency: str, said: str, width: int) -> str:
    is_wide, height = width == WIDE, 280 if width == WIDE else 236
    ups, downs = (
        [sum(max(sign * one.values[place], 0) for one in series) for place in range(len(months))] for sign in (1, -1)
    )
    upright = drawing.scale(-max(downs, default=0), max(ups, default=0), height - BOTTOM, TOP)
    ticks = [drawing.short(tick, currency) for tick in upright.ticks]
    left = max(map(drawing.width_of, ticks)) + 10
    named = is_wide and len(series) > 1
    right = width - (max(drawing.width_of(one.name) for one in series) + BESIDE + 18 if named else 4)
    band = (right - left) / len(months)
    parts = [
        part
        for tick, label in zip(upright.ticks, ticks, strict=True)
        for part in (
            drawing.line(left, upright(tick), right, upright(tick), "zero" if abs(tick) < 1e-9 else "grid"),
            drawing.text(left - 8, upright(tick) + 4, label, "axis", "end"),
        )
    ]
    parts += _stacks(months, series, upright, (left, band))
    parts += _labels(months, left, band, height)
    if named:
        parts += _names(series, upright, right)
    return drawing.svg(width, height, parts, "wide" if is_wide else "narrow", said)


def _stacks(months: Sequence[date], series: Sequence[Series], upright: Scale, place: tuple[float, float]) -> list[str]:
    left, band = place
    parts = []
    for number, month in enumerate(months):
        above = below = 0
        for one in series:
            value = one.values[number]
            base = above if value >= 0 else below
            if value >= 0:
                above += value
            else:
                below += value
            if value:
                top, foot = sorted((upright(base + value), upright(base)))
                told = f"{wording.short_month(month)}, {one.name}: {one.said[number]}"
                x = left + band * (number + 0.14)
                parts.append(drawing.box(x, top, band * 0.72, foot - top, one.role, told))
    return parts


def _labels(months: Sequence[date], left: float, band: float, height: int) -> list[str]:
    """As many months as fit, the year under the first and under each January that is named."""
    wanted = max(drawing.width_of(wording.month_alone(month)) for month in months) + 8
    every = next((number for number in (1, 2, 3, 4, 6, 12) if band * number >= wanted), 12)
    parts, year = [], 0
    for number, month in enumerate(months):
        if number % every:
            continue
        middle = left + band * (number + 0.5)
        parts.append(drawing.text(middle, height - 22, wording.month_alone(month), "axis", "middle"))
        if month.year != year:
            parts.append(drawing.text(middle, height - 6, wording.year_alone(month), "axis", "middle"))
            year = month.year
    return parts


def _names(series: Sequence[Series], upright: Scale, right: float) -> list[str]:
    """Beside the last column that is no mere beginning, apart from each other, each with its colour."""
    sizes = [sum(abs(one.values[place]) for one in series) for place in range(len(series[0].values))]
    last = max((place for place, whole in enumerate(sizes) if 2 * whole >= max(sizes)), default=-1)
    wanted, above, below = [], 0, 0
    for one in series:
        value = one.values[last]
        base, above, below = (above, above + value, below) if value >= 0 else (below, above, below + value)
        wanted.append(upright(base + value / 2))
    order = sorted(range(len(series)), key=lambda number: -wanted[number])
    heights, lowest = {}, upright(upright.ticks[0])
    for number in order:
        heights[number] = lowest = min(wanted[number], lowest)
        lowest -= ROW
    short_by = TOP - min(heights.values(), default=TOP)
    shift = max(short_by, 0)
    parts = []
    for number, one in enumerate(series):
        y = heights[number] + shift
        parts.append(drawing.box(right + BESIDE - 4, y - 5, 10, 10, one.role))
        parts.append(drawing.text(right + BESIDE + 12, y + 4, one.name, "name"))
    return parts

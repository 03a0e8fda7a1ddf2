"""A figure: one number and everything needed to check it.

`value` is whole for counts, points and money (minor units, rounded half up), a fraction for rates and ratios, and None
where there is nothing to divide by.
"""

from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from regulars.engine.program import Worth
from regulars.insight.lake import Lake
from regulars.insight.periods import Comparison, Period

Unit = Literal["count", "money", "points", "rate", "ratio"]

# Below so many, a rate is shown with its count and greyed.
FEW = 30

# Why a figure is what it is. Codes are stable; their words are in insight/wording.py.
NOTES = ("data_begin_inside", "engagement_is_redemption", "no_rewards_yet", "no_worth_named")


class Window(Struct, frozen=True):
    """Local days from `start` (None: from the beginning) up to, but not including, `end`."""

    start: date | None
    end: date


class Figure(Struct, frozen=True):
    definition: str
    unit: Unit
    value: int | float | None
    numerator: int
    denominator: int | None
    window: Window
    zone: str
    as_of: datetime
    data_version: str
    currency: str
    note: str = ""

    @property
    def complete(self) -> bool:
        """The window was over when the data were taken."""
        return self.window.end <= local_day(self)

    @property
    def few(self) -> bool:
        return self.unit == "rate" and self.denominator is not None and self.denominator < FEW


class Compared(Struct, frozen=True):
    """A figure, and the same figure of the period it is compared with."""

    now: Figure
    before: Figure | None

    @property
    def change(self) -> float | None:
        """Relative for counts, money and points; the difference for rates. None where it says nothing."""
        if self.before is None or self.now.value is None or self.before.value is None:
            return None
        if self.now.unit == "rate":
            return self.now.value - self.before.value
        return self.now.value / self.before.value - 1 if self.before.value > 0 else None


class Dashboard(Struct, frozen=True):
    """What the merchant sees first: figures by name, over one period, beside another."""

    period: Period
    comparison: Comparison
    compared_with: Period | None
    figures: dict[str, Compared]


def local_day(figure: Figure) -> date:
    return figure.as_of.astimezone(ZoneInfo(figure.zone)).date()


def whole(lake: Lake, definition: str, unit: Unit, value: int, window: Window, note: str = "") -> Figure:
    """A number that was counted or summed."""
    return _figure(lake, definition, unit, value, value, None, window, note)


def rate(lake: Lake, definition: str, numerator: int, denominator: int, window: Window, note: str = "") -> Figure:
    value = numerator / denominator if denominator else None
    return _figure(lake, definition, "rate", value, numerator, denominator, window, note)


def ratio(lake: Lake, definition: str, numerator: int, denominator: int, window: Window, note: str = "") -> Figure:
    value = numerator / denominator if denominator else None
    return _figure(lake, definition, "ratio", value, numerator, denominator, window, note)


def money_each(lake: Lake, definition: str, minor: int, count: int, window: Window, note: str = "") -> Figure:
    """Money shared by a count. Rounds once, half up."""
    value = (2 * minor + count) // (2 * count) if count else None
    return _figure(lake, definition, "money", value, minor, count, window, note)


def money_for_points(lake: Lake, definition: str, points: int, worth: Worth, window: Window) -> Figure:
    """What points are worth; they are its numerator. Rounds once, half up."""
    value = (2 * points * worth.minor + worth.points) // (2 * worth.points)
    return _figure(lake, definition, "money", value, points, None, window, "")


def _figure(
    lake: Lake,
    definition: str,
    unit: Unit,
    value: int | float | None,
    numerator: int,
    denominator: int | None,
    window: Window,
    note: str,
) -> Figure:
    manifest = lake.manifest
    return Figure(
        definition=definition,
        unit=unit,
        value=value,
        numerator=numerator,
        denominator=denominator,
        window=window,
        zone=manifest.zone,
        as_of=manifest.as_of,
        data_version=manifest.data_version,
        currency=manifest.currency,
        note=note,
    )

"""What stands on the dashboard, in the order in which a merchant asks: how is business, who returns, who are they."""

from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from msgspec import Struct

from regulars.console import charts, period_menu
from regulars.console.definitions import DEFINITIONS
from regulars.console.tiles import Tile, tiles
from regulars.insight import periods, wording
from regulars.insight.figure import Dashboard, Figure
from regulars.insight.figures.customers import bridge
from regulars.insight.figures.sales import first_day
from regulars.insight.lake import Lake
from regulars.insight.queries import dashboard

PULSE = ("revenue", "orders", "customers-at-end", "average-order-value")
LOYALTY = ("repeat-purchase-rate", "purchase-frequency", "lifetime-value", "members-share-of-revenue")
PARTS = ("passive-retention", "lost-customers", "recovered-customers", "new-customers")
POINTS = ("points-issued", "points-redeemed", "points-expired", "points-outstanding", "points-worth")


class Part(Struct, frozen=True):
    """One group of customers in the bridge: how many, and their share where it is a rate."""

    definition: str
    name: Promise
    count: int
    share: str


class Returning(Struct, frozen=True):
    """The retention block: two rates side by side, with two decimals, and the counts between them."""

    rate: Tile
    rate_value: str
    came_back: Tile
    came_back_value: str
    start: int
    end: int
    new: int
    active: int
    recovered: int
    before: str
    parts: list[Part]


def board(lake: Lake, asked: period_menu.Asked) -> dict[str, Any]:
    found = dashboard(lake, asked.period, asked.comparison)
    return {
        "as_of": lake.manifest.as_of.astimezone(ZoneInfo(lake.manifest.zone)),
        "asked": asked,
        "charts": {name.replace("-", "_"): charts.chart(lake, name, asked.period) for name in charts.EMPTY},
        "comparisons": period_menu.compared(asked.comparison),
        "loyalty": tiles(found, *LOYALTY),
        "period": wording.period(asked.period),
        "periods": period_menu.offered(asked.period, first_day(lake), lake.manifest.today),
        "points": tiles(found, *POINTS),
        "pulse": tiles(found, *PULSE),
        "returning": returning(lake, found),
    }


def returning(lake: Lake, found: Dashboard) -> Returning:
    counted = bridge(lake, found.period, None)
    rate, came_back = tiles(found, "retention-rate", "active-retention")
    return Returning(
        rate=rate,
        rate_value=_exact(found.figures["retention-rate"].now),
        came_back=came_back,
        came_back_value=_exact(found.figures["active-retention"].now),
        start=counted.start,
        end=counted.end,
        new=counted.new,
        active=counted.active,
        recovered=counted.recovered,
        before=wording.period(periods.previous(found.period)),
        parts=[part(found.figures[definition].now) for definition in PARTS],
    )


def part(figure: Figure) -> Part:
    share = wording.value(figure) if figure.unit == "rate" and figure.value is not None else ""
    return Part(figure.definition, DEFINITIONS[figure.definition].name, figure.numerator, share)


def _exact(figure: Figure) -> str:
    return wording.value(figure) if figure.value is None else wording.percent(figure.value, 2)

"""The dashboard's charts, and what is said in the place of one that has nothing to draw yet."""

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from regulars.insight.charts.board import drawing
from regulars.insight.charts.look import Drawing, Look
from regulars.insight.figures.sales import first_day
from regulars.insight.lake import Lake
from regulars.insight.periods import DAY, Period

EMPTY: dict[str, Promise] = {
    "cohort-retention": _(
        "How many of each month’s new customers buy again will be seen here after their first full month."
    ),
    "customer-bridge": _(
        "The way from the customers at the start to those at the end will be seen here after the first orders."
    ),
    "new-and-returning-revenue": _("Revenue by month will be seen here after the first orders."),
    "retention-curve": _("How customers stay, month after month, will be seen here after their first full month."),
    "rfm": _("Customers by how lately and how often they buy will be seen here after the first orders."),
    "tier-pyramid": _("Members by tier will be seen here as soon as somebody is a member."),
}

# What was there at another time.
NOT_IN_PERIOD: Promise = _("There is nothing to show for this period.")


class Chart(Struct, frozen=True):
    """`drawing` is None while there is nothing to draw; `empty` then says what will appear."""

    name: str
    drawing: Drawing | None
    empty: Promise


def chart(lake: Lake, name: str, period: Period) -> Chart:
    """Raises KeyError for a chart that the dashboard does not have."""
    look = Look("page", get_language() or "en")
    drawn = drawing(lake, name, period, look)
    if drawn is None and drawing(lake, name, _everything(lake), look):
        return Chart(name, None, NOT_IN_PERIOD)
    return Chart(name, drawn, EMPTY[name])


def _everything(lake: Lake) -> Period:
    """From the first order, or today, to today."""
    today = lake.manifest.today
    return Period("range", first_day(lake) or today, today + DAY)

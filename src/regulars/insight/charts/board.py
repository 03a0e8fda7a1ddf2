"""All charts of a dashboard, drawn from the figures and kept while the data stay."""

from collections.abc import Callable

from regulars.insight.charts import cohort, curve, revenue, rfm, tiers, waterfall
from regulars.insight.charts.look import Drawing, Look
from regulars.insight.figures.cohorts import cohorts
from regulars.insight.figures.customers import bridge
from regulars.insight.figures.membership import pyramid
from regulars.insight.figures.rfm import rfm as classes
from regulars.insight.figures.sales import months
from regulars.insight.lake import Lake, kept
from regulars.insight.periods import Period

Painter = Callable[[Lake, Period, Look], Drawing | None]

CHARTS: dict[str, Painter] = {
    "customer-bridge": lambda lake, period, look: waterfall.drawing(
        bridge(lake, period, None), period, None, look, lake.manifest.today
    ),
    "new-and-returning-revenue": lambda lake, period, look: revenue.drawing(
        months(lake, period.end), lake.manifest.currency, look
    ),
    "cohort-retention": lambda lake, period, look: cohort.drawing(cohorts(lake, period.end), look),
    "retention-curve": lambda lake, period, look: curve.drawing(cohorts(lake, period.end), look),
    "rfm": lambda lake, period, look: rfm.drawing(classes(lake, period.end), lake.manifest.currency, look),
    "tier-pyramid": lambda lake, _period, look: tiers.drawing(pyramid(lake), look),
}


@kept
def drawing(lake: Lake, name: str, period: Period, look: Look) -> Drawing | None:
    """One chart as of the period's end; None where there is nothing to draw yet. LookupError for an unknown name."""
    return CHARTS[name](lake, period, look)


def board(lake: Lake, period: Period, look: Look) -> dict[str, Drawing | None]:
    return {name: drawing(lake, name, period, look) for name in CHARTS}

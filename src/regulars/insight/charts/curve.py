"""The retention curve: of customers old enough, how many bought in the nth month after their first purchase.

Each age compares only cohorts that have reached it, over whole months. Later ages rest on fewer and older cohorts, so
their number stands below each, and the finding speaks of an age that at least half of the customers have reached.
"""

from itertools import pairwise
from typing import Any

import altair as alt
from django.utils.translation import gettext, override

from regulars.insight import wording
from regulars.insight.charts.look import Drawing, Layers, Look, Rows, Table, finished
from regulars.insight.figure import FEW
from regulars.insight.figures.cohorts import Cohort, CurvePoint, curve


def drawing(grid: tuple[Cohort, ...], look: Look) -> Drawing | None:
    """None where no cohort is a whole month old."""
    points = curve(grid)
    if len(points) < 2:
        return None
    with override(look.language):
        title = _finding(points)
        measure = gettext("Share of customers who bought in the month, by months since their first purchase")
        few = any(point.size < FEW for point in points)
        over = Rows()
        return Drawing(
            name="retention-curve",
            title=title,
            measure=measure,
            note=gettext("Hollow: fewer than %d customers.") % FEW if few else "",
            spec=finished(_chart(points, look, over), over, look, height=260, description=f"{title}. {measure}."),
            table=table(points),
            min_width=480,
        )


def table(points: tuple[CurvePoint, ...]) -> Table:
    heads = (gettext("Months since"), gettext("Customers old enough"), gettext("Bought"), gettext("Share"))
    return Table(columns=heads, rows=tuple(_table_row(point) for point in points))


def _table_row(point: CurvePoint) -> tuple[str, ...]:
    share = wording.percent(point.active / point.size)
    return (wording.count(point.age), wording.count(point.size), wording.count(point.active), share)


def _finding(points: tuple[CurvePoint, ...]) -> str:
    last = [point for point in points[1:] if 2 * point.size >= points[0].size or point.age == 1][-1]
    words = {"share": wording.about(last.active / last.size), "months": last.age}
    if last.age == 1:
        return gettext("One month after their first purchase, %(share)s of customers buy") % words
    return gettext("%(months)d months after their first purchase, %(share)s of customers buy") % words


def _rows(points: tuple[CurvePoint, ...]) -> list[dict[str, Any]]:
    return [
        {
            "age": point.age,
            "share": point.active / point.size,
            "label": wording.about(point.active / point.size),
            "few": point.size < FEW,
            "falls": before.active / before.size > point.active / point.size + 0.1,
            "said": f"{wording.count(point.active)} / {wording.count(point.size)}",
        }
        for before, point in pairwise((points[0], *points))
    ]


def _chart(points: tuple[CurvePoint, ...], look: Look, over: Rows) -> Layers:
    base = over(_rows(points)).encode(
        x=alt.X(
            "age:O",
            title=gettext("Months since first purchase; below, customers observed so long"),
            axis=alt.Axis(labelAngle=0, labelExpr=_ages(points)),
        ),
        y=alt.Y(
            "share:Q",
            title=gettext("Share who bought"),
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], titleY=-36),
        ),
        tooltip=[
            alt.Tooltip("age:N", title=gettext("Months since")),
            alt.Tooltip("label:N", title=gettext("Share who bought")),
            alt.Tooltip("said:N", title=gettext("Customers")),
        ],
    )
    fill = alt.when("datum.few").then(alt.value(look["surface"])).otherwise(alt.value(look["accent"]))
    above, below = (base.transform_filter(test) for test in ("!datum.falls", "datum.falls"))
    return alt.layer(
        base.mark_line(color=look["accent"], strokeWidth=2.5),
        base.mark_point(size=64, stroke=look["accent"], strokeWidth=2, opacity=1).encode(fill=fill),
        above.mark_text(dy=-16, color=look["ink"]).encode(text="label:N"),
        below.mark_text(dy=18, color=look["ink"]).encode(text="label:N"),
    )


def _ages(points: tuple[CurvePoint, ...]) -> str:
    labels = {str(point.age): [str(point.age), wording.count(point.size)] for point in points}
    return f"{labels!r}[datum.value]"

"""The cohort heatmap: a row per month of first purchase, a column per month since, a cell per share who bought.

Months that are not over are hatched. Cohorts of few show how many customers instead of a share, without colour.
"""

from typing import Any

import altair as alt
from django.utils.translation import gettext, override

from regulars.insight import wording
from regulars.insight.charts.look import Drawing, Layers, Look, Rows, Table, finished, hatch, readable_on_accent
from regulars.insight.figure import FEW
from regulars.insight.figures.cohorts import Cell, Cohort, curve

ROW = 30


def drawing(grid: tuple[Cohort, ...], look: Look) -> Drawing | None:
    """None where no cohort is older than its first month."""
    if not any(len(cohort.cells) > 1 for cohort in grid):
        return None
    shown = tuple(cohort for cohort in grid if len(cohort.cells) > 1)
    with override(look.language):
        title = _finding(grid)
        measure = gettext("Share of each month's new customers who bought again, by months since their first purchase")
        note = gettext("Hatched: the month is not over.") if _any_incomplete(grid) else ""
        over = Rows()
        return Drawing(
            name="cohort-retention",
            title=title,
            measure=measure,
            note=note,
            spec=finished(
                _chart(shown, look, over), over, look, height=ROW * len(shown), description=f"{title}. {measure}."
            ),
            table=table(grid),
            min_width=640,
        )


def table(grid: tuple[Cohort, ...]) -> Table:
    ages = range(1, max(len(cohort.cells) for cohort in grid))
    heads = [gettext("First purchase"), gettext("Customers"), *(gettext("Month %d") % age for age in ages)]
    return Table(columns=tuple(heads), rows=tuple(_table_row(cohort, ages) for cohort in grid))


def _table_row(cohort: Cohort, ages: range) -> tuple[str, ...]:
    cells = [_said(cohort, cohort.cells[age]) if age < len(cohort.cells) else "" for age in ages]
    return (wording.short_month(cohort.month), wording.count(cohort.size), *cells)


def _said(cohort: Cohort, cell: Cell) -> str:
    share = wording.percent(cell.active / cohort.size)
    return f"{wording.count(cell.active)} ({share})" + ("" if cell.complete else " …")


def _finding(grid: tuple[Cohort, ...]) -> str:
    points = curve(grid)
    if len(points) < 2:
        return gettext("No cohort is a whole month old yet")
    share = wording.about(points[1].active / points[1].size)
    return gettext("%(share)s of new customers buy again in the month after their first purchase") % {"share": share}


def _any_incomplete(grid: tuple[Cohort, ...]) -> bool:
    return any(not cell.complete for cohort in grid for cell in cohort.cells[1:])


def _rows(grid: tuple[Cohort, ...]) -> list[dict[str, Any]]:
    return [_row(place, cohort, cell) for place, cohort in enumerate(grid) for cell in cohort.cells[1:]]


def _row(place: int, cohort: Cohort, cell: Cell) -> dict[str, Any]:
    few = cohort.size < FEW
    share = cell.active / cohort.size
    return {
        "place": place,
        "cohort": wording.short_month(cohort.month),
        "size": wording.count(cohort.size),
        "age": cell.age,
        "share": share,
        "state": "incomplete" if not cell.complete else "few" if few else "complete",
        "label": f"{cell.active}/{cohort.size}" if few else wording.about(share),
        "said": _said(cohort, cell),
    }


def _chart(grid: tuple[Cohort, ...], look: Look, over: Rows) -> Layers:
    rows = _rows(grid)
    top = max((row["share"] for row in rows if row["state"] == "complete"), default=1)
    cells = over(rows).encode(
        x=alt.X("age:O", title=gettext("Months since first purchase"), axis=alt.Axis(orient="top", labelAngle=0)),
        y=alt.Y("place:O", axis=None),
        tooltip=[
            alt.Tooltip("cohort:N", title=gettext("First purchase")),
            alt.Tooltip("size:N", title=gettext("Customers")),
            alt.Tooltip("age:N", title=gettext("Months since")),
            alt.Tooltip("said:N", title=gettext("Bought again")),
        ],
    )
    scale = alt.Scale(domain=[0, top], range=[look["accent-soft"], look["accent"]], clamp=True)
    gap: dict[str, Any] = {"stroke": look["surface"], "strokeWidth": 2}
    few = alt.when("datum.state == 'few'").then(alt.value(look["muted"]))
    so_far = few.when("datum.state == 'incomplete'").then(alt.value(look["ink"]))
    ink = (
        so_far.when(readable_on_accent("share", look))
        .then(alt.value(look["on-accent"]))
        .otherwise(alt.value(look["ink"]))
    )
    return alt.layer(
        cells.transform_filter("datum.state == 'complete'")
        .mark_rect(**gap)
        .encode(color=alt.Color("share:Q", legend=None, scale=scale)),
        cells.transform_filter("datum.state == 'incomplete'").mark_rect(fill=hatch(look), **gap),
        cells.mark_text().encode(text="label:N", color=ink),
        _heads(grid, look, over),
    )


def _heads(grid: tuple[Cohort, ...], look: Look, over: Rows) -> Layers:
    """Each row's month and size, left of the cells, under their own headings."""
    rows = [
        {"place": place, "month": wording.short_month(cohort.month), "size": wording.count(cohort.size)}
        for place, cohort in enumerate(grid)
    ]
    heads = over(rows).encode(y="place:O", x=alt.value(0))
    above = over([{}]).encode(y=alt.value(-13), x=alt.value(0))
    left: dict[str, Any] = {"align": "left", "dx": -172}
    right: dict[str, Any] = {"align": "right", "dx": -12}
    return alt.layer(
        heads.mark_text(color=look["ink"], **left).encode(text="month:N"),
        heads.mark_text(color=look["muted"], **right).encode(text="size:N"),
        above.mark_text(color=look["muted"], **left).encode(text=alt.value(gettext("First purchase"))),
        above.mark_text(color=look["muted"], **right).encode(text=alt.value(gettext("Customers"))),
    )

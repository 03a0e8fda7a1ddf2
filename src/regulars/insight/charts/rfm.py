"""The RFM grid: customers by how lately and how often they bought, shaded by what each spent on average.

The borders of the fifths stand at the axes; each box says its segment and how many customers it holds.
"""

from typing import Any

import altair as alt
from django.utils.translation import gettext, override, pgettext

from regulars.insight import wording
from regulars.insight.charts.look import Drawing, Layers, Look, Rows, Table, finished, readable_on_accent
from regulars.insight.figures.rfm import CLASSES, Border, Box, Rfm
from regulars.insight.periods import Period

ROW = 62


def drawing(found: Rfm, currency: str, look: Look) -> Drawing | None:
    """None where nobody bought in the window."""
    if not found.customers:
        return None
    with override(look.language):
        title = _finding(found)
        measure = _measure(found)
        over = Rows()
        return Drawing(
            name="rfm",
            title=title,
            measure=measure,
            note=gettext(
                "Stronger colour: more revenue per customer. Equal customers share a fifth, so sizes may differ."
            ),
            spec=finished(
                _chart(found, currency, look, over),
                over,
                look,
                height=ROW * CLASSES,
                description=f"{title}. {measure}.",
            ),
            table=table(found, currency),
            min_width=640,
        )


def table(found: Rfm, currency: str) -> Table:
    heads = (
        gettext("Segment"),
        gettext("Recency (1–5)"),
        gettext("Frequency (1–5)"),
        gettext("Customers"),
        gettext("Revenue"),
        gettext("Revenue per customer"),
    )
    return Table(columns=heads, rows=tuple(_table_row(box, currency) for box in found.boxes))


def _table_row(box: Box, currency: str) -> tuple[str, ...]:
    return (
        segment(box.segment),
        str(box.recency),
        str(box.frequency),
        wording.count(box.customers),
        wording.money(box.revenue_minor, currency),
        wording.money(_each(box), currency),
    )


def segment(key: str) -> str:
    """The usual names of the segments."""
    return {
        "asleep": gettext("Asleep"),
        "at_risk": gettext("At risk"),
        "attention": gettext("Need attention"),
        "champions": gettext("Champions"),
        "fading": gettext("About to fade"),
        "loyal": gettext("Loyal"),
        "new": pgettext("customers", "New"),
        "potential": gettext("Potentially loyal"),
        "precious": gettext("Must not lose"),
        "promising": gettext("Promising"),
    }[key]


def _finding(found: Rfm) -> str:
    best = [box for box in found.boxes if box.segment == "champions"]
    revenue = sum(box.revenue_minor for box in found.boxes)
    if not best or revenue <= 0:
        return gettext("%(customers)s customers in fifths") % {"customers": wording.count(found.customers)}
    words = {
        "share": wording.about(sum(box.customers for box in best) / found.customers),
        "revenue": wording.about(sum(box.revenue_minor for box in best) / revenue),
    }
    return gettext("Champions are %(share)s of customers and bring %(revenue)s of revenue") % words


def _measure(found: Rfm) -> str:
    window = wording.period(Period("range", found.start, found.end))
    return gettext("Customers who bought in %(window)s, by recency and frequency in fifths") % {"window": window}


def _each(box: Box) -> int:
    return (2 * box.revenue_minor + box.customers) // (2 * box.customers)


def _chart(found: Rfm, currency: str, look: Look, over: Rows) -> Layers:
    rows = [_row(box, currency) for box in found.boxes]
    ranks = list(range(1, CLASSES + 1))
    cells = over(rows).encode(
        x=alt.X(
            "recency:O",
            scale=alt.Scale(domain=ranks),
            title=gettext("Last purchase, days ago"),
            axis=alt.Axis(labelAngle=0, labelExpr=_borders(found, "recency")),
        ),
        y=alt.Y(
            "frequency:O",
            scale=alt.Scale(domain=ranks[::-1]),
            title=gettext("Orders"),
            axis=alt.Axis(titleY=-12, labelExpr=_borders(found, "frequency")),
        ),
        tooltip=[
            alt.Tooltip("segment:N", title=gettext("Segment")),
            alt.Tooltip("customers:N", title=gettext("Customers")),
            alt.Tooltip("revenue:N", title=gettext("Revenue")),
            alt.Tooltip("each:N", title=gettext("Revenue per customer")),
        ],
    )
    scale = alt.Scale(domain=[0, max(row["worth"] for row in rows)], range=[look["accent-soft"], look["accent"]])
    ink = (
        alt.when(readable_on_accent("worth", look)).then(alt.value(look["on-accent"])).otherwise(alt.value(look["ink"]))
    )
    return alt.layer(
        cells.mark_rect(stroke=look["surface"], strokeWidth=2).encode(
            color=alt.Color("worth:Q", legend=None, scale=scale)
        ),
        cells.mark_text(dy=-9).encode(text="segment:N", color=ink),
        cells.mark_text(dy=10, fontSize=14, fontWeight=600).encode(text="customers:N", color=ink),
    )


def _row(box: Box, currency: str) -> dict[str, Any]:
    return {
        "recency": box.recency,
        "frequency": box.frequency,
        "segment": segment(box.segment),
        "customers": wording.count(box.customers),
        "worth": max(_each(box), 0),
        "revenue": wording.money(box.revenue_minor, currency),
        "each": wording.money(_each(box), currency),
    }


def _borders(found: Rfm, measure: str) -> str:
    """Axis labels: the least and the greatest value in each fifth."""
    said = {border.rank: _span(border) for border in found.borders if border.measure == measure}
    labels = {str(rank): said.get(rank, "–") for rank in range(1, CLASSES + 1)}
    return f"{labels!r}[datum.value]"


def _span(border: Border) -> str:
    if border.least == border.most:
        return wording.count(border.least)
    return f"{wording.count(border.least)}–{wording.count(border.most)}"

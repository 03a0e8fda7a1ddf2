"""Revenue of each month by who bought: for the first time in that month, earlier already, or unrecognised.

Amounts on the axis are in thousands, in Chinese in 萬 (ten thousands), as its readers count.
"""

from typing import Any

import altair as alt
from django.utils.translation import get_language, gettext, override

from regulars.insight import wording
from regulars.insight.charts.look import Drawing, Layers, Look, Rows, Table, finished, hatch, opaque
from regulars.insight.figures.sales import MonthSales

KINDS = ("returning", "new", "guests")
ROLES = {"returning": "accent", "new": "accent", "guests": "edge"}
SHADES = {"returning": 1.0, "new": 0.45, "guests": 1.0}


def drawing(months: tuple[MonthSales, ...], currency: str, look: Look) -> Drawing | None:
    """None where nothing was sold."""
    if not any(_total(month) for month in months):
        return None
    with override(look.language):
        title = _finding(months)
        measure = gettext("Revenue by month, net of returns, from new and from returning customers")
        over = Rows()
        return Drawing(
            name="new-and-returning-revenue",
            title=title,
            measure=measure,
            note=_note(months),
            spec=finished(
                _chart(months, currency, look, over), over, look, height=280, description=f"{title}. {measure}."
            ),
            table=table(months, currency),
            min_width=560,
        )


def table(months: tuple[MonthSales, ...], currency: str) -> Table:
    heads = (gettext("Month"), *(_name(kind) for kind in KINDS), gettext("Total"))
    return Table(columns=heads, rows=tuple(_table_row(month, currency) for month in months))


def _table_row(month: MonthSales, currency: str) -> tuple[str, ...]:
    amounts = (*(_minor(month, kind) for kind in KINDS), _total(month))
    return (wording.month(month.month), *(wording.money(minor, currency) for minor in amounts))


def _name(kind: str) -> str:
    return {
        "returning": gettext("Returning customers"),
        "new": gettext("New customers"),
        "guests": gettext("Guests"),
    }[kind]


def _minor(month: MonthSales, kind: str) -> int:
    return {"returning": month.returning_minor, "new": month.new_minor, "guests": month.guests_minor}[kind]


def _total(month: MonthSales) -> int:
    return month.returning_minor + month.new_minor + month.guests_minor


def _finding(months: tuple[MonthSales, ...]) -> str:
    whole = [month for month in months if month.complete and _total(month) > 0]
    if not whole:
        return gettext("The first month of sales is not over yet")
    last = whole[-1]
    words = {"share": wording.about(last.returning_minor / _total(last)), "month": wording.month(last.month)}
    return gettext("Returning customers brought %(share)s of the revenue in %(month)s") % words


def _note(months: tuple[MonthSales, ...]) -> str:
    notes = [] if months[-1].complete else [gettext("Hatched: the month is not over.")]
    first = next(month for month in months if _total(month))
    if first.new_minor and not first.returning_minor:
        said = gettext("The orders on record begin in %(month)s, so everybody looks new in it.")
        notes.append(said % {"month": wording.month(first.month)})
    return " ".join(notes)


def _unit(months: tuple[MonthSales, ...], currency: str) -> tuple[int, str]:
    """Minor units per unit of the axis, and the axis' title."""
    one = 10 ** wording.minor_digits(currency)
    biggest = max(map(_total, months)) // one
    step = 10_000 if (get_language() or "").startswith("zh") else 1_000
    if biggest < 2 * step:
        return one, gettext("Revenue (%(currency)s)") % {"currency": currency}
    return one * step, gettext("Revenue (thousand %(currency)s)") % {"currency": currency}


def _rows(months: tuple[MonthSales, ...], unit: int, currency: str) -> list[dict[str, Any]]:
    rows = []
    for month in months:
        base = 0
        for kind in KINDS:
            top = base + max(_minor(month, kind), 0)
            rows.append(
                {
                    "month": f"{month.month:%Y-%m}",
                    "label": wording.short_month(month.month),
                    "kind": kind,
                    "name": _name(kind),
                    "base": base / unit,
                    "top": top / unit,
                    "complete": month.complete,
                    "said": wording.money(_minor(month, kind), currency),
                    "total": wording.money(_total(month), currency),
                }
            )
            base = top
    return rows


def _chart(months: tuple[MonthSales, ...], currency: str, look: Look, over: Rows) -> Layers:
    unit, axis_title = _unit(months, currency)
    rows = _rows(months, unit, currency)
    bars = over(rows).encode(
        x=alt.X("month:O", axis=alt.Axis(title=None, labelAngle=0, labelExpr=_month_labels(months))),
        y=alt.Y("base:Q", title=axis_title, axis=alt.Axis(tickCount=5)),
        y2="top:Q",
        tooltip=[
            alt.Tooltip("label:N", title=gettext("Month")),
            alt.Tooltip("name:N", title=gettext("Bought by")),
            alt.Tooltip("said:N", title=gettext("Revenue")),
            alt.Tooltip("total:N", title=gettext("Month's total")),
        ],
    )
    size = alt.RelativeBandSize(0.72)
    drawn = [
        opaque(
            bars.transform_filter(f"datum.kind == '{kind}' && datum.complete == {str(complete).lower()}"),
            look,
            width=size,
            fill=look[ROLES[kind]] if complete else hatch(look, ROLES[kind]),
            fillOpacity=SHADES[kind],
        )
        for kind, complete in sorted({(row["kind"], row["complete"]) for row in rows if row["top"] > row["base"]})
    ]
    return alt.layer(*drawn, *_names(rows, look, over))


def _month_labels(months: tuple[MonthSales, ...]) -> str:
    """Every month's name, with the year under the first month and under each January."""
    said = {}
    for place, month in enumerate(months):
        name, year = wording.month_alone(month.month), wording.year_alone(month.month)
        said[f"{month.month:%Y-%m}"] = [name, year] if place == 0 or month.month.month == 1 else [name]
    return f"{said!r}[datum.value]"


def _names(rows: list[dict[str, Any]], look: Look, over: Rows) -> list[alt.Chart]:
    """Names at the right of the last bars, apart from each other, instead of a legend."""
    last = rows[-len(KINDS) :]
    if not last[0]["complete"] and len(rows) > len(KINDS):
        last = rows[-2 * len(KINDS) : -len(KINDS)]
    ceiling = max(row["top"] for row in rows)
    wanted = [row for row in last if any(r["top"] > r["base"] for r in rows if r["kind"] == row["kind"])]
    labels, floor = [], -ceiling
    for row in wanted:
        floor = max((row["base"] + row["top"]) / 2, floor + 0.08 * ceiling)
        labels.append({"at": floor, "name": row["name"], "kind": row["kind"]})
    named = over(labels).encode(x=alt.value("width"), y="at:Q")
    swatches = [
        named.transform_filter(f"datum.kind == '{row['kind']}'").mark_point(
            shape="square",
            size=90,
            xOffset=14,
            strokeOpacity=0,
            fill=look[ROLES[row["kind"]]],
            fillOpacity=SHADES[row["kind"]],
        )
        for row in wanted
    ]
    return [*swatches, named.mark_text(align="left", dx=26, color=look["ink"]).encode(text="name:N")]

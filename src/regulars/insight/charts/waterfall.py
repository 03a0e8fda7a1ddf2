"""The bridge from the customers at a period's start to those at its end, as a waterfall that adds up.

start − lost − passive = stayed; stayed + recovered + new = end. A step of nobody is left out.
"""

from datetime import date
from itertools import pairwise
from typing import Any

import altair as alt
from django.utils.translation import gettext, override, pgettext
from msgspec import Struct

from regulars.insight import periods, wording
from regulars.insight.charts.look import Drawing, Layers, Look, Rows, Table, finished
from regulars.insight.figures.customers import Bridge
from regulars.insight.periods import Period

AXIS = alt.Axis(title=None, labelAngle=0)


class Step(Struct, frozen=True):
    """A bar from `base` to `top`: a total, or what came or went between two totals."""

    kind: str
    name: str
    base: int
    top: int

    @property
    def total(self) -> bool:
        return self.kind in ("start", "stayed", "end")

    @property
    def said(self) -> str:
        size = self.top - self.base
        return (
            wording.count(size) if self.total else wording.signed(-size if self.kind in ("lost", "passive") else size)
        )


def drawing(bridge: Bridge, period: Period, look_back_days: int | None, look: Look, today: date) -> Drawing | None:
    """None where there was nobody, neither before nor in the period."""
    if not bridge.start and not bridge.end:
        return None
    with override(look.language):
        names = {"period": wording.period_so_far(period, today), "before": wording.period(periods.previous(period))}
        title = _finding(bridge, names)
        measure = _measure(look_back_days, names)
        steps = _steps(bridge)
        over = Rows()
        return Drawing(
            name="customer-bridge",
            title=title,
            measure=measure,
            note="",
            spec=finished(_chart(steps, look, over), over, look, height=280, description=f"{title}. {measure}."),
            table=table(steps),
            min_width=520,
        )


def table(steps: list[Step]) -> Table:
    return Table(columns=(gettext("Step"), gettext("Customers")), rows=tuple((step.name, step.said) for step in steps))


def _finding(bridge: Bridge, names: dict[str, str]) -> str:
    if not bridge.start:
        return gettext("%(period)s is the first period with customers") % names
    share = wording.about((bridge.active + bridge.carried) / bridge.start)
    said = gettext("Of %(start)s customers, %(share)s stayed in %(period)s")
    return said % {**names, "start": wording.count(bridge.start), "share": share}


def _measure(look_back_days: int | None, names: dict[str, str]) -> str:
    if look_back_days is None:
        return gettext("From the customers of %(before)s to those of %(period)s") % names
    return gettext("Customers who bought within %d days before the start, and before the end") % look_back_days


def _steps(bridge: Bridge) -> list[Step]:
    stayed = bridge.active + bridge.carried
    recovered = stayed + bridge.recovered
    steps = [
        Step("start", gettext("At start"), 0, bridge.start),
        Step("lost", gettext("Lost"), bridge.start - bridge.lost, bridge.start),
        Step("passive", gettext("Passive"), stayed, stayed + bridge.passive),
        Step("stayed", gettext("Stayed"), 0, stayed),
        Step("recovered", gettext("Recovered"), stayed, recovered),
        Step("new", pgettext("customers", "New"), recovered, recovered + bridge.new),
        Step("end", gettext("At end"), 0, bridge.end),
    ]
    return [step for step in steps if step.total or step.top > step.base]


def _chart(steps: list[Step], look: Look, over: Rows) -> Layers:
    rows = [_row(place, step) for place, step in enumerate(steps)]
    bars = over(rows).encode(
        x=alt.X("name:O", sort=None, axis=AXIS),
        tooltip=[alt.Tooltip("name:N", title=gettext("Step")), alt.Tooltip("said:N", title=gettext("Customers"))],
    )
    lost = alt.when("datum.kind == 'lost'").then(alt.value(look["attention"]))
    colour = lost.when("datum.kind == 'passive'").then(alt.value(look["edge"])).otherwise(alt.value(look["accent"]))
    height = alt.Y("base:Q", title=gettext("Customers"), axis=alt.Axis(tickCount=5))
    return alt.layer(
        _connections(rows, look, over),
        bars.mark_bar(width=alt.RelativeBandSize(0.62)).encode(y=height, y2="top:Q", color=colour),
        bars.mark_text(dy=-10, color=look["ink"], fontWeight=600).encode(y="top:Q", text="said:N"),
    )


def _row(place: int, step: Step) -> dict[str, Any]:
    return {
        "place": place,
        "kind": step.kind,
        "name": step.name,
        "base": step.base,
        "top": step.top,
        "total": step.total,
        "said": step.said,
    }


def _connections(rows: list[dict[str, Any]], look: Look, over: Rows) -> alt.Chart:
    """Thin lines at the height that a bar hands on to the next."""
    links = []
    for left, right in pairwise(rows):
        falls = left["kind"] in ("lost", "passive")
        links.append({"from": left["name"], "to": right["name"], "at": left["base"] if falls else left["top"]})
    start = alt.X("from:O", sort=None, axis=AXIS, bandPosition=0.5)
    rules = over(links).mark_rule(color=look["edge"], strokeDash=[2, 3])
    drawn: alt.Chart = rules.encode(x=start, x2=alt.X2("to:O", bandPosition=0.5), y="at:Q")
    return drawn

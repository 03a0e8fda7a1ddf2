"""The tier pyramid: how many members stand on each tier now, the highest on top."""

from typing import Any

import altair as alt
from django.utils.translation import gettext, override

from regulars.insight import wording
from regulars.insight.charts.look import Drawing, Layers, Look, Rows, Table, finished
from regulars.insight.figures.membership import Rung

ROW = 52


def drawing(rungs: tuple[Rung, ...], look: Look) -> Drawing | None:
    """None where there are no members."""
    if not sum(rung.members for rung in rungs):
        return None
    with override(look.language):
        title = _finding(rungs)
        measure = gettext("Members by tier, now")
        over = Rows()
        return Drawing(
            name="tier-pyramid",
            title=title,
            measure=measure,
            note="",
            spec=finished(
                _chart(rungs, look, over), over, look, height=ROW * len(rungs), description=f"{title}. {measure}."
            ),
            table=table(rungs),
            min_width=320,
        )


def table(rungs: tuple[Rung, ...]) -> Table:
    heads = (gettext("Tier"), gettext("Members"), gettext("Share"))
    return Table(columns=heads, rows=tuple((_name(rung), *_said(rung, rungs)) for rung in reversed(rungs)))


def _said(rung: Rung, rungs: tuple[Rung, ...]) -> tuple[str, str]:
    share = rung.members / sum(each.members for each in rungs)
    return wording.count(rung.members), wording.percent(share)


def _name(rung: Rung) -> str:
    return wording.named(rung.name, rung.tier) or gettext("Without a tier")


def _finding(rungs: tuple[Rung, ...]) -> str:
    whole = sum(rung.members for rung in rungs)
    above = sum(rung.members for rung in rungs[1:])
    words = {"members": wording.count(whole), "share": wording.about(above / whole)}
    if len(rungs) == 1:
        return gettext("%(members)s members") % words
    words["tier"] = _name(rungs[1])
    if len(rungs) == 2:
        return gettext("%(share)s of %(members)s members have reached %(tier)s") % words
    return gettext("%(share)s of %(members)s members have reached %(tier)s or above") % words


def _chart(rungs: tuple[Rung, ...], look: Look, over: Rows) -> Layers:
    widest = max(rung.members for rung in rungs)
    rows = [_row(place, rung, rungs) for place, rung in enumerate(reversed(rungs))]
    bars = over(rows).encode(
        y=alt.Y("place:O", axis=None),
        x=alt.X("left:Q", axis=None, scale=alt.Scale(domain=[-widest / 2, widest / 2], nice=False)),
        x2="right:Q",
        tooltip=[
            alt.Tooltip("name:N", title=gettext("Tier")),
            alt.Tooltip("members:N", title=gettext("Members")),
            alt.Tooltip("share:N", title=gettext("Share")),
        ],
    )
    text = over(rows).encode(y="place:O")
    return alt.layer(
        bars.mark_bar(color=look["accent"], height=alt.RelativeBandSize(0.82), cornerRadius=2),
        text.mark_text(align="right", dx=-16, color=look["ink"], fontWeight=600).encode(x=alt.value(0), text="name:N"),
        text.mark_text(align="left", dx=16, color=look["ink"]).encode(x=alt.value("width"), text="label:N"),
    )


def _row(place: int, rung: Rung, rungs: tuple[Rung, ...]) -> dict[str, Any]:
    members, share = _said(rung, rungs)
    return {
        "place": place,
        "name": _name(rung),
        "left": -rung.members / 2,
        "right": rung.members / 2,
        "members": members,
        "share": share,
        "label": f"{members} · {share}",
    }

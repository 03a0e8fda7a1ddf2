"""How every chart looks: type, lines and colours of the console, in the mode and language asked for.

A chart is drawn without its title. On a page the title is text that wraps and is read aloud; in mail and print
`render.svg` sets it above the chart.
"""

from typing import Any, Literal

import altair as alt
from msgspec import Struct

from regulars.insight.charts.tokens import FONTS, TOKENS

# `page`: colours are the page's own custom properties, which charts.js looks up when it draws.
Mode = Literal["light", "dark", "page"]


Layers = alt.LayerChart | alt.FacetChart


class Look(Struct, frozen=True):
    mode: Mode = "light"
    language: str = "en"

    def __getitem__(self, role: str) -> str:
        """The colour of a role."""
        return f"var(--{role})" if self.mode == "page" else TOKENS[self.mode][role]


class Table(Struct, frozen=True):
    """The chart's content as text, for readers and for screens: what is one click away."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Drawing(Struct, frozen=True):
    """A chart: the finding, the measure with its unit, the Vega-Lite specification, and the same as a table.

    `note` explains marks (what is hatched). Below `min_width` pixels the chart scrolls instead of shrinking.
    """

    name: str
    title: str
    measure: str
    note: str
    spec: dict[str, Any]
    table: Table
    min_width: int


class Rows:
    """A chart's data under names. Altair copies its tree often, so rows join the specification only at the end."""

    def __init__(self) -> None:
        self.named: dict[str, list[dict[str, Any]]] = {}

    def __call__(self, rows: list[dict[str, Any]]) -> alt.Chart:
        """A chart over these rows."""
        name = f"rows{len(self.named)}"
        self.named[name] = rows
        return alt.Chart(alt.NamedData(name=name))


def finished(chart: Layers, rows: Rows, look: Look, height: int, description: str) -> dict[str, Any]:
    """The specification, as wide as the place it is put in."""
    spec: dict[str, Any] = chart.properties(width="container", height=height).to_dict(validate=False)
    spec.pop("config", None)
    frame = {"description": description, "background": look["surface"], "config": config(look)}
    return {**spec, **frame, "datasets": rows.named}


def config(look: Look) -> dict[str, Any]:
    label = {"font": FONTS[look.language], "fontSize": 12, "fontWeight": "normal"}
    return {
        "font": FONTS[look.language],
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 4, "right": 4, "top": 4, "bottom": 4},
        "axis": {
            "domain": False,
            "ticks": False,
            "gridColor": look["line"],
            "labelColor": look["muted"],
            "titleColor": look["muted"],
            "labelFont": label["font"],
            "labelFontSize": label["fontSize"],
            "titleFont": label["font"],
            "titleFontSize": label["fontSize"],
            "titleFontWeight": label["fontWeight"],
            "labelPadding": 8,
            "titlePadding": 12,
        },
        # Sideways Chinese is hard to read, so what an axis measures stands above it.
        "axisY": {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleX": 0, "titleY": -24},
        "view": {"stroke": None},
        "text": {"font": label["font"], "fontSize": label["fontSize"], "color": look["ink"]},
        "title": {
            "anchor": "start",
            "frame": "bounds",
            "color": look["ink"],
            "font": label["font"],
            "fontSize": 16,
            "fontWeight": 600,
            "subtitleColor": look["muted"],
            "subtitleFont": label["font"],
            "subtitleFontSize": 13,
            "subtitlePadding": 6,
            "offset": 16,
        },
    }


def hatch(look: Look, role: str = "line", lines: int = 7) -> dict[str, Any]:
    """A diagonal hatching, for what is not complete."""
    stops = []
    for line in range(lines):
        start, middle, end = line / lines, (line + 0.3) / lines, (line + 1) / lines
        stops += [{"offset": start, "color": look[role]}, {"offset": middle, "color": look[role]}]
        stops += [{"offset": middle, "color": look["surface"]}, {"offset": end, "color": look["surface"]}]
    return {"gradient": "linear", "x1": 0, "y1": 0, "x2": 1, "y2": 1, "stops": stops}


def opaque(bars: alt.Chart, look: Look, **mark: Any) -> Layers:
    """Bars in a lighter shade through which nothing shines: drawn over the same bars in the surface's colour."""
    return alt.layer(bars.mark_bar(color=look["surface"], width=mark["width"]), bars.mark_bar(**mark))


def readable_on_accent(field: str, look: Look) -> str:
    """A test for text on a shade of jade: does the light of `on-accent` stand out more than ink?"""
    shade = f"scale('color', datum.{field})"
    return f"contrast({shade}, '{look['on-accent']}') > contrast({shade}, '{look['ink']}')"

"""A drawing as SVG or PNG, made by the server: for mail, print and tests."""

import json
import textwrap
from typing import Any

import vl_convert

from regulars.insight.charts.look import Drawing
from regulars.insight.charts.tokens import FONTS, LATIN

PRINT_FONTS = {"en": LATIN, "zh-hant": "Noto Sans CJK TC, Noto Sans TC", "zh-hans": "Noto Sans CJK SC, Noto Sans SC"}
# Characters of the title's size that fit 100 pixels; Chinese ones are twice as wide.
CHARACTERS = {"en": 12.5, "zh-hant": 6, "zh-hans": 6}


def svg(drawing: Drawing, language: str, width: int = 720) -> str:
    return str(vl_convert.vegalite_to_svg(_titled(drawing, language, width)))


def png(drawing: Drawing, language: str, width: int = 720, scale: float = 2) -> bytes:
    """The renderer takes every glyph from the first face it finds, so Chinese faces come first."""
    spec = json.dumps(_titled(drawing, language, width)).replace(FONTS[language], PRINT_FONTS[language])
    return bytes(vl_convert.vegalite_to_png(spec, scale=scale))


def _titled(drawing: Drawing, language: str, width: int) -> dict[str, Any]:
    line = int(width / 100 * CHARACTERS[language])
    subtitle = [part for part in (drawing.measure, drawing.note) if part]
    title = {
        "text": textwrap.wrap(drawing.title, line),
        "subtitle": [row for part in subtitle for row in textwrap.wrap(part, int(line * 1.2))],
    }
    return {**drawing.spec, "width": width, "title": title, "padding": 20}

"""Bars that lie: what the result rests on, as a tornado; and thin ones in the rows of a table."""

from collections.abc import Sequence
from html import escape

from msgspec import Struct

from regulars.insight.plans import drawing
from regulars.insight.plans.drawing import NARROW, WIDE, Scale

ROW_WIDE, ROW_NARROW, HEAD, FOOT = 40, 62, 8, 26


class Bar(Struct, frozen=True):
    """Two outcomes around the middle one, by the values of an assumption that lead to them; `none` is said where they
    are the same."""

    name: str
    low: int
    high: int
    said_low: str
    said_high: str
    told: str
    none: str


def tornado(bars: Sequence[Bar], middle: int, currency: str, said: str) -> tuple[str, str]:
    """The drawing for wide and for narrow places; the line in the middle is the result as stated."""
    return _tornado(bars, middle, currency, said, WIDE), _tornado(bars, middle, currency, said, NARROW)


def _tornado(bars: Sequence[Bar], middle: int, currency: str, said: str, width: int) -> str:
    is_wide = width == WIDE
    row = ROW_WIDE if is_wide else ROW_NARROW
    names = max(drawing.width_of(bar.name) for bar in bars) + 16 if is_wide else 0
    ends = max(drawing.width_of(text) for bar in bars for text in (bar.said_low, bar.said_high)) + 10
    across = drawing.scale(
        min(middle, *(min(bar.low, bar.high) for bar in bars)),
        max(middle, *(max(bar.low, bar.high) for bar in bars)),
        names + ends,
        width - ends,
    )
    foot = HEAD + row * len(bars)
    parts = []
    for place, tick in enumerate(across.ticks):
        role = "zero" if abs(tick) < 1e-9 else "grid"
        parts.append(drawing.line(across(tick), HEAD, across(tick), foot, role))
        if is_wide or place % 2 == 0:
            parts.append(drawing.text(across(tick), foot + 18, drawing.short(tick, currency), "axis", "middle"))
    parts.append(drawing.line(across(middle), HEAD, across(middle), foot, "stated"))
    for place, bar in enumerate(bars):
        parts += _row(bar, middle, across, HEAD + row * place, is_wide)
    return drawing.svg(width, foot + FOOT, parts, "wide" if is_wide else "narrow", said)


def _row(bar: Bar, middle: int, across: Scale, top: float, is_wide: bool) -> list[str]:
    y, height = (top + 10, 20) if is_wide else (top + 26, 20)
    name = drawing.text(0, y + 14, bar.name, "name") if is_wide else drawing.text(0, top + 16, bar.name, "name")
    if bar.low == bar.high:
        here = drawing.text(across(middle) + 8, y + 14, bar.none, "none")
        return [name, here]
    parts = [name]
    for value, said, role in ((bar.low, bar.said_low, "less"), (bar.high, bar.said_high, "more")):
        if value == middle:
            continue
        start, end = sorted((across(value), across(middle)))
        parts.append(drawing.box(start, y, end - start, height, role, bar.told))
        is_left = across(value) < across(middle)
        x, anchor = (start - 6, "end") if is_left else (end + 6, "start")
        parts.append(drawing.text(x, y + 14, said, "end", anchor))
    return parts


def strip(parts: Sequence[tuple[int, str, str]], whole: int) -> str:
    """A thin bar as wide as its cell: (value, role, what it says), one after the other, of a whole."""
    x, drawn = 0.0, []
    for value, role, told in parts:
        width = 100 * value / whole if whole > 0 else 0
        drawn.append(drawing.box(x, 0, width, 10, role, told))
        x += width
    said = "; ".join(told for *_, told in parts if told)
    # What it draws stands beside it in figures where it says nothing itself.
    heard = f'role="img" aria-label="{escape(said)}"' if said else 'aria-hidden="true"'
    return f'<svg viewBox="0 0 100 10" preserveAspectRatio="none" class="strip" {heard}>{"".join(drawn)}</svg>'

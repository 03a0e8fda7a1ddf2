"""What the charts of a plan are made of: series, axes, text, in pixels of a drawing of a given width."""

import re
from collections.abc import Sequence
from html import escape
from math import ceil, floor, log10

from babel.numbers import format_compact_currency, format_compact_decimal
from msgspec import Struct

from regulars.insight.wording import MINUS, locale, major
from regulars.programs.wording import reckoned as as_money

WIDE, NARROW = 720, 358
TICKS = 5
THOUSANDS = re.compile(r"(?<=\d)(?=\d{3}(?!\d))")
JOINED = "\N{WORD JOINER}"
# Pixels of a character at 12 px; those of Chinese are square.
LATIN_WIDTH, SQUARE_WIDTH = 6.6, 12.0


class Series(Struct, frozen=True):
    """`role` is the class that colours it; `said` are the values as they are written."""

    name: str
    role: str
    values: tuple[int, ...]
    said: tuple[str, ...]


class Scale(Struct, frozen=True):
    """From values to pixels; ticks at round values that hold everything between them."""

    low: float
    step: float
    count: int
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.step * self.count) * (self.end - self.start)

    @property
    def ticks(self) -> list[float]:
        return [self.low + self.step * place for place in range(self.count + 1)]


def scale(least: float, most: float, start: float, end: float) -> Scale:
    """Round steps from at most `least` to at least `most`."""
    span = (most - least) or 1
    raw = span / TICKS
    power = 10.0 ** floor(log10(raw))
    step = next(power * part for part in (1, 2, 2.5, 5, 10) if power * part >= raw * 0.999)
    below, above = floor(least / step + 1e-9), ceil(most / step - 1e-9)
    return Scale(below * step, step, max(above - below, 1), start, end)


def short(value: float, currency: str = "") -> str:
    """ "12.5K", "1.25萬", "£12K", "$2,000": a value of an axis; money in minor units."""
    if not currency:
        return _typeset(format_compact_decimal(round(value), locale=locale(), fraction_digits=2))
    amount = major(round(value), currency)
    return _typeset(format_compact_currency(amount, currency, locale=locale(), fraction_digits=2))


def money(minor: int, currency: str) -> str:
    """With a sign that stays in the line of its amount."""
    return as_money(minor, currency).replace(MINUS, MINUS + JOINED)


def _typeset(text: str) -> str:
    """Grouped where the language has no short way to write it: Chinese counts in ten thousands."""
    return THOUSANDS.sub(",", text).replace("-", MINUS)


def width_of(text: str) -> float:
    return sum(SQUARE_WIDTH if ord(letter) > 0x2E7F else LATIN_WIDTH for letter in text)


def text(x: float, y: float, said: str, role: str = "", anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{role}" text-anchor="{anchor}">{escape(said)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, role: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{role}"/>'


def box(x: float, y: float, width: float, height: float, role: str, told: str = "") -> str:
    """A rectangle; `told` is read aloud, and shown where a mouse rests."""
    title = f"<title>{escape(told)}</title>" if told else ""
    size = f'x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}"'
    return f'<rect {size} class="{role}">{title}</rect>'


def svg(width: int, height: float, parts: Sequence[str], role: str, said: str) -> str:
    frame = f'viewBox="0 0 {width} {height:.0f}" class="{role}" role="img" aria-label="{escape(said)}"'
    return f"<svg {frame}>{''.join(parts)}</svg>"

"""A figure as a tile shows it: the number, its unit, how it compares, and why it may be missing."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from msgspec import Struct

from regulars.console.definitions import DEFINITIONS
from regulars.insight import wording
from regulars.insight.figure import Compared, Dashboard, Figure
from regulars.insight.periods import DAY, Period

Way = Literal["", "down", "level", "up"]
# Relative changes and shares that round to nothing with one decimal of a per cent are no change.
NOTHING = 0.0005


class Tile(Struct, frozen=True):
    """`few` says how many a rate is of where they are too few to trust it; the number is greyed then."""

    definition: str
    name: Promise
    value: str
    unit: str
    few: str
    way: Way
    change: str
    note: str
    unfinished: str


def tiles(board: Dashboard, *definitions: str) -> list[Tile]:
    return [tile(board.figures[definition], board.compared_with) for definition in definitions]


def tile(compared: Compared, beside: Period | None) -> Tile:
    figure = compared.now
    return Tile(
        definition=figure.definition,
        name=DEFINITIONS[figure.definition].name,
        value=wording.value(figure),
        unit=unit(figure),
        few=wording.few(figure),
        way=_way(compared),
        change=wording.change(compared, beside) if beside else "",
        note=wording.note(figure),
        unfinished=wording.unfinished(figure),
    )


def unit(figure: Figure) -> str:
    return (
        ngettext("point", "points", int(figure.value)) if figure.unit == "points" and figure.value is not None else ""
    )


def _way(compared: Compared) -> Way:
    change = compared.change
    if change is None:
        return ""
    if abs(change) < NOTHING:
        return "level"
    return "up" if change > 0 else "down"


class Said(Struct, frozen=True):
    """A figure with everything needed to check it, in words. `above` over `below` gives the value."""

    tile: Tile
    sentence: Promise
    above: str
    above_name: Promise
    below: str
    below_name: Promise | str
    window: str
    zone: str
    as_of: datetime
    data_version: str


def said(compared: Compared, beside: Period | None) -> Said:
    figure, definition = compared.now, DEFINITIONS[compared.now.definition]
    above, _slash, below = wording.parts(figure).partition(" / ")
    return Said(
        tile=tile(compared, beside),
        sentence=definition.sentence,
        above=above,
        above_name=definition.above,
        below=below,
        below_name=definition.below,
        window=_window(figure),
        zone=figure.zone,
        as_of=figure.as_of.astimezone(ZoneInfo(figure.zone)),
        data_version=figure.data_version,
    )


def _window(figure: Figure) -> str:
    last = wording.day(figure.window.end - DAY)
    if figure.window.start is None:
        return gettext("everything up to %(day)s") % {"day": last}
    return f"{wording.day(figure.window.start)} – {last}"

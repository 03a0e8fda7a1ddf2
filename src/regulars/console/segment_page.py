"""Segments as their pages show them: names of starters, what was changed, how many were in one, who is, as a file."""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from msgspec import Struct, convert

from regulars.console import actors, people
from regulars.insight import wording
from regulars.intake.reading.cells import harmless
from regulars.members import queries as members
from regulars.segments import queries, saying, standings
from regulars.segments.definition import Definition, Ground, ground
from regulars.segments.models import SegmentChange
from regulars.segments.queries import Found, Line, TooLong
from regulars.storefront.shop import Shop

LISTED = 50
CHUNK = 1_000
WIDTH, HEIGHT, GAP = 720, 96, 4
# A bar of the first days is no wider than this.
WIDEST = 36
STARTERS: Mapping[str, Promise] = {
    "quiet": gettext_lazy("Regulars who went quiet"),
    "new": gettext_lazy("New, and not back yet"),
    "best": gettext_lazy("The best customers"),
    "birthday": gettext_lazy("Birthday next month"),
    "expiring": gettext_lazy("Points about to run out"),
}
WHAT: Mapping[str, Promise] = {
    "archived": gettext_lazy("Archived"),
    "brought_back": gettext_lazy("Brought back"),
    "changed": pgettext_lazy("segment", "Changed"),
    "made": pgettext_lazy("segment", "Made"),
}
REFUSED: Mapping[str, Promise] = {
    "archived_already": gettext_lazy("It is archived: bring it back before you change it."),
    "changed_meanwhile": gettext_lazy("Somebody else saved it meanwhile. Open it again and change it from there."),
    "done_already": gettext_lazy("This was saved already."),
    "key_taken": gettext_lazy("Another segment is called so in programs."),
    "segment_unknown": gettext_lazy("There is no such segment any more."),
    "too_many": gettext_lazy("There are as many segments as possible: archive one first."),
}


class Listed(Struct, frozen=True):
    """A line of the list; `counted` is local."""

    key: str
    name: str
    says: str
    size: int | None
    counted: datetime | None
    tells: bool


class Counted(Struct, frozen=True):
    """A count for somebody who waits. `why` says why there is none."""

    members: int = 0
    of: int = 0
    share: str = ""
    some: tuple[people.Row, ...] = ()
    why: str = ""


class Said(Struct, frozen=True):
    """A change: `before` and `after` name what differs."""

    at: datetime
    what: str
    who: str
    before: str
    after: str


class Bar(Struct, frozen=True):
    day: date
    members: int
    x: float
    y: float
    width: float
    height: float


def listed(shop: Shop, *, archived: bool = False) -> list[Listed]:
    known = ground(shop.published.programs)
    return [
        Listed(
            line.key,
            line.name,
            says(shop, known, line.definition),
            line.size,
            shop.local(line.counted_at) if line.counted_at else None,
            line.tells,
        )
        for line in queries.every(shop.published, archived=archived)
    ]


def count(shop: Shop, key: str) -> str:
    """Count one that nobody has counted since it was saved; its key, where there is one."""
    line = queries.get(shop.id, key)
    if line is None or line.archived_at or line.size is not None:
        return ""
    with suppress(TooLong):
        standings.count(shop.published, line)
    return key


def says(shop: Shop, known: Ground, asked: Definition) -> str:
    """Begins with a capital letter, where the language has them."""
    said = saying.definition(asked, known, shop.published.programs)
    return said[:1].upper() + said[1:]


def counted(shop: Shop, asked: Definition, *, shows: bool, personal: bool) -> Counted:
    """`shows` some of them to who may see members, `personal` with their names."""
    try:
        found = queries.found(shop.published, asked, shop.now)
    except TooLong:
        return Counted(why=_("This takes longer than three seconds to count. Save it: it is counted within minutes."))
    return Counted(
        found.members,
        found.of,
        wording.part(found.share),
        tuple(_some(shop, found, personal)) if shows else (),
    )


def _some(shop: Shop, found: Found, personal: bool) -> Iterator[people.Row]:
    known = members.several(shop.id, found.sample, personal=personal)
    return (people.row(known[one], shop) for one in found.sample if one in known)


def changes(shop: Shop, line: Line) -> list[Said]:
    """Newest first."""
    known = ground(shop.published.programs)
    kept = list(SegmentChange.objects.filter(segment_id=line.id).order_by("-id")[:LISTED])
    called = actors.names(shop.id, {one.actor for one in kept})
    return [
        Said(
            shop.on_its_clock(one.at),
            str(WHAT[one.what]),
            called[one.actor],
            differs(shop, known, one.before),
            differs(shop, known, one.after),
        )
        for one in kept
    ]


def differs(shop: Shop, known: Ground, said: Mapping[str, object]) -> str:
    words = []
    if name := said.get("name"):
        words.append(str(name))
    if "definition" in said:
        words.append(says(shop, known, convert(said["definition"], Definition)))
    if "tells" in said:
        words.append(_("programs may use it") if said["tells"] else _("not for programs"))
    return " · ".join(words)


def bars(line: Line) -> list[Bar]:
    """How many were in it, a bar for each day; nothing where there is one day alone."""
    sizes = queries.sizes(line.id)
    if len(sizes) < 2:
        return []
    most, width = max(size for _day, size in sizes) or 1, min(WIDTH / len(sizes), WIDEST)
    return [
        Bar(day, size, round(place * width, 1), round(HEIGHT - high, 1), round(max(width - GAP, 1), 1), round(high, 1))
        for place, (day, size) in enumerate(sizes)
        for high in [max(size * HEIGHT / most, 1)]
    ]


def file(shop: Shop, found: list[UUID]) -> Iterator[str]:
    """Comma-separated, some members at a time."""
    head = ["member", "number", "card", "name", "email", "phone", "language", "tier", "points", "orders", "last_order"]
    yield "\N{BYTE ORDER MARK}" + _line(head)
    for begin in range(0, len(found), CHUNK):
        some = found[begin : begin + CHUNK]
        known = members.several(shop.id, some, personal=True)
        yield "".join(
            _line([
                str(one.id), one.external_id, one.card, one.name, one.email, one.phone, one.language, one.tier,
                str(one.available), str(one.orders),
                shop.local(one.last_order_at).date().isoformat() if one.last_order_at else "",
            ])
            for number in some
            if (one := known.get(number))
        )  # fmt: skip


def _line(cells: list[str]) -> str:
    kept = io.StringIO()
    csv.writer(kept).writerow(map(harmless, cells))
    return kept.getvalue()

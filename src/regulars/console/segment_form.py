"""The form of a segment: what was sent as a definition, and a definition as fields.

Fields are named by their place, `g0.c1.value`. Without JavaScript every button sends the whole form and shows it anew.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.console import choosing
from regulars.programs import wording
from regulars.segments import saying
from regulars.segments.definition import (
    CONDITIONS_MOST,
    GROUPS_MOST,
    WORD_LONGEST,
    Condition,
    Definition,
    Fault,
    Ground,
    Group,
    choices,
    possible_of,
)
from regulars.segments.vocabulary import ABOUT, GROUPS, Asked
from regulars.storefront.shop import Shop

FIRST = Condition("orders", "at_least", ("1",))
PLACE = re.compile(r"g(\d{1,2})(?:\.c(\d{1,2}))?\.[a-z]+")
PATH = re.compile(r"groups\[(\d+)\](?:\.conditions\[(\d+)\])?\.?(\w*)")
# What is no condition, and has a field.
OWN_FIELDS = ("name", "key")
# More would be a list that nobody reads: then people write.
CHIPS_MOST = 12
NUMBERS = {"count", "days", "growth", "money", "points"}
BETWEEN = re.compile(r"[,，、\n]")


class Row(Struct, frozen=True):
    """A condition as fields. `place` begins their names; `words` are what is written besides the chips."""

    place: str
    number: int
    about: str
    label: str
    abouts: list[choosing.Group]
    hows: list[choosing.Choice]
    ofs: list[choosing.Choice]
    chips: list[choosing.Choice]
    sort: str
    text: str
    unit: str
    suggestions: list[str]
    days: str
    in_days: bool
    fault: str = ""
    fault_days: str = ""


class Card(Struct, frozen=True):
    """A group as a part of the form."""

    place: str
    matches: list[choosing.Choice]
    rows: list[Row]


class SegmentForm(Struct, frozen=True):
    matches: list[choosing.Choice]
    cards: list[Card]
    may_add: bool
    may_add_group: bool


def read(sent: QueryDict) -> Definition:
    """What was sent, as far as it goes; what is wrong with it is somebody else's to say. Then what the button did."""
    groups: dict[int, dict[int, None]] = {}
    for name in sent:
        if found := PLACE.fullmatch(name):
            rows = groups.setdefault(int(found[1]), {})
            if found[2]:
                rows[int(found[2])] = None
    read = [
        Group(
            tuple(_condition(sent, f"g{group}.c{row}") for row in sorted(rows)[:CONDITIONS_MOST]),
            _word(sent, f"g{group}.match") or "all",
        )
        for group, rows in sorted(groups.items())[:GROUPS_MOST]
    ]
    return _done(_word(sent, "do"), Definition(tuple(read), _word(sent, "match") or "all"))


def _word(sent: QueryDict, name: str) -> str:
    return sent.get(name, "").replace("\0", "").strip()[:WORD_LONGEST]


def _condition(sent: QueryDict, place: str) -> Condition:
    """Where what it is about was changed, the rest is of something else: only what is written stays, where it may."""
    about, was = _word(sent, f"{place}.about"), _word(sent, f"{place}.was")
    asked = ABOUT.get(about)
    if asked is None:
        return FIRST
    is_same = was == about
    how = _word(sent, f"{place}.is")
    values = [value[:WORD_LONGEST] for value in sent.getlist(f"{place}.value") if value and is_same]
    if asked.values and (is_same or _reads_alike(asked, ABOUT.get(was))):
        text = sent.get(f"{place}.text", "")
        several = asked.values in ("choice", "words")
        values += [part.strip() for part in (BETWEEN.split(text) if several else [text.replace(",", "")])]
    kept = tuple(dict.fromkeys(value for value in values if value)) if asked.values else ()
    of = _word(sent, f"{place}.of") if asked.of else ""
    return Condition(
        about,
        how if how in asked.hows else asked.hows[0],
        kept,
        of if is_same or asked.of != "consent" else "news",
        _word(sent, f"{place}.days") if asked.in_days else "",
    )


def _reads_alike(asked: Asked, was: Asked | None) -> bool:
    """Whether what is written for the one may be meant for the other: a number, or words."""
    return was is not None and (asked.values == was.values or {asked.values, was.values} <= NUMBERS)


def _done(do: str, asked: Definition) -> Definition:
    """What a button of the form adds or takes away."""
    verb, _colon, which = do.partition(":")
    group, _dot, row = which.partition(".")
    place = int(group) if group.isascii() and group.isdigit() else -1
    groups = list(asked.groups)
    if verb == "group" or not groups:
        groups.append(Group((FIRST,)))
    elif verb == "add" and 0 <= place < len(groups):
        groups[place] = Group((*groups[place].conditions, FIRST), groups[place].match)
    elif verb == "drop" and 0 <= place < len(groups) and row.isascii() and row.isdigit():
        left = tuple(one for number, one in enumerate(groups[place].conditions) if number != int(row))
        groups[place] = Group(left, groups[place].match)
        groups = [one for one in groups if one.conditions] or [Group((FIRST,))]
    return Definition(tuple(groups), asked.match)


def focus(do: str, left: Definition) -> str:
    """The place of the condition to go on at, once a button did what it does: the new one, or the one before what went.
    Nothing where none was added or taken away."""
    verb, _colon, which = do.partition(":")
    group, _dot, row = which.partition(".")
    places = [(number, place) for number, one in enumerate(left.groups) for place, _one in enumerate(one.conditions)]
    if verb == "group":
        found = places
    elif verb == "add":
        found = [place for place in places if str(place[0]) == group]
    elif verb == "drop" and group.isdecimal() and row.isdecimal():
        found = [place for place in places if place < (int(group), max(int(row), 1))]
    else:
        return ""
    return "g{}.c{}".format(*(found or places)[-1])


def form(
    shop: Shop, asked: Definition, known: Ground, had: Mapping[str, Sequence[str]], faults: Sequence[Fault]
) -> SegmentForm:
    """`had` are values that members have, by kind, to choose from."""
    wrong = _placed(faults)
    count = sum(1 for _one in asked.conditions)
    cards = [
        Card(
            f"g{number}",
            choosing.choices(
                {"all": _("all of these"), "any": _("any of these"), "none": _("none of these")}, group.match
            ),
            [_row(shop, known, had, f"g{number}", place, one, wrong) for place, one in enumerate(group.conditions)],
        )
        for number, group in enumerate(asked.groups)
    ]
    together = choosing.choices({"all": _("all groups"), "any": _("any group")}, asked.match)
    return SegmentForm(together, cards, count < CONDITIONS_MOST, count < CONDITIONS_MOST and len(cards) < GROUPS_MOST)


def _row(
    shop: Shop, known: Ground, had: Mapping[str, Sequence[str]], card: str, number: int, one: Condition,
    wrong: Mapping[str, str],
) -> Row:  # fmt: skip
    asked, place = one.asked, f"{card}.c{number}"
    programs = shop.published.programs
    possible = list(choices(asked, one.about, known, one.of))
    suggestions = [] if asked.values != "words" else list(had.get(one.about, ()))
    offered = possible or (suggestions if len(suggestions) <= CHIPS_MOST else [])
    names = {value: saying.value(one.about, value, programs) for value in offered}
    return Row(
        place=place,
        number=number,
        about=one.about,
        label=str(saying.NAMES[one.about]),
        abouts=_abouts(one.about, known),
        hows=choosing.choices({how: saying.how(one.about, how) for how in asked.hows}, one.how),
        ofs=_ofs(asked, known, one.of, shop),
        chips=[choosing.Choice(value, names[value], value in one.values) for value in offered],
        sort=asked.values,
        text=", ".join(value for value in one.values if value not in names),
        unit=_unit(asked, known, one, shop),
        suggestions=[] if names else suggestions,
        days=one.days,
        in_days=asked.in_days,
        fault=wrong.get(f"{place}.values") or wrong.get(f"{place}.of") or wrong.get(f"{place}.is", ""),
        fault_days=wrong.get(f"{place}.days", ""),
    )


def _abouts(chosen: str, known: Ground) -> list[choosing.Group]:
    """What the program does not have is not offered."""
    missing = {"attribute"} if not known.attributes else set()
    missing |= {"tier", "to_next_tier"} if not known.tiers else set()
    return [
        choosing.Group(
            saying.GROUPS[group],
            [
                choosing.Choice(about, saying.NAMES[about], about == chosen)
                for about in abouts
                if about not in missing or about == chosen
            ],
        )
        for group, abouts in GROUPS.items()
    ]


def _ofs(asked: Asked, known: Ground, chosen: str, shop: Shop) -> list[choosing.Choice]:
    possible = possible_of(asked, known)
    if asked.of == "wallet" and len(possible) < 2:
        return []
    return [choosing.Choice(one, saying.of(asked.of, one, shop.published.programs), one == chosen) for one in possible]


def _unit(asked: Asked, known: Ground, one: Condition, shop: Shop) -> str:
    if asked.values == "money" or (asked.values == "growth" and known.growth_in_money):
        return known.currency
    if asked.values == "points":
        return wording.unit(one.of or known.wallets[0], shop.published.programs)
    return _("days") if asked.values == "days" else ""


def _placed(faults: Sequence[Fault]) -> dict[str, str]:
    """What is wrong by the names of fields."""
    placed: dict[str, str] = {}
    for fault in faults:
        if (found := PATH.fullmatch(fault.path)) and found[2]:
            placed.setdefault(f"g{found[1]}.c{found[2]}.{found[3]}", saying.fault(fault))
    return placed


def elsewhere(faults: Sequence[Fault]) -> list[str]:
    """What is wrong with no single field."""
    return [
        saying.fault(fault)
        for fault in faults
        if fault.path not in OWN_FIELDS and not ((found := PATH.fullmatch(fault.path)) and found[2])
    ]


def kinds(asked: Definition) -> list[str]:
    """Of which kinds members' values are asked for, to choose from."""
    return sorted({one.about for one in asked.conditions if one.about in ABOUT and one.asked.values == "words"})


STARTERS: dict[str, dict[str, Any]] = {
    "quiet": {"groups": [{"conditions": [
        {"about": "orders", "is": "at_least", "values": ["3"], "days": "365"},
        {"about": "recency", "is": "over", "values": ["60"]},
    ]}]},
    "new": {"groups": [{"conditions": [
        {"about": "joined", "is": "within", "values": ["30"]},
        {"about": "orders", "is": "at_most", "values": ["1"]},
    ]}]},
    "best": {"groups": [{"conditions": [{"about": "rfm", "is": "is", "values": ["champions", "loyal"]}]}]},
    "birthday": {"groups": [{"conditions": [{"about": "birthday", "is": "is", "values": ["next"]}]}]},
    "expiring": {"groups": [{"conditions": [
        {"about": "expiring", "is": "within", "values": ["30"]},
        {"about": "recency", "is": "over", "values": ["30"]},
    ]}]},
}  # fmt: skip

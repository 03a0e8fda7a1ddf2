"""Words in the order in which the grammar has them. Where the order has a meaning (wallets, rules) it stays.

Comments move with what they are about.
"""

from functools import cache

from msgspec import inspect

from regulars.engine.document import (
    RawCampaign,
    RawCap,
    RawDocument,
    RawLevel,
    RawReward,
    RawRule,
    RawTierSet,
    RawWallet,
)
from regulars.programs.canonical.parts import BLANK, Item, Node, Parts
from regulars.programs.stories.written import RawLine, RawStep, RawStory

# Short as they may be, these are written one word a line; so are lists of them.
TALL = {RawDocument, RawWallet, RawTierSet, RawRule, RawReward, RawStory, RawStep}
TALL_LISTS = TALL | {RawCampaign, RawLevel, RawCap}
# What a reader looks for first. Elsewhere what members call it comes second; what is long comes last.
FIRST: dict[type | None, tuple[str, ...]] = {
    RawDocument: ("program", "name", "timezone", "currency", "enrolment"),
    RawCap: ("cap", "wallet"),
    RawLine: ("line",),
}
LAST = ("levels", "lines", "lots", "story")
ANY = inspect.AnyType()


def arranged(parts: Parts) -> Parts:
    words = {item.key for item in parts.root.items or ()}
    is_story = "story" in words
    _arrange(parts.root, _known(RawStory if is_story else RawDocument), is_story)
    parts.root.block = True
    _lift(parts.root)
    return parts


def _lift(node: Node) -> None:
    """Comments that cannot stand where they were said move up: after a dash, or the second of one line."""
    for item in node.items or ():
        _lift(item.value)
        item.above += item.beside[1:]
        del item.beside[1:]
        if item.key is None and item.value.items:
            if item.value.block or item.value.commented:
                item.above += item.beside
                item.beside = []
            first = item.value.items[0]
            item.above += [line for line in first.above if line != BLANK]
            first.above = []


@cache
def _known(kind: type) -> inspect.Type:
    return inspect.type_info(kind)


def _arrange(node: Node, kind: inspect.Type, in_story: bool = False) -> None:
    kind = _meant(node, kind)
    if node.items is None:
        return
    if isinstance(kind, inspect.StructType):
        _arrange_struct(node, kind, in_story)
        return
    below: inspect.Type = ANY
    if node.is_list and isinstance(kind, inspect.ListType):
        below = kind.item_type
        node.block = _part(below) in TALL_LISTS
    elif isinstance(kind, inspect.DictType):
        below = kind.value_type
        node.block = _part(below) in TALL
    for item in node.items:
        _arrange(item.value, below)


def _arrange_struct(node: Node, kind: inspect.StructType, in_story: bool) -> None:
    fields = {field.encode_name: field.type for field in kind.fields}
    places = {name: place for place, name in enumerate(_order(_part(kind), list(fields)))}
    items = node.items or []
    items.sort(key=lambda item: places.get(item.key or "", len(places)))
    node.block = _part(kind) in TALL
    for item in items:
        is_program = in_story and item.key == "program"
        _arrange(item.value, _known(RawDocument) if is_program else _below(item, fields))


def _below(item: Item, fields: dict[str, inspect.Type]) -> inspect.Type:
    """A new version is written like a program."""
    return _known(RawDocument) if item.key == "publish" else fields.get(item.key or "", ANY)


def _order(part: type | None, names: list[str]) -> list[str]:
    first = (FIRST.get(part) if part else None) or tuple(
        name for name in (names[0], "name") if name in names and name not in LAST
    )
    between = [name for name in names if name not in first and name not in LAST]
    return [*first, *between, *(name for name in names if name in LAST)]


def _meant(node: Node, kind: inspect.Type) -> inspect.Type:
    """Of several possible types the one that is written here."""
    if not isinstance(kind, inspect.UnionType):
        return kind
    wanted = inspect.ListType if node.is_list else (inspect.StructType, inspect.DictType)
    return next((one for one in kind.types if isinstance(one, wanted)), ANY)


def _part(kind: inspect.Type) -> type | None:
    return kind.cls if isinstance(kind, inspect.StructType) else None

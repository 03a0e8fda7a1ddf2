"""A text as nodes: what is said, and with it the comments that belong to it.

A comment at the end of a line belongs to what was begun last on it; a line of comment, and a blank line, to what comes
next. What stands before everything is the head, what stands after everything the tail.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml
from msgspec import Struct, field

BLANK = ""
# What may stand before a comment that has the line for itself: a list's item begins below it.
DASHES = re.compile(r"[ \t]*(-[ \t]+)*")


class Item(Struct):
    """An entry of a collection; `key` is None in a list. `above` are lines of comment or blank ones."""

    key: str | None
    value: "Node"
    start: int
    above: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)


class Node(Struct):
    """A word, or a collection. `end` is where its text ends; `block`: it is written one item a line."""

    text: str = ""
    items: list[Item] | None = None
    is_list: bool = False
    is_flow: bool = False
    end: int = 0
    block: bool = False

    @property
    def commented(self) -> bool:
        """Whether a comment belongs to something inside of it."""
        return any(
            any(line != BLANK for line in item.above) or item.beside or item.value.commented
            for item in self.items or ()
        )


# An item, and all the items it stands in (itself last), each with its collection.
Begun = tuple[Item, list[tuple[Item, Node]]]


class Parts(Struct):
    root: Node
    head: list[str]
    tail: list[str]


def parted(text: str) -> Parts:
    """Of a text that `tree.grown` can read."""
    events = yaml.parse(text, Loader=yaml.BaseLoader)
    next(events)
    next(events)
    reading = Reading(events)
    root = reading.node(next(events))
    parts = Parts(root, [], [])
    _comment(parts, reading.items, list(remarks(text)))
    return parts


class Reading:
    """One pass over the parser's events; `items` are in order of the text."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self.events = events
        self.items: list[Begun] = []
        self.around: list[tuple[Item, Node]] = []

    def node(self, event: yaml.Event) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return Node(str(event.value), end=index_of(event.end_mark))
        assert isinstance(event, yaml.CollectionStartEvent), event
        is_list = isinstance(event, yaml.SequenceStartEvent)
        found = Node(items=[], is_list=is_list, is_flow=bool(event.flow_style))
        while not isinstance(event := next(self.events), yaml.CollectionEndEvent):
            self.item(found, event)
        found.end = index_of(event.end_mark)
        return found

    def item(self, inside: Node, event: yaml.Event) -> None:
        start = index_of(event.start_mark)
        item = Item(None if inside.is_list else str(getattr(event, "value", "")), Node(), start)
        assert inside.items is not None
        inside.items.append(item)
        self.items.append((item, [*self.around, (item, inside)]))
        self.around.append((item, inside))
        item.value = self.node(event if inside.is_list else next(self.events))
        self.around.pop()


def index_of(mark: Any) -> int:
    return int(mark.index)


class Remark(Struct, frozen=True):
    """A comment, or a blank line: where it stands, and whether it has the line for itself."""

    at: int
    text: str
    is_alone: bool


def remarks(text: str) -> Iterator[Remark]:
    """Whatever lies between the tokens and is not only spaces within a line."""
    covered = 0
    for token in yaml.scan(text, Loader=yaml.BaseLoader):
        start, end = index_of(token.start_mark), index_of(token.end_mark)
        if start > covered:
            yield from _between(text, covered, start)
        covered = max(covered, end)
    yield from _between(text, covered, len(text))


def _between(text: str, start: int, end: int) -> Iterator[Remark]:
    at = start
    for line in re.findall(r"[^\n]*\n|[^\n]+", text[start:end]):
        said = line.strip(" \t\n")
        before = text[text.rfind("\n", 0, at) + 1 : at] + line.partition("#")[0]
        if said.startswith("#"):
            yield Remark(at, said, is_alone=DASHES.fullmatch(before) is not None)
        elif line.endswith("\n") and not before.strip():
            yield Remark(at, BLANK, is_alone=True)
        at += len(line)


def _comment(parts: Parts, items: list[Begun], said: list[Remark]) -> None:
    """Give every remark to the item it belongs to."""
    place = 0
    waiting: list[str] = []
    for remark in said:
        while place < len(items) and items[place][0].start < remark.at:
            waiting = _give(parts, items, place, waiting)
            place += 1
        if remark.is_alone or not place:
            waiting.append(remark.text)
        else:
            _owner(items[place - 1], remark.at).beside.append(remark.text)
    if place < len(items):
        waiting = _give(parts, items, place, waiting)
    parts.tail = waiting


def _give(parts: Parts, items: list[Begun], place: int, waiting: list[str]) -> list[str]:
    if place:
        items[place][0].above = waiting
    else:
        parts.head = waiting
    return []


def _owner(begun: Begun, at: int) -> Item:
    """What a comment at the end of a line belongs to: not what stands in brackets that are closed by now."""
    owner, around = begun
    for place, (_, inside) in enumerate(around):
        if inside.is_flow and inside.end <= at:
            return around[place - 1][0] if place else owner
    return owner

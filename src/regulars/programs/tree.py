"""A program document as a tree of text, each place with its line.

Read as YAML 1.2 with every scalar kept as it is written: `on`, `14:00` and `NO` are words here, what they mean is the
grammar's business. What makes a document say two things at once is refused: doubled keys, anchors, aliases, tags.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import yaml
from msgspec import Struct

from regulars.engine.problems import Problem
from regulars.programs.typed import in_structure

Tree = str | list["Tree"] | dict[str, "Tree"]

SIZE_LIMIT = 200_000
DEPTH_LIMIT = 20
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
NO_COLON = "could not find expected ':'"


class Source(Struct, frozen=True):
    """`lines` holds the line of each path, `earn[2].when.from`, counted from 1; the root's path is empty."""

    tree: Tree
    lines: dict[str, int]


class Unreadable(ValueError):
    """The text is no such tree."""

    def __init__(self, line: int, path: str, value: str, code: str, **told: str) -> None:
        super().__init__(f"line {line}: {code}")
        self.line, self.problem = line, Problem(path, value, code, told=told)


def grown(text: str) -> Source:
    """Raises Unreadable at the first thing that cannot be read. A page reads the same text several times over, so the
    last few are kept; whoever asks has a tree of their own."""
    found = _read(text)
    return Source(copied(found.tree), found.lines)


def copied(tree: Tree) -> Tree:
    if isinstance(tree, dict):
        return {word: copied(below) for word, below in tree.items()}
    return [copied(below) for below in tree] if isinstance(tree, list) else tree


def at(tree: Tree, path: str) -> Tree | None:
    """What stands at `earn[0].when`; None where nothing does."""
    for name, place in _STEP.findall(path):
        if name and isinstance(tree, dict) and name in tree:
            tree = tree[name]
        elif place and isinstance(tree, list) and int(place) < len(tree):
            tree = tree[int(place)]
        else:
            return None
    return tree


@lru_cache(maxsize=8)
def _read(text: str) -> Source:
    if len(text) > SIZE_LIMIT:
        raise Unreadable(1, "", "", "document_too_long", most=f"{SIZE_LIMIT:,}")
    reading = Reading(yaml.parse(text, Loader=yaml.BaseLoader))
    try:
        return reading.source()
    except yaml.MarkedYAMLError as error:
        raise _unread(text, error) from None
    except yaml.YAMLError as error:
        raise Unreadable(1, "", "", "not_yaml", parser=str(error)) from None


def _unread(text: str, error: yaml.MarkedYAMLError) -> Unreadable:
    """Where it is wrong: a word without a colon is noticed only below it."""
    mark = error.problem_mark or error.context_mark
    if str(error.problem).startswith(NO_COLON):
        mark = error.context_mark or mark
    line = mark.line + 1 if mark else 1
    if found := in_structure(text, line):
        told = {"hint": "typed", "sign": found.sign, "instead": found.instead}
        return Unreadable(found.line, "", "", "not_yaml", parser=str(error.problem), **told)
    return Unreadable(line, "", "", "not_yaml", parser=str(error.problem))


class Reading:
    """One pass over the parser's events."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self.events = events
        self.lines: dict[str, int] = {}

    def source(self) -> Source:
        next(self.events)  # the stream begins
        if isinstance(next(self.events), yaml.StreamEndEvent):
            raise Unreadable(1, "", "", "document_empty")
        tree = self.node(next(self.events), "", 0)
        next(self.events)  # the document ends
        following = next(self.events)
        if not isinstance(following, yaml.StreamEndEvent):
            raise Unreadable(_line(following), "", "---", "documents_several")
        return Source(tree, self.lines)

    def node(self, event: yaml.Event, path: str, depth: int) -> Tree:
        self.lines[path] = _line(event)
        _refuse_riddles(event, path)
        if depth > DEPTH_LIMIT:
            raise Unreadable(_line(event), path, "", "nested_too_deep", most=str(DEPTH_LIMIT))
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(path, depth)
        assert isinstance(event, yaml.ScalarEvent), event
        return str(event.value)

    def mapping(self, path: str, depth: int) -> dict[str, Tree]:
        found: dict[str, Tree] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise Unreadable(_line(event), path, "", "name_missing")
            _refuse_riddles(event, path)
            name = event.value
            below = f"{path}.{name}" if path else name
            if name in found:
                raise Unreadable(_line(event), below, name, "said_twice", before=str(self.lines[below]))
            found[name] = self.node(next(self.events), below, depth + 1)
            self.lines[below] = _line(event)
        return found

    def sequence(self, path: str, depth: int) -> list[Tree]:
        found: list[Tree] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            found.append(self.node(event, f"{path}[{len(found)}]", depth + 1))
        return found


def _refuse_riddles(event: yaml.Event, path: str) -> None:
    anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
    if isinstance(event, yaml.AliasEvent):
        raise Unreadable(_line(event), path, f"*{anchor}", "alias")
    if anchor is not None:
        raise Unreadable(_line(event), path, f"&{anchor}", "anchor")
    if tag is not None:
        raise Unreadable(_line(event), path, tag, "tag")


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1

"""Writes nodes as text: two spaces deeper for each level, on one line where it fits, quotes where they are needed."""

import re
from collections.abc import Callable, Iterable
from functools import cache

from regulars.programs.canonical.parts import BLANK, Item, Node, Parts
from regulars.programs.tree import Unreadable, grown

WIDTH = 120
# Certainly read as it is written, wherever it stands; whatever else is tried.
PLAIN = re.compile(r"[^\W_](?:[\w .+/%()-]*[\w.+/%()])?")

# Read by some as something else.
CONFUSING = ("", "-", "?", ":", "---", "...")


def written(parts: Parts) -> str:
    body = _lines(parts.root, 0) if parts.root.items else [flow(parts.root)]
    lines = [*_tidy(parts.head, is_first=True), *body, *_ending(parts.tail)]
    return "\n".join(lines) + "\n"


def _lines(node: Node, indent: int) -> list[str]:
    """A collection, one item after the other."""
    found: list[str] = []
    for place, item in enumerate(node.items or ()):
        lifted, below = _item(item, indent)
        above = _tidy([*item.above, *lifted], is_first=place == 0)
        found += [line and " " * indent + line for line in above]
        found += below
    return found


def _item(item: Item, indent: int) -> tuple[list[str], list[str]]:
    """(comments that must stand above it, its lines): nothing can be said beside a dash that begins several lines."""
    start = " " * indent + ("-" if item.key is None else f"{_word(item.key, 'key')}:")
    line = _on_a_line(item, start)
    if line is not None:
        return [], [_with(line, item.beside)]
    below = _lines(item.value, indent + 2)
    if item.key is not None:
        return [], [_with(start, item.beside), *below]
    lifted = list(item.beside)
    while below[0].lstrip().startswith("#"):
        lifted.append(below.pop(0).lstrip())
    return lifted, [start + below[0][len(start) :], *below[1:]]


def _with(line: str, beside: list[str]) -> str:
    return f"{line}  {beside[0]}" if beside else line


def _on_a_line(item: Item, start: str) -> str | None:
    """None where it needs several lines."""
    value = item.value
    if value.items is None:
        return start if item.key is not None and not value.text else f"{start} {_word(value.text, 'value')}"
    if value.items and (value.block or value.commented):
        return None
    line = f"{start} {flow(value)}"
    return line if len(line) <= WIDTH or not value.items else None


def flow(node: Node) -> str:
    """A collection, or a word, as it stands on one line."""
    if node.items is None:
        return _word(node.text, "flow value")
    if node.is_list:
        return "[" + ", ".join(flow(item.value) for item in node.items) + "]"
    return "{" + ", ".join(f"{_word(item.key or '', 'flow key')}: {flow(item.value)}" for item in node.items) + "}"


def _tidy(lines: Iterable[str], is_first: bool) -> list[str]:
    """One blank line for several, none at the beginning of a collection."""
    found: list[str] = []
    for line in lines:
        if line != BLANK or (found[-1] != BLANK if found else not is_first):
            found.append(line)
    return found


def _ending(lines: Iterable[str]) -> list[str]:
    found = _tidy(lines, is_first=False)
    while found and found[-1] == BLANK:
        found.pop()
    return found


# Words

TRIED: dict[str, tuple[str, Callable[[str], object]]] = {
    "value": ("a: {}", lambda text: {"a": text}),
    "key": ("{}: a", lambda text: {text: "a"}),
    "flow value": ("[{}, {{a: {}}}]", lambda text: [text, {"a": text}]),
    "flow key": ("{{{}: a}}", lambda text: {text: "a"}),
}


@cache
def _word(text: str, place: str) -> str:
    if PLAIN.fullmatch(text) or _is_plain(text, place):
        return text
    if not text.isprintable():
        return '"' + "".join(map(_escaped, text)) + '"'
    return "'" + text.replace("'", "''") + "'" if set(text) & set('"\\') else f'"{text}"'


def _is_plain(text: str, place: str) -> bool:
    """Whether it is read as it is written, without quotes."""
    sample, meant = TRIED[place]
    if text in CONFUSING or not text.isprintable():
        return False
    try:
        return bool(grown(sample.format(text, text)).tree == meant(text))
    except Unreadable:
        return False


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return character if character.isprintable() else f"\\U{ord(character):08X}"

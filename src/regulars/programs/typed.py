"""Signs that a Chinese keyboard gives where YAML and phrases know only the plain ones: `：`, `，`, `１`, `“`, U+3000.

They are right in texts that people read, so they are looked for only where something could not be read.
"""

import re
import unicodedata
from collections.abc import Iterator

from msgspec import Struct

WIDE_SPACE = "\N{IDEOGRAPHIC SPACE}"
# Those that are no wide form of a plain sign.
_OTHERS = {"“": '"', "”": '"', "‘": "'", "’": "'", "「": '"', "」": '"', "、": ",", "。": ".", "【": "[", "】": "]"}
_OTHERS |= {"—": "-", "–": "-", "−": "-", WIDE_SPACE: " "}
_FIRST_WIDE, _LAST_WIDE = "\N{FULLWIDTH EXCLAMATION MARK}", "\N{FULLWIDTH TILDE}"
# Each ends with the sign: an indent, the mark of a list, the colon of a word, what parts words, a bracket.
_STRUCTURE = (
    re.compile(rf"^[ \t]*{WIDE_SPACE}"),
    re.compile(r"^\s*[－—–−](?=[\s\w])"),
    re.compile(r"(?:^|[-－{,，｛\[、])\s*[a-z][a-z_ ]*："),
    re.compile(r"[A-Za-z0-9%\"'}\]][，、](?=\s*[a-z][a-z_ ]*[:：])"),
    re.compile(r"^\s*(?:- *)?(?:[a-z][a-z_ ]*: *)?[｛［【]"),
    re.compile(r"\{[^}]*｝(?=\s*$)"),
    re.compile(r"\[[^\]]*[］】](?=\s*$)"),
)
# A parser says what is wrong where it gives up, some lines below.
_LINES_ABOVE = 5


class Typed(Struct, frozen=True):
    """A sign that was typed, what to type instead, and its line."""

    sign: str
    instead: str
    line: int = 0


def typed_otherwise(text: str) -> Typed | None:
    """The first such sign of a text."""
    return next((Typed(sign, plain) for sign in text if (plain := _plain(sign))), None)


def in_structure(text: str, line: int) -> Typed | None:
    """The nearest one that stands where YAML needs another, in this line or a little above."""
    lines = text.splitlines()[:line]
    return next((found for back in range(min(line, _LINES_ABOVE)) for found in _found(lines, line - back)), None)


def _found(lines: list[str], line: int) -> Iterator[Typed]:
    said = lines[line - 1] if line <= len(lines) else ""
    for pattern in _STRUCTURE:
        if found := pattern.search(said):
            sign = found[0][-1]
            plain = _plain(sign)
            yield Typed(sign, f"{plain} " if plain in ":,-" else plain, line)


def _plain(sign: str) -> str:
    """ ":" of "：", "1" of "１"; "" of every other sign."""
    is_wide = _FIRST_WIDE <= sign <= _LAST_WIDE
    return _OTHERS.get(sign) or (unicodedata.normalize("NFKC", sign) if is_wide else "")

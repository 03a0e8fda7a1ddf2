"""Text files cut into records, each with the number of the line it starts on.

A broken record costs one line, never its neighbours: when a quote that was opened is not closed as it should be, the
first line is set aside and reading goes on with the next. Lines and records have limits, so memory stays bounded.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TypeAlias

import msgspec
from msgspec import Struct

LINE_MAX = 1_000_000
RECORD_LINES_MAX = 50
LINE_ENDS = ("\n", "\r")
# What keeps spreadsheets from taking a long number for an amount: `="20260901000017"`, `'0912345678`.
HELD_AS_TEXT = re.compile(r"""="([^"]*)"|'([+\d][\d\s-]*)""")


class Broken(Struct, frozen=True):
    """A line that is no record."""

    line: int
    reason: str
    text: str


Record: TypeAlias = "tuple[int, Sequence[str | None]] | Broken"


def opened(path: Path, encoding: str) -> IO[str]:
    """What cannot be decoded becomes U+FFFD, and the line is rejected where it matters."""
    exact = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
    return path.open(encoding=exact, errors="replace", newline="")


class Lines:
    """The lines of a file with their numbers; all but the first of a broken record can be given back."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._again: deque[str] = deque()
        self.number = 0
        self.taken: list[str] = []

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        if len(self.taken) >= RECORD_LINES_MAX:
            raise StopIteration
        text = self._again.popleft() if self._again else self._file.readline(LINE_MAX)
        if not text:
            raise StopIteration
        self.number += 1
        self.taken.append(text)
        return text

    def broken(self, reason: str) -> Broken:
        """The first line taken, as broken; the others are read again."""
        first, *others = self.taken
        self._again.extendleft(reversed(others))
        self.number -= len(others)
        if len(first) >= LINE_MAX and not first.endswith(LINE_ENDS):
            reason = "too_long"
            while (text := self._file.readline(LINE_MAX)) and not text.endswith(LINE_ENDS):
                pass
        return Broken(self.number, reason, first)


def csv_records(
    file: IO[str], delimiter: str, quote: str, width: int | None = None, one_line: Sequence[int] = ()
) -> Iterator[Record]:
    """Records of `width` fields (None: as many as there are). Empty lines are no records.

    The fields at the places `one_line` hold no line break: one that does has swallowed its neighbours.
    """
    lines = Lines(file)
    reader = csv.reader(lines, delimiter=delimiter, quotechar=quote, strict=True)
    while True:
        lines.taken = []
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield lines.broken("bad_line")
            reader = csv.reader(lines, delimiter=delimiter, quotechar=quote, strict=True)
            continue
        if not fields:
            continue
        if any('="' in text or "'" in text for text in lines.taken):
            fields = [_plain(field) for field in fields]
        if width is not None and len(fields) != width:
            yield lines.broken("wrong_field_count")
        elif len(lines.taken) > 1 and any("\n" in fields[place] or "\r" in fields[place] for place in one_line):
            yield lines.broken("bad_line")
        else:
            yield lines.number - len(lines.taken) + 1, fields


def _plain(field: str) -> str:
    held = HELD_AS_TEXT.fullmatch(field.strip())
    return (held[1] or held[2] or "") if held else field


def json_records(file: IO[str], columns: Sequence[str], seen: set[str]) -> Iterator[Record]:
    """One object a line; numbers keep the text they were written in. `seen` collects the columns there are."""
    decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
    lines = Lines(file)
    for text in lines:
        if text.strip():
            try:
                found = decoder.decode(text)
                if len(seen) < len(columns):
                    seen.update(found.keys() & set(columns))
                yield lines.number, [_scalar(found.get(column)) for column in columns]
            except (ValueError, UnicodeError):
                yield lines.broken("bad_line")
        lines.taken = []


def _scalar(raw: msgspec.Raw | None) -> str | None:
    text = bytes(raw).decode() if raw is not None else "null"
    if text.startswith(("{", "[")):
        raise ValueError("a single value is needed")
    if text.startswith('"'):
        return msgspec.json.decode(text, type=str)
    return None if text == "null" else text

"""From the text of a program document to the version that the engine compiles, or to all that is wrong with it."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeVar

from django.utils.translation import gettext
from msgspec import Struct

from regulars.engine import grammar
from regulars.engine.document import DocumentErrors
from regulars.engine.money import is_currency
from regulars.engine.problems import Problem
from regulars.engine.program import Version
from regulars.programs.choosing import all_wrong
from regulars.programs.currencies import in_use
from regulars.programs.doubts import doubts
from regulars.programs.hints import hinted
from regulars.programs.problems import lined_up, quoted, said
from regulars.programs.tree import Source, Unreadable, grown

T = TypeVar("T")

# The line of what is said of a whole file.
NOWHERE = 0


class DocumentProblem(Struct, frozen=True):
    """One thing that is wrong: in which line, at which path, what stands there, why by its code, what is allowed.

    `message` is the sentence, in the language in which it was read.
    """

    line: int
    path: str
    value: str
    code: str
    allowed: tuple[str, ...]
    message: str

    def __str__(self) -> str:
        where = gettext("line %(line)s") % {"line": self.line} if self.line else ""
        return lined_up(where, self.path, quoted(self.value), self.message)


class DocumentRefused(Exception):
    """The text is no program; `problems` says all that is wrong with it, in order of line."""

    def __init__(self, problems: list[DocumentProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Draft(Struct, frozen=True):
    """A document that may be published; `warnings` say what may be meant, but probably is not."""

    version: Version
    warnings: list[DocumentProblem]


def text_of(path: Path) -> str:
    """What stands in a file. Raises OSError, and DocumentRefused where it is written in another encoding than ours."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise DocumentRefused([in_line(NOWHERE, Problem("", "", "file_unreadable", told={"hint": "utf8"}))]) from None


def version(text: str, number: int, starts_at: int) -> Version:
    """The compiled version of a document, also of one that was published long ago. Raises DocumentRefused."""
    return _understood(text, lambda source: grammar.read(source.tree, number, starts_at))


def draft(text: str, number: int = 1, starts_at: int = 0, before: Version | None = None) -> Draft:
    """What is about to be published: it must make sense as a whole, too, and after `before`. Raises DocumentRefused."""
    return _understood(text, lambda source: _reviewed(source, number, starts_at, before))


def publishable(text: str, before: Version | None = None) -> Draft:
    """The same of what is published or said to be fit for it: it names a currency, too, that is in use today.

    A program that began with another one goes on with it. Raises DocumentRefused.
    """
    return _understood(text, lambda source: _of_this_world(source, before))


def _of_this_world(source: Source, before: Version | None) -> Draft:
    currency = source.tree.get("currency") if isinstance(source.tree, dict) else None
    goes_on = before is not None and before.currency == currency
    problems = []
    if isinstance(currency, str) and is_currency(currency) and currency not in in_use() and not goes_on:
        problems.append(Problem("currency", currency, "currency_unknown", ("TWD",)))
    try:
        found = _reviewed(source, 1, 0, before)
    except DocumentErrors as errors:
        raise DocumentErrors([*errors.problems, *problems]) from None
    if problems:
        raise DocumentErrors(problems)
    return Draft(found.version, sorted([*found.warnings, *placed(source, doubts(source.tree))], key=_line))


def _reviewed(source: Source, number: int, starts_at: int, before: Version | None) -> Draft:
    try:
        found = grammar.reviewed(source.tree, number, starts_at, before)
    except DocumentErrors as errors:
        judge = partial(grammar.reviewed, number=number, starts_at=starts_at, before=before)
        raise DocumentErrors(all_wrong(source.tree, errors.problems, judge)) from None
    return Draft(found.version, placed(source, found.warnings))


def placed(source: Source, problems: Iterable[Problem]) -> list[DocumentProblem]:
    """With their lines, in order of these."""
    found = [in_line(line_of(source, problem.path), hinted(problem, source.tree)) for problem in problems]
    return sorted(found, key=_line)


def _line(problem: DocumentProblem) -> int:
    return problem.line


def in_line(line: int, problem: Problem) -> DocumentProblem:
    return DocumentProblem(line, problem.path, problem.value, problem.code, problem.allowed, said(problem))


def _understood(text: str, reader: Callable[[Source], T]) -> T:
    try:
        source = grown(text)
        return reader(source)
    except Unreadable as error:
        raise DocumentRefused([in_line(error.line, error.problem)]) from None
    except DocumentErrors as errors:
        raise DocumentRefused(placed(source, errors.problems)) from None


def line_of(source: Source, path: str) -> int:
    """The line of a path, or of the nearest place above it that was written."""
    while path and path not in source.lines:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return source.lines[path]

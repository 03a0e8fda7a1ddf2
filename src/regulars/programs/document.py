"""From the text of a program document to the version that the engine compiles, or to all that is wrong with it."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from msgspec import Struct

from regulars.engine import grammar
from regulars.engine.document import DocumentErrors
from regulars.engine.program import Version
from regulars.engine.shape import Problem
from regulars.programs.tree import Source, Unreadable, grown

T = TypeVar("T")


class DocumentProblem(Struct, frozen=True):
    """One thing that is wrong: in which line, at which path, what stands there, and what is allowed."""

    line: int
    path: str
    found: str
    allowed: str

    def __str__(self) -> str:
        said = f"{self.path}: " if self.path else ""
        shown = f"{self.found!r}: " if self.found else ""
        return f"line {self.line}: {said}{shown}{self.allowed}"


class DocumentRefused(Exception):
    """The text is no program; `problems` says all that is wrong with it, in order of line."""

    def __init__(self, problems: list[DocumentProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Draft(Struct, frozen=True):
    """A document that may be published; `warnings` say what may be meant, but probably is not."""

    version: Version
    warnings: list[DocumentProblem]


def version(text: str, number: int, starts_at: int) -> Version:
    """The compiled version of a document, also of one that was published long ago. Raises DocumentRefused."""
    return _understood(text, lambda source: grammar.read(source.tree, number, starts_at))


def draft(text: str, number: int = 1, starts_at: int = 0) -> Draft:
    """What is about to be published: it must make sense as a whole, too. Raises DocumentRefused."""
    return _understood(text, lambda source: _reviewed(source, number, starts_at))


def _reviewed(source: Source, number: int, starts_at: int) -> Draft:
    found = grammar.reviewed(source.tree, number, starts_at)
    return Draft(found.version, placed(source, found.warnings))


def placed(source: Source, problems: Iterable[Problem]) -> list[DocumentProblem]:
    """With their lines, in order of these."""
    found = [DocumentProblem(line_of(source, p.path), p.path, p.found, p.allowed) for p in problems]
    return sorted(found, key=lambda problem: problem.line)


def _understood(text: str, reader: Callable[[Source], T]) -> T:
    try:
        source = grown(text)
        return reader(source)
    except Unreadable as error:
        problem = DocumentProblem(error.line, error.path, error.found, error.allowed)
        raise DocumentRefused([problem]) from None
    except DocumentErrors as errors:
        raise DocumentRefused(placed(source, errors.problems)) from None


def line_of(source: Source, path: str) -> int:
    """The line of a path, or of the nearest place above it that was written."""
    while path and path not in source.lines:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return source.lines[path]

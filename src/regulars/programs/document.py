"""From the text of a program document to the version that the engine compiles, or to all that is wrong with it."""

from msgspec import Struct

from regulars.engine import grammar
from regulars.engine.document import DocumentErrors
from regulars.engine.program import Version
from regulars.programs.tree import Source, Unreadable, grown


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


def version(text: str, number: int, starts_at: int) -> Version:
    """The compiled version. Raises DocumentRefused."""
    try:
        source = grown(text)
        return grammar.read(source.tree, number, starts_at)
    except Unreadable as error:
        problem = DocumentProblem(error.line, error.path, error.found, error.allowed)
        raise DocumentRefused([problem]) from None
    except DocumentErrors as errors:
        found = [DocumentProblem(line_of(source, p.path), p.path, p.found, p.allowed) for p in errors.problems]
        raise DocumentRefused(sorted(found, key=lambda problem: problem.line)) from None


def line_of(source: Source, path: str) -> int:
    """The line of a path, or of the nearest place above it that was written."""
    while path and path not in source.lines:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return source.lines[path]

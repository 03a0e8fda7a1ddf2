"""Where a document is read: the raw document, and all that was found to be wrong with it so far."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from msgspec import Struct, field

from regulars.engine.document import RawDocument
from regulars.engine.shape import Problem

T = TypeVar("T")


def one_of(sort: str, names: Iterable[str]) -> str:
    """ "a tier of this program: member, gold", or that it has none."""
    known = ", ".join(names)
    return f"a {sort} of this program: {known}" if known else f"this program has no {sort}"


class Critic(Struct, kw_only=True):
    """Whoever reads what somebody wrote: all `problems`, and as `warnings` what may be meant, but probably is not."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def take(self, path: str, text: str, reader: Callable[[str], T], default: T) -> T:
        """What the phrase says; an empty phrase or one that is wrong gives the default."""
        if not text:
            return default
        try:
            return reader(text)
        except ValueError as error:
            self.blame(path, text, str(error))
            return default

    def blame(self, path: str, found: str, allowed: str) -> None:
        self.problems.append(Problem(path, found, allowed))

    def warn(self, path: str, found: str, said: str) -> None:
        self.warnings.append(Problem(path, found, said))


class Desk(Critic):
    """`problems` grow as the chapters read."""

    raw: RawDocument

"""Where a document is read: the raw document, and all that was found to be wrong with it so far."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from msgspec import Struct, field

from regulars.engine.conditions import listed
from regulars.engine.document import RawDocument, Words
from regulars.engine.problems import Problem, Wrong

T = TypeVar("T")


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
        except Wrong as wrong:
            self.problems.append(wrong.at(path, text))
            return default

    def each(self, path: str, words: Words, reader: Callable[[str], T]) -> Iterator[tuple[str, T]]:
        """The phrases with what they say; one that is wrong says nothing."""
        for text in listed(words):
            try:
                yield text, reader(text)
            except Wrong as wrong:
                self.problems.append(wrong.at(path, text))

    def blame(self, path: str, value: str, code: str, *allowed: str, **told: str) -> None:
        self.problems.append(Problem(path, value, code, allowed, told))

    def blame_since(self, because: Problem, path: str, value: str, code: str) -> None:
        self.problems.append(Problem(path, value, code, because=(because,)))

    def warn(self, path: str, value: str, code: str, *allowed: str) -> None:
        self.warnings.append(Problem(path, value, code, allowed))


class Desk(Critic):
    """`problems` grow as the chapters read."""

    raw: RawDocument

    @property
    def main_wallet(self) -> str:
        """The first that is written."""
        return next(iter(self.raw.wallets))

"""What is left of a cart's lines while offers apply to them one after the other.

Units are worth their part of what is left of their line, rounded half up and counted from the first, so that all of
them together are worth all of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from regulars.engine.facts import Line
from regulars.engine.rounding import spread


class Rest(Struct):
    """`left` is what is still to pay for a line, `units` are those that nothing made free."""

    line: Line
    left: int
    units: int

    @property
    def price(self) -> Fraction:
        """Of one unit."""
        return Fraction(self.left, self.units)

    def worth(self, units: int) -> int:
        return (2 * self.left * units + self.units) // (2 * self.units)


class Off(Struct, frozen=True):
    """What an offer takes off lines, and the units that it makes free."""

    by_line: dict[str, int]
    freed: dict[str, int] = {}

    @property
    def minor(self) -> int:
        return sum(self.by_line.values())

    def at_most(self, minor: int | None) -> "Off":
        """The same, but no more than that, spread over the same lines by largest remainder."""
        if minor is None or self.minor <= minor:
            return self
        return Off(shared(minor, self.by_line), self.freed)


def rests(lines: Iterable[Line]) -> list[Rest]:
    return [Rest(line, line.total, max(line.quantity, 0)) for line in lines]


def taken_off(before: Sequence[Rest], off: Off) -> list[Rest]:
    return [
        Rest(
            rest.line,
            rest.left - off.by_line.get(rest.line.line, 0),
            rest.units - off.freed.get(rest.line.line, 0),
        )
        for rest in before
    ]


def shared(minor: int, weights: Mapping[str, int]) -> dict[str, int]:
    """So much money over lines by what each has; lines without a share are left out."""
    parts = zip(weights, spread(minor, list(weights.values())), strict=True)
    return {line: part for line, part in parts if part}


def cheapest(among: Sequence[Rest], count: int) -> list[tuple[Rest, int]]:
    """So many units, those that cost least; of several alike, the first."""
    found = []
    for rest in sorted([rest for rest in among if rest.units > 0], key=lambda rest: rest.price):
        units = min(count, rest.units)
        if units:
            found.append((rest, units))
            count -= units
    return found


def units_of(among: Iterable[Rest]) -> int:
    return sum(rest.units for rest in among)

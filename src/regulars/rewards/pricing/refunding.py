"""What goes back with goods of what rewards took off them, and of the points that paid.

Everything is rounded half up and counted from the first unit, so that parts in any order sum up to the whole, and never
to more. Money that a reward took off is no cash: it goes back as points, or not at all. Worked examples:
docs/rules/carts.md.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct


class Bought(Struct, frozen=True):
    """A line of a redeemed cart: `total` as the shop priced it, and what each offer took off it, by its id."""

    line: str
    quantity: int
    total: int
    off: dict[str, int]

    @property
    def paid(self) -> int:
        return self.total - sum(self.off.values())


class GoesBack(Struct, frozen=True):
    """Of a return: `cash` to hand out in minor units, and by offer what it had taken off those units."""

    cash: int
    off: dict[str, int]


def goes_back(bought: Sequence[Bought], before: Mapping[str, int], units: Mapping[str, int]) -> GoesBack:
    """With so many more units of lines, of which `before` came back already; never more than were bought."""
    cash, off = 0, dict[str, int]()
    for line in bought:
        first = min(max(before.get(line.line, 0), 0), _units(line))
        last = min(first + max(units.get(line.line, 0), 0), _units(line))
        for offer, minor in line.off.items():
            off[offer] = off.get(offer, 0) + between(minor, _units(line), first, last)
        cash += between(line.paid, _units(line), first, last)
    return GoesBack(cash, off)


def points_back(points: int, whole: int, before: int, now: int) -> int:
    """Of what an offer cost, by how much of its worth (`whole` minor units) came back before, and comes back now."""
    if whole <= 0:
        return 0
    first = min(max(before, 0), whole)
    return between(points, whole, first, min(first + max(now, 0), whole))


def between(amount: int, of: int, first: int, last: int) -> int:
    """The part of an amount that belongs to the units after `first` up to `last`, of so many."""
    return _until(amount, of, last) - _until(amount, of, first)


def _until(amount: int, of: int, last: int) -> int:
    return (2 * amount * last + of) // (2 * of)


def _units(line: Bought) -> int:
    """A line without units comes back as one."""
    return max(line.quantity, 1)

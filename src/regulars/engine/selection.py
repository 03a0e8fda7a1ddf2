"""Which lines of an order a rule looks at, and what they come to: their money by the rule's basis, their units.

Every rule asks this of every order. Most ask for all lines, or for some categories: that calls nothing for each line.
"""

from collections.abc import Sequence

from regulars.engine.facts import Line
from regulars.engine.program import Amount, LineTest, Scene, Select, Sum, bought

# Which categories are asked for, where nothing else is asked of lines.
Categories = frozenset[str] | None


def selecting(test: LineTest | None, categories: Categories = None) -> Select:
    """The lines that match."""
    if test is None:
        return lambda _scene, lines: lines
    if categories is not None:
        return lambda _scene, lines: [line for line in lines if line.category in categories]
    return lambda scene, lines: [line for line in lines if test(scene, line)]


def money(test: LineTest | None, categories: Categories, basis: Amount | None) -> Sum:
    """The money of the matching lines by a basis; discount lines, below zero, among them."""
    if test is None and basis is None:
        return whole
    if categories is not None and basis is None:
        return _of_categories(categories)
    select = selecting(test, categories)
    if basis is not None:
        return lambda scene, lines: sum([basis(line) for line in select(scene, lines)])
    return lambda scene, lines: sum([line.total for line in select(scene, lines)])


def whole(scene: Scene, _lines: Sequence[Line]) -> int:
    """The order's money, which is summed up already."""
    return scene.net


def _of_categories(categories: frozenset[str]) -> Sum:
    def total(_scene: Scene, lines: Sequence[Line]) -> int:
        found = 0
        for line in lines:
            if line.category in categories:
                found += line.total
        return found

    return total


def units(test: LineTest | None, categories: Categories) -> Sum:
    """Units of the matching lines."""
    if categories is None:
        select = selecting(test)
        return lambda scene, lines: sum([bought(line) for line in select(scene, lines)])

    def total(_scene: Scene, lines: Sequence[Line]) -> int:
        found = 0
        for line in lines:
            if line.category in categories:
                found += bought(line)
        return found

    return total

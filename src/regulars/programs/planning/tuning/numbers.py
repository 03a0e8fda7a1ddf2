"""Numbers of a document by name: `silver.reach`, `base.give`, `points.expires`; `base.give.2` is the second one there.

A number takes whole steps between its bounds. What a tier asks for to be kept moves with what it asks for to be
reached.
"""

import re
from collections.abc import Sequence
from copy import deepcopy
from decimal import Decimal
from typing import Any

from msgspec import Struct

DECIMAL = r"\d+(?:\.\d+)?"
ASKED = re.compile(
    rf"(?P<name>[\w-]+\.[\w-]+)(?:\.(?P<place>[1-9]))?="
    rf"(?P<low>{DECIMAL})\.\.(?P<high>{DECIMAL})(?:/(?P<step>{DECIMAL}))?$"
)
NUMBER = re.compile(DECIMAL)
# What gives a part of a document its name.
NAMES = ("rule", "tier", "reward", "coupon", "cap", "campaign", "benefit", "plan")
STEPS = 100
ROUND = (1, 2, 5)


class NoSuchNumber(ValueError):
    """`code` says what is wrong with what was asked: `not_understood`, `unknown`, `no_number`, `bounds`."""

    def __init__(self, code: str, asked: str) -> None:
        super().__init__(f"{code}: {asked}")
        self.code, self.asked = code, asked


class Number(Struct, frozen=True):
    """A number at a path of the tree, the so many-th in what is written there; `written` is its value now."""

    name: str
    path: tuple[str | int, ...]
    place: int
    low: Decimal
    step: Decimal
    steps: int
    written: Decimal

    def at(self, step: int) -> Decimal:
        return self.low + self.step * step

    def distance(self, step: int) -> float:
        """How far it is from what is written, of all it may move."""
        return float(abs(self.at(step) - self.written) / (self.step * self.steps))


def number(tree: Any, asked: str) -> Number:
    """What `silver.reach=5000..12000/500` asks for. Raises NoSuchNumber."""
    found = ASKED.match(asked)
    if found is None:
        raise NoSuchNumber("not_understood", asked)
    path = _path(tree, found["name"])
    if path is None:
        raise NoSuchNumber("unknown", asked)
    place = int(found["place"] or 1)
    numbers = NUMBER.findall(str(_at(tree, path)))
    if len(numbers) < place:
        raise NoSuchNumber("no_number", asked)
    low, high = Decimal(found["low"]), Decimal(found["high"])
    if low >= high:
        raise NoSuchNumber("bounds", asked)
    step = Decimal(found["step"]) if found["step"] else _round_step(low, high)
    if step <= 0 or step > high - low:
        raise NoSuchNumber("bounds", asked)
    name = found["name"] + (f".{place}" if found["place"] else "")
    return Number(name, path, place - 1, low, step, int((high - low) / step), Decimal(numbers[place - 1]))


def _round_step(low: Decimal, high: Decimal) -> Decimal:
    """As fine as the bounds are written, but no more than so many steps."""
    finest = max(-int(bound.as_tuple().exponent) for bound in (low, high))
    power = Decimal(1).scaleb(-finest)
    while True:
        for part in ROUND:
            if (high - low) / (power * part) <= STEPS:
                return power * part
        power *= 10


def _path(tree: Any, name: str) -> tuple[str | int, ...] | None:
    """To the word of the first part that is called so and has it."""
    owner, _, word = name.partition(".")
    parts = (path for path, node in _parts(tree, ()) if _is_called(path, node, owner) and word in node)
    found = next(parts, None)
    return None if found is None else (*found, word)


def _is_called(path: tuple[str | int, ...], node: dict[str, Any], owner: str) -> bool:
    return (bool(path) and path[-1] == owner) or any(node.get(name) == owner for name in NAMES)


def _parts(node: Any, path: tuple[str | int, ...]) -> list[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Every mapping in a tree, in the order of writing. Paths lead to it."""
    if isinstance(node, dict):
        inside = [part for key, value in node.items() for part in _parts(value, (*path, key))]
        return [(path, node), *inside]
    if isinstance(node, list):
        return [part for place, value in enumerate(node) for part in _parts(value, (*path, place))]
    return []


def _at(tree: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def moved(tree: Any, numbers: Sequence[Number], steps: Sequence[int]) -> Any:
    """The tree with these numbers at these steps."""
    found = deepcopy(tree)
    for one, step in zip(numbers, steps, strict=True):
        *above, word = one.path
        part = _at(found, above)
        part[word] = _written(str(part[word]), one.place, one.at(step))
        is_kept_apart = any(other.path == (*above, "retain") for other in numbers)
        if word == "reach" and "retain" in part and not is_kept_apart and one.written:
            kept = Decimal(NUMBER.findall(str(part["retain"]))[0])
            whole = (kept * one.at(step) / one.written).to_integral_value()
            part["retain"] = _written(str(part["retain"]), 0, whole)
    return found


def _written(text: str, place: int, value: Decimal) -> str:
    spans = [match.span() for match in NUMBER.finditer(text)]
    start, end = spans[place]
    return f"{text[:start]}{plain(value)}{text[end:]}"


def plain(value: Decimal) -> str:
    """Without an exponent and without needless zeros."""
    return f"{value.normalize():f}"

"""What a fold may draw from budgets that all members share: what was ruled before, and what is left.

A budget's use is known to whoever starts the fold; nothing here looks it up. A ruling lists what one cause asked of one
budget by one rule: `(at, asked, points)`, asked in that order; points below zero, asked for nothing, went back.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeAlias, TypeVar

from msgspec import Struct, field

T = TypeVar("T")
# Budget, cause without revision, rule.
Key: TypeAlias = tuple[str, str, str]
Event: TypeAlias = tuple[int, int, int]
Events: TypeAlias = tuple[Event, ...]
# More than anybody asks.
ENDLESS = 2**60


class Purse(Struct):
    """`used` by budget, shared by everybody who draws, kept up to date here; what is not known counts as nothing used.

    `ruled` are the rulings on the member from the instant on at which the fold resumes. `limits` bound what a key may
    be granted in all, whatever was ruled. Where nobody `asks`, nothing is granted beyond the rulings.

    `events` are what this fold asked and gave back, `booked` what of it is part of `used` already. `sizes` are those of
    the budgets it asked, and whether they grant no part; `unruled` what was asked in vain because nobody asks.
    `others` are the purses of members of whom this history tells as well: what they drew is booked by their own.
    """

    used: dict[str, int] = field(default_factory=dict)
    ruled: Mapping[Key, Events] = field(default_factory=dict)
    limits: Mapping[Key, int] = field(default_factory=dict)
    asks: bool = True
    events: dict[Key, list[Event]] = field(default_factory=dict)
    sizes: dict[str, tuple[int, bool]] = field(default_factory=dict)
    booked: dict[Key, int] = field(default_factory=dict)
    unruled: list[Key] = field(default_factory=list)
    answers: dict[Key, list[tuple[int, int]]] = field(default_factory=dict)
    others: "dict[str, Purse]" = field(default_factory=dict)


def total(events: Iterable[Event]) -> int:
    """What is drawn after all of them."""
    return sum([points for _, _, points in events])


def draw(purse: Purse, key: Key, size: int, is_whole: bool, wanted: int, at: int) -> int:
    """Ask a budget of some size for points; how many it grants. With `is_whole` it does not grant a part of them."""
    purse.sizes[key[0]] = (size, is_whole)
    granted, more = _answered(purse, key, wanted)
    if more and not purse.asks:
        purse.unruled.append(key)
    elif more:
        left = max(size - purse.used.setdefault(key[0], 0), 0)
        new = more if more <= left else 0 if is_whole else left
        _book(purse, key, new)
        granted += new
    purse.events.setdefault(key, []).append((at, wanted, granted))
    return granted


def give_back(purse: Purse, key: Key, points: int, at: int) -> None:
    """Points went back. Where rulings are folded again, what they leave is known only at the end."""
    purse.events.setdefault(key, []).append((at, 0, -points))
    if key not in purse.ruled:
        _book(purse, key, -points)


def _book(purse: Purse, key: Key, points: int) -> None:
    purse.used[key[0]] = purse.used.get(key[0], 0) + points
    purse.booked[key] = purse.booked.get(key, 0) + points


def _answered(purse: Purse, key: Key, wanted: int) -> tuple[int, int]:
    """(what was ruled on so many points, how many nobody has ruled on): of each answer the first points are granted."""
    answers = purse.answers.get(key)
    if answers is None:
        ruled = [(asked, points) for _, asked, points in purse.ruled.get(key, ()) if asked]
        answers = purse.answers[key] = [(ENDLESS, purse.limits[key])] if key in purse.limits else ruled
    granted = 0
    while wanted and answers:
        asked, points = answers.pop(0)
        part = min(wanted, asked)
        gave = min(part, points)
        granted, wanted = granted + gave, wanted - part
        if part < asked:
            answers.insert(0, (asked - part, points - gave))
    return granted, wanted


def as_granted(answers: Iterable[Event], before: Iterable[Event], wanted: int) -> int:
    """What others were granted who asked the same, after those asked for `before`; what nobody asked for is granted."""
    skipped, granted = sum([asked for _, asked, _ in before]), 0
    for _, asked, points in answers:
        if asked:
            first = min(skipped, asked)
            part = min(wanted, asked - first)
            granted += max(min(points - first, part), 0)
            skipped, wanted = skipped - first, wanted - part
    return granted + wanted


class Settled(Struct, Generic[T], frozen=True):
    """The outcome of a fold that drew no more than there is, and the rulings to be kept of it."""

    outcome: T
    changed: dict[Key, Events]


class Closing(Struct, frozen=True):
    """`changed`: the rulings that are new, or no longer what they were. `limits`: where more was drawn than is left."""

    changed: dict[Key, Events]
    limits: dict[Key, int]


def close(purse: Purse) -> Closing:
    """Bring `used` up to date when a member's fold is over: what gives room back first.

    With limits the outcome must not be kept: the member is to be folded again under them.
    """
    changed: dict[Key, Events] = {}
    for key in sorted(purse.events.keys() | purse.ruled.keys()):
        events = tuple(purse.events.get(key, ()))
        if events != purse.ruled.get(key, ()):
            changed[key] = events
    unbooked = {key: total(events) - _before(purse, key) - purse.booked.get(key, 0) for key, events in changed.items()}
    limits: dict[Key, int] = {}
    for key, points in sorted(unbooked.items(), key=lambda item: item[1]):
        missing = points - _fitting(purse, key, points)
        if missing:
            limits |= _lowered(purse, key, missing)
        purse.used[key[0]] = purse.used.get(key[0], 0) + points
    return Closing(changed, {**purse.limits, **limits} if limits else {})


def _before(purse: Purse, key: Key) -> int:
    return total(purse.ruled.get(key, ()))


def _lowered(purse: Purse, key: Key, missing: int) -> dict[Key, int]:
    """What there is no room for is not granted: to this key, else to those of its budget that asked last."""
    is_whole, limits = purse.sizes[key[0]][1], dict[Key, int]()
    alike = [one for one in purse.events if one[0] == key[0]]
    for one in (key, *sorted(alike, key=lambda one: purse.events[one][-1], reverse=True)):
        granted = sum([points for _, asked, points in purse.events.get(one, ()) if asked])
        if missing > 0 and granted and one not in limits:
            limits[one] = 0 if is_whole else max(granted - missing, 0)
            missing -= granted - limits[one]
    return limits


def _fitting(purse: Purse, key: Key, points: int) -> int:
    """How many of these points, or of the room that they give back, the budget can book."""
    if points <= 0:
        return points
    # Less goes back than was ruled, and nothing was asked: the points were granted and stay.
    size, is_whole = purse.sizes.get(key[0], (ENDLESS, False))
    left = max(size - purse.used.get(key[0], 0), 0)
    return points if points <= left else 0 if is_whole else left


def settled(used: dict[str, int], ruled: Mapping[Key, Events], folding: Callable[[Purse], T]) -> Settled[T]:
    """Fold a member, again if more is drawn than is left; `used` is as it is afterwards."""
    limits: Mapping[Key, int] = {}
    while True:
        purse = Purse(dict(used), ruled, limits)
        outcome, closing = folding(purse), close(purse)
        if not closing.limits:
            used.update(purse.used)
            return Settled(outcome, closing.changed)
        limits = closing.limits

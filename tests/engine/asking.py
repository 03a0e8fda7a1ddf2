"""What rows of the pages say about spending: "redeems D: 30 for cup", "holds H: 30 until 2026-03-01", "voids D: 5"."""

import re
from collections.abc import Callable

from regulars.engine.calendar import DAY
from regulars.engine.facts import (
    Adjustment,
    Capture,
    Decision,
    HandedLot,
    Hold,
    Opening,
    OpeningLot,
    Payment,
    Received,
    Redemption,
    Release,
    Restoration,
    Transfer,
)
from regulars.engine.money import parse_major

# The wallet, the instant, a name for the decision, and the reader of local times.
Reader = Callable[[str], int]
POINTS = re.compile(r"(-?\d+)(?: (?:of|by) ([a-z]+))?(?: until (.+))?")


def keyed(said: str, name: str) -> tuple[str, str]:
    """ "D: 30", or "30" under a name of its own."""
    key, colon, rest = said.partition(": ")
    return (key, rest) if colon else (name, said)


def redeems(said: str, when: int, name: str, _: Reader) -> Decision:
    key, rest = keyed(said, name)
    points, _, reward = rest.partition(" for ")
    return Redemption(key, "points", int(points), when, reward=reward)


def holds(said: str, when: int, name: str, read: Reader) -> Decision:
    key, rest = keyed(said, name)
    rest, _, until = rest.partition(" until ")
    points, _, reward = rest.partition(" for ")
    return Hold(key, "points", int(points), when, read(until) if until else when + DAY, reward=reward)


def voids(said: str, when: int, name: str, _: Reader) -> Decision:
    key, _, points = said.partition(": ")
    return Restoration(name, key, when, int(points) if points else None)


def sends(said: str, when: int, name: str, _: Reader) -> Decision:
    return Transfer(name, "points", int(said), when, "wang")


def receives(said: str, when: int, name: str, read: Reader) -> Decision:
    """ "10 until 2026-05-01, 5 of bakery"."""
    found = [POINTS.fullmatch(part) for part in said.split(", ")]
    lots = [(int(part[1]), read(part[3]) if part[3] else None, when - DAY, part[2] or "") for part in found if part]
    return Received(name, "points", tuple(HandedLot(*lot) for lot in lots), when, "wang/1")


def brings(said: str, when: int, name: str, read: Reader) -> Opening:
    """ "10 until 2026-05-01, 5 of bakery from 2026-02-01"."""
    lots = []
    for part in said.split(", "):
        rest, _, earned = part.partition(" from ")
        found = POINTS.fullmatch(rest)
        assert found is not None
        expires_at = read(found[3]) if found[3] else None
        lots.append(OpeningLot(int(found[1]), read(earned) if earned else when, expires_at, found[2] or ""))
    return Opening(name, "points", tuple(lots), when)


def adjusts(said: str, when: int, name: str, _: Reader) -> Decision:
    """ "20", or "20 by lin approved by wang", or "20 without reason"."""
    points, _, rest = said.partition(" by ")
    actor, _, approver = rest.partition(" approved by ")
    silent = points.endswith(" without reason")
    number = int(points.removesuffix(" without reason"))
    return Adjustment(name, "points", number, when, "" if silent else "sorry", actor or "lin", approver)


DECISIONS: dict[str, Callable[[str, int, str, Reader], Decision | Opening]] = {
    "adjusts": adjusts,
    "brings": brings,
    "captures": lambda said, when, name, _: Capture(name, said, when),
    "holds": holds,
    "receives": receives,
    "redeems": redeems,
    "releases": lambda said, when, name, _: Release(name, said, when),
    "sends": sends,
    "voids": voids,
}


def decision(said: str, when: int, name: str, read: Reader) -> Decision | Opening:
    verb, _, rest = said.partition(" ")
    return DECISIONS[verb](rest, when, name, read)


def payments(said: str) -> tuple[Payment, ...]:
    """ "100 with D, 40 with E"."""
    parts = [part.split(" with ") for part in said.split(", ")] if said else []
    return tuple(Payment("points", parse_major(amount, "TWD"), key) for amount, key in parts)

"""Points given, spent, lapsed and still owed, read off the ledger's entries at the time they count for.

An entry moves points from one place to another; a place's flow is what went in less what came out, so corrections and
claw-backs lower the figure of the period in which they count. Worked examples: docs/metrics/points-*.md.
"""

from datetime import date

from msgspec import Struct

from regulars.insight.lake import Lake, kept
from regulars.insight.periods import Period

OWED_TO_MEMBERS = ("available", "pending", "held")


class Flow(Struct, frozen=True):
    """Points of one wallet: issued = redeemed + expired + written off + outstanding + deficit."""

    issued: int
    redeemed: int
    expired: int
    written_off: int
    outstanding: int
    deficit: int


class Move(Struct, frozen=True):
    """All that moved between two places on one day."""

    day: date
    source: str
    target: str
    points: int


def flow(lake: Lake, period: Period) -> Flow:
    """What moved in the period; `outstanding` and `deficit` are changes. Members owe a deficit: it is below 0."""
    return _flow([move for move in _moves(lake) if period.start <= move.day < period.end])


def flow_until(lake: Lake, until: date) -> Flow:
    """What moved from the beginning: `outstanding` is what stands."""
    return _flow([move for move in _moves(lake) if move.day < until])


@kept
def _moves(lake: Lake) -> tuple[Move, ...]:
    """Entries of the program's first wallet by day: few enough to add up for any period."""
    entries = lake.entries.filter(lake.entries.wallet == lake.manifest.wallet)
    by_day = entries.group_by("source", "target", day=entries.occurred_on).aggregate(points=entries.points.sum())
    return tuple(Move(**row) for row in lake.rows(by_day))


def _flow(moves: list[Move]) -> Flow:
    return Flow(
        issued=-_into(moves, "issued"),
        redeemed=_into(moves, "redeemed"),
        expired=_into(moves, "expired"),
        written_off=_into(moves, "written_off"),
        outstanding=_into(moves, *OWED_TO_MEMBERS),
        deficit=_into(moves, "deficit"),
    )


def _into(moves: list[Move], *places: str) -> int:
    """Net points that came into these places."""
    return sum(move.points * ((move.target in places) - (move.source in places)) for move in moves)

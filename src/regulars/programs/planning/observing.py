"""How members have spent points so far, and what that says about how they will: read off the entries of a fold.

Points are taken to be spent in the order in which they were issued. Of all points that were issued at least so many
months ago, a share was spent after so many months; the shares of all ages that were seen add up to what is ever spent.
"""

from collections import Counter, deque
from collections.abc import Iterable

from msgspec import Struct, field

from regulars.engine.outcome import Entry
from regulars.programs.planning.assuming import WHOLE, Behaviour
from regulars.programs.planning.tallying import Months

# A shorter history says nothing about how long points wait.
LEAST_MONTHS = 3


class Observed(Struct):
    """Of the main wallet: `issued` by month, less what went back, and `spent` by month of issue and months since."""

    issued: Counter[int] = field(default_factory=Counter)
    spent: Counter[tuple[int, int]] = field(default_factory=Counter)


def observe(entries: Iterable[Entry], main: str, found: Observed, months: Months) -> None:
    """Add what one member got and spent of the main wallet."""
    waiting: deque[list[int]] = deque()
    spent: list[tuple[int, int, int]] = []
    for entry in entries:
        if entry.wallet == main:
            _follow(entry, months.of(entry.occurred_at), waiting, spent, found)


def _follow(
    entry: Entry, month: int, waiting: deque[list[int]], spent: list[tuple[int, int, int]], found: Observed
) -> None:
    if entry.source == "issued":
        waiting.append([month, entry.points])
        found.issued[month] += entry.points
    elif entry.target == "issued":
        for issued, points in _taken(waiting, entry.points, newest=True):
            found.issued[issued] -= points
    elif entry.target == "redeemed":
        for issued, points in _taken(waiting, entry.points):
            found.spent[issued, month - issued] += points
            spent.append((issued, month - issued, points))
    elif entry.source == "redeemed":
        _restored(entry.points, waiting, spent, found)
    elif entry.target in ("expired", "forfeited"):
        list(_taken(waiting, entry.points))


def _taken(waiting: deque[list[int]], points: int, newest: bool = False) -> list[tuple[int, int]]:
    taken = []
    while points and waiting:
        lot = waiting[-1 if newest else 0]
        part = min(points, lot[1])
        taken.append((lot[0], part))
        lot[1] -= part
        points -= part
        if not lot[1]:
            waiting.pop() if newest else waiting.popleft()
    return taken


def _restored(points: int, waiting: deque[list[int]], spent: list[tuple[int, int, int]], found: Observed) -> None:
    """A redemption was undone: the last ones first."""
    while points and spent:
        issued, age, had = spent.pop()
        part = min(points, had)
        found.spent[issued, age] -= part
        waiting.appendleft([issued, part])
        points -= part
        if part < had:
            spent.append((issued, age, had - part))


def estimated(found: Observed, last: int) -> Behaviour | None:
    """What will ever be spent, and after how many months, as far as `last`, a month that is over, and those before it
    show. None where the history is too short, or nobody ever spent anything.
    """
    issued = {month: points for month, points in found.issued.items() if points > 0 and month <= last}
    if not issued or last - min(issued) < LEAST_MONTHS:
        return None
    shares = []
    for age in range(last - min(issued) + 1):
        old_enough = [month for month in issued if month + age <= last]
        shares.append(sum(found.spent[month, age] for month in old_enough) / sum(issued[month] for month in old_enough))
    ever = sum(shares)
    if not ever:
        return None
    waited = sum(age * share for age, share in enumerate(shares)) / ever
    return Behaviour(min(round(ever * WHOLE), WHOLE), round(waited))

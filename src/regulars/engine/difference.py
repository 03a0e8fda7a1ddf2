"""The difference between what the fold says and what is recorded, as entries that settle it.

Net points are compared per identity, wallet, funder, pair of places and instant. What was never recorded is written as
it is folded; what was recorded otherwise gets a correcting entry with its own explanation. Nothing recorded is changed.

Announcements are compared by identity and instant: what was not announced is, what no longer holds is withdrawn.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from regulars.engine.outcome import Announcement, Entry, Told

Key = tuple[str, str, str, str, str, int]
# (available, pending, held) per wallet.
Balances = Mapping[str, tuple[int, int, int]]
COLUMN = {"available": 0, "pending": 1, "held": 2}
# Where an order is searched for, no longer than until so many were found.
DEAD_ENDS_MOST = 2_000


def key_of(entry: Entry) -> tuple[Key, int]:
    """What an entry is about, whichever way it moves, and its points with a sign."""
    low, high = sorted((entry.source, entry.target))
    key = (entry.identity, entry.wallet, entry.funder, low, high, entry.occurred_at)
    return key, entry.points if entry.source == low else -entry.points


def net(entries: Iterable[Entry]) -> dict[Key, tuple[int, Entry]]:
    """Net points per key, with the last entry that spoke of it."""
    sums: dict[Key, tuple[int, Entry]] = {}
    for entry in entries:
        key, points = key_of(entry)
        sums[key] = (sums[key][0] + points if key in sums else points, entry)
    return sums


def difference(folded: Iterable[Entry], recorded: Iterable[Entry]) -> list[Entry]:
    should, was = net(folded), net(recorded)
    settled = []
    for key in should.keys() | was.keys():
        wanted, meant = should.get(key, (0, None))
        had, said = was.get(key, (0, None))
        if wanted != had:
            settled.append(_correction(key, had, wanted, meant, said))
    return sorted(
        settled, key=lambda entry: (entry.occurred_at, entry.identity, entry.wallet, entry.source, entry.funder)
    )


def _correction(key: Key, had: int, wanted: int, meant: Entry | None, said: Entry | None) -> Entry:
    identity, wallet, funder, low, high, occurred_at = key
    delta = wanted - had
    source, target = (low, high) if delta > 0 else (high, low)
    version = (meant or said).version  # type: ignore[union-attr]  # one of the two is there
    if said is None and meant is not None:
        return Entry(identity, meant.kind, wallet, source, target, abs(delta), occurred_at, version, meant.why, funder)
    why = ("correct", had, wanted, *(meant.why if meant else ()))
    return Entry(identity, "correct", wallet, source, target, abs(delta), occurred_at, version, why, funder)


def without_dips(entries: Iterable[Entry], before: Balances) -> list[Entry]:
    """An order in which no running balance goes below zero on the way, where there is one.

    What comes in is first, then what moves within a wallet, then what leaves it.
    """
    balances = {wallet: list(held) for wallet, held in before.items()}
    coming, leaving, within = list[Entry](), list[Entry](), dict[str, list[Entry]]()
    for entry in entries:
        if entry.source not in COLUMN:
            coming.append(entry)
            move(balances.setdefault(entry.wallet, [0, 0, 0]), entry)
        elif entry.target not in COLUMN:
            leaving.append(entry)
        else:
            within.setdefault(entry.wallet, []).append(entry)
    moved = [entry for wallet, some in within.items() for entry in _covered(some, balances.get(wallet, [0, 0, 0]))]
    return [*coming, *moved, *leaving]


def _covered(entries: Sequence[Entry], balances: Sequence[int]) -> Sequence[Entry]:
    """As they are where that can be; else others before, small ones first in the end."""
    small_first = sorted(entries, key=lambda entry: entry.points)
    return _way(entries, balances) or _way(small_first, balances) or entries


def _way(entries: Sequence[Entry], balances: Sequence[int]) -> list[Entry] | None:
    """An order in which each is covered, the first ones first as far as that leads to the end."""
    end, had, done, dead = len(entries), [*balances], list[tuple[int, int]](), set[int]()
    # Places that are left, as a ring that begins and ends with `end`; and those that are not, a bit for each.
    after, before, taken = [*range(1, end + 1), 0], [end, *range(end)], 0
    place = after[end]
    while len(done) < end:
        while place != end and (_lacks(had, entries[place]) or taken | 1 << place in dead):
            place = after[place]
        if place != end:
            done.append((place, taken))
            move(had, entries[place])
            after[before[place]], before[after[place]] = after[place], before[place]
            taken |= 1 << place
            place = after[end]
        elif not done or len(dead) == DEAD_ENDS_MOST:
            return None
        else:
            dead.add(taken)
            place, taken = done.pop()
            move(had, turned(entries[place]))
            after[before[place]] = before[after[place]] = place
            place = after[place]
    return [entries[place] for place, _ in done]


def _lacks(had: Sequence[int], entry: Entry) -> bool:
    return had[COLUMN[entry.source]] < entry.points


def turned(entry: Entry) -> Entry:
    return replace(entry, source=entry.target, target=entry.source)


def move(balances: list[int], entry: Entry) -> None:
    """Apply an entry to [available, pending, held]."""
    if entry.source in COLUMN:
        balances[COLUMN[entry.source]] -= entry.points
    if entry.target in COLUMN:
        balances[COLUMN[entry.target]] += entry.points


def announced(folded: Iterable[Announcement], told: Iterable[Told]) -> list[Told]:
    """What must be told so that what was told is what the fold says; withdrawals first."""
    was, should = standing(told), {_when(one): one for one in folded}
    gone = sorted((one for when, one in was.items() if when not in should), key=lambda one: _when(one)[::-1])
    new = [one for when, one in should.items() if when not in was]
    moved = [one for one in new if any(_says(one) == _says(other) for other in gone)]
    again = [_says(one) for one in moved]
    return [
        *(Told(one, withdrawn=True, is_news=_says(one) not in again) for one in gone),
        *(Told(one, is_news=one not in moved) for one in new),
    ]


def standing(told: Iterable[Told]) -> dict[tuple[str, int], Announcement]:
    """What was told and not withdrawn since, by identity and instant."""
    found: dict[tuple[str, int], Announcement] = {}
    for one in told:
        if one.withdrawn:
            found.pop(_when(one.announcement), None)
        else:
            found[_when(one.announcement)] = one.announcement
    return found


def _when(one: Announcement) -> tuple[str, int]:
    return one.identity, one.occurred_at


def _says(one: Announcement) -> tuple[str, dict[str, str]]:
    """What is said, whenever it happened."""
    return one.kind, one.payload

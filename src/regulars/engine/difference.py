"""The difference between what the fold says and what is recorded, as entries that settle it.

Net points are compared per identity, wallet, funder, pair of places and instant. What was never recorded is written as
it is folded; what was recorded otherwise gets a correcting entry with its own explanation. Nothing recorded is changed.

Announcements are compared by identity and instant: what was not announced is, what no longer holds is withdrawn.
"""

from collections.abc import Iterable, Mapping

from regulars.engine.outcome import Announcement, Entry, Told

Key = tuple[str, str, str, str, str, int]
# (available, pending, held) per wallet.
Balances = Mapping[str, tuple[int, int, int]]
COLUMN = {"available": 0, "pending": 1, "held": 2}


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


def without_dips(entries: list[Entry], before: Balances) -> list[Entry]:
    """Credits before debits, so that no running balance goes below zero on the way.

    What comes in is first, then what moves within a wallet, then what leaves it.
    """
    balances = {wallet: list(held) for wallet, held in before.items()}
    waiting, ordered = sorted(entries, key=_leaves), []
    while waiting:
        place = next((place for place, entry in enumerate(waiting) if _covered(entry, balances)), 0)
        entry = waiting.pop(place)
        move(balances.setdefault(entry.wallet, [0, 0, 0]), entry)
        ordered.append(entry)
    return ordered


def _leaves(entry: Entry) -> int:
    return 0 if entry.source not in COLUMN else 1 if entry.target in COLUMN else 2


def _covered(entry: Entry, balances: dict[str, list[int]]) -> bool:
    column = COLUMN.get(entry.source)
    return column is None or balances.get(entry.wallet, [0, 0, 0])[column] >= entry.points


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

"""Whether points last longer than they were given for: nothing that moves them may put off their last day.

What activity renews may last for ever, if somebody is active for ever: that is given, not gained.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from regulars.engine.account import Lot
from regulars.engine.tape import Tape

FOREVER = 2**62
# By wallet, the last day and the points of every lot of all members.
Lives = dict[str, list[tuple[int, int]]]


def lives_of(tapes: Iterable[Tape]) -> Lives:
    """Pending, available and held; and what a redemption took and may give back."""
    found: Lives = {}
    for tape in tapes:
        for name, wallet in tape.account.wallets.items():
            lots = [*wallet.lots, *wallet.waiting, *(lot for held in wallet.holds for lot in held.lots)]
            found.setdefault(name, []).extend((last(lot), lot.points) for lot in lots)
        for spent in tape.spent.values():
            found.setdefault(spent.wallet, []).extend((last(lot), lot.points) for lot in spent.lots)
    return found


def last(lot: Lot) -> int:
    return FOREVER if lot.expires_at is None or lot.lasts_on is not None else lot.expires_at


def renewed(before: Sequence[tuple[int, int]], after: Sequence[tuple[int, int]], issued: int) -> int:
    """How many points last longer than before, beyond those issued meanwhile."""
    changes = Counter[int]()
    for sign, lots in ((1, after), (-1, before)):
        for end, points in lots:
            changes[end] += sign * points
    balance, most = 0, 0
    for end in sorted(changes, reverse=True):
        balance += changes[end]
        most = max(most, balance)
    return max(most - issued, 0)


def overdue(tapes: Iterable[Tape], now: int) -> list[tuple[str, int]]:
    """Points by wallet that can be spent after their last day."""
    found = [
        (name, sum(lot.points for lot in wallet.lots if lot.expires_at is not None and lot.expires_at <= now))
        for tape in tapes
        for name, wallet in tape.account.wallets.items()
    ]
    return [(name, points) for name, points in found if points]

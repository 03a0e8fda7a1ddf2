"""Lots: points with their own expiry. Put in, matured, run out, taken back; the wallet's sums move with them.

Available lots are kept soonest expiring first, then oldest, then by cause; lots that never expire last. Waiting lots
are kept soonest maturing first. What an order adds later with the same dates joins its lot. No entry is written here.
"""

from bisect import insort
from collections.abc import Callable
from typing import Any

from regulars.engine.account import Lot, Wallet

FOREVER = 2**62
# A refund takes back the expired part of its own lot first; what expired longer ago than this counts as spent.
EXPIRED_KEPT = 366 * 24 * 3_600_000_000

# (place taken from, place gone to, points)
Move = tuple[str, str, int]


def spending_order(lot: Lot) -> tuple[int, int, str]:
    return (FOREVER if lot.expires_at is None else lot.expires_at, lot.earned_at, lot.cause)


def maturing_order(lot: Lot) -> tuple[int, str]:
    return (lot.matures_at or 0, lot.cause)


def put_waiting(wallet: Wallet, lot: Lot) -> None:
    wallet.pending += lot.points
    _insert(wallet.waiting, lot, maturing_order)


def put_available(wallet: Wallet, lot: Lot) -> int:
    """Add an available lot; what a deficit takes from it at once is returned."""
    repaid = min(lot.points, wallet.deficit)
    if repaid:
        wallet.deficit -= repaid
        lot.points -= repaid
        if not lot.points:
            return repaid
    wallet.available += lot.points
    _insert(wallet.lots, lot, spending_order)
    return repaid


def _insert(lots: list[Lot], lot: Lot, order: Callable[[Lot], Any]) -> None:
    """Mostly at the end; points of the same cause and dates join their lot."""
    if not lots or order(lots[-1]) < order(lot):
        lots.append(lot)
        return
    for other in lots:
        if other.cause == lot.cause and other.expires_at == lot.expires_at and order(other) == order(lot):
            other.points += lot.points
            return
    insort(lots, lot, key=order)


def next_matured(wallet: Wallet, instant: int) -> Lot | None:
    """Take out the first waiting lot if it matures by `instant`."""
    if not wallet.waiting or maturing_order(wallet.waiting[0])[0] > instant:
        return None
    lot = wallet.waiting.pop(0)
    wallet.pending -= lot.points
    lot.matures_at = None
    return lot


def run_out(wallet: Wallet, instant: int) -> list[Lot]:
    """Take out the available lots that expire by `instant`, remembering them for refunds."""
    gone = []
    for lot in wallet.lots:
        if lot.expires_at is None or lot.expires_at > instant:
            break
        gone.append(lot)
    if gone:
        del wallet.lots[: len(gone)]
        _forget(wallet.expired, instant - EXPIRED_KEPT)
    for lot in gone:
        wallet.available -= lot.points
        before, since = wallet.expired.get(lot.cause, (0, instant))
        wallet.expired[lot.cause] = (before + lot.points, since)
    return gone


def _forget(expired: dict[str, tuple[int, int]], before: int) -> None:
    while expired:
        oldest = next(iter(expired))
        if expired[oldest][1] >= before:
            break
        del expired[oldest]


def take_back(wallet: Wallet, cause: str, points: int, when_short: str, instant: int) -> list[Move]:
    """Take points back: what expired of the cause's lots, what is left of them, other available lots, then by policy.

    Moves are (place taken from, place gone to, points). The shortfall is owed (`deficit`) or booked as given away
    (`write_off`): either place then holds less than nothing, so that the ledger still adds up to zero.
    """
    moves: list[Move] = []
    _forget(wallet.expired, instant - EXPIRED_KEPT)
    for place, take in (("expired", _from_expired), ("pending", _from_waiting), ("available", _from_available)):
        if taken := take(wallet, cause, points):
            moves.append((place, "issued", taken))
            points -= taken
    if points and when_short == "deficit":
        wallet.deficit += points
        moves.append(("deficit", "issued", points))
    elif points:
        moves.append(("written_off", "issued", points))
    return moves


def _from_expired(wallet: Wallet, cause: str, points: int) -> int:
    left, since = wallet.expired.get(cause, (0, 0))
    taken = min(left, points)
    if taken < left:
        wallet.expired[cause] = (left - taken, since)
    elif left:
        del wallet.expired[cause]
    return taken


def _from_waiting(wallet: Wallet, cause: str, points: int) -> int:
    taken = _reduce(wallet.waiting, points, cause)
    wallet.pending -= taken
    return taken


def _from_available(wallet: Wallet, cause: str, points: int) -> int:
    taken = _reduce(wallet.lots, points, cause)
    taken += _reduce(wallet.lots, points - taken)
    wallet.available -= taken
    return taken


def _reduce(lots: list[Lot], points: int, cause: str | None = None) -> int:
    """Take up to so many points from the lots of a cause (or from any), in their order; empty lots go."""
    wanted = points
    emptied = False
    for lot in lots:
        if not wanted:
            break
        if cause is None or lot.cause == cause:
            part = min(lot.points, wanted)
            lot.points -= part
            wanted -= part
            emptied = emptied or not lot.points
    if emptied:
        lots[:] = [lot for lot in lots if lot.points]
    return points - wanted

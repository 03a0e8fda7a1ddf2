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


def matured(wallet: Wallet, instant: int) -> list[Lot]:
    """Take out the waiting lots that mature by `instant`, in order."""
    ready = []
    for lot in wallet.waiting:
        if lot.matures_at is None or lot.matures_at > instant:
            break
        ready.append(lot)
        lot.matures_at = None
        wallet.pending -= lot.points
    del wallet.waiting[: len(ready)]
    return ready


def run_out(wallet: Wallet, instant: int) -> list[Lot]:
    """Take out the available lots that expire by `instant`, remembering them for refunds."""
    gone = []
    for lot in wallet.lots:
        if lot.expires_at is None or lot.expires_at > instant:
            break
        gone.append(lot)
        wallet.available -= lot.points
    if gone:
        del wallet.lots[: len(gone)]
        remember(wallet, gone, instant)
    return gone


def remember(wallet: Wallet, gone: list[Lot], instant: int) -> None:
    """For refunds, what ran out of each cause's points."""
    _forget(wallet, instant)
    by_cause: dict[str, int] = {}
    for lot in gone:
        by_cause[lot.cause] = by_cause.get(lot.cause, 0) + lot.points
    wallet.expired.append((instant, by_cause))


def _forget(wallet: Wallet, instant: int) -> None:
    while wallet.expired and wallet.expired[0][0] < instant - EXPIRED_KEPT:
        del wallet.expired[0]


def take_back(wallet: Wallet, cause: str, points: int, when_short: str, instant: int) -> list[Move]:
    """Take points back: what expired of the cause's lots, what is left of them, other available lots, then by policy.

    Moves are (place taken from, place gone to, points). The shortfall is owed (`deficit`) or booked as given away
    (`write_off`): either place then holds less than nothing, so that the ledger still adds up to zero.
    """
    moves: list[Move] = []
    _forget(wallet, instant)
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
    wanted = points
    for _, gone in wallet.expired:
        part = min(gone.get(cause, 0), wanted)
        if part:
            wanted -= part
            gone[cause] -= part
            if not gone[cause]:
                del gone[cause]
    return points - wanted


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

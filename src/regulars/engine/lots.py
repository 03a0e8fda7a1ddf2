"""Lots: points with their own expiry. Put in, matured, expired, taken back; the wallet's sums move with them.

Available lots are kept soonest expiring first, then oldest, then by identity; lots that never expire last. Waiting lots
are kept soonest maturing first. Every function returns the moves it made, and the fold turns moves into entries.
"""

from bisect import insort

from regulars.engine.account import Lot, Wallet

FOREVER = 2**62
# A refund takes back the expired part of its own lot first; what expired longer ago than this counts as spent.
EXPIRED_KEPT = 2 * 366 * 24 * 3_600_000_000

Move = tuple[str, str, int]


def spending_order(lot: Lot) -> tuple[int, int, str]:
    return (FOREVER if lot.expires_at is None else lot.expires_at, lot.earned_at, lot.identity)


def maturing_order(lot: Lot) -> tuple[int, str]:
    return (lot.matures_at or 0, lot.identity)


def put_waiting(wallet: Wallet, lot: Lot) -> None:
    wallet.pending += lot.points
    insort(wallet.waiting, lot, key=maturing_order)


def put_available(wallet: Wallet, lot: Lot) -> int:
    """Add an available lot; what a deficit takes from it at once is returned."""
    repaid = min(lot.points, wallet.deficit)
    wallet.deficit -= repaid
    lot.points -= repaid
    wallet.available += lot.points
    if lot.points:
        insort(wallet.lots, lot, key=spending_order)
    return repaid


def matured(wallet: Wallet, instant: int) -> list[Lot]:
    """Take out the waiting lots that mature by `instant`, in order."""
    count = 0
    for lot in wallet.waiting:
        if lot.matures_at is None or lot.matures_at > instant:
            break
        wallet.pending -= lot.points
        count += 1
    ready, wallet.waiting = wallet.waiting[:count], wallet.waiting[count:]
    return ready


def run_out(wallet: Wallet, instant: int) -> list[Lot]:
    """Take out the available lots that expire by `instant`, remembering them for refunds."""
    count = 0
    for lot in wallet.lots:
        if lot.expires_at is None or lot.expires_at > instant:
            break
        wallet.available -= lot.points
        wallet.expired[lot.identity] = (lot.points, instant)
        count += 1
    gone, wallet.lots = wallet.lots[:count], wallet.lots[count:]
    for identity, (_, since) in list(wallet.expired.items()):
        if since >= instant - EXPIRED_KEPT:
            break
        del wallet.expired[identity]
    return gone


def take_back(wallet: Wallet, identity: str, points: int, when_short: str) -> list[Move]:
    """Take points back: from the lot's expired part, from the lot, from other available lots, then by policy.

    Moves are (place taken from, place gone to, points). The shortfall is owed (`deficit`) or booked as given away
    (`write_off`): either place then holds less than nothing, so that the ledger still adds up to zero.
    """
    moves: list[Move] = []
    for take in (_from_expired, _from_waiting, _from_lot):
        points -= _note(moves, take(wallet, identity, points))
    points -= _note(moves, _from_others(wallet, points))
    if points and when_short == "deficit":
        wallet.deficit += points
        _note(moves, ("deficit", "issued", points))
    elif points:
        _note(moves, ("written_off", "issued", points))
    return moves


def _note(moves: list[Move], move: Move) -> int:
    if move[2]:
        moves.append(move)
    return move[2]


def _from_expired(wallet: Wallet, identity: str, points: int) -> Move:
    held, since = wallet.expired.get(identity, (0, 0))
    taken = min(held, points)
    if taken == held:
        wallet.expired.pop(identity, None)
    else:
        wallet.expired[identity] = (held - taken, since)
    return ("expired", "issued", taken)


def _from_waiting(wallet: Wallet, identity: str, points: int) -> Move:
    taken = _reduce(wallet.waiting, identity, points)
    wallet.pending -= taken
    return ("pending", "issued", taken)


def _from_lot(wallet: Wallet, identity: str, points: int) -> Move:
    taken = _reduce(wallet.lots, identity, points)
    wallet.available -= taken
    return ("available", "issued", taken)


def _from_others(wallet: Wallet, points: int) -> Move:
    taken = 0
    while taken < points and wallet.lots:
        first = wallet.lots[0]
        part = min(first.points, points - taken)
        first.points -= part
        taken += part
        if not first.points:
            del wallet.lots[0]
    wallet.available -= taken
    return ("available", "issued", taken)


def _reduce(lots: list[Lot], identity: str, points: int) -> int:
    if not points:
        return 0
    for place, lot in enumerate(lots):
        if lot.identity == identity:
            taken = min(lot.points, points)
            lot.points -= taken
            if not lot.points:
                del lots[place]
            return taken
    return 0

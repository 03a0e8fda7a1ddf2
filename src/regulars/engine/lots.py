"""Lots: points with their own expiry. Put in, matured, run out, taken back; the wallet's sums move with them.

Available lots are kept soonest expiring first, then oldest, then by cause and funder; lots that never expire last.
Waiting lots are kept soonest maturing first. What an order adds later with the same dates joins its lot. No entry is
written here.
"""

from bisect import insort
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct

from regulars.engine.account import ANY, Claim, Gone, Lot, Wallet
from regulars.engine.calendar import FOREVER

# When points run out, and when they mature; ANY: whenever that is.
Dates = tuple[int | None, int | None]
# A refund takes back the expired part of its own lot first; what expired longer ago than this counts as spent.
EXPIRED_KEPT = 366 * 24 * 3_600_000_000

# (place taken from, place gone to, points, funder)
Move = tuple[str, str, int, str]
# What a wallet's policy says where a shortfall is booked.
SHORTFALL = {"charge": "charged", "deficit": "deficit", "write_off": "written_off"}


def spending_order(lot: Lot) -> tuple[int, int, str, str, int, int]:
    """Of lots that are alike but for that, what activity may renew comes after what it does not."""
    ends = FOREVER if lot.expires_at is None else lot.expires_at
    return (ends, lot.earned_at, lot.cause, lot.funder, lot.lasts_on or 0, lot.ended or 0)


def maturing_order(lot: Lot) -> tuple[int, str, str]:
    return (lot.matures_at or 0, lot.cause, lot.funder)


def put_waiting(wallet: Wallet, lot: Lot) -> bool:
    """Whether it is the next to mature."""
    wallet.pending += lot.points
    waiting = wallet.waiting
    if waiting and (waiting[-1].matures_at or 0) < (lot.matures_at or 0):
        waiting.append(lot)
        return False
    _insert(waiting, lot, maturing_order)
    return waiting[0] is lot


def put_available(wallet: Wallet, lot: Lot, at: int | None = None) -> int:
    """A lot is available from now on; what a deficit takes from it at once. What is over by `at` settles none."""
    lot.matures_at = None
    if lot.lasts_on is not None:
        prolong(wallet, lot)
    repaid = 0
    if wallet.deficit and (at is None or lot.expires_at is None or lot.expires_at > at):
        repaid = min(lot.points, wallet.deficit)
        wallet.deficit -= repaid
        lot.points -= repaid
        if not lot.points:
            return repaid
    wallet.available += lot.points
    ready, ends = wallet.lots, lot.expires_at
    latest = ready[-1] if ready else lot
    end = latest.expires_at
    # Mostly it is spent after all others.
    if lot.earned_at > latest.earned_at and (ends == end or (ends is not None and end is not None and ends > end)):
        ready.append(lot)
    else:
        _insert(ready, lot, spending_order)
    return repaid


def prolong(wallet: Wallet, lot: Lot) -> None:
    """What activity renews lasts as long as the other such points, unless it was over before that began."""
    if wallet.renewals and lot.expires_at is not None:
        until = wallet.renewals[-1][0]
        if until > lot.expires_at > wallet.renewed_since:
            lot.expires_at = until


def last(lot: Lot) -> int | None:
    """What lots of one order are told apart by: when they run out if nothing renews them, or gives them a grace."""
    if lot.ended is not None:
        return lot.ended
    return lot.expires_at if lot.lasts_on is None else lot.lasts_on


def _insert(lots: list[Lot], lot: Lot, order: Callable[[Lot], Any]) -> None:
    """Points of the same cause, funder and dates join their lot."""
    for other in lots:
        if other.expires_at == lot.expires_at and last(other) == last(lot) and order(other) == order(lot):
            other.points += lot.points
            return
    insort(lots, lot, key=order)


def is_ripe(lot: Lot, instant: int) -> bool:
    return lot.matures_at is not None and lot.matures_at <= instant


def mature_at(wallet: Wallet, cause: str, instant: int) -> bool:
    """The lots of this cause that wait until somebody says so mature now; whether there are any."""
    found = [lot for lot in wallet.waiting if lot.cause == cause and lot.matures_at == FOREVER]
    for lot in found:
        lot.matures_at = instant
    wallet.waiting.sort(key=maturing_order)
    return bool(found)


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


def remember(wallet: Wallet, gone: Sequence[Lot], instant: int) -> None:
    """For refunds, what ran out of each cause's points."""
    _forget(wallet, instant)
    alike: dict[tuple[str, int | None], dict[str, int]] = {}
    for lot in gone:
        mine = alike.setdefault((lot.funder, last(lot)), {})
        mine[lot.cause] = mine.get(lot.cause, 0) + lot.points
    for (funder, end), mine in alike.items():
        (wallet.expired_of.setdefault(funder, []) if funder else wallet.expired).append(Gone(instant, mine, end))


def _forget(wallet: Wallet, instant: int) -> None:
    for expired in (wallet.expired, *wallet.expired_of.values()):
        while expired and expired[0].at < instant - EXPIRED_KEPT:
            del expired[0]


def use(wallet: Wallet, points: int) -> list[Lot]:
    """Take up to so many available points, in the order of spending; the parts of lots that were taken."""
    used: list[Lot] = []
    lots = wallet.lots
    while points > 0 and lots:
        lot = lots[0]
        if lot.points <= points:
            used.append(lots.pop(0))
        else:
            used.append(part_of(lot, points))
            lot.points -= points
        wallet.available -= used[-1].points
        points -= used[-1].points
    return used


def part_of(lot: Lot, points: int) -> Lot:
    """So many of its points, as a lot that is available or was."""
    return Lot(lot.cause, points, lot.expires_at, lot.earned_at, None, lot.funder, lot.lasts_on, lot.ended)


def take_up(wallet: Wallet, cause: str, points: int) -> int:
    """How many of a cause's points were let go before and are taken up again: the member still has those."""
    again = min(points, wallet.let_go.get(cause, 0))
    if again:
        wallet.let_go[cause] -= again
        if not wallet.let_go[cause]:
            del wallet.let_go[cause]
    return again


def by_funder(lots: Iterable[Lot | Claim]) -> dict[str, int]:
    """Points of lots, or of claims, by who funded them, the first one met first."""
    sums: dict[str, int] = {}
    for lot in lots:
        sums[lot.funder] = sums.get(lot.funder, 0) + lot.points
    return sums


def total(lots: Iterable[Lot | Claim]) -> int:
    return sum([lot.points for lot in lots])


def take_back(
    wallet: Wallet,
    cause: str,
    points: int,
    when_short: str,
    instant: int,
    funder: str = "",
    claims: bool = True,
    dates: Dates = (ANY, ANY),
) -> list[Move]:
    """Take points back: what expired of the cause's lots with these dates, what is left of them, what a hold froze of
    them, as a claim on the hold (unless not `claims`), what is left of the cause's others or frozen of those, other
    available lots, then by policy. The shortfall is owed (`deficit`), booked as given away (`write_off`) or paid in
    money (`charge`). Those places then hold less than nothing, so that the ledger still adds up to zero.
    """
    _forget(wallet, instant)
    own: dict[str, int] = {}
    for place, take, alike in OWN:
        if not points:
            break
        if (claims or place != "claimed") and (taken := take(wallet, Own(cause, funder, dates, alike), points)):
            own[place] = own.get(place, 0) + taken
            points -= taken
    others = by_funder(use(wallet, points))
    points -= sum(others.values())
    if funder in others:
        own["available"] = own.get("available", 0) + others.pop(funder)
    moves = [(place, "issued", taken, funder) for place, taken in own.items()]
    moves += [("available", "issued", taken, other) for other, taken in others.items()]
    if points:
        wallet.deficit += points if when_short == "deficit" else 0
        moves.append((SHORTFALL[when_short], "issued", points, funder))
    return moves


class Own(Struct, frozen=True, gc=False):
    """Lots of a cause and funder: those with these dates, or (not `alike`) the others."""

    cause: str
    funder: str
    dates: Dates = (ANY, ANY)
    alike: bool = True

    def has(self, lot: Lot) -> bool:
        if lot.cause != self.cause or lot.funder != self.funder:
            return False
        ends, matures = self.dates
        return (ends in (ANY, last(lot)) and matures in (ANY, lot.matures_at)) == self.alike


def _from_expired(wallet: Wallet, own: Own, points: int) -> int:
    wanted, cause, end = points, own.cause, own.dates[0]
    for gone in wallet.expired_of.get(own.funder, ()) if own.funder else wallet.expired:
        part = min(gone.points.get(cause, 0), wanted) if end in (ANY, gone.end) or gone.end is None else 0
        if part:
            wanted -= part
            gone.points[cause] -= part
            if not gone.points[cause]:
                del gone.points[cause]
    return points - wanted


def _from_waiting(wallet: Wallet, own: Own, points: int) -> int:
    taken = reduce(wallet.waiting, own, points)
    wallet.pending -= taken
    return taken


def _from_available(wallet: Wallet, own: Own, points: int) -> int:
    taken = reduce(wallet.lots, own, points)
    wallet.available -= taken
    return taken


def _from_held(wallet: Wallet, own: Own, points: int) -> int:
    """Claims on the holds that froze points of the cause, the next to lapse first. A claim says whose end it has, and
    may be on other lots where a hold has no more of those."""
    wanted, end = points, own.dates[0]
    for held in wallet.holds:
        mine = [lot for lot in held.lots if lot.cause == own.cause and lot.funder == own.funder]
        claims = [one for one in held.claims if one.cause == own.cause and one.funder == own.funder]
        claim = next((one for one in claims if one.end == end), None)
        room = total(mine) - total(claims)
        if own.alike:
            claimed = claim.points if claim else 0
            room = min(room, total([lot for lot in mine if own.has(lot)]) - claimed)
        part = min(room, wanted)
        if part > 0:
            wanted -= part
            if claim:
                claim.points += part
            else:
                held.claims.append(Claim(own.cause, part, own.funder, end))
    return points - wanted


# The cause's own lots, in the order in which they are taken back.
OWN = (
    ("expired", _from_expired, True),
    ("pending", _from_waiting, True),
    ("available", _from_available, True),
    ("claimed", _from_held, True),
    ("pending", _from_waiting, False),
    ("available", _from_available, False),
    ("claimed", _from_held, False),
)


def reduce(lots: list[Lot], own: Own, points: int) -> int:
    """Take up to so many points from such lots, in their order; empty lots go."""
    wanted = points
    emptied = False
    for lot in lots:
        if not wanted:
            break
        if own.has(lot):
            part = min(lot.points, wanted)
            lot.points -= part
            wanted -= part
            emptied = emptied or not lot.points
    if emptied:
        lots[:] = [lot for lot in lots if lot.points]
    return points - wanted

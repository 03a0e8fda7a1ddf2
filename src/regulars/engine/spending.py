"""Points leave the available ones, and come back: what every decision does with lots, and the entries that say so.

Lots are used soonest expiring first, then oldest. A decision stands: where fewer points are there than it says, because
something was learned later, the rest is owed. What comes back goes to the same lots with their own expiry, the last
one taken first. Worked examples: docs/rules/spending.md and docs/rules/restoring.md.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from regulars.engine import expiring, limits, lots, taking
from regulars.engine.account import Claim, Lot, Spent
from regulars.engine.calendar import Term
from regulars.engine.facts import Redemption, Restoration
from regulars.engine.outcome import Entry, Why
from regulars.engine.program import Version
from regulars.engine.tape import Tape, repay, wallet_of


class Occasion(Struct, frozen=True):
    """What moves points: identity and kind of its entries, the wallet, when, and the version in force."""

    identity: str
    kind: str
    wallet: str
    at: int
    version: Version

    @property
    def cause(self) -> str:
        """Of the lots that it puts in."""
        return self.identity.removesuffix("|")

    @property
    def grace(self) -> Term | None:
        """How long points may still be used that come back after their last day."""
        rules = self.version.wallets.get(self.wallet)
        return rules.grace_on_return if rules else None


class Back(Struct):
    """What comes back of a redemption: parts of lots, and points that were owed for it."""

    lots: list[Lot]
    owed: int = 0

    @property
    def points(self) -> int:
        return self.owed + lots.total(self.lots)


def occasion(tape: Tape, kind: str, key: str, wallet: str, at: int) -> Occasion:
    return Occasion(f"{kind}:{key}|", kind, wallet, at, tape.programs.at(at))


def redeem(tape: Tape, fact: Redemption, at: int) -> None:
    """Points are spent at once, on what was spent before, where some of that came back; a reward may cost none."""
    if fact.points > 0 or (fact.reward and not fact.points):
        on = occasion(tape, "redeem", fact.key, fact.wallet, at)
        used, short = pay_out(tape, on, "redeemed", fact.points)
        spent = tape.spent.get(fact.key)
        # A hold of this key has lapsed, and is paid anew.
        if spent is None or spent.fate == "held":
            spent = tape.spent[fact.key] = Spent(fact.wallet, fact.points, fact.at, [], reward=fact.reward)
        if not (spent.lots or spent.short):
            expiring.is_spent(tape, fact.wallet, fact.at, at)
        spent.lots += used
        spent.short += short
        limits.count(tape, fact.wallet, fact.at, fact.points)
        if fact.reward:
            taking.took(tape, fact.reward, fact.wallet, fact.at, at)
        else:
            taking.weigh(tape, spent, at)


def restore(tape: Tape, fact: Restoration, at: int) -> None:
    """A redemption is undone, as far as it has not come back yet."""
    spent = tape.spent.get(fact.redemption)
    if spent is not None:
        on = occasion(tape, "restore", fact.key, spent.wallet, at)
        back = come_back(tape, on, spent, spent.points if fact.points is None else fact.points)
        put_back(tape, on, "redeemed", back, on.grace)


def pay_out(tape: Tape, on: Occasion, target: str, points: int, frozen: Sequence[Lot] = ()) -> tuple[list[Lot], int]:
    """Take points for a decision: what it froze before, then available lots; the rest is owed.

    Returns the lots used and how many points were short. The caller has taken the frozen lots out of the wallet.
    """
    used, short = take(tape, on.wallet, points - lots.total(frozen))
    paid(tape, on, target, used, short, frozen)
    return [*frozen, *used], short


def take(tape: Tape, name: str, points: int) -> tuple[list[Lot], int]:
    """So many points out of the available lots, and how many were short and are owed now."""
    wallet = wallet_of(tape.account, name)
    used = lots.use(wallet, points)
    short = points - lots.total(used)
    wallet.deficit += short
    return used, short


def paid(tape: Tape, on: Occasion, target: str, used: Sequence[Lot], owed: int, frozen: Sequence[Lot] = ()) -> None:
    """The entries of points that went out."""
    why = because(on, [*frozen, *used], owed)
    move(tape, on, ("held", target), frozen, why)
    move(tape, on, ("available", target), used, why)
    if owed:
        note(tape, on, ("deficit", target), owed, why)


def come_back(tape: Tape, on: Occasion, spent: Spent, points: int) -> Back:
    """Up to so many points of what was spent, the last taken first: what was owed, then lots.

    What was owed and paid up since comes back as points of this day.
    """
    wallet, back = wallet_of(tape.account, on.wallet), Back([])
    had = spent.short + lots.total(spent.lots)
    points = min(max(points, 0), had)
    limits.count(tape, on.wallet, spent.at, -points)
    if short := min(points, spent.short):
        spent.short -= short
        points -= short
        back.owed = min(short, wallet.deficit)
        wallet.deficit -= back.owed
        if short > back.owed:
            back.lots.append(new_lot(tape, on, short - back.owed))
    while points:
        last = spent.lots[-1]
        part = min(points, last.points)
        points -= part
        last.points -= part
        back.lots.append(lots.part_of(last, part))
        if not last.points:
            spent.lots.pop()
    taking.weigh(tape, spent, on.at)
    if had and not (spent.lots or spent.short):
        expiring.is_unspent(tape, on.wallet, spent.at, on.at, on.cause)
    return back


def put_back(tape: Tape, on: Occasion, source: str, back: Back, grace: Term | None = None) -> None:
    """Lots become available again with their own expiry; those whose last day is over expire, or get a grace."""
    wallet = wallet_of(tape.account, on.wallet)
    usable: list[Lot] = []
    gone: list[Lot] = []
    for lot in back.lots:
        if lot.lasts_on is not None:
            expiring.as_of_now(tape, wallet, lot)
        if lot.expires_at is None or lot.expires_at > on.at:
            usable.append(lot)
        elif grace is None:
            gone.append(lot)
        else:
            lot.ended = lots.last(lot)
            lot.expires_at = tape.programs.calendar.term_end(tape.programs.calendar.day(on.at), grace)
            lot.lasts_on = None
            usable.append(lot)
    why = because(on, back.lots, back.owed)
    if back.owed:
        note(tape, on, (source, "deficit"), back.owed, why)
    if gone:
        move(tape, on, (source, "expired"), gone, why)
        lots.remember(wallet, gone, on.at)
    move(tape, on, (source, "available"), usable, why)
    put_in(tape, on, usable)


def put_in(tape: Tape, on: Occasion, given: Iterable[Lot]) -> None:
    """Lots become available; what is owed is settled first."""
    wallet = wallet_of(tape.account, on.wallet)
    repaid: dict[str, int] = {}
    for lot in given:
        if points := lots.put_available(wallet, lot):
            repaid[lot.funder] = repaid.get(lot.funder, 0) + points
    for funder, points in repaid.items():
        repay(tape, on.identity, on.wallet, points, on.at, on.version.number, funder)


def new_lot(tape: Tape, on: Occasion, points: int) -> Lot:
    """Points of this day, available at once, that last as long as the wallet's do."""
    rules = on.version.wallets.get(on.wallet)
    if rules is None:
        return Lot(on.cause, points, None, on.at)
    today, tiers = tape.programs.calendar.day(on.at), expiring.tiers_now(tape.account)
    expires_at, lasts_on = expiring.dated(tape.programs.calendar, rules, today, tiers)
    return Lot(on.cause, points, expires_at, on.at, lasts_on=lasts_on)


def because(on: Occasion, parts: Iterable[Lot | Claim], owed: int = 0) -> Why:
    """The lots that a decision moves, in order, and what is owed for it."""
    return (on.kind, *[(lot.cause, lot.points) for lot in parts], *([("", owed)] if owed else []))


def move(tape: Tape, on: Occasion, places: tuple[str, str], parts: Iterable[Lot | Claim], why: Why) -> None:
    """One entry for each funder."""
    for funder, points in lots.by_funder(parts).items():
        note(tape, on, places, points, why, funder)


def note(tape: Tape, on: Occasion, places: tuple[str, str], points: int, why: Why, funder: str = "") -> None:
    source, target = places
    number = on.version.number
    tape.entries.append(Entry(on.identity, on.kind, on.wallet, source, target, points, on.at, number, why, funder))

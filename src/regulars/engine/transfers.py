"""Points handed to another member, and the other side of it; given or taken by hand; brought along from before.

A transfer never renews an expiry: the other side receives the very lots that were handed over. Nor does an opening
balance. Worked examples: docs/rules/transfers.md, docs/rules/adjustments.md and docs/rules/opening.md.
"""

from regulars.engine import expiring, lots
from regulars.engine.account import Lot
from regulars.engine.facts import Adjustment, HandedLot, Opening, OpeningLot, Received, Transfer
from regulars.engine.spending import Back, Occasion, because, move, new_lot, note, occasion, pay_out, put_back, put_in
from regulars.engine.tape import Tape, wallet_of


def transfer(tape: Tape, fact: Transfer, at: int) -> None:
    """Hand lots over; which ones is told, so that the other side can be recorded."""
    if fact.points > 0:
        used, _ = pay_out(tape, occasion(tape, "transfer", fact.key, fact.wallet, at), "transferred", fact.points)
        tape.handed[fact.key] = tuple(HandedLot(lot.points, lot.expires_at, lot.earned_at, lot.funder) for lot in used)


def receive(tape: Tape, fact: Received, at: int) -> None:
    """Put in what another member handed over; what has run out by now counts as expired."""
    on = occasion(tape, "receive", fact.key, fact.wallet, at)
    given = [
        Lot(f"receive:{fact.key}", lot.points, lot.expires_at, lot.earned_at, None, lot.funder) for lot in fact.lots
    ]
    put_back(tape, on, "transferred", Back([lot for lot in given if lot.points > 0]))


def open_with(tape: Tape, fact: Opening, at: int) -> None:
    """Put in what a member had before; what has run out by now counts as expired."""
    on = occasion(tape, "open", fact.key, fact.wallet, at)
    put_back(tape, on, "issued", Back([_brought(tape, on, lot) for lot in fact.lots if lot.points > 0]))


def _brought(tape: Tape, on: Occasion, lot: OpeningLot) -> Lot:
    """With the last day that is told of it, or else the one that points have that are earned on its day."""
    rules = on.version.wallets.get(on.wallet)
    expires_at, lasts_on = lot.expires_at, None
    if expires_at is None and rules is not None:
        day = tape.programs.calendar.day(lot.earned_at)
        expires_at, lasts_on = expiring.dated(tape.programs.calendar, rules, day, expiring.tiers_now(tape.account))
    return Lot(on.cause, lot.points, expires_at, lot.earned_at, None, lot.funder, lasts_on)


def adjust(tape: Tape, fact: Adjustment, at: int) -> None:
    """Given points are available at once, with the wallet's expiry; taken ones leave lots, then the policy decides."""
    if not fact.points:
        return
    on = occasion(tape, "adjust", fact.key, fact.wallet, at)
    wallet = wallet_of(tape.account, fact.wallet)
    rules = on.version.wallets.get(fact.wallet)
    if fact.points > 0:
        lot = new_lot(tape, on, fact.points)
        move(tape, on, ("issued", "available"), [lot], because(on, [lot]))
        put_in(tape, on, [lot])
    elif rules is not None and rules.when_short == "write_off":
        used = lots.use(wallet, -fact.points)
        let_go = -fact.points - lots.total(used)
        why = because(on, used, let_go)
        move(tape, on, ("available", "issued"), used, why)
        if let_go:
            note(tape, on, ("written_off", "issued"), let_go, why)
    else:
        pay_out(tape, on, "issued", -fact.points)

"""Points reserved for an open checkout: frozen by a hold, then captured, released or lapsed; exactly one of them.

A frozen lot does not expire; if its last day is over it expires when it is released. Points that went back meanwhile
are a claim on the hold: taken when it ends without being used, else taken from what else is there, then by policy. An
order that was paid with a lapsed hold is paid anew.
Worked examples: docs/rules/holds.md.
"""

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from regulars.engine import expiring, limits, lots, taking
from regulars.engine.account import ANY, Claim, Held, Spent, Wallet
from regulars.engine.facts import Capture, Hold, Order, Redemption, Release
from regulars.engine.spending import Back, Occasion, because, move, note, occasion, pay_out, put_back
from regulars.engine.tape import Tape, wallet_of

# From where to where, and whose.
Moved: TypeAlias = tuple[str, str, str]


def hold(tape: Tape, fact: Hold, at: int) -> None:
    """Freeze lots, also for a hold that is open and now takes more. One that is over before it begins has no effect."""
    if fact.points < 0 or not (fact.points or fact.reward) or fact.until <= at:
        return
    wallet = wallet_of(tape.account, fact.wallet)
    frozen = lots.use(wallet, fact.points)
    wallet.held += lots.total(frozen)
    on = occasion(tape, "hold", fact.key, fact.wallet, at)
    move(tape, on, ("available", "held"), frozen, because(on, frozen))
    held = next((one for one in wallet.holds if one.key == fact.key), None)
    if held is None:
        held = Held(fact.key, fact.until, fact.at, 0, reward=fact.reward)
        insort(wallet.holds, held, key=lapsing_order)
        taking.took(tape, fact.reward, fact.wallet, fact.at, at)
    held.points += fact.points
    held.lots += frozen
    tape.spent[fact.key] = Spent(fact.wallet, held.points, held.at, [], 0, held.until, "held", held.reward)
    limits.count(tape, fact.wallet, fact.at, fact.points)


def lapsing_order(held: Held) -> tuple[int, str]:
    return (held.until, held.key)


def capture(tape: Tape, fact: Capture, at: int) -> None:
    """The hold is final. What it could not freeze is taken now, and what was claimed of it from elsewhere."""
    found = taken_out(tape, fact.hold)
    if found is None:
        return
    name, held = found
    on = occasion(tape, "capture", fact.key, name, at)
    used, short = pay_out(tape, on, "redeemed", held.points, held.lots)
    tape.spent[held.key] = Spent(name, held.points, held.at, used, short, held.until, "captured", held.reward)
    expiring.is_spent(tape, name, held.at, at)
    for cause, claims in by_cause(held.claims).items():
        settle_elsewhere(tape, claims, about(tape, on, cause, fact.key))


def release(tape: Tape, fact: Release, at: int) -> None:
    """The hold is given back."""
    found = taken_out(tape, fact.hold)
    if found is not None:
        name, held = found
        tape.spent[held.key] = Spent(name, held.points, held.at, [], 0, held.until, "released")
        give_up(tape, held, occasion(tape, "release", fact.key, name, at), fact.key)


def lapse(tape: Tape, name: str, wallet: Wallet, at: int) -> None:
    """Holds whose time is over give their points back."""
    while wallet.holds and wallet.holds[0].until <= at:
        held = wallet.holds.pop(0)
        wallet.held -= lots.total(held.lots)
        give_up(tape, held, occasion(tape, "lapse", held.key, name, at), held.key)


def paid_anew(order: Order, spent: Mapping[str, Spent], at: int) -> list[Redemption]:
    """What is redeemed, whatever is there, for an order that was paid with holds which have lapsed by now: a decision
    of this instant, under the hold's key, so that what comes back of the order finds it.
    """
    if order.paid_at is None or order.cancelled:
        return []
    found = {payment.redemption: spent.get(payment.redemption) for payment in order.payments}
    return [
        Redemption(key, held.wallet, held.points, at, order.key, held.reward)
        for key, held in found.items()
        if held is not None and held.fate == "held" and held.until is not None and held.until <= at
    ]


def taken_out(tape: Tape, key: str) -> tuple[str, Held] | None:
    """An open hold and its wallet; None when there is none (any more)."""
    for name, wallet in tape.account.wallets.items():
        for place, held in enumerate(wallet.holds):
            if held.key == key:
                wallet.held -= lots.total(held.lots)
                return name, wallet.holds.pop(place)
    return None


def give_up(tape: Tape, held: Held, on: Occasion, key: str) -> None:
    """First what was claimed meanwhile, then back to the lots."""
    limits.count(tape, on.wallet, held.at, -held.points)
    taking.let_go(tape, on.wallet, held, on.at)
    for cause, claims in by_cause(held.claims).items():
        take(held, claims)
        moves = {("held", "claimed", funder): points for funder, points in lots.by_funder(claims).items()}
        told(tape, about(tape, on, cause, key), cause, moves)
    put_back(tape, on, "held", Back(held.lots))


def take(held: Held, claims: Sequence[Claim]) -> None:
    """What is claimed goes out of the hold's lots: of each claim those with its end, then what is left of others."""
    left = [claim.points for claim in claims]
    for alike in (True, False):
        for place, claim in enumerate(claims):
            own = lots.Own(claim.cause, claim.funder, (claim.end, ANY), alike)
            left[place] -= lots.reduce(held.lots, own, left[place])


def settle_elsewhere(tape: Tape, claims: Sequence[Claim], on: Occasion) -> None:
    """The hold's points are gone for good: claims of one cause are settled from what else is there, then by policy.

    Where that is another funder's, it goes back to that one, and those that were held stay issued.
    """
    wallet = wallet_of(tape.account, on.wallet)
    rules = on.version.wallets.get(on.wallet)
    # Nobody is at the till to pay money.
    policy = "write_off" if rules and rules.when_short == "write_off" else "deficit"
    settled, others, cause = Counter[Moved](), Counter[Moved](), claims[0].cause
    for claim in claims:
        own, dates = claim.funder, (claim.end, ANY)
        for source, _, points, funder in lots.take_back(
            wallet, cause, claim.points, policy, on.at, own, claims=False, dates=dates
        ):
            if source == "written_off":
                wallet.let_go[cause] = wallet.let_go.get(cause, 0) + points
            settled[source if funder == own else "issued", "claimed", own] += points
            if funder != own:
                others[source, "issued", funder] += points
    told(tape, on, cause, settled)
    if others:
        told(tape, replace(on, identity=f"{on.cause}@others|"), cause, others)


def told(tape: Tape, on: Occasion, cause: str, moves: Mapping[Moved, int]) -> None:
    why = ("claim", (cause, sum(moves.values())))
    for (source, target, funder), points in moves.items():
        note(tape, on, (source, target), points, why, funder)


def by_cause(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.cause, []).append(claim)
    return found


def about(tape: Tape, on: Occasion, cause: str, key: str) -> Occasion:
    return occasion(tape, "claim", f"{key}/{cause}", on.wallet, on.at)

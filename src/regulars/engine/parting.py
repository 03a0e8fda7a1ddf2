"""Two members who were one by mistake are two again: each has what they would have apart, less their share of spending.

They become their shadows. What could still come back of what they spent together, and holds that are open, are one's
alone. Points that only the two as one were given go back, and those that each is given apart return. Worked examples:
docs/rules/unmerge.md.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from regulars.engine import facts, limits, lots, referral, regranting, spending, taking, together
from regulars.engine.account import Account, Brought, Held, Spent
from regulars.engine.doubles import given
from regulars.engine.due import advance
from regulars.engine.facts import Own, Unmerge
from regulars.engine.outcome import Announcement
from regulars.engine.shadows import are_of, left_of, sides_of, whose
from regulars.engine.spending import Occasion
from regulars.engine.tape import Shadow, Tape

# What is one's alone when they part


def open_holds(shadow: Shadow, at: int) -> Iterator[tuple[Tape, Own]]:
    """An open hold belongs to one checkout: who asked for it has all of it, and the other what it froze of theirs."""
    for side in (shadow.mine, shadow.theirs):
        advance(side, at)
    for key, by_theirs in shadow.decided.items():
        own, other = whose(shadow, by_theirs)
        for wallet, held in open_of(other, key):
            yield other, facts.Release(key, key, at)
            yield own, facts.Hold(key, wallet, held.points, held.at, held.until)


def open_of(tape: Tape, key: str) -> list[tuple[str, Held]]:
    return [(name, held) for name, wallet in tape.account.wallets.items() for held in wallet.holds if held.key == key]


def put_together(one: Tape, shadow: Shadow, at: int) -> None:
    """What comes back of a redemption from now on comes to who has the order that it paid for, else to who decided."""
    bearers = {key: whose(shadow, by_theirs) for key, by_theirs in shadow.decided.items()}
    for is_theirs in (False, True):
        own, other = whose(shadow, is_theirs)
        bearers |= {key: (own, other) for touched in own.touched.values() for key in touched.memo.given_back}
    for key, (own, other) in bearers.items():
        part = other.spent.get(key)
        if part is not None and left_of(part):
            hand_on(other, key)
            take_over(own, key, part, at)
        if key in own.spent:
            own.spent[key].points = one.spent[key].points


def hand_on(tape: Tape, key: str) -> None:
    if (part := tape.spent.pop(key, None)) is not None:
        limits.count(tape, part.wallet, part.at, -left_of(part))
        for side in sides_of(tape):
            hand_on(side, key)


def take_over(tape: Tape, key: str, part: Spent, at: int) -> None:
    """What another paid is the last to come back."""
    own = tape.spent.setdefault(key, replace(part, lots=[], short=0))
    own.lots[:0] = [replace(lot) for lot in part.lots]
    own.short += part.short
    limits.count(tape, part.wallet, part.at, left_of(part))
    taking.weigh(tape, own, at)
    if tape.shadow is not None:
        take_over(whose(tape.shadow, has_paid(tape.shadow.theirs, key))[0], key, part, at)


def has_paid(tape: Tape, key: str) -> bool:
    return any(key in touched.memo.given_back for touched in tape.touched.values())


# Two again


def united(tape: Tape, fact: Unmerge) -> Tape | None:
    """Who is two members until then."""
    return next((one for one in (tape, *tape.apart.values()) if one.shadow and one.shadow.merge == fact.merge), None)


def part(tape: Tape, one: Tape, shadow: Shadow, fact: Unmerge, at: int) -> None:
    """Each has their own account from now on."""
    put_together(one, shadow, at)
    regranting.ask(one, shadow, fact, at)
    other = tape if tape is not one and not shadow.absorbed else together.opened(tape, shadow.absorbed)
    together_had, parted = books(one.account), one.account.parted
    tiers = {name: ladder.tier for name, ladder in one.account.ladders.items()}
    brought = one.account.brought
    become(one, shadow.mine)
    become(other, shadow.theirs)
    tell_of_tiers(one, tiers, at)
    tell_of_friends(one, other, brought, at)
    one.account.parted = [*parted, (shadow.names[1], at)]
    other.account.parted = [*other.account.parted, (shadow.names[0], at)]
    del tape.acts_on[shadow.absorbed]
    settle(one, other, together_had, fact, at)


def become(tape: Tape, side: Tape) -> None:
    once = given(side)
    tape.account, tape.touched, tape.spent, tape.shadow = side.account, side.touched, side.spent, side.shadow
    tape.once, tape.own_from, tape.drawn = once, len(tape.entries), side.drawn
    are_of(tape)


def tell_of_tiers(one: Tape, before: dict[str, str], at: int) -> None:
    """Whoever absorbed the other hears of the tiers that only both together had; the other one had none. Where the two
    have no place yet on a ladder that is new, one who joined since has the lowest."""
    for name, ladder in one.account.ladders.items():
        had = before.get(name, ladder.tier)
        if had != ladder.tier:
            said = {"from": had, "to": ladder.tier, "set": name, "because": "unmerge"}
            one.announcements.append(Announcement(f"tier:{name}/{at}|{ladder.tier}|", "tier.changed", at, said))


def tell_of_friends(one: Tape, other: Tape, before: Brought | None, at: int) -> None:
    """Who brought one of them hears what holds again, or no longer."""
    had = referral.earned_by(before)
    for tape in (one, other):
        brought = tape.account.brought
        if brought is not None and referral.earned_by(brought) not in (None, had):
            referral.announce(tape, brought, "referral.earned", at)
    if before is not None and had not in (None, *(referral.earned_by(each.account.brought) for each in (one, other))):
        referral.announce(one, before, "referral.withdrawn", at)


# What an account holds, by wallet, funder and place.
Books = dict[tuple[str, str, str], int]


def books(account: Account) -> Books:
    found: Books = {}

    def add(wallet: str, funder: str, place: str, points: int) -> None:
        found[wallet, funder, place] = found.get((wallet, funder, place), 0) + points

    for name, wallet in account.wallets.items():
        frozen = [lot for held in wallet.holds for lot in held.lots]
        for place, parts in (("available", wallet.lots), ("pending", wallet.waiting), ("held", frozen)):
            for funder, points in lots.by_funder(parts).items():
                add(name, funder, place, points)
        add(name, "", "deficit", -wallet.deficit)
        for claim in [claim for held in wallet.holds for claim in held.claims]:
            add(name, claim.funder, "claimed", -claim.points)
    return found


def settle(mine: Tape, theirs: Tape, before: Books, fact: Unmerge, at: int) -> None:
    """The entries of both ledgers; what the two have more, or less, than they had as one is issued or goes back."""
    after = (books(mine.account), books(theirs.account))
    for tape, was, now in ((mine, before, after[0]), (theirs, Books(), after[1])):
        move(tape, fact, at, {key: now.get(key, 0) - was.get(key, 0) for key in sorted(was.keys() | now.keys())})
    more: dict[tuple[str, str], int] = {}
    for sign, had in ((-1, before), (1, after[0]), (1, after[1])):
        for (wallet, funder, _), points in had.items():
            more[wallet, funder] = more.get((wallet, funder), 0) + sign * points
    for (wallet, funder), points in sorted(more.items()):
        apart = occasion(mine, fact, wallet, at, f"/apart/{funder}")
        if points > 0:
            note(mine, apart, ("issued", "merged"), points, funder)
        elif points < 0:
            note(mine, apart, ("merged", "issued"), -points, funder)


def move(tape: Tape, fact: Unmerge, at: int, changes: Books) -> None:
    """What comes in first."""
    for (wallet, funder, place), points in sorted(changes.items(), key=lambda one: -one[1]):
        if points > 0:
            into = occasion(tape, fact, wallet, at, f"/in/{place}/{funder}")
            note(tape, into, ("merged", place), points, funder)
        elif points < 0:
            out = occasion(tape, fact, wallet, at, f"/out/{place}/{funder}")
            note(tape, out, (place, "merged"), -points, funder)


def occasion(tape: Tape, fact: Unmerge, wallet: str, at: int, part: str) -> Occasion:
    return spending.occasion(tape, "unmerge", f"{fact.key}/{wallet}{part}", wallet, at)


def note(tape: Tape, on: Occasion, places: tuple[str, str], points: int, funder: str) -> None:
    spending.note(tape, on, places, points, ("unmerge", (f"merge:{on.wallet}", points)), funder)

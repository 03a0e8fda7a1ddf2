"""Two members who were one by mistake are two again: each has what they would have apart, less their share of spending.

While they are one, each is also folded apart, from their own facts, with their own lots, tiers and counters. What both
spend is shared by what each brought, by largest remainder and ties to the survivor, when it is spent; what one of them
does not have is the other's to bear. What comes back of it comes to whose decision it was. Points that only the two as
one were given go back, and those that each is given apart return. Worked examples: docs/rules/unmerge.md.
"""

from collections.abc import Iterable, Iterator
from typing import TypeAlias, TypeVar

import msgspec
from msgspec.structs import replace

from regulars.engine import facts, limits, lots, referral, regranting, spending, together
from regulars.engine.account import Account, Brought, Held, Memo, Spent, Wallet
from regulars.engine.doubles import given
from regulars.engine.due import advance
from regulars.engine.facts import Merge, Order, Own, Refund, Unmerge
from regulars.engine.outcome import Announcement
from regulars.engine.rounding import spread
from regulars.engine.spending import Occasion
from regulars.engine.tape import Shadow, Tape, Touched
from regulars.engine.timeline import Happening

T = TypeVar("T")
FOR_BOTH = facts.Capture | facts.Release
SPENDING = facts.Redemption | facts.Hold | facts.Transfer
Spending: TypeAlias = facts.Redemption | facts.Hold | facts.Transfer | facts.Adjustment
FINAL = ("redeemed", "captured")
OWN_PLACES = ("available", "pending", "held", "deficit", "claimed")


# As they would be apart


def shadow_of(mine: Tape, theirs: Tape, fact: Merge) -> Shadow:
    name = together.name_of(fact.absorbed, fact)
    members = (name, *(one for _, those in theirs.account.joined for one in those))
    wallets = mine.account.wallets.keys() | theirs.account.wallets.keys()
    brought = {wallet: (has(mine.account, wallet), has(theirs.account, wallet)) for wallet in sorted(wallets)}
    survivor = together.name_of(fact.survivor, fact)
    names = (fact.survivor, fact.absorbed)
    return Shadow(fact.key, survivor, name, members, copy_of(mine), copy_of(theirs), brought, names)


def has(account: Account, name: str) -> int:
    wallet = account.wallets.get(name) or Wallet()
    return wallet.available + wallet.pending + wallet.held


def copy_of(tape: Tape) -> Tape:
    touched = {key: Touched(one.order, copied(one.memo, Memo)) for key, one in tape.touched.items()}
    spent = {key: copied(one, Spent) for key, one in tape.spent.items()}
    copy = Tape(tape.programs, copied(tape.account, Account), touched, list(tape.entries), spent=spent)
    copy.once, copy.own_from = list(tape.once), tape.own_from
    copy.drawn = {key: list(events) for key, events in tape.drawn.items()}
    if (shadow := tape.shadow) is not None:
        copy.shadow = replace(shadow, mine=copy_of(shadow.mine), theirs=copy_of(shadow.theirs))
        copy.shadow.decided = dict(shadow.decided)
        are_of(copy)
    return copy


def are_of(one: Tape) -> None:
    for side in sides_of(one):
        side.one = one


def copied(value: T, kind: type[T]) -> T:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(value), type=kind)


def shared(one: Tape, shadow: Shadow, happening: Happening) -> Iterator[tuple[Tape, Own]]:
    """What a step is for each of the two, which is to be done before the next is asked for."""
    fact, sides = happening.fact, (shadow.mine, shadow.theirs)
    if isinstance(fact, Merge | Unmerge):
        return
    own = shadow.theirs if happening.of in shadow.members else shadow.mine
    if isinstance(fact, FOR_BOTH):
        yield from [(side, fact) for side in sides]
    elif isinstance(fact, facts.Restoration):
        yield from restored(shadow, fact)
    elif isinstance(fact, SPENDING) or (isinstance(fact, facts.Adjustment) and fact.points < 0):
        shadow.decided[fact.key] = own is shadow.theirs
        yield from spent(shadow, fact, own)
    elif isinstance(fact, facts.Order | facts.Refund):
        yield from paid_back(one, shadow, fact, own, happening.step[0])
        yield own, fact
        agree(own, one.touched[order_of(fact)].memo, order_of(fact))
    else:
        yield own, fact


def spent(shadow: Shadow, fact: Spending, own: Tape) -> Iterable[tuple[Tape, Own]]:
    sides = (shadow.mine, shadow.theirs)
    for side in sides:
        advance(side, fact.at)
    sign = -1 if fact.points < 0 else 1
    parts = zip(sides, shares(shadow, fact.wallet, abs(fact.points), own is shadow.theirs), strict=True)
    told = [(side, of_side(fact, sign * part, is_own=side is own)) for side, part in parts]
    return [(side, one) for side, one in told if one.points or takes_reward(one)]


def restored(shadow: Shadow, fact: facts.Restoration) -> Iterable[tuple[Tape, Own]]:
    """To whom it was taken from, by what is left of that; largest remainder, ties to the survivor."""
    sides = (shadow.mine, shadow.theirs)
    left = [left_of(side.spent.get(fact.redemption)) for side in sides]
    points = sum(left) if fact.points is None else min(fact.points, sum(left))
    parts = [(side, part) for side, part in zip(sides, spread(points, left), strict=True) if part]
    free = [(side, 0) for side in sides if is_free(side.spent.get(fact.redemption))]
    return [(side, replace(fact, points=part)) for side, part in parts or free]


def is_free(spent: Spent | None) -> bool:
    """It took a reward that costs nothing."""
    return spent is not None and bool(spent.reward) and not spent.points


def left_of(spent: Spent | None) -> int:
    """What of a redemption may still come back."""
    return 0 if spent is None or spent.fate not in FINAL else spent.short + lots.total(spent.lots)


def paid_back(one: Tape, shadow: Shadow, fact: Order | Refund, own: Tape, at: int) -> Iterator[tuple[Tape, Own]]:
    """What came back of the points that paid for an order, or paid for it again."""
    key = order_of(fact)
    before = own.touched[key].memo.given_back if key in own.touched else {}
    for name, points in sorted(one.touched[key].memo.given_back.items()):
        more, paid = points - before.get(name, 0), one.spent.get(name)
        if more > 0:
            yield from restored(shadow, facts.Restoration(name, name, at, more))
        elif more < 0 and paid is not None:
            again = facts.Redemption(name, paid.wallet, -more, paid.at)
            yield from spent(shadow, again, whose(shadow, shadow.decided.get(name, False))[0])


def agree(tape: Tape, memo: Memo, key: str) -> None:
    """The order knows what came back of the points that paid for it."""
    if key in tape.touched:
        tape.touched[key].memo.given_back = dict(memo.given_back)
        for side in sides_of(tape):
            agree(side, memo, key)


def order_of(fact: Order | Refund) -> str:
    return fact.order if isinstance(fact, Refund) else fact.key


def takes_reward(fact: Spending) -> bool:
    return isinstance(fact, facts.Redemption | facts.Hold) and bool(fact.reward)


def of_side(fact: Spending, points: int, is_own: bool) -> Spending:
    """A part of what both spend; the reward that it takes is taken by one."""
    if isinstance(fact, facts.Redemption | facts.Hold) and not is_own:
        return replace(fact, points=points, reward="")
    return replace(fact, points=points)


def shares(shadow: Shadow, wallet: str, points: int, of_theirs: bool) -> tuple[int, int]:
    """By what each brought, as far as they have it; what neither has is owed by whose decision it was."""
    brought = shadow.brought.get(wallet, (0, 0))
    mine, theirs = spread(points, brought) if any(brought) else (0, points) if of_theirs else (points, 0)
    ready = [(side.account.wallets.get(wallet) or Wallet()).available for side in (shadow.mine, shadow.theirs)]
    mine, theirs = min(mine, ready[0]), min(theirs, ready[1])
    mine += min(points - mine - theirs, ready[0] - mine)
    theirs += min(points - mine - theirs, ready[1] - theirs)
    owed = points - mine - theirs
    return (mine, theirs + owed) if of_theirs else (mine + owed, theirs)


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


def sides_of(tape: Tape) -> tuple[Tape, ...]:
    """Whom a member would be, who was of two before."""
    return () if tape.shadow is None else (tape.shadow.mine, tape.shadow.theirs)


def whose(shadow: Shadow, is_theirs: bool) -> tuple[Tape, Tape]:
    """Whose something is, and the other one."""
    return (shadow.theirs, shadow.mine) if is_theirs else (shadow.mine, shadow.theirs)


def put_together(one: Tape, shadow: Shadow, at: int) -> None:
    """What comes back of a redemption from now on comes to who has the order that it paid for, else to who decided."""
    bearers = {key: whose(shadow, by_theirs) for key, by_theirs in shadow.decided.items()}
    for is_theirs in (False, True):
        own, other = whose(shadow, is_theirs)
        bearers |= {key: (own, other) for touched in own.touched.values() for key in touched.memo.given_back}
    for key, (own, other) in bearers.items():
        part = other.spent.get(key)
        if part is not None and left_of(part):
            hand_on(other, key, at)
            take_over(own, key, part, at)
            own.spent[key].points = one.spent[key].points


def hand_on(tape: Tape, key: str, at: int) -> None:
    if (part := tape.spent.pop(key, None)) is not None:
        limits.count(tape, part.wallet, part.at, -left_of(part), at)
        for side in sides_of(tape):
            hand_on(side, key, at)


def take_over(tape: Tape, key: str, part: Spent, at: int) -> None:
    """What another paid is the last to come back."""
    own = tape.spent.setdefault(key, replace(part, points=0, lots=[], short=0))
    own.points += part.points
    own.lots[:0] = [replace(lot) for lot in part.lots]
    own.short += part.short
    limits.count(tape, part.wallet, part.at, left_of(part), at)
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
    brought = one.account.brought
    become(one, shadow.mine, at)
    become(other, shadow.theirs, at)
    tell_of_friends(one, other, brought, at)
    one.account.parted = [*parted, (shadow.names[1], at)]
    other.account.parted = [*other.account.parted, (shadow.names[0], at)]
    del tape.acts_on[shadow.absorbed]
    settle(one, other, together_had, fact, at)


def become(tape: Tape, side: Tape, at: int) -> None:
    once = given(side)
    told = {name: ladder.tier for name, ladder in tape.account.ladders.items()}
    tape.account, tape.touched, tape.spent, tape.shadow = side.account, side.touched, side.spent, side.shadow
    tape.once, tape.own_from, tape.drawn = once, len(tape.entries), side.drawn
    are_of(tape)
    for name, ladder in tape.account.ladders.items():
        if told.get(name, ladder.tier) != ladder.tier:
            said = {"from": told[name], "to": ladder.tier, "set": name, "because": "unmerge"}
            tape.announcements.append(Announcement(f"tier:{name}/{at}|{ladder.tier}|", "tier.changed", at, said))


def tell_of_friends(one: Tape, other: Tape, before: Brought | None, at: int) -> None:
    """Who brought one of them hears what holds again, or no longer."""
    for tape in (one, other):
        brought = tape.account.brought
        if brought is not None and brought.given is not None and brought != before:
            referral.announce(tape, brought, "referral.earned", at)
    if before is not None and before.given is not None and before not in (one.account.brought, other.account.brought):
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
        if points:
            places = ("issued", "merged") if points > 0 else ("merged", "issued")
            note(mine, occasion(mine, fact, wallet, at, f"/apart/{funder}"), places, abs(points), funder)


def move(tape: Tape, fact: Unmerge, at: int, changes: Books) -> None:
    """What comes in first."""
    for (wallet, funder, place), points in sorted(changes.items(), key=lambda one: -one[1]):
        if points:
            way = "in" if points > 0 else "out"
            places = ("merged", place) if points > 0 else (place, "merged")
            note(tape, occasion(tape, fact, wallet, at, f"/{way}/{place}/{funder}"), places, abs(points), funder)


def occasion(tape: Tape, fact: Unmerge, wallet: str, at: int, part: str) -> Occasion:
    return spending.occasion(tape, "unmerge", f"{fact.key}/{wallet}{part}", wallet, at)


def note(tape: Tape, on: Occasion, places: tuple[str, str], points: int, funder: str) -> None:
    spending.note(tape, on, places, points, ("unmerge", (f"merge:{on.wallet}", points)), funder)

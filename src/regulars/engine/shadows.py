"""Two members as they would be apart while they are one, since that will end: each folded from their own facts.

Each has their own lots, tiers and counters. What both spend is shared by what each brought, by largest remainder and
ties to the survivor, when it is spent; what one of them does not have is the other's to bear. As long as they are one,
what comes back of it comes to each by what is left of that, and what budgets grant is what they grant to the two as
one. Worked examples: docs/rules/unmerge.md.
"""

from collections.abc import Iterable, Iterator
from typing import TypeAlias, TypeVar

import msgspec
from msgspec.structs import replace

from regulars.engine import facts, lots, together
from regulars.engine.account import Account, Memo, Spent, Wallet
from regulars.engine.due import advance
from regulars.engine.facts import Merge, Order, Own, Refund, Unmerge
from regulars.engine.rounding import spread
from regulars.engine.tape import Shadow, Tape, Touched
from regulars.engine.timeline import Happening

T = TypeVar("T")
FOR_BOTH = facts.Capture | facts.Release
SPENDING = facts.Redemption | facts.Hold | facts.Transfer
Spending: TypeAlias = facts.Redemption | facts.Hold | facts.Transfer | facts.Adjustment
FINAL = ("redeemed", "captured")


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
    copy.shadow = tape.shadow
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
        yield from spent(shadow, fact, own)
    elif isinstance(fact, facts.Order | facts.Refund):
        yield from paid_back(one, shadow, fact, own, happening.step[0])
        yield own, fact
        agree(own, one.touched[order_of(fact)].memo, order_of(fact))
    else:
        yield own, fact


def spent(shadow: Shadow, fact: Spending, own: Tape) -> Iterable[tuple[Tape, Own]]:
    """Shared by both; but what one had redeemed before they were one, and is paid again, is theirs alone."""
    sides = (shadow.mine, shadow.theirs)
    for side in sides:
        advance(side, fact.at)
    if isinstance(fact, facts.Redemption | facts.Hold):
        if fact.key not in shadow.decided and (before := [one for one in sides if is_final(one.spent.get(fact.key))]):
            return [(before[0], fact)]
        own = whose(shadow, shadow.decided.setdefault(fact.key, own is shadow.theirs))[0]
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
    return 0 if spent is None else spent.short + lots.total(spent.lots)


def is_final(spent: Spent | None) -> bool:
    return spent is not None and spent.fate in FINAL


def paid_back(one: Tape, shadow: Shadow, fact: Order | Refund, own: Tape, at: int) -> Iterator[tuple[Tape, Own]]:
    """What came back of the points that paid for an order, or paid for it again."""
    key = order_of(fact)
    before = own.touched[key].memo.given_back if key in own.touched else {}
    for name, points in sorted(one.touched[key].memo.given_back.items()):
        more = points - before.get(name, 0)
        if more > 0:
            yield from restored(shadow, facts.Restoration(name, name, at, more))
        elif more:
            paid = one.spent[name]
            yield from spent(shadow, facts.Redemption(name, paid.wallet, -more, paid.at), own)


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
    theirs = min(theirs, ready[1])
    mine = min(points - theirs, ready[0])
    theirs = min(points - mine, ready[1])
    owed = points - mine - theirs
    return (mine, theirs + owed) if of_theirs else (mine + owed, theirs)


def sides_of(tape: Tape) -> tuple[Tape, ...]:
    """Whom a member would be, who was of two before."""
    return () if tape.shadow is None else (tape.shadow.mine, tape.shadow.theirs)


def whose(shadow: Shadow, is_theirs: bool) -> tuple[Tape, Tape]:
    """Whose something is, and the other one."""
    return (shadow.theirs, shadow.mine) if is_theirs else (shadow.mine, shadow.theirs)

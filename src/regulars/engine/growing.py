"""How an order's money grows towards a tier: it waits as long as the order's points do, then counts from that day.

Growth is what is left of the order. The version at payment says whether the order grows at all, and the one in force
when growth moves says what that does to the tier. Worked examples: docs/rules/tiers.md.
"""

from regulars.engine import tiers
from regulars.engine.account import Memo
from regulars.engine.lots import FOREVER
from regulars.engine.occasions import announce_tier
from regulars.engine.program import Version
from regulars.engine.tape import Tape, matures


def tier_at_payment(tape: Tape, version: Version, at: int) -> str:
    """The member's tier as this version knows it; whoever has none in it is placed by their growth."""
    rules, account = version.tiers, tape.account
    if rules is None:
        return ""
    if not rules.knows(account.standing.tier):
        tiers.in_window(account.growth, rules, tape.programs.calendar, tape.programs.calendar.day(at))
        announce_tier(tape, tiers.rise(account, rules, tape.programs.calendar, at, ""), at)
    return account.standing.tier


def counts_at(tape: Tape, version: Version, paid_at: int) -> int | None:
    """When an order's growth counts; None when this version has no tiers."""
    if version.tiers is None:
        return None
    matures_at = matures(tape, version.main_wallet.pending, paid_at)
    return paid_at if matures_at is None else matures_at


def changed(tape: Tape, order: str, memo: Memo, amount: int, at: int) -> None:
    """So much more, or less, is left of an order than before."""
    if memo.growth_at is None or not amount:
        return
    if at < memo.growth_at:
        wait(tape, order, memo.growth_at, amount)
    else:
        count(tape, order, memo.growth_at, amount, at)


def wait(tape: Tape, order: str, until: int, amount: int) -> None:
    waiting = tape.account.growth.waiting
    for place, (_, key, before) in enumerate(waiting):
        if key == order:
            waiting[place] = (until, order, before + amount)
            if not before + amount:
                del waiting[place]
            return
    waiting.append((until, order, amount))
    waiting.sort()


def count(tape: Tape, order: str, counts_from: int, amount: int, at: int) -> None:
    """Growth changes on the day it counts from, unless that has left the window; the tier is judged."""
    growth, calendar, rules = tape.account.growth, tape.programs.calendar, tape.programs.at(at).tiers
    today = calendar.day(at)
    day = today if counts_from == at else calendar.day(counts_from)
    if rules is not None:
        tiers.in_window(growth, rules, calendar, today)
    if day < growth.since:
        return
    tiers.grow(growth, day, amount)
    if rules is not None:
        judge = tiers.fall if amount < 0 else tiers.rise
        announce_tier(tape, judge(tape.account, rules, calendar, at, order), at)


def fulfilled(tape: Tape, order: str, memo: Memo, at: int) -> None:
    """Growth that waited for the order to be handed over counts from now on."""
    if memo.growth_at != FOREVER:
        return
    memo.growth_at = at
    waiting = tape.account.growth.waiting
    amount = sum(amount for _, key, amount in waiting if key == order)
    waiting[:] = [item for item in waiting if item[1] != order]
    if amount:
        count(tape, order, at, amount, at)

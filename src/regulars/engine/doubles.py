"""What two members both got although one member gets it once: found when they become one, and taken back then.

Given once are the welcome, what a complete profile gives, the gift for a birthday of one year and for an anniversary of
one number, and what an order gives for being the first, or any other of a stated number. The absorbed member's goes
back, of orders the later one's. Whoever referred themselves under another name loses both sides of it. Goals are not
here: their awards belong to a window and follow what counts in it. Worked examples: docs/rules/merge.md.
"""

from msgspec import Struct
from msgspec.structs import replace

from regulars.engine import growing, occasions, orders, referral
from regulars.engine.account import Account, Brought, Given
from regulars.engine.earning import earned
from regulars.engine.facts import Merge
from regulars.engine.outcome import Why
from regulars.engine.program import Rule, Version
from regulars.engine.returns import what_is_left
from regulars.engine.tape import Once, Tape, Touched, is_same_for_all

# No order has this number, nor any multiple of another.
NO_NUMBER = -1
# Whether a rule asks for this very number, or for every so manieth order, shows at a large multiple of it.
FAR = 1_000_003


class Twice(Struct, frozen=True):
    """`gifts` of the absorbed member, orders whose number another order had, causes of a self-referral."""

    gifts: tuple[Once, ...]
    orders: tuple[str, ...]
    referrals: tuple[str, ...]
    brought: tuple[Brought, ...]


def found(mine: Tape, theirs: Tape, fact: Merge) -> Twice:
    """Looks at everything that was given to both, so both were folded from nothing."""
    had = {occasion_of(gift.cause) for gift in given(mine)}
    gifts = tuple(gift for gift in given(theirs) if occasion_of(gift.cause) in had)
    names = (fact.survivor, fact.absorbed)
    sides = (mine.account, theirs.account)
    brought = tuple(side.brought for side in sides if side.brought is not None and side.brought.by in names)
    return Twice(gifts, later_orders(mine, theirs), of_oneself(*sides, names), brought)


def forget(account: Account, fact: Merge) -> None:
    """Nobody brought themselves."""
    if account.brought is not None and account.brought.by in (fact.survivor, fact.absorbed):
        account.brought = None


def occasion_of(cause: str) -> str:
    """ "birthday:2026"; whoever joins twice joins by different facts. A merge before this one gave it another name."""
    word, _, rest = cause.partition("@")[0].partition(":")
    return word if word == "enrolment" else f"{word}:{rest}"


def given(tape: Tape) -> list[Once]:
    """What was given once, and not taken back since."""
    sums = {(gift.cause, gift.rule): gift for gift in tape.once}
    for entry in tape.entries[tape.own_from :]:
        cause, _, rule = entry.identity.rpartition("|")
        if entry.kind in ("earn", "reverse") and is_same_for_all(cause):
            points = entry.points if entry.kind == "earn" else -entry.points
            first = Once(cause, rule, 0, entry.version, entry.occurred_at)
            before = sums.get((cause, rule), first)
            sums[cause, rule] = replace(before, points=before.points + points)
    return [gift for gift in sums.values() if gift.points > 0]


def renamed(gift: Once, merge: str) -> Once:
    return gift if "@" in gift.cause else replace(gift, cause=f"{gift.cause}@{merge}")


def take_back(tape: Tape, twice: Twice, fact: Merge, at: int) -> None:
    for gift in twice.gifts:
        version = tape.programs.numbered(gift.version)
        rule = next(rule for rule in version.rules if rule.name == gift.rule)
        occasions.take_back(tape, version, rule, gift.points, renamed(gift, fact.key).cause, at, gift.at)
    for key in twice.orders:
        renumber(tape, tape.touched[key], at, f"merge:{fact.key}/{key}")
    kept = tape.account.brought
    for brought in twice.brought:
        referral.withdraw(tape, brought, at)
    tape.account.brought = kept
    for cause in twice.referrals:
        take_back_referral(tape, cause, at)


# Orders of the same number


def later_orders(mine: Tape, theirs: Tape) -> tuple[str, ...]:
    """Orders that were given something for their number, where an earlier one of the other member was as well."""
    first: dict[tuple[str, int], tuple[int, str, int]] = {}
    doubled = set()
    for side, tape in enumerate((mine, theirs)):
        for key, touched in tape.touched.items():
            memo = touched.memo
            if memo.counts and memo.known.nth > 0 and not memo.gone:
                for rule in for_its_number(tape, touched):
                    here = (memo.paid_at, key, side)
                    there = first.setdefault((rule, memo.known.nth), here)
                    if there[2] != side:
                        doubled.add(max(here, there)[1])
    return tuple(sorted(doubled))


def for_its_number(tape: Tape, touched: Touched) -> list[str]:
    """Rules by which an order keeps something because it is this very one."""
    memo = touched.memo
    if not memo.kept:
        return []
    far = keeping(tape, touched, memo.known.nth * FAR)
    return [rule for rule, points in memo.kept.items() if points and rule not in far]


def keeping(tape: Tape, touched: Touched, number: int) -> dict[str, tuple[int, Why]]:
    """What the rules would give if the order had another number."""
    order, memo = touched.order, touched.memo
    version = tape.programs.numbered(memo.version)
    seen = replace(orders.scene(tape, order, memo), known=replace(memo.known, nth=number))
    left = orders.basket(order, memo.returned, what_is_left(order, memo.returned))
    return {rule.name: (points, why) for rule, points, why in earned(version, seen, *left)}


def renumber(tape: Tape, touched: Touched, at: int, cause: str) -> None:
    """The order has no number of its own any more, and loses what it was given for one."""
    memo = touched.memo
    version = tape.programs.numbered(memo.version)
    now = keeping(tape, touched, NO_NUMBER)
    memo.known = replace(memo.known, nth=NO_NUMBER)
    for rule in rules_of(version, touched):
        kept = memo.kept.get(rule.name, 0)
        keeps, why = now.get(rule.name, (0, ()))
        if keeps < kept:
            orders.keep(tape, version, touched, rule, keeps, at)
            orders.reverse(tape, touched, rule, kept - keeps, at, cause, ("remains", kept, keeps, *why))
    growing.changed(tape, touched.order.key, memo, at)


def rules_of(version: Version, touched: Touched) -> list[Rule]:
    return [orders.funded(rule, touched.order.partner) for rule in version.order_rules]


# Self-referral


def of_oneself(mine: Account, theirs: Account, names: tuple[str, str]) -> tuple[str, ...]:
    """Causes of referrals that one of them was given for the other: an order, or whose it is and the order."""
    found_causes: list[str] = []
    for friend, referrer, name in ((mine, theirs, names[1]), (theirs, mine, names[0])):
        brought = friend.brought
        if brought is not None and brought.by == name and brought.order:
            order = brought.order
            found_causes += [cause for cause in referrer.effects if cause == order or cause.endswith(f"/{order}")]
    return tuple(found_causes)


def take_back_referral(tape: Tape, cause: str, at: int) -> None:
    effects = tape.account.effects
    given, effects[cause] = effects[cause], Given(at, tape.programs.at(at).number, {})
    occasions.take_all_back(tape, given, f"effect:{cause}", at)

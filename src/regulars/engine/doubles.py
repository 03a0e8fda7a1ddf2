"""What two members both got although one member gets it once: found when they become one, and taken back then.

Given once are the welcome, what a complete profile gives, the gift for a birthday of one year and for an anniversary of
one number, what an order gives for being the first, or any other of a stated number, and whatever a rule gives `once`,
as those on tiers do. The absorbed member's goes back, of orders the later one's. Of two who brought them one stays.
Whoever referred themselves under another name loses both sides of it. Goals are not here: their awards belong to a
window and follow what counts in it. Worked examples: docs/rules/merge.md.
"""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from regulars.engine import growing, occasions, orders, referral
from regulars.engine.account import Account, Brought, Given
from regulars.engine.calendar import FOREVER
from regulars.engine.earning import earned
from regulars.engine.facts import Merge
from regulars.engine.outcome import Why
from regulars.engine.program import Programs, Version
from regulars.engine.returns import what_is_left
from regulars.engine.tape import Once, Tape, Touched, is_same_for_all
from regulars.engine.tariff import tariff_of

# What else a rule may give once. Goals follow what counts, and orders know themselves what they keep.
BY_RULE = ("activity", "effect", "plan", "tier")
# No order has this number, nor any multiple of another.
NO_NUMBER = -1
# Whether a rule asks for this very number, or for every so manieth order, shows at a large multiple of it.
FAR = 1_000_003


class Twice(Struct, frozen=True):
    """`gifts` of the absorbed member, orders and the rules by which they lose something, causes of a self-referral.

    Of who `brought` either of them, those who no longer count, and who does.
    """

    gifts: tuple[Once, ...]
    orders: tuple[tuple[str, str], ...]
    referrals: tuple[str, ...]
    lost: tuple[Brought, ...]
    brought: Brought | None


def found(mine: Tape, theirs: Tape, fact: Merge) -> Twice:
    """Looks at everything that was given to both, so both were folded from nothing."""
    had = {occasion_of(gift) for gift in given(mine)}
    gifts = tuple(gift for gift in given(theirs) if occasion_of(gift) in had)
    names = (fact.survivor, fact.absorbed)
    sides = (mine.account, theirs.account)
    brought = bringer(*sides, names)
    lost = tuple(side.brought for side in sides if side.brought is not None and side.brought is not brought)
    return Twice(gifts, later_orders(mine, theirs), of_oneself(*sides, names), lost, brought)


def bringer(mine: Account, theirs: Account, names: tuple[str, str]) -> Brought | None:
    """Who brought the two as one: the first whose friend has earned, else the first before either of them bought.

    Nobody brought themselves.
    """
    selves = {*names, *(one for side in (mine, theirs) for _, members in side.joined for one in members)}
    found = [one for one in (mine.brought, theirs.brought) if one is not None and one.by not in selves]
    bought = min([at for at in (mine.first_order_at, theirs.first_order_at) if at is not None], default=FOREVER)
    earned = [one for one in found if one.given is not None]
    return min(earned or [one for one in found if one.at <= bought], key=lambda one: one.at, default=None)


def occasion_of(gift: Once) -> str:
    """ "birthday:2026"; whoever joins twice joins by different facts. A merge before this one gave it another name."""
    word, _, rest = gift.cause.partition("@")[0].partition(":")
    if not is_same_for_all(gift.cause):
        return gift.rule
    return f"{word}:" if word == "enrolment" else f"{word}:{rest}"


def given(tape: Tape) -> list[Once]:
    """What was given once, and not taken back since; what orders gave is with them. Given again, as of then."""
    sums = {(gift.cause, gift.rule): gift for gift in tape.once}
    for entry in tape.entries[tape.own_from :]:
        cause, _, rule = entry.identity.rpartition("|")
        before = sums.get((cause, rule))
        if entry.kind == "reverse" and before is not None:
            sums[cause, rule] = replace(before, points=before.points - entry.points)
        elif entry.kind == "earn" and is_given_once(tape.programs, entry.version, cause, rule):
            if before is None or before.points <= 0:
                before = Once(cause, rule, 0, entry.version, entry.occurred_at)
            sums[cause, rule] = replace(before, points=before.points + entry.points)
    return [gift for gift in sums.values() if gift.points > 0]


def is_given_once(programs: Programs, version: int, cause: str, rule: str) -> bool:
    if is_same_for_all(cause):
        return True
    return cause.partition(":")[0] in BY_RULE and is_once(programs.numbered(version), rule)


def is_once(version: Version, rule: str) -> bool:
    """Whether a member gets it once in a lifetime."""
    caps = version.bounds.get(rule, ())
    return any(cap.per == "lifetime" and cap.counts_times and cap.at_most == 1 for cap in caps)


def called(cause: str, merge: str, names: Mapping[str, str]) -> str:
    """What a cause is called that the survivor may have as well."""
    return names.get(cause, f"{cause}@{merge}" if is_same_for_all(cause) and "@" not in cause else cause)


def renamed(gift: Once, merge: str) -> Once:
    return replace(gift, cause=called(gift.cause, merge, {}))


def take_back(tape: Tape, twice: Twice, fact: Merge, at: int) -> None:
    for gift in twice.gifts:
        version = tape.programs.numbered(gift.version)
        rule = next(rule for rule in version.rules if rule.name == gift.rule)
        occasions.take_back(tape, version, rule, gift.points, renamed(gift, fact.key).cause, at, gift.at)
        if gift.cause.startswith("effect:"):
            take_out(tape.account.effects, gift)
    for key in dict.fromkeys(key for key, _ in twice.orders):
        lost = {rule for order, rule in twice.orders if order == key}
        lose(tape, tape.touched[key], lost, at, f"merge:{fact.key}/{key}")
    for brought in twice.lost:
        referral.withdraw(tape, brought, at)
    tape.account.brought = twice.brought
    count_for_who_brought(tape, at)
    for cause in twice.referrals:
        take_back_referral(tape, cause, at)


def take_out(effects: dict[str, Given], gift: Once) -> None:
    """What another member's deed gave is less by this."""
    cause = gift.cause.removeprefix("effect:")
    kept = {rule: points for rule, points in effects[cause].points.items() if rule != gift.rule}
    effects[cause] = replace(effects[cause], points=kept)


# Orders that were given the same


def later_orders(mine: Tape, theirs: Tape) -> tuple[tuple[str, str], ...]:
    """Orders that were given something once, or for their number, where an earlier one of the other member was too."""
    first: dict[tuple[str, int], tuple[int, str, int]] = {}
    doubled = set()
    for side, tape in enumerate((mine, theirs)):
        for key, touched in tape.touched.items():
            for rule, number in given_to(tape, touched):
                here = (touched.memo.paid_at, key, side)
                there = first.setdefault((rule, number), here)
                if there[2] != side:
                    doubled.add((max(here, there)[1], rule))
    return tuple(sorted(doubled))


def given_to(tape: Tape, touched: Touched) -> list[tuple[str, int]]:
    """Rules by which an order keeps something that a member gets once, and the number that it had to have."""
    memo, version = touched.memo, tape.programs.numbered(touched.memo.version)
    found = [(rule, memo.known.nth) for rule in for_its_number(tape, touched)]
    return found + [(rule, 0) for rule in memo.kept if is_once(version, rule)]


def for_its_number(tape: Tape, touched: Touched) -> list[str]:
    """Rules by which an order keeps something because it is this very one."""
    memo = touched.memo
    if not memo.kept or memo.known.nth <= 0:
        return []
    far = keeping(tape, touched, memo.known.nth * FAR)
    return [rule for rule, points in memo.kept.items() if points and rule not in far]


def keeping(tape: Tape, touched: Touched, number: int) -> dict[str, tuple[int, Why]]:
    """What the rules would give if the order had another number."""
    order, memo = touched.order, touched.memo
    version = tape.programs.numbered(memo.version)
    seen = replace(orders.scene(tape, order, memo), known=replace(memo.known, nth=number))
    left = orders.basket(order, memo.returned, what_is_left(order, memo.returned))
    tariff = tariff_of(tape.programs, version, seen.day, seen.tiers)
    return {rule.name: (points, why) for rule, points, why in earned(tariff, seen, *left)}


def lose(tape: Tape, touched: Touched, lost: set[str], at: int, cause: str) -> None:
    """The order loses what these rules gave; if one of them asked for its number, it has none of its own any more."""
    memo = touched.memo
    version = tape.programs.numbered(memo.version)
    if lost.intersection(for_its_number(tape, touched)):
        memo.known = replace(memo.known, nth=NO_NUMBER)
    now = keeping(tape, touched, memo.known.nth)
    for rule in orders.rules_of(version, touched):
        kept = memo.kept.get(rule.name, 0)
        keeps, why = (0, ()) if rule.name in lost else now.get(rule.name, (0, ()))
        if keeps < kept:
            orders.keep(tape, version, touched, rule, keeps, at)
            orders.reverse(tape, touched, rule, kept - keeps, at, cause, ("remains", kept, keeps, *why))
    growing.changed(tape, touched.order.key, memo, at)


# Referral


def count_for_who_brought(tape: Tape, at: int) -> None:
    """What either of them bought may count from now on, after the order that does, as if one had bought it all."""
    brought = tape.account.brought
    if brought is None:
        return
    for key, touched in sorted(tape.touched.items(), key=lambda one: (one[1].memo.paid_at, one[0])):
        order, memo = touched.order, touched.memo
        if memo.counts and key != brought.order:
            goods, _ = orders.basket(order, memo.returned, what_is_left(order, memo.returned))
            version = tape.programs.numbered(memo.version)
            referral.ordered(tape, version, key, memo, orders.scene(tape, order, memo), goods, at)


def of_oneself(mine: Account, theirs: Account, names: tuple[str, str]) -> tuple[str, ...]:
    """Causes of referrals that one of them was given for the other: an order, or whose it is and the order."""
    found_causes: list[str] = []
    for friend, referrer, (friends, name) in ((mine, theirs, names), (theirs, mine, names[::-1])):
        brought = friend.brought
        if brought is not None and brought.by == name and brought.order:
            buyers = {friends, *(one for _, members in friend.joined for one in members)}
            causes = {brought.order, *(f"{buyer}/{brought.order}" for buyer in buyers)}
            found_causes += [cause for cause in referrer.effects if cause in causes]
    return tuple(found_causes)


def take_back_referral(tape: Tape, cause: str, at: int) -> None:
    effects = tape.account.effects
    given, effects[cause] = effects[cause], Given(at, tape.programs.at(at).number, {})
    occasions.take_all_back(tape, given, f"effect:{cause}", at)

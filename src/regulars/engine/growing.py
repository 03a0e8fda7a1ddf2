"""How orders and activities grow towards tiers: an order's share waits as long as its points do, then counts.

An order's share is what is left of it: its money, the order itself while anything is left, or the points it keeps. The
version at payment says which sets it grows in, and the one in force when growth moves says what that does to the tier.
Activities count at once. Worked examples: docs/rules/growth.md.
"""

from bisect import insort

from regulars.engine import tiers
from regulars.engine.account import Account, Growth, Ladder, Memo, Standing, Step
from regulars.engine.calendar import FOREVER
from regulars.engine.facts import Activity
from regulars.engine.levels import UNREACHABLE, TierRules
from regulars.engine.program import Rule, Version
from regulars.engine.tape import GROW, Tape, expect, matures
from regulars.engine.tariff import Tariff
from regulars.engine.tiers import Judge
from regulars.engine.timeline import DECIDE, PAY
from regulars.engine.windows import grow, in_window

DUE = 0
# Less than anybody's growth.
ANY = -UNREACHABLE
# After all steps of an instant.
AFTER = DECIDE + 1


def begin(account: Account, version: Version, at: int) -> None:
    """A new member stands on the lowest tier of each set."""
    for name, rules in version.tier_sets.items():
        tier = rules.levels[0].tier
        account.ladders[name] = Ladder(tier, standing=Standing(tier, at))


def tiers_at(tape: Tape, version: Version, at: int) -> tuple[str, ...]:
    """The member's tiers as this version knows them, the main set's first; whoever has none is placed by growth."""
    ladders = tape.account.ladders
    found: tuple[str, ...] = ()
    for rules in version.tier_sets.values():
        ladder = ladders.get(rules.name)
        if ladder is None:
            ladder = ladders[rules.name] = Ladder()
        if ladder.tier not in rules.places:
            tiers.place(Judge(tape, rules, ladder, _now(tape, ladder, at), "program"))
        found += (ladder.tier,)
    return found


def paid(tape: Tape, tariff: Tariff, key: str, memo: Memo) -> None:
    """The growth of an order begins to wait, or counts at once."""
    at = memo.paid_at
    for name, rules, by_spend, later in tariff.growing:
        amount = memo.merchandise if by_spend else share(tariff.version, rules, memo)
        counts_from = at + later if later is not None else matures(tape, rules.pending, at) or at
        memo.growth[name] = (counts_from, amount)
        if not amount:
            continue
        ladder = tape.account.ladders[name]
        if counts_from > at:
            waiting = ladder.growth.waiting
            if waiting and waiting[-1][0] < counts_from:
                waiting.append((counts_from, key, amount))
                continue
            insort(waiting, (counts_from, key, amount))
            if waiting[0][1] == key:
                expect(tape, (counts_from, GROW, name))
        else:
            here = (at, PAY, key)
            count(tape, rules, ladder, here, "growth", key, here, amount)


def share(version: Version, rules: TierRules, memo: Memo) -> int:
    """What an order adds to growth, as much as is left of it."""
    if rules.grows_by == "spend":
        return memo.merchandise
    if rules.grows_by == "orders":
        return 0 if memo.gone else 1
    return sum([memo.kept.get(rule.name, 0) for rule in version.order_rules if rule.wallet == rules.wallet])


def changed(tape: Tape, key: str, memo: Memo, at: int) -> None:
    """More, or less, may be left of an order than before."""
    if not memo.growth:
        return
    version = tape.programs.numbered(memo.version)
    for name, (counts_from, before) in memo.growth.items():
        amount = share(version, version.tier_sets[name], memo) - before
        if amount:
            memo.growth[name] = (counts_from, before + amount)
            if at < counts_from:
                wait(tape.account.ladders[name], key, counts_from, amount)
            else:
                _recount(tape, name, key, memo, counts_from, amount, at)


def fulfilled(tape: Tape, key: str, memo: Memo, at: int) -> None:
    """Growth that waited for the order to be handed over counts from now on."""
    for name, (counts_from, amount) in memo.growth.items():
        if counts_from == FOREVER:
            memo.growth[name] = (at, amount)
            _handed_over(tape, name, key, amount, at)


def handed_over(tape: Tape, cause: str, at: int) -> None:
    """What waited for that by another cause than its order counts from now on."""
    for name, ladder in tape.account.ladders.items():
        for counts_from, key, amount in [*ladder.growth.waiting]:
            if (counts_from, key) == (FOREVER, cause):
                _handed_over(tape, name, cause, amount, at)


def _handed_over(tape: Tape, name: str, cause: str, amount: int, at: int) -> None:
    ladder = tape.account.ladders[name]
    here = _counts_now(tape, ladder, at, cause)
    # What is empty now may be filled by an edit.
    if amount:
        wait(ladder, cause, FOREVER, -amount)
        _count_in(tape, name, here, "growth", cause, here, amount)


def wait(ladder: Ladder, key: str, until: int, amount: int) -> None:
    """So much more, or less, of an order or a cause waits until then."""
    waiting = ladder.growth.waiting
    for place, (counts_from, other, before) in enumerate(waiting):
        if (counts_from, other) == (until, key):
            waiting[place] = (counts_from, other, before + amount)
            if not before + amount:
                del waiting[place]
            return
    insort(waiting, (until, key, amount))


def _recount(tape: Tape, name: str, key: str, memo: Memo, counts_from: int, amount: int, at: int) -> None:
    ladder = tape.account.ladders[name]
    position = position_of(ladder.growth, key, memo, counts_from)
    _count_in(tape, name, _now(tape, ladder, at), "refund" if amount < 0 else "growth", key, position, amount)


def position_of(growth: Growth, key: str, memo: Memo, counts_from: int) -> Step:
    """Where in the order of steps an order's growth counts."""
    return _place_of(growth, (counts_from, PAY if counts_from == memo.paid_at else DUE, key))


def _place_of(growth: Growth, place: Step, rule: str = "") -> Step:
    """After the step at which growth began anew if it counted since then, whatever else comes at that instant."""
    return (place[0], AFTER, place[2]) if (place[2], rule) in growth.late else place


def _counts_now(tape: Tape, ladder: Ladder, at: int, cause: str, rule: str = "") -> Step:
    """What has no step of its own counts later than whatever began anew at this instant."""
    if ladder.growth.start[0] == at:
        ladder.growth.late += ((cause, rule),)
    return _now(tape, ladder, at)


def _now(tape: Tape, ladder: Ladder, at: int) -> Step:
    """After all that was done before, and before the growth of the order that the present step is about."""
    done = max((at, tiers.JUDGED, ""), tape.account.last, ladder.growth.start)
    return (*done[:2], done[2] + "\0")


def mature(tape: Tape, name: str, at: int) -> int | None:
    """Growth whose order matured counts from this day, one order after the other. When the next one's does."""
    account, programs = tape.account, tape.programs
    ladder, rules = account.ladders[name], (programs.sole or programs.at(at)).tier_sets.get(name)
    growth, calendar = ladder.growth, programs.calendar
    waiting = growth.waiting
    while waiting:
        counts_from, key, amount = waiting[0]
        if counts_from > at:
            return counts_from
        del waiting[0]
        here = (at, DUE, key)
        if rules is None:
            _keep(tape, ladder, here, amount)
        elif amount < 0:
            count(tape, rules, ladder, here, "growth", key, here, amount)
        else:
            # The same for what mostly matures, growth that nothing overtook.
            today = calendar.day(at)
            in_window(growth, rules.window, account, calendar, today)
            grow(growth, today, amount)
            if growth.total >= rules.above.get(ladder.standing.tier, ANY):
                tiers.rise(Judge(tape, rules, ladder, here, "growth", key))
    return None


def _count_in(tape: Tape, name: str, here: Step, because: str, key: str, position: Step, amount: int) -> None:
    ladder, rules = tape.account.ladders[name], tape.programs.at(here[0]).tier_sets.get(name)
    if rules is None:
        _keep(tape, ladder, position, amount)
    else:
        count(tape, rules, ladder, here, because, key, position, amount)


def _keep(tape: Tape, ladder: Ladder, position: Step, amount: int) -> None:
    """Growth is kept also while no version in force has this set."""
    day = tape.programs.calendar.day(position[0])
    if position > ladder.growth.start and day >= ladder.growth.since:
        grow(ladder.growth, day, amount)


def count(
    tape: Tape, rules: TierRules, ladder: Ladder, here: Step, because: str, key: str, position: Step, amount: int
) -> None:
    """Growth changes on the day it counts from, unless that is forgotten; the tier is judged."""
    growth, calendar = ladder.growth, tape.programs.calendar
    today = calendar.day(here[0])
    before = in_window(growth, rules.window, tape.account, calendar, today)
    if position <= growth.start:
        tiers.lose(Judge(tape, rules, ladder, here, because, key), amount)
        return
    day = today if position is here else calendar.day(position[0])
    if day < growth.since:
        return
    grow(growth, day, amount)
    # Whoever stands on no tier of this version is placed by any growth.
    if amount < 0:
        tiers.fall(Judge(tape, rules, ladder, here, because, key), before)
    elif growth.total >= rules.above.get(ladder.standing.tier, ANY):
        tiers.rise(Judge(tape, rules, ladder, here, because, key))


def gained(tape: Tape, rule: Rule, points: int, cause: str, at: int) -> None:
    """A member was given points otherwise than for an order."""
    version = tape.programs.at(at)
    for rules in counting(version, rule, cause):
        tiers_at(tape, version, at)
        counts_from = award_counts_at(tape, rules, rule, at)
        if counts_from > at:
            wait(tape.account.ladders[rules.name], cause, counts_from, points)
        else:
            ladder = tape.account.ladders[rules.name]
            here = _counts_now(tape, ladder, at, cause, rule.name)
            count(tape, rules, ladder, here, "growth", cause, here, points)


def lost(
    tape: Tape, rule: Rule, points: int, cause: str, given_at: int, at: int, handed_over_at: int | None = None
) -> None:
    """They went back: growth gets smaller where it grew, on the day that they counted from."""
    tiers_at(tape, tape.programs.at(at), at)
    for rules in counting(tape.programs.at(given_at), rule, cause):
        counts_from, name = award_counts_at(tape, rules, rule, given_at), rule.name
        if counts_from == FOREVER and handed_over_at is not None:
            counts_from, name = handed_over_at, ""
        ladder = tape.account.ladders[rules.name]
        if at < counts_from:
            wait(ladder, cause, counts_from, -points)
        else:
            position = _place_of(ladder.growth, (counts_from, DUE, cause), name)
            _count_in(tape, rules.name, _now(tape, ladder, at), "refund", cause, position, -points)


def counting(version: Version, rule: Rule, cause: str) -> list[TierRules]:
    """The tier sets that grow by what the rule gave; a gift for a tier (`tier:SET/...`) grows all but its own."""
    return [
        rules
        for rules in version.tier_sets.values()
        if rules.wallet == rule.wallet and not cause.startswith(f"tier:{rules.name}/")
    ]


def award_counts_at(tape: Tape, rules: TierRules, rule: Rule, given_at: int) -> int:
    matures_at = None if rules.at_payment else matures(tape, rule.pending, given_at)
    return given_at if matures_at is None else matures_at


def done(tape: Tape, fact: Activity, at: int) -> None:
    """An activity counts by its weight, for good."""
    version = tape.programs.at(at)
    for rules in version.tier_sets.values():
        if weight := rules.weights.get(fact.name):
            tiers_at(tape, version, at)
            ladder = tape.account.ladders[rules.name]
            here = _now(tape, ladder, at)
            count(tape, rules, ladder, here, "growth", fact.key, here, weight)


# An order that is priced at the tier it gains


def lift(tape: Tape, version: Version, memo: Memo) -> None:
    """Remember what the order met, and price it at the tier that it gains. Its points are dated by that for good."""
    account, calendar = tape.account, tape.programs.calendar
    for name, rules in version.tier_sets.items():
        if rules.lifts:
            ladder, day = account.ladders[name], calendar.day(memo.paid_at)
            met = (ladder.tier, in_window(ladder.growth, rules.window, account, calendar, day))
            memo.lifts = {**memo.lifts, name: met}
    reprice(version, memo)
    memo.dating = memo.tiers


def reprice(version: Version, memo: Memo) -> None:
    """The tiers of what is left of it: as if no more had ever been bought."""
    found = list(memo.tiers)
    for place, (name, rules) in enumerate(version.tier_sets.items()):
        if name in memo.lifts:
            tier, growth = memo.lifts[name]
            reached = rules.reached(growth + share(version, rules, memo))
            found[place] = rules.levels[max(reached, rules.index(tier))].tier
    memo.tiers = tuple(found)

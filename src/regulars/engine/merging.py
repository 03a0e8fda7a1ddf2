"""Two members become one: from an instant on what they have is in one account, and before it nothing changes.

Lots keep their own expiry and funders, holds and orders go on, counters add up, and the better tier stays. What both
got and is given once goes back, dated then (`doubles`). Nothing here rounds. Worked examples: docs/rules/merge.md.
"""

from bisect import insort
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from regulars.engine import doubles, expiring, growing, lots, shadows, spending, tiers, together
from regulars.engine.account import NEVER, Account, Claim, Gone, Grant, Growth, Held, Known, Ladder, Lot, Step, Wallet
from regulars.engine.calendar import Calendar
from regulars.engine.doubles import called
from regulars.engine.due import advance
from regulars.engine.facts import Merge
from regulars.engine.goals import cause_of, settle
from regulars.engine.holds import lapsing_order
from regulars.engine.levels import TIER, TierRules
from regulars.engine.occasions import expect_anniversary, expect_birthday
from regulars.engine.spending import Occasion
from regulars.engine.tape import Tape, Touched, repay, wallet_of
from regulars.engine.tiers import Judge
from regulars.engine.timeline import DECIDE
from regulars.engine.welcoming import welcome
from regulars.engine.windows import grow, in_window


def merge(tape: Tape, fact: Merge, at: int) -> None:
    """Of the one who is absorbed nothing is left; the survivor has it all."""
    mine = together.tape_of(tape, together.name_of(fact.survivor, fact))
    name = together.name_of(fact.absorbed, fact)
    theirs = together.tape_of(tape, name)
    if mine is None or theirs is None or mine is theirs:
        return
    advance(mine, at)
    advance(theirs, at)
    twice = doubles.found(mine, theirs, fact)
    kept = [doubles.renamed(gift, fact.key) for gift in doubles.given(theirs) if gift not in twice.gifts]
    shadow = shadows.shadow_of(mine, theirs, fact) if fact.undone else None
    hand_over(theirs, fact, at)
    gone, theirs.account = theirs.account, Account(into=fact.survivor, parted=theirs.account.parted)
    members = (name, *(one for _, members in gone.joined for one in members), fact.survivor)
    mine.account.joined = [*mine.account.joined, (fact.key, members)]
    tape.acts_on[name] = together.name_of(fact.survivor, fact)
    names = take_in(mine, gone, theirs.touched, fact, at)
    mine.touched |= theirs.touched
    mine.spent |= theirs.spent
    for (budget, cause, rule), events in theirs.drawn.items():
        mine.drawn.setdefault((budget, called(cause, fact.key, names), rule), []).extend(events)
    theirs.touched, theirs.spent, theirs.drawn = {}, {}, {}
    doubles.take_back(mine, twice, fact, at)
    mine.shadow, theirs.shadow = shadow, None
    if shadow is not None:
        shadow.called = names
        shadows.are_of(mine)
    mine.once = [*mine.once, *kept]
    if mine.moved:
        welcome(mine, at)


def occasion(tape: Tape, fact: Merge, wallet: str, at: int) -> Occasion:
    return spending.occasion(tape, "merge", f"{fact.key}/{wallet}", wallet, at)


def hand_over(tape: Tape, fact: Merge, at: int) -> None:
    """The entries by which everything leaves the absorbed member's ledger."""
    for name, wallet in tape.account.wallets.items():
        on = occasion(tape, fact, name, at)
        for place, parts, why in contents(wallet, on):
            spending.move(tape, on, (place, "merged"), parts, why)
        spending.move(tape, on, ("merged", "claimed"), claims_on(wallet), because(wallet, on))
        if wallet.deficit:
            spending.note(tape, on, ("merged", "deficit"), wallet.deficit, because(wallet, on))


def contents(wallet: Wallet, on: Occasion) -> list[tuple[str, list[Lot], tuple[object, ...]]]:
    """What a wallet holds, by place, with the derivation of all of it together."""
    frozen = [lot for held in wallet.holds for lot in held.lots]
    why = because(wallet, on)
    return [("available", wallet.lots, why), ("pending", wallet.waiting, why), ("held", frozen, why)]


def because(wallet: Wallet, on: Occasion) -> tuple[object, ...]:
    frozen = [lot for held in wallet.holds for lot in held.lots]
    return spending.because(on, [*wallet.lots, *wallet.waiting, *frozen, *claims_on(wallet)], wallet.deficit)


def claims_on(wallet: Wallet) -> list[Claim]:
    return [claim for held in wallet.holds for claim in held.claims]


def take_in(tape: Tape, gone: Account, orders: Mapping[str, Touched], fact: Merge, at: int) -> dict[str, str]:
    """What causes of the absorbed member's goals are called from now on."""
    account = tape.account
    names = take_in_awards(account, gone)
    await_anew(orders, names)
    for ladder in gone.ladders.values():
        waiting = [(at, called(cause, fact.key, names), amount) for at, cause, amount in ladder.growth.waiting]
        ladder.growth.waiting = sorted(waiting)
        ladder.growth.late = tuple([(called(cause, fact.key, names), rule) for cause, rule in ladder.growth.late])
    for name, wallet in gone.wallets.items():
        take_in_wallet(tape, occasion(tape, fact, name, at), wallet, fact.key, names)
    enrolled = [when for when in (account.enrolled_at, gone.enrolled_at) if when is not None]
    if enrolled:
        if account.enrolled_at is None or (gone.enrolled_at or at) < account.enrolled_at:
            account.anniversaries = gone.anniversaries
        account.enrolled_at = min(enrolled)
        expect_anniversary(account, tape.programs.calendar)
    take_in_counters(account, gone)
    take_in_standings(tape, gone, at)
    for name, ladder in gone.ladders.items():
        take_in_ladder(tape, name, ladder, orders, fact, at)
    for rule in tape.programs.at(at).goals:
        if rule.goal is not None and rule.goal.key in account.tallies:
            settle(tape, tape.programs.at(at), rule, at, f"merge:{fact.key}")
    return names


def take_in_wallet(tape: Tape, on: Occasion, theirs: Wallet, key: str, names: dict[str, str]) -> None:
    """Lots with their own dates; what either of them owes is settled by what the other has."""
    mine = wallet_of(tape.account, on.wallet)
    for place, parts, why in contents(theirs, on):
        spending.move(tape, on, ("merged", place), parts, why)
    spending.move(tape, on, ("claimed", "merged"), claims_on(theirs), because(theirs, on))
    owed, frozen = theirs.deficit, [lot for held in theirs.holds for lot in held.lots]
    if owed:
        spending.note(tape, on, ("deficit", "merged"), owed, because(theirs, on))
    for lot in (*theirs.lots, *theirs.waiting, *frozen):
        lot.cause = called(lot.cause, key, names)
    expiring.join(mine, theirs, on.at)
    for lot in theirs.waiting:
        lots.put_waiting(mine, lot)
    spending.put_in(tape, on, theirs.lots)
    for held in theirs.holds:
        insort(mine.holds, with_claims(held, key, names), key=lapsing_order)
    mine.held += lots.total(frozen)
    if owed:
        mine.deficit += owed
        settle_owed(tape, on, mine)
    mine.expired = both_gone(mine.expired, theirs.expired, key, names)
    for funder, expired in theirs.expired_of.items():
        mine.expired_of[funder] = both_gone(mine.expired_of.get(funder, ()), expired, key, names)
    mine.let_go |= told(theirs.let_go, key, names)
    mine.redeemed = added(mine.redeemed, theirs.redeemed)


def settle_owed(tape: Tape, on: Occasion, wallet: Wallet) -> None:
    used = lots.use(wallet, min(wallet.deficit, wallet.available))
    wallet.deficit -= lots.total(used)
    for funder, points in lots.by_funder(used).items():
        repay(tape, on.identity, on.wallet, points, on.at, on.version.number, funder)


def with_claims(held: Held, key: str, names: dict[str, str]) -> Held:
    for claim in held.claims:
        claim.cause = called(claim.cause, key, names)
    return held


def both_gone(mine: Iterable[Gone], theirs: Iterable[Gone], key: str, names: dict[str, str]) -> list[Gone]:
    renamed = [Gone(gone.at, told(gone.points, key, names), gone.end) for gone in theirs]
    return sorted([*mine, *renamed], key=lambda gone: gone.at)


def told(points: dict[str, int], key: str, names: dict[str, str]) -> dict[str, int]:
    return {called(cause, key, names): amount for cause, amount in points.items()}


def added(mine: list[tuple[int, int]], theirs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Amounts by day or window, of both."""
    sums = dict(mine)
    for day, amount in theirs:
        sums[day] = sums.get(day, 0) + amount
    return sorted(sums.items())


# Counters


def take_in_counters(account: Account, gone: Account) -> None:
    account.orders += gone.orders
    account.spend += gone.spend
    firsts = [at for at in (account.first_order_at, gone.first_order_at) if at is not None]
    lasts = [at for at in (account.last_order_at, gone.last_order_at) if at is not None]
    account.first_order_at, account.last_order_at = min(firsts, default=None), max(lasts, default=None)
    for cap, windows in gone.used.items():
        account.used[cap] = added(account.used.get(cap, []), windows)
    for goal, tallies in gone.tallies.items():
        both = account.tallies.setdefault(goal, {})
        for window, counts in tallies.items():
            before = both.get(window) or [0] * len(counts)
            both[window] = [was + more for was, more in zip(before, counts, strict=True)]
    account.effects = gone.effects | account.effects


def take_in_awards(account: Account, gone: Account) -> dict[str, str]:
    """Awards of goals in the same window are numbered on; the new names of their causes."""
    names = {}
    for goal, awards in gone.awards.items():
        mine = account.awards.setdefault(goal, [])
        for award in awards:
            number = max((one.number + one.times for one in mine if one.window == award.window), default=1)
            names[cause_of(goal, award.window, award.number)] = cause_of(goal, award.window, number)
            mine.append(replace(award, number=number))
        mine.sort(key=lambda one: (one.window, one.number))
    return names


def await_anew(touched: Mapping[str, Touched], names: dict[str, str]) -> None:
    """Orders for which awards wait know them by their new numbers."""
    for one in touched.values():
        if one.memo.awaited_by:
            told_of = [
                (key, window, names.get(cause_of(key, window, number))) for key, window, number in one.memo.awaited_by
            ]
            one.memo.awaited_by = tuple(
                [(key, window, int(name.rpartition("/")[2])) for key, window, name in told_of if name]
            )


def take_in_standings(tape: Tape, gone: Account, at: int) -> None:
    """What is known of both; where they differ, what is known of the survivor."""
    account = tape.account
    mine, theirs = account.known, gone.known
    account.known = Known(
        mine.nth,
        tuple(sorted({*mine.plans, *theirs.plans})),
        tuple(sorted({*mine.segments, *theirs.segments})),
        mine.country or theirs.country,
        theirs.attributes | mine.attributes,
        mine.birthday or theirs.birthday,
    )
    ends = {name: until for until, name in account.plan_ends}
    for until, name in gone.plan_ends:
        if name in mine.plans and name not in ends:
            continue
        ends[name] = max(until, ends.get(name, until))
    open_ended = {name for name in theirs.plans if name not in {plan for _, plan in gone.plan_ends}}
    account.plan_ends = sorted((until, name) for name, until in ends.items() if name not in open_ended)
    account.birthday_year = max(account.birthday_year, gone.birthday_year)
    if account.known.birthday != mine.birthday:
        expect_birthday(tape, at)


# Tiers


def take_in_ladder(tape: Tape, name: str, theirs: Ladder, orders: Mapping[str, Touched], fact: Merge, at: int) -> None:
    """Growth adds up; the better standing stays, and what both grew together may reach a higher one."""
    ladders, rules = tape.account.ladders, tape.programs.at(at).tier_sets.get(name)
    mine = ladders.setdefault(name, Ladder())
    if rules is None:
        for day, amount in theirs.growth.days:
            grow(mine.growth, day, amount)
        mine.growth.waiting = sorted([*mine.growth.waiting, *theirs.growth.waiting])
        if not mine.tier:
            mine.tier, mine.standing, mine.grant = theirs.tier, theirs.standing, theirs.grant
        return
    before = mine.tier
    if not before:
        ladders[name] = theirs
        return
    better = max((mine, theirs), key=lambda one: (rules.index(one.standing.tier), one.standing.until or 0))
    other = (theirs.growth, orders) if better is mine else (mine.growth, tape.touched)
    mine.growth = joined_growth(tape, rules, better.growth, other, at)
    mine.standing, mine.grant = better.standing, better_grant(rules, mine.grant, theirs.grant)
    judge = Judge(tape, rules, mine, (at, DECIDE, fact.key), "merge")
    # What came with a tier that one of them already had was given then.
    if rules.index(theirs.tier) > rules.index(before):
        mine.tier = theirs.tier
        tiers.tell(judge, before)
    tiers.rise(judge)
    tiers.show(judge)


def joined_growth(
    tape: Tape, rules: TierRules, first: Growth, joining: tuple[Growth, Mapping[str, Touched]], at: int
) -> Growth:
    """What counts of both; where growth begins anew with the tier, what came after the better one began."""
    account, calendar = tape.account, tape.programs.calendar
    other, days = joining[0], joining[0].days
    for growth in (first, other):
        in_window(growth, rules.window, account, calendar, calendar.day(at))
    first.since = max(first.since, other.since)
    if rules.window.kind == TIER and first.start > NEVER:
        days = counted_since(first.start, rules.name, joining, calendar, at)
    for day, amount in days:
        if day >= first.since:
            grow(first, day, amount)
    first.waiting = sorted([*first.waiting, *other.waiting])
    in_window(first, rules.window, account, calendar, calendar.day(at))
    return first


def counted_since(
    start: Step, name: str, joining: tuple[Growth, Mapping[str, Touched]], calendar: Calendar, at: int
) -> list[tuple[int, int]]:
    """What counted after this step: orders one by one, the rest by its day. Orders from before count no more."""
    growth, orders = joining
    rest, found = dict(growth.days), []
    for key, memo in sorted((key, touched.memo) for key, touched in orders.items() if name in touched.memo.growth):
        counts_from, amount = memo.growth[name]
        if counts_from <= at:
            place, day = growing.position_of(growth, key, memo, counts_from), calendar.day(counts_from)
            if place > growth.start:
                rest[day] = rest.get(day, 0) - amount
            if place > start:
                found.append((day, amount))
            else:
                del memo.growth[name]
    return [*found, *((day, amount) for day, amount in rest.items() if amount and day >= calendar.day(start[0]))]


def better_grant(rules: TierRules, mine: Grant | None, theirs: Grant | None) -> Grant | None:
    given = [grant for grant in (mine, theirs) if grant is not None]
    return max(given, key=lambda one: (rules.index(one.tier), one.until), default=None)

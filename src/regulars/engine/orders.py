"""What an order gives when it is paid, and what changes when more or less of it is left.

Whatever remains is recomputed under the order's frozen memo and the difference is written, so the sum of partial
refunds equals the full refund in any order of return. Points that come in are written before points that go back.
Worked examples: docs/rules/refunds.md.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from regulars.engine import budgets, charging, expiring, goals, granting, growing, lots, payments, referral
from regulars.engine.account import Account, Lot, Memo, Returned, Wallet
from regulars.engine.calendar import UNTIL_FULFILLED
from regulars.engine.caps import capped, most, note, of_order
from regulars.engine.due import FULFILLED, mature
from regulars.engine.earning import earned, goods_of, money_of
from regulars.engine.enrolment import enrol, joins
from regulars.engine.facts import Fulfilment, Line, Order, Refund
from regulars.engine.outcome import Entry, Why
from regulars.engine.program import Earned, Rule, Scene, Version
from regulars.engine.returns import NOTHING, what_is_left, with_refund
from regulars.engine.tape import Tape, Touched, matures, put, wallet_of, write
from regulars.engine.tariff import Tariff, tariff_of

# Goods, and all lines.
Basket: TypeAlias = tuple[Sequence[Line], Sequence[Line]]


def pay(tape: Tape, order: Order, at: int) -> None:
    """An order was paid: freeze its memo, give its points, let its growth wait."""
    account, programs = tape.account, tape.programs
    version = programs.sole or programs.at(at)
    lines = () if order.cancelled else order.lines
    if account.enrolled_at is None and version.joining is not None and joins(tape, version.joining, order, lines):
        tape.agenda = tape.tiers = None
        enrol(tape, version, at, "first-order")
    counts = account.enrolled_at is not None
    net, are_goods = 0, True
    left: Basket = (lines, lines)
    for line in lines:
        net += line.total
        if line.kind != "goods":
            are_goods = False
    merchandise = net
    if order.payments or not are_goods:
        left = basket(order, {}, lines)
        merchandise = money_of(left[0])
    if not counts:
        standing: tuple[str, ...] = ()
    elif tape.tiers is None or programs.sole is None:
        standing = tape.tiers = growing.tiers_at(tape, version, at)
    else:
        standing = tape.tiers
    memo = Memo(version.number, standing, at, counts, {}, net, net, gone=not lines, merchandise=merchandise)
    tape.touched[order.key] = touched = Touched(order, memo)
    if lines:
        counted(account, at)
    if order.payments:
        tape.agenda = None
        payments.settle(tape, touched, lines, at, f"order:{order.key}")
    account.spend += net
    if counts:
        earn(tape, version, touched, left)


def prepare(tape: Tape, version: Version, memo: Memo) -> None:
    """What not every version asks for: what is known of the member, the tier that the order gains, what it renews."""
    account = tape.account
    if version.asks_of_members:
        # One that is empty still has its number: an edit may fill it.
        memo.known = replace(account.known, nth=account.orders + memo.gone, birthday=None)
    if version.lifts:
        growing.lift(tape, version, memo)
    if version.renews and not memo.gone:
        tape.agenda = None
        expiring.order_counts(tape, version, memo, memo.paid_at)


def earn(tape: Tape, version: Version, touched: Touched, left: Basket) -> None:
    """What an order brings a member: points, what goals and friends give for it, growth."""
    order, memo, programs = touched.order, touched.memo, tape.programs
    if version.asks_of_members or version.lifts or version.renews:
        prepare(tape, version, memo)
    if version.by_partner:
        memo.partner = order.partner
    at, tiers = memo.paid_at, memo.tiers
    day, clock = programs.calendar.local(at)
    seen = Scene(day, clock, tiers, memo.merchandise, order, memo.known)
    tariff = programs.tariffs.get((version.number, day, tiers)) or tariff_of(programs, version, day, tiers)
    goods, lines = left
    gifts = earned(tariff, seen, goods, lines)
    if gifts:
        give(tape, tariff, touched, gifts)
    if version.goals or tape.account.brought is not None:
        tape.agenda = None
        goals.changed(tape, version, memo, seen, goods, at, f"order:{order.key}")
        referral.ordered(tape, version, order.key, memo, seen, goods, at)
    if tariff.growing:
        growing.paid(tape, tariff, order.key, memo)


def count_order(account: Account, memo: Memo, gone: bool) -> None:
    """An order of which nothing is left does not count."""
    if gone == memo.gone:
        return
    memo.gone = gone
    if gone:
        account.orders -= 1
    else:
        counted(account, memo.paid_at)


def counted(account: Account, paid_at: int) -> None:
    """One order more, or again."""
    account.orders += 1
    first, last = account.first_order_at, account.last_order_at
    if first is None or last is None:
        account.first_order_at = account.last_order_at = paid_at
    elif paid_at > last:
        account.last_order_at = paid_at
    elif paid_at < first:
        account.first_order_at = paid_at


def basket(order: Order, returned: Mapping[str, Returned], lines: Sequence[Line]) -> Basket:
    """What of these lines earns: points paid for none of it. Goods apart from shipping, fees and gift cards."""
    own = payments.earning_lines(order, returned, lines) if order.payments else lines
    return goods_of(own), own


def give(tape: Tape, tariff: Tariff, touched: Touched, gifts: list[Earned]) -> None:
    """One entry for each rule; what they give to one wallet with the same dates is one lot."""
    order, memo, version = touched.order, touched.memo, tariff.version
    if version.by_partner:
        gifts = [(funded(rule, order.partner), points, why) for rule, points, why in gifts]
    if tariff.bounds:
        gifts, memo.rooms = of_order(tape.account, tariff, gifts)
    cause, at, number = "order:" + order.key, memo.paid_at, version.number
    identity = cause + "|"
    if version.campaigns:
        gifts, memo.asked = budgets.bounded(tape, version, gifts, cause, tariff.day, at)
    made: dict[int, Lot] = {}
    kept, entries, lasting = memo.kept, tape.entries, tariff.lasting
    for rule, points, why in gifts:
        name, kind, pending = rule.name, rule.lot_kind, rule.pending
        kept[name] = points
        if rule.reward:
            granting.grant(tape, rule, cause, cause, points, at)
            continue
        place = "available" if pending is None else "pending"
        entries.append(
            Entry(identity + name, "earn", rule.wallet, "issued", place, points, at, number, why, rule.funder)
        )
        if kind in made:
            made[kind].points += points
            continue
        lasts = lasting[kind]
        if (later := lasts.later) is not None:
            matures_at: int | None = at + later
        else:
            matures_at = None if pending is None else matures(tape, pending, at)
        made[kind] = Lot(cause, points, lasts.expires_at, at, matures_at, rule.funder, lasts.lasts_on)
    for kind, lot in made.items():
        put(tape, lasting[kind].wallet, lot, at, number, identity)


def funded(rule: Rule, partner: str) -> Rule:
    """The rule as it is paid for: by the order's partner where it says so."""
    return replace(rule, funder=partner) if rule.by_partner and partner else rule


def rules_of(version: Version, touched: Touched) -> list[Rule]:
    """Rules on orders as they were paid for when the order was."""
    order, memo = touched.order, touched.memo
    partner = order.partner if memo.partner is None else memo.partner
    return [funded(rule, partner) for rule in version.order_rules]


def scene(tape: Tape, order: Order, memo: Memo) -> Scene:
    day, clock = tape.programs.calendar.local(memo.paid_at)
    return Scene(day, clock, memo.tiers, memo.merchandise, order, memo.known)


def edit(tape: Tape, order: Order, at: int) -> None:
    """A later snapshot of a paid order: its content from now on."""
    touched = tape.touched[order.key]
    touched.order = order
    settle(tape, touched, at, f"edit:{order.key}@{order.version_at}.{order.number}")


def refund(tape: Tape, fact: Refund, at: int) -> None:
    """Lines come back, never more of one than is left."""
    touched = tape.touched[fact.order]
    bought = {line.line: line for line in touched.order.lines}
    returned = {**touched.memo.returned}
    for part in fact.lines:
        line = bought.get(part.line)
        if line is not None:
            returned[part.line] = with_refund(line, returned.get(part.line, NOTHING), part)
    touched.memo.returned = returned
    touched.withheld = None if fact.withheld is None else dict(fact.withheld)
    settle(tape, touched, at, f"refund:{fact.key}")
    touched.withheld = {}


def fulfil(tape: Tape, fact: Fulfilment, at: int) -> None:
    """The order was handed over: what waited for that can be spent from now on, and counts."""
    memo = tape.touched[fact.order].memo
    if memo.fulfilled_at is not None:
        return
    memo.fulfilled_at = at
    version = tape.programs.numbered(memo.version)
    if version.renews and memo.counts and not memo.gone:
        expiring.order_is_handed_over(tape, version, memo, at)
    cause = f"order:{fact.order}"
    for name, wallet in tape.account.wallets.items():
        if lots.mature_at(wallet, cause, at):
            mature(tape, name, at, FULFILLED)
            expiring.expire(tape, name, wallet, at, f"@{cause}")
    referral.fulfilled(tape, fact.order, at)
    growing.fulfilled(tape, fact.order, memo, at)
    if memo.awaited_by:
        goals.fulfilled(tape, fact.order, memo, at)


def settle(tape: Tape, touched: Touched, at: int, cause: str) -> None:
    """Recompute what is left of an order and write the difference to what it kept so far."""
    order, memo, account = touched.order, touched.memo, tape.account
    lines = what_is_left(order, memo.returned)
    left = basket(order, memo.returned, lines)
    net, merchandise = money_of(lines), money_of(left[0])
    account.spend += net - memo.net
    memo.net, memo.merchandise = net, merchandise
    was_gone = memo.gone
    count_order(account, memo, not lines)
    if order.payments or memo.given_back:
        payments.settle(tape, touched, lines, at, cause)
    if memo.counts:
        version = tape.programs.numbered(memo.version)
        if memo.lifts:
            growing.reprice(version, memo)
        if version.renews and was_gone and not memo.gone:
            expiring.order_counts(tape, version, memo, at)
        settle_points(tape, touched, left, at, cause)
        if version.renews and memo.gone and not was_gone:
            expiring.order_is_gone(tape, version, memo, at, cause)
        if version.goals:
            goals.changed(tape, version, memo, scene(tape, order, memo), left[0], at, cause)
        if account.brought is not None:
            referral.ordered(tape, version, order.key, memo, scene(tape, order, memo), left[0], at)
        growing.changed(tape, order.key, memo, at)


def settle_points(tape: Tape, touched: Touched, left: Basket, at: int, cause: str) -> None:
    """What went back gives room back before anything is added."""
    order, memo = touched.order, touched.memo
    version = tape.programs.numbered(memo.version)
    seen = scene(tape, order, memo)
    tariff = tariff_of(tape.programs, version, seen.day, memo.tiers)
    gifts = capped(version, memo.rooms, earned(tariff, seen, *left))
    keeping = {rule.name: (points, why) for rule, points, why in gifts}
    more: list[tuple[Rule, int, Why]] = []
    fewer: list[tuple[Rule, int, Why]] = []
    for rule in rules_of(version, touched):
        keeps, because = keeping.get(rule.name, (0, ("cancelled",) if order.cancelled else ()))
        kept = memo.kept.get(rule.name, 0)
        if keeps > kept:
            more.append((rule, keeps, because))
        elif keeps < kept:
            fewer.append((rule, kept - keeps, ("remains", kept, keeps, *because)))
            keep(tape, version, touched, rule, keeps, at)
    for rule, keeps, because in more:
        kept = memo.kept.get(rule.name, 0)
        points = keeps - kept
        if version.caps:
            points = most(tape, version, rule.name, points, not kept, *days(tape, memo, at))
        cut: Why = () if points == keeps - kept else ("capped", kept + points, "")
        if rule.campaign and points:
            granted = budgets.more(tape, version, rule, order.key, memo, points, at)
            cut = cut if granted == points else ("budget", kept + granted, rule.campaign, *cut)
            points = granted
        if points:
            keep(tape, version, touched, rule, kept + points, at)
            why = ("remains", kept, kept + points, *cut, *because)
            add(tape, version, (rule, points, why), touched, at, cause)
    for rule, points, why in fewer:
        reverse(tape, touched, rule, points, at, cause, why)


def keep(tape: Tape, version: Version, touched: Touched, rule: Rule, keeps: int, at: int) -> None:
    """Remember what the order keeps by a rule; the bounds of the day on which it was paid hear of the difference."""
    memo = touched.memo
    kept = memo.kept.pop(rule.name, 0)
    if keeps:
        memo.kept[rule.name] = keeps
    if version.caps:
        note(tape, version, rule.name, keeps - kept, bool(keeps) - bool(kept), *days(tape, memo, at))
    if rule.campaign and keeps < kept:
        memo.asked.pop(rule.name, None)
        day = days(tape, memo, at)[0]
        budgets.give_back(tape, version, rule, f"order:{touched.order.key}", kept - keeps, day, at)


def days(tape: Tape, memo: Memo, at: int) -> tuple[int, int]:
    """The local day on which the order was paid, and today."""
    calendar = tape.programs.calendar
    return calendar.day(memo.paid_at), calendar.day(at)


def add(tape: Tape, version: Version, gift: Earned, touched: Touched, at: int, cause: str) -> None:
    """More is left than before: the difference joins the order's lot. What has run out by now is not given out again.

    What was written off for this order comes first: the member still has those points.
    """
    rule, points, why = gift
    if rule.reward:
        granting.grant(tape, rule, f"order:{touched.order.key}", cause, points, at)
        return
    name, memo, wallet = rule.wallet, touched.memo, wallet_of(tape.account, rule.wallet)
    identity = f"{cause}|{rule.name}"
    if forgiven := taken_up(memo, wallet, name, f"order:{touched.order.key}", points):
        points -= forgiven
        write(tape, identity, rule, "written_off", forgiven, at, version.number, why)
    if not points:
        return
    lot = lot_now(tape, touched, rule, points, at)
    if lot.lasts_on is not None and lot.matures_at is None:
        lots.prolong(wallet, lot)
    if lot.matures_at is None and lot.expires_at is not None and lot.expires_at <= at:
        lots.remember(wallet, [lot], at)
        write(tape, identity, rule, "expired", points, at, version.number, why)
    else:
        write(tape, identity, rule, lot.place, points, at, version.number, why)
        put(tape, name, lot, at, version.number, identity)


def lot_now(tape: Tape, touched: Touched, rule: Rule, points: int, at: int) -> Lot:
    """Points of an order with the dates that they have by now."""
    memo, programs = touched.memo, tape.programs
    cause, paid_at = f"order:{touched.order.key}", memo.paid_at
    tiers = memo.tiers if memo.dating is None else memo.dating
    tariff = tariff_of(programs, programs.numbered(memo.version), programs.calendar.day(paid_at), tiers)
    lasts = tariff.lasting[rule.lot_kind]
    matures_at = matures(tape, rule.pending, paid_at)
    lot = Lot(cause, points, lasts.expires_at, paid_at, matures_at, rule.funder, lasts.lasts_on)
    if memo.fulfilled_at is not None and rule.pending == UNTIL_FULFILLED:
        lot.matures_at = memo.fulfilled_at
    if lot.matures_at is not None and lot.matures_at <= at:
        lot.matures_at = None
    return lot


def taken_up(memo: Memo, wallet: Wallet, name: str, cause: str, points: int) -> int:
    """How many of the points were written off for this order before: they are no longer."""
    at_refunds = min(points, memo.forgiven.get(name, 0))
    if at_refunds:
        memo.forgiven[name] -= at_refunds
    return at_refunds + lots.take_up(wallet, cause, points - at_refunds)


def reverse(tape: Tape, touched: Touched, rule: Rule, points: int, at: int, cause: str, why: Why) -> None:
    """Take points back by the policy in force now."""
    if rule.reward:
        granting.withdraw(tape, rule, f"order:{touched.order.key}", cause, points, at)
        return
    version = tape.programs.at(at)
    wallet, memo = wallet_of(tape.account, rule.wallet), touched.memo
    lot = lot_now(tape, touched, rule, points, at)
    rules = version.wallets.get(rule.wallet)
    identity = f"{cause}|{rule.name}"
    for source, target, moved, funder in charging.taken_back(touched, wallet, rules, rule.wallet, lot, at):
        if source == "written_off":
            memo.forgiven = {**memo.forgiven, rule.wallet: memo.forgiven.get(rule.wallet, 0) + moved}
        entry = Entry(identity, "reverse", rule.wallet, source, target, moved, at, version.number, why, funder)
        tape.entries.append(entry)

"""What an order gives when it is paid, and what changes when more or less of it is left.

Whatever remains is recomputed under the order's frozen memo and the difference is written, so the sum of partial
refunds equals the full refund in any order of return. Points that come in are written before points that go back.
Worked examples: docs/rules/refunds.md.
"""

from collections.abc import Sequence

from regulars.engine import charging, growing, lots, payments
from regulars.engine.account import Account, Lot, Memo, Wallet
from regulars.engine.earning import Earned, earned
from regulars.engine.enrolment import enrol
from regulars.engine.facts import Line, Order, Refund
from regulars.engine.outcome import Entry, Why
from regulars.engine.program import Rule, Scene, Version
from regulars.engine.returns import NOTHING, what_is_left, with_refund
from regulars.engine.tape import Tape, Touched, expiry, put, wallet_of, write


def pay(tape: Tape, order: Order) -> None:
    """An order was paid: freeze its memo, give its points, let its growth wait."""
    at = order.paid_at or 0
    account = tape.account
    version = tape.programs.at(at)
    lines = what_is_left(order, {})
    if account.enrolled_at is None and version.enrols_on_first_order and lines and not account.guest:
        enrol(tape, version, at, "first-order")
    counts = account.enrolled_at is not None
    net = sum([line.total for line in lines])
    tier = growing.tier_at_payment(tape, version, at) if counts else ""
    growth_at = growing.counts_at(tape, version, at) if counts else None
    memo = Memo(version.number, tier, at, counts, growth_at, net, net, gone=True)
    tape.touched[order.key] = touched = Touched(order, memo)
    # It counts from now on, if there is anything in it.
    count_order(account, memo, not lines)
    if order.payments:
        payments.settle(tape, touched, lines, at, f"order:{order.key}")
    account.spend += net
    if counts:
        give(tape, version, touched, lines)
        growing.changed(tape, order.key, memo, net, at)


def count_order(account: Account, memo: Memo, gone: bool) -> None:
    """An order of which nothing is left does not count."""
    if gone == memo.gone:
        return
    memo.gone = gone
    if gone:
        account.orders -= 1
        return
    account.orders += 1
    if account.first_order_at is None or memo.paid_at < account.first_order_at:
        account.first_order_at = memo.paid_at
    if account.last_order_at is None or memo.paid_at > account.last_order_at:
        account.last_order_at = memo.paid_at


def give(tape: Tape, version: Version, touched: Touched, lines: Sequence[Line]) -> None:
    """One entry for each rule; what they give to one wallet is one lot."""
    order, memo = touched.order, touched.memo
    cause = f"order:{order.key}"
    given: dict[str, Lot] = {}
    for rule, points, why in earned(version, scene(tape, order, memo), lines):
        lot = given.get(rule.wallet)
        if lot is None:
            lot = given[rule.wallet] = new_lot(tape, version, order, memo, rule.wallet)
        lot.points += points
        memo.kept[rule.name] = points
        write(tape, f"{cause}|{rule.name}", rule.wallet, lot.place, points, memo.paid_at, version.number, why)
    for name, lot in given.items():
        put(tape, name, lot, memo.paid_at, version.number, f"{cause}|")


def new_lot(tape: Tape, version: Version, order: Order, memo: Memo, wallet: str) -> Lot:
    """Empty, with the dates of everything that the order puts into this wallet."""
    pending = version.wallets[wallet].pending
    matures_at = None if pending is None else tape.programs.calendar.after(memo.paid_at, pending)
    return Lot(f"order:{order.key}", 0, expiry(tape, version, wallet, memo.paid_at), memo.paid_at, matures_at)


def scene(tape: Tape, order: Order, memo: Memo) -> Scene:
    day = tape.programs.calendar.day(memo.paid_at)
    return Scene(day, (day + 3) % 7, memo.tier, order.channel, order.store, order.codes, memo.net)


def edit(tape: Tape, order: Order, at: int) -> None:
    """A later snapshot of a paid order: its content from now on."""
    touched = tape.touched[order.key]
    touched.order = order
    settle(tape, touched, at, f"edit:{order.key}@{order.version_at}.{order.number}")


def refund(tape: Tape, fact: Refund, at: int) -> None:
    """Lines come back, never more of one than is left."""
    touched = tape.touched[fact.order]
    bought = {line.line: line for line in touched.order.lines}
    returned = touched.memo.returned
    for part in fact.lines:
        line = bought.get(part.line)
        if line is not None:
            returned[part.line] = with_refund(line, returned.get(part.line, NOTHING), part)
    touched.withheld = None if fact.withheld is None else dict(fact.withheld)
    settle(tape, touched, at, f"refund:{fact.key}")
    touched.withheld = {}


def settle(tape: Tape, touched: Touched, at: int, cause: str) -> None:
    """Recompute what is left of an order and write the difference to what it kept so far."""
    order, memo, account = touched.order, touched.memo, tape.account
    lines = what_is_left(order, memo.returned)
    net = sum([line.total for line in lines])
    gained = net - memo.net
    memo.net = net
    account.spend += gained
    count_order(account, memo, not lines)
    if order.payments or memo.given_back:
        payments.settle(tape, touched, lines, at, cause)
    if memo.counts:
        settle_points(tape, touched, lines, at, cause)
        growing.changed(tape, order.key, memo, gained, at)


def settle_points(tape: Tape, touched: Touched, lines: Sequence[Line], at: int, cause: str) -> None:
    order, memo = touched.order, touched.memo
    version = tape.programs.numbered(memo.version)
    left = {rule.name: (points, why) for rule, points, why in earned(version, scene(tape, order, memo), lines)}
    fewer: list[tuple[Rule, int, Why]] = []
    for rule in version.order_rules:
        keeps, because = left.get(rule.name, (0, ()))
        kept = memo.kept.pop(rule.name, 0)
        if keeps:
            memo.kept[rule.name] = keeps
        why: Why = ("remains", kept, keeps, *because)
        if keeps > kept:
            add(tape, version, (rule, keeps - kept, why), touched, at, cause)
        elif keeps < kept:
            fewer.append((rule, kept - keeps, why))
    for rule, points, why in fewer:
        reverse(tape, touched, rule, points, at, cause, why)


def add(tape: Tape, version: Version, gift: Earned, touched: Touched, at: int, cause: str) -> None:
    """More is left than before: the difference joins the order's lot. What has run out by now is not given out again.

    What was written off for this order comes first: the member still has those points.
    """
    rule, points, why = gift
    name, memo, wallet = rule.wallet, touched.memo, wallet_of(tape.account, rule.wallet)
    identity = f"{cause}|{rule.name}"
    if forgiven := taken_up(memo, wallet, name, f"order:{touched.order.key}", points):
        points -= forgiven
        write(tape, identity, name, "written_off", forgiven, at, version.number, why)
    lot = new_lot(tape, version, touched.order, memo, name)
    lot.points = points
    if lot.matures_at is not None and lot.matures_at <= at:
        lot.matures_at = None
    if not points:
        return
    if lot.matures_at is None and lot.expires_at is not None and lot.expires_at <= at:
        lots.remember(wallet, [lot], at)
        write(tape, identity, name, "expired", points, at, version.number, why)
    else:
        write(tape, identity, name, lot.place, points, at, version.number, why)
        put(tape, name, lot, at, version.number, identity)


def taken_up(memo: Memo, wallet: Wallet, name: str, cause: str, points: int) -> int:
    """How many of the points were written off for this order before: they are no longer."""
    at_refunds = min(points, memo.forgiven.get(name, 0))
    if at_refunds:
        memo.forgiven[name] -= at_refunds
    at_captures = min(points - at_refunds, wallet.let_go.get(cause, 0))
    if at_captures:
        wallet.let_go[cause] -= at_captures
        if not wallet.let_go[cause]:
            del wallet.let_go[cause]
    return at_refunds + at_captures


def reverse(tape: Tape, touched: Touched, rule: Rule, points: int, at: int, cause: str, why: Why) -> None:
    """Take points back by the policy in force now."""
    version = tape.programs.at(at)
    wallet, forgiven = wallet_of(tape.account, rule.wallet), touched.memo.forgiven
    rules = version.wallets.get(rule.wallet)
    identity = f"{cause}|{rule.name}"
    for source, target, moved, funder in charging.taken_back(touched, wallet, rules, rule.wallet, points, at):
        if source == "written_off":
            forgiven[rule.wallet] = forgiven.get(rule.wallet, 0) + moved
        entry = Entry(identity, "reverse", rule.wallet, source, target, moved, at, version.number, why, funder)
        tape.entries.append(entry)

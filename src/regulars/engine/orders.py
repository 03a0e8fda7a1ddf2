"""What an order gives when it is paid, and what goes back when less of it is left.

Whatever remains is recomputed under the order's frozen memo and the difference is written, so the sum of partial
refunds equals the full refund in any order of return. A refund that names no amount takes the line's share,
cumulatively by quantity, half up.
"""

from collections.abc import Sequence

from regulars.engine import due, lots, tiers
from regulars.engine.account import Account, Lot, Memo, Wallet
from regulars.engine.earning import Earned, Why, earned, what_is_left
from regulars.engine.enrolment import enrol
from regulars.engine.facts import Line, Order, Refund, RefundLine
from regulars.engine.outcome import Entry
from regulars.engine.program import Scene, Version
from regulars.engine.tape import Tape, Touched, announce_tier, earn, expiry


def pay(tape: Tape, order: Order) -> None:
    """An order was paid: freeze its memo, give its points, let its growth wait."""
    at = order.paid_at or 0
    account = tape.account
    version = tape.programs.at(at)
    if account.enrolled_at is None and version.enrols_on_first_order and not account.guest:
        enrol(tape, version, at, "first-order")
    lines = what_is_left(order, {})
    net = sum([line.total for line in lines])
    pending = version.wallets[tape.programs.main_wallet].pending
    growth_at = at if pending is None else tape.programs.calendar.after(at, pending)
    counts = account.enrolled_at is not None
    memo = Memo(version.number, account.standing.tier, at, counts, growth_at, net, net)
    tape.touched[order.key] = Touched(order, memo)
    note_purchase(account, at, net)
    if counts:
        give(tape, version, tape.touched[order.key], lines)


def note_purchase(account: Account, at: int, net: int) -> None:
    account.orders += 1
    account.spend += net
    account.first_order_at = at if account.first_order_at is None else account.first_order_at
    account.last_order_at = at


def give(tape: Tape, version: Version, touched: Touched, lines: Sequence[Line]) -> None:
    order, memo, growth = touched.order, touched.memo, tape.account.growth
    for gift in earned(version, scene(tape, order, memo), lines):
        memo.kept[gift.rule.name] = gift.points
        earn(tape, version, gift.rule.wallet, new_lot(tape, version, order, memo, gift), gift.why)
    if version.tiers is not None and memo.net:
        growth.waiting.append((memo.growth_at, order.key, memo.net))
        growth.waiting.sort()
        if memo.growth_at <= memo.paid_at and due.count_growth(tape, memo.paid_at):
            due.judge(tape, memo.paid_at)


def new_lot(tape: Tape, version: Version, order: Order, memo: Memo, gift: Earned) -> Lot:
    wallet = version.wallets[gift.rule.wallet]
    matures_at = None if wallet.pending is None else tape.programs.calendar.after(memo.paid_at, wallet.pending)
    expires_at = expiry(tape, version, gift.rule.wallet, memo.paid_at)
    return Lot(f"order:{order.key}|{gift.rule.name}", gift.points, expires_at, memo.paid_at, matures_at)


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
    for returned in fact.lines:
        if returned.line in bought:
            note_return(touched.memo, bought[returned.line], returned)
    settle(tape, touched, at, f"refund:{fact.key}")


def note_return(memo: Memo, line: Line, returned: RefundLine) -> None:
    before, total = memo.returned.get(line.line, (0, 0))
    quantity = min(before + returned.quantity, max(line.quantity, before))
    part = share(line, quantity) - share(line, before) if returned.total is None else returned.total
    least, most = min(line.total, 0), max(line.total, 0)
    memo.returned[line.line] = (quantity, min(max(total + part, least), most))


def share(line: Line, quantity: int) -> int:
    """What so many units of a line are worth, half up; all of a line without units."""
    if line.quantity <= 0:
        return line.total
    return (2 * line.total * quantity + line.quantity) // (2 * line.quantity)


def settle(tape: Tape, touched: Touched, at: int, cause: str) -> None:
    """Recompute what is left of an order and write the difference to what it kept so far."""
    order, memo, account = touched.order, touched.memo, tape.account
    lines = what_is_left(order, memo.returned)
    net = sum([line.total for line in lines])
    lost = memo.net - net
    memo.net = net
    account.spend -= lost
    gone = not any(line.quantity for line in lines) and net <= 0
    account.orders += memo.gone - gone
    memo.gone = gone
    if memo.counts:
        settle_points(tape, touched, lines, at, cause)
        settle_growth(tape, touched, lost, at)


def settle_points(tape: Tape, touched: Touched, lines: Sequence[Line], at: int, cause: str) -> None:
    memo = touched.memo
    version = tape.programs.numbered(memo.version)
    left = {gift.rule.name: gift for gift in earned(version, scene(tape, touched.order, memo), lines)}
    for rule in version.order_rules:
        gift = left.get(rule.name)
        kept, keeps = memo.kept.get(rule.name, 0), gift.points if gift else 0
        if keeps == kept:
            continue
        memo.kept[rule.name] = keeps
        why: Why = ("remains", kept, keeps, *(gift.why if gift else ()))
        if keeps < kept:
            reverse(tape, rule.wallet, f"order:{touched.order.key}|{rule.name}", kept - keeps, at, (cause, why))
        else:
            add(tape, version, Earned(rule, keeps - kept, why), touched, at, cause)


def reverse(tape: Tape, name: str, lot: str, points: int, at: int, because: tuple[str, Why]) -> None:
    """Take points back by the policy in force now."""
    version = tape.programs.at(at)
    policy = version.wallets[name].when_short if name in version.wallets else "deficit"
    cause, why = because
    rule = lot.partition("|")[2]
    for source, target, moved in lots.take_back(tape.account.wallets.setdefault(name, Wallet()), lot, points, policy):
        identity = f"{cause}|{rule}"
        tape.entries.append(Entry(identity, "reverse", name, source, target, moved, at, version.number, why))


def add(tape: Tape, version: Version, gift: Earned, touched: Touched, at: int, cause: str) -> None:
    """More is left than before: the difference is a lot of its own with the order's dates."""
    lot = new_lot(tape, version, touched.order, touched.memo, gift)
    lot.identity = f"{cause}|{gift.rule.name}"
    lot.earned_at = at
    if lot.matures_at is not None and lot.matures_at <= at:
        lot.matures_at = None
    if lot.expires_at is not None:
        lot.expires_at = max(lot.expires_at, at + 1)
    earn(tape, version, gift.rule.wallet, lot, gift.why)


def settle_growth(tape: Tape, touched: Touched, lost: int, at: int) -> None:
    """Growth drops at the refund's time; the tier is judged when counted growth fell."""
    rules = tape.programs.at(at).tiers
    memo, growth = touched.memo, tape.account.growth
    if rules is None or not lost:
        return
    for place, (when, key, amount) in enumerate(growth.waiting):
        if key == touched.order.key:
            growth.waiting[place] = (when, key, amount - lost)
            return
    calendar = tape.programs.calendar
    day = calendar.day(memo.growth_at)
    if day > calendar.back(calendar.day(at), rules.window):
        tiers.grow(growth, day, -lost)
        judge_after(tape, touched.order.key, lost, at)


def judge_after(tape: Tape, order: str, lost: int, at: int) -> None:
    rules = tape.programs.at(at).tiers
    if rules is None:
        return
    if lost < 0:
        tape.grown_by = order
        due.judge(tape, at)
    else:
        left = tiers.judge_refund(tape.account, rules, tape.programs.calendar, at, order)
        announce_tier(tape, left, at)

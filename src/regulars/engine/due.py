"""What time alone does to an account: points mature, holds lapse, lots expire, growth counts, tiers are judged.

At one instant they happen in this order, before any step of that instant.
"""

from regulars.engine import growing, holds, lots, referral, tiers
from regulars.engine.account import Account, Ladder, Wallet
from regulars.engine.calendar import date_of
from regulars.engine.occasions import celebrate
from regulars.engine.outcome import Entry
from regulars.engine.standings import end_plans
from regulars.engine.tape import Tape, repay
from regulars.engine.tiers import Judge
from regulars.engine.welcoming import welcome

DUE = 0


def next_due(account: Account) -> int | None:
    """The next instant at which time alone changes this account."""
    due = _earliest(account)
    return due if due < lots.FOREVER else None


def _earliest(account: Account) -> int:
    due = _of_ladders(account, _of_wallets(account))
    for at in (account.anniversary_at, account.birthday_at):
        if at is not None and at < due:
            due = at
    if account.plan_ends and account.plan_ends[0][0] < due:
        due = account.plan_ends[0][0]
    brought = account.brought
    if brought is not None and brought.due_at is not None and brought.due_at < due:
        due = brought.due_at
    return due


def _of_wallets(account: Account) -> int:
    due = lots.FOREVER
    for wallet in account.wallets.values():
        if wallet.waiting and (at := wallet.waiting[0].matures_at) is not None and at < due:
            due = at
        if wallet.lots and (at := wallet.lots[0].expires_at) is not None and at < due:
            due = at
        if wallet.holds and wallet.holds[0].until < due:
            due = wallet.holds[0].until
    return due


def _of_ladders(account: Account, due: int) -> int:
    for ladder in account.ladders.values():
        if ladder.growth.waiting and ladder.growth.waiting[0][0] < due:
            due = ladder.growth.waiting[0][0]
        if (at := ladder.standing.until) is not None and at < due:
            due = at
        if ladder.grant is not None and ladder.grant.until < due:
            due = ladder.grant.until
    return due


def advance(tape: Tape, until: int) -> None:
    """Let time alone pass until `until`, inclusive."""
    account = tape.account
    due = _earliest(account)
    while due <= until and due < lots.FOREVER:
        _points(tape, account, due)
        _standing(tape, account, due)
        if account.last[0] < due:
            account.last = (due, DUE, "")
        due = _earliest(account)


def _points(tape: Tape, account: Account, at: int) -> None:
    """What matures, lapses, ends or runs out, in this order."""
    wallets = account.wallets.items()
    for name, wallet in wallets:
        if wallet.waiting and (wallet.waiting[0].matures_at or 0) <= at:
            mature(tape, name, wallet, at)
    for name, wallet in wallets:
        if wallet.holds:
            holds.lapse(tape, name, wallet, at)
    if account.plan_ends:
        end_plans(tape, at)
    for name, wallet in wallets:
        if wallet.lots and (ends := wallet.lots[0].expires_at) is not None and ends <= at:
            expire(tape, name, wallet, at)


def _standing(tape: Tape, account: Account, at: int) -> None:
    """Growth that waited counts, tiers are judged, days of the year begin, friends have stayed."""
    for name, ladder in account.ladders.items():
        if ladder.growth.waiting:
            growing.mature(tape, name, ladder, at)
    for name, ladder in account.ladders.items():
        if ladder.standing.until == at or ladder.grant is not None:
            judge(tape, name, ladder, at)
    if at in (account.birthday_at, account.anniversary_at):
        celebrate(tape, at)
    if account.brought is not None:
        referral.complete(tape, at)
    if tape.moved:
        welcome(tape, at)


def mature(tape: Tape, name: str, wallet: Wallet, at: int) -> None:
    """Waiting lots become available. Those whose last day is over run out at once, and settle no deficit."""
    version = tape.programs.at(at).number
    while ready := lots.ripe(wallet, at):
        cause, funder, points, repaid = ready[0].cause, ready[0].funder, 0, 0
        identity = _maturing(cause)
        for lot in ready:
            points += lot.points
            is_over = lot.expires_at is not None and lot.expires_at <= at
            repaid += lots.put_available(wallet, lot, settles=not is_over)
        entry = Entry(identity, "mature", name, "pending", "available", points, at, version, (), funder)
        tape.entries.append(entry)
        if repaid:
            repay(tape, identity, name, repaid, at, version, funder)


def _maturing(cause: str) -> str:
    """An order is named; whatever else gave the points, as what it is."""
    return f"mature:{cause[6:]}|" if cause.startswith("order:") else f"mature-{cause}|"


def expire(tape: Tape, name: str, wallet: Wallet, at: int) -> None:
    """Lots run out; one entry per wallet, funder and local day, its derivation names the lots."""
    gone = lots.run_out(wallet, at)
    if gone:
        version = tape.programs.at(at).number
        identity = f"expire:{name}/{date_of(tape.programs.calendar.day(at - 1))}|"
        why = ("expire", *[(lot.cause, lot.points) for lot in gone])
        for funder, points in lots.by_funder(gone).items():
            entry = Entry(identity, "expire", name, "available", "expired", points, at, version, why, funder)
            tape.entries.append(entry)


def judge(tape: Tape, name: str, ladder: Ladder, at: int) -> None:
    """Grants and validities end."""
    ends = ladder.grant is not None and ladder.grant.until == at
    if not ends and ladder.standing.until != at:
        return
    rules = tape.programs.at(at).tier_sets.get(name)
    if rules is None:
        ladder.standing.until = None if ladder.standing.until == at else ladder.standing.until
        ladder.grant = None if ends else ladder.grant
        return
    if ends:
        tiers.end_grant(Judge(tape, rules, ladder, (at, tiers.JUDGED, ""), "grant.end"))
    if ladder.standing.until == at:
        tiers.review(Judge(tape, rules, ladder, (at, tiers.JUDGED, ""), "review"))

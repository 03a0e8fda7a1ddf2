"""What time alone does to an account: points mature, holds lapse, lots expire, growth counts, tiers are judged.

At one instant they happen in this order, before any step of that instant.
"""

from itertools import groupby

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
    due = min(_of_wallets(account), _of_ladders(account))
    if account.birthday_at is not None and account.birthday_at < due:
        due = account.birthday_at
    if account.anniversary_at is not None and account.anniversary_at < due:
        due = account.anniversary_at
    if account.plan_ends and account.plan_ends[0][0] < due:
        due = account.plan_ends[0][0]
    brought = account.brought
    if brought is not None and brought.due_at is not None and brought.due_at < due:
        due = brought.due_at
    return due if due < lots.FOREVER else None


def _of_wallets(account: Account) -> int:
    due = lots.FOREVER
    for wallet in account.wallets.values():
        if wallet.waiting:
            at = wallet.waiting[0].matures_at
            if at is not None and at < due:
                due = at
        if wallet.lots:
            at = wallet.lots[0].expires_at
            if at is not None and at < due:
                due = at
        if wallet.holds and wallet.holds[0].until < due:
            due = wallet.holds[0].until
    return due


def _of_ladders(account: Account) -> int:
    due = lots.FOREVER
    for ladder in account.ladders.values():
        if ladder.standing.until is not None and ladder.standing.until < due:
            due = ladder.standing.until
        if ladder.grant is not None and ladder.grant.until < due:
            due = ladder.grant.until
        waiting = ladder.growth.waiting
        if waiting and waiting[0][0] < due:
            due = waiting[0][0]
    return due


def advance(tape: Tape, until: int) -> None:
    """Let time alone pass until `until`, inclusive."""
    account = tape.account
    while (due := next_due(account)) is not None and due <= until:
        for name, wallet in account.wallets.items():
            if wallet.waiting:
                mature(tape, name, wallet, due)
        for name, wallet in account.wallets.items():
            if wallet.holds:
                holds.lapse(tape, name, wallet, due)
        end_plans(tape, due)
        for name, wallet in account.wallets.items():
            if wallet.lots:
                expire(tape, name, wallet, due)
        climb(tape, due)
        celebrate(tape, due)
        referral.complete(tape, due)
        if tape.moved:
            welcome(tape, due)
        account.last = max(account.last, (due, DUE, ""))


def mature(tape: Tape, name: str, wallet: Wallet, at: int) -> None:
    """Waiting lots become available. Those whose last day is over run out at once, and settle no deficit."""
    version = tape.programs.at(at).number
    for (cause, funder), together in groupby(lots.matured(wallet, at), key=lambda lot: (lot.cause, lot.funder)):
        identity, repaid, mine = _maturing(cause), 0, list(together)
        tape.entries.append(
            Entry(identity, "mature", name, "pending", "available", lots.total(mine), at, version, (), funder)
        )
        for lot in mine:
            is_over = lot.expires_at is not None and lot.expires_at <= at
            repaid += lots.put_available(wallet, lot, settles=not is_over)
        if repaid:
            repay(tape, identity, name, repaid, at, version, funder)


def _maturing(cause: str) -> str:
    """An order is named; whatever else gave the points, as what it is."""
    word, _, key = cause.partition(":")
    return f"mature:{key}|" if word == "order" else f"mature-{cause}|"


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


def climb(tape: Tape, at: int) -> None:
    """Growth that waited counts, then tiers are judged."""
    ladders = tape.account.ladders
    for name, ladder in ladders.items():
        if ladder.growth.waiting:
            growing.mature(tape, name, ladder, at)
    for name, ladder in ladders.items():
        judge(tape, name, ladder, at)


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

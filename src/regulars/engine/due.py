"""What time alone does to an account: points mature, growth counts, lots expire, tiers are judged.

At one instant they happen in this order, before any step of that instant.
"""

from regulars.engine import lots, tiers
from regulars.engine.account import Account, Wallet
from regulars.engine.calendar import date_of
from regulars.engine.outcome import Entry
from regulars.engine.tape import Tape, announce_tier, repay

DUE = 0


def next_due(account: Account) -> int | None:
    """The next instant at which time alone changes this account."""
    due = account.standing.until
    for wallet in account.wallets.values():
        if wallet.waiting and (due is None or (wallet.waiting[0].matures_at or 0) < due):
            due = wallet.waiting[0].matures_at
        if wallet.lots:
            expires_at = wallet.lots[0].expires_at
            if expires_at is not None and (due is None or expires_at < due):
                due = expires_at
    if account.growth.waiting and (due is None or account.growth.waiting[0][0] < due):
        due = account.growth.waiting[0][0]
    return due


def advance(tape: Tape, until: int) -> None:
    """Let time alone pass until `until`, inclusive."""
    account = tape.account
    while (due := next_due(account)) is not None and due <= until:
        for name, wallet in account.wallets.items():
            mature(tape, name, wallet, due)
        grew = count_growth(tape, due)
        for name, wallet in account.wallets.items():
            expire(tape, name, wallet, due)
        if grew or account.standing.until == due:
            judge(tape, due)
        account.last = max(account.last, (due, DUE, ""))


def mature(tape: Tape, name: str, wallet: Wallet, at: int) -> None:
    """Waiting lots become available; one entry per order."""
    by_cause: dict[str, int] = {}
    repaid: dict[str, int] = {}
    for lot in lots.matured(wallet, at):
        cause = "mature:" + lot.identity.partition(":")[2].partition("|")[0]
        by_cause[cause] = by_cause.get(cause, 0) + lot.points
        if taken := lots.put_available(wallet, lot):
            repaid[cause] = repaid.get(cause, 0) + taken
    version = tape.programs.at(at).number
    for cause, points in by_cause.items():
        tape.entries.append(Entry(f"{cause}|", "mature", name, "pending", "available", points, at, version))
    for cause, points in repaid.items():
        repay(tape, f"{cause}|", name, points, at, version)


def expire(tape: Tape, name: str, wallet: Wallet, at: int) -> None:
    """Lots run out; one entry per wallet and instant, its derivation names the lots."""
    gone = lots.run_out(wallet, at)
    if gone:
        points = sum(lot.points for lot in gone)
        why = ("expire", *((lot.identity, lot.points) for lot in gone))
        version = tape.programs.at(at).number
        last_day = date_of(tape.programs.calendar.day(at - 1))
        entry = Entry(f"expire:{name}/{last_day}|", "expire", name, "available", "expired", points, at, version, why)
        tape.entries.append(entry)


def count_growth(tape: Tape, at: int) -> bool:
    """Growth whose order matured counts from this day."""
    growth = tape.account.growth
    day = tape.programs.calendar.day(at)
    grew = False
    while growth.waiting and growth.waiting[0][0] <= at:
        _, tape.grown_by, amount = growth.waiting.pop(0)
        tiers.grow(growth, day, amount)
        grew = True
    return grew


def judge(tape: Tape, at: int) -> None:
    rules = tape.programs.at(at).tiers
    if rules is None:
        tape.account.standing.until = None
        return
    left = tiers.judge(tape.account, rules, tape.programs.calendar, at, tape.grown_by)
    announce_tier(tape, left, at)

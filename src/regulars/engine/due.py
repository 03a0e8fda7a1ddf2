"""What time alone does to an account.

At one instant orders renew, points mature, holds lapse, plans end, lots run out, growth counts, tiers are judged, days
of the year begin and friends have stayed, in this order, before any step of that instant. The agenda says what is next
in each part of the account; a step that may change more than its head lets it be drawn up anew.
"""

from collections.abc import Callable
from heapq import heappop, heapreplace

from regulars.engine import expiring, growing, holds, lots, referral, tiers
from regulars.engine.account import Account, Ladder
from regulars.engine.calendar import FOREVER
from regulars.engine.expiring import expire
from regulars.engine.occasions import celebrate
from regulars.engine.outcome import Entry
from regulars.engine.standings import end_plans
from regulars.engine.tape import (
    CELEBRATE,
    COMPLETE,
    END,
    EXPIRE,
    GROW,
    JUDGE,
    LAPSE,
    MATURE,
    RENEW,
    Due,
    Tape,
    expect,
    repay,
)
from regulars.engine.tiers import Judge
from regulars.engine.welcoming import welcome

DUE = 0
# What lets points mature, as in identities: time, or that an order is handed over.
BY_TIME, FULFILLED = "mature", "fulfilled"


def next_due(account: Account) -> int | None:
    """The next instant at which time alone changes this account."""
    agenda = agenda_of(account)
    return agenda[0][0] if agenda else None


def agenda_of(account: Account) -> list[Due]:
    """What is next in each wallet, on each ladder, and of the member, soonest first."""
    found = [*_of_wallets(account), *_of_ladders(account)]
    for at, turn in (
        (account.anniversary_at, CELEBRATE),
        (account.birthday_at, CELEBRATE),
        (account.plan_ends[0][0] if account.plan_ends else None, END),
        (account.brought.due_at if account.brought else None, COMPLETE),
    ):
        if at is not None:
            found.append((at, turn, ""))
    return sorted([due for due in found if due[0] < FOREVER])


def _of_wallets(account: Account) -> list[Due]:
    found: list[Due] = []
    for name, wallet in account.wallets.items():
        if wallet.renewing:
            found.append((wallet.renewing[0][0], RENEW, name))
        if wallet.waiting:
            found.append((wallet.waiting[0].matures_at or 0, MATURE, name))
        if wallet.holds:
            found.append((wallet.holds[0].until, LAPSE, name))
        if wallet.lots and (ends := wallet.lots[0].expires_at) is not None:
            found.append((ends, EXPIRE, name))
    return found


def _of_ladders(account: Account) -> list[Due]:
    found: list[Due] = []
    for name, ladder in account.ladders.items():
        if ladder.growth.waiting:
            found.append((ladder.growth.waiting[0][0], GROW, name))
        if ladder.standing.until is not None:
            found.append((ladder.standing.until, JUDGE, name))
        if ladder.grant is not None:
            found.append((ladder.grant.until, JUDGE, name))
    return found


def advance(tape: Tape, until: int) -> None:
    """Let time alone pass until `until`, inclusive."""
    tape.agenda = None
    pass_until(tape, until)


def pass_until(tape: Tape, until: int) -> None:
    """The same by the agenda as it is."""
    at, account = take_turns(tape, until), tape.account
    if at is not None and account.last[0] < at:
        account.last = (at, DUE, "")


def take_turns(tape: Tape, until: int) -> int | None:
    """What is due by then, before a step that will be the last one. When the latest of it was."""
    agenda, at = tape.agenda, None
    if agenda is None:
        agenda = drawn_up(tape)
    while agenda:
        # It stays first until it has had its turn: what a turn adds is due later.
        due, turn, name = agenda[0]
        if due > until:
            break
        at = due
        following = TURNS[turn](tape, name, at)
        if tape.moved:
            _welcome(tape, at)
        if tape.agenda is not agenda:
            agenda = drawn_up(tape, at)
        elif following is None:
            heappop(agenda)
        else:
            heapreplace(agenda, (following, turn, name))
    return at


def drawn_up(tape: Tape, at: int | None = None) -> list[Due]:
    """The agenda anew: where it had to be, tiers may be others, too. What matured after its last day runs out now."""
    agenda = agenda_of(tape.account)
    if agenda and at is not None and agenda[0][0] < at:
        agenda = sorted([(max(due, at), turn, name) for due, turn, name in agenda])
    tape.agenda, tape.tiers = agenda, None
    return agenda


def _welcome(tape: Tape, at: int) -> None:
    """To the tiers that moved, when all is done that this instant brings."""
    following = next_due(tape.account)
    if following is None or following > at:
        welcome(tape, at)
    tape.agenda = None


def _renew(tape: Tape, name: str, at: int) -> None:
    expiring.mature(tape, name, tape.account.wallets[name], at)
    tape.agenda = None


def mature(tape: Tape, name: str, at: int, by: str = BY_TIME) -> int | None:
    """Waiting lots become available. Those whose last day is over run out at once, and settle no deficit.

    When the next ones do.
    """
    wallet, programs = tape.account.wallets[name], tape.programs
    version = (programs.sole or programs.at(at)).number
    ready, waiting = wallet.lots, wallet.waiting
    head, following = ready[0] if ready else None, None
    while waiting:
        lot = waiting[0]
        following = lot.matures_at
        if following is None or following > at:
            break
        del waiting[0]
        cause, funder, points = lot.cause, lot.funder, lot.points
        repaid = lots.put_available(wallet, lot, at)
        while waiting and waiting[0].cause == cause and waiting[0].funder == funder and lots.is_ripe(waiting[0], at):
            lot = waiting.pop(0)
            points += lot.points
            repaid += lots.put_available(wallet, lot, at)
        following = None
        wallet.pending -= points
        # An order is named; whatever else gave the points, as what it is.
        order = cause.removeprefix("order:")
        identity = f"{by}-{cause}|" if order == cause else f"{by}:{order}|"
        tape.entries.append(Entry(identity, "mature", name, "pending", "available", points, at, version, (), funder))
        if repaid:
            repay(tape, identity, name, repaid, at, version, funder)
    if ready and (first := ready[0]) is not head and first.expires_at is not None:
        expect(tape, (max(first.expires_at, at), EXPIRE, name))
    return following


def _lapse(tape: Tape, name: str, at: int) -> None:
    holds.lapse(tape, name, tape.account.wallets[name], at)
    tape.agenda = None


def _expire(tape: Tape, name: str, at: int) -> int | None:
    wallet = tape.account.wallets[name]
    expire(tape, name, wallet, at)
    return wallet.lots[0].expires_at if wallet.lots else None


def _judge(tape: Tape, name: str, at: int) -> None:
    judge(tape, name, tape.account.ladders[name], at)
    tape.agenda = None


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


def _of_member(deed: Callable[[Tape, int], None]) -> Callable[[Tape, str, int], None]:
    def turn(tape: Tape, _name: str, at: int) -> None:
        deed(tape, at)
        tape.agenda = None

    return turn


# Each says when it is next due; None: not by itself, or the agenda is drawn up anew.
TURNS: dict[int, Callable[[Tape, str, int], int | None]] = {
    RENEW: _renew,
    MATURE: mature,
    LAPSE: _lapse,
    END: _of_member(end_plans),
    EXPIRE: _expire,
    GROW: growing.mature,
    JUDGE: _judge,
    CELEBRATE: _of_member(celebrate),
    COMPLETE: _of_member(referral.complete),
}

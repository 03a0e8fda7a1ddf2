"""Quotes: what a fact that has not happened would change. Folded once without it and once with it; nothing is kept.

An order is quoted from the account as it stands when it comes after everything that happened, else, like a refund, from
the whole history. Worked examples: docs/rules/quotes.md.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from regulars.engine import limits, lots
from regulars.engine.account import Account, Lot, Memo
from regulars.engine.budgets import Share, shares
from regulars.engine.charging import money_for, withheld
from regulars.engine.decide import share
from regulars.engine.difference import difference
from regulars.engine.due import advance
from regulars.engine.facts import Fact, Order, Refund, Theirs
from regulars.engine.fold import fold
from regulars.engine.outcome import Announcement, Entry
from regulars.engine.payments import cash_back
from regulars.engine.program import Programs
from regulars.engine.purse import Purse
from regulars.engine.sharing import by_line
from regulars.engine.tape import Tape
from regulars.engine.timeline import order_steps, unrolled

# Where a shortfall goes, by the policy that sends it there.
SHORT = ("charged", "deficit", "written_off")


class OrderQuote(Struct, frozen=True):
    """What an order would earn: `earns` by wallet, `by_line` points by line and rule; `entries` is all it adds.

    `tiers` are (before, after) by tier set; `spendable` is what could pay for it, by wallet, before it is paid.
    `account` is the account afterwards, `budgets` what is asked of campaigns, `memo` what `lacking` tells of rules that
    gave nothing from; None for an order that is not paid.
    """

    entries: list[Entry]
    account: Account
    announcements: list[Announcement]
    earns: dict[str, int]
    by_line: dict[str, dict[str, int]]
    tiers: dict[str, tuple[str, str]]
    spendable: dict[str, int]
    budgets: dict[str, Share]
    memo: Memo | None = None


class Returning(Struct, frozen=True):
    """Points spent on the order that come back, with the expiry they had; None: never."""

    wallet: str
    points: int
    expires_at: int | None


class RefundQuote(Struct, frozen=True):
    """What a refund would change: `goes_back` are earned points by wallet, `returns` points spent on the order.

    `cash` is the money to give back for it, in minor units, before anything is withheld. `short` are points of
    `goes_back` that the member has no more, and `withhold` what the till would keep for them under the policy
    `charge`; under `deficit` they are owed, under `write_off` let go. `policies` says which is in force, by wallet.
    """

    entries: list[Entry]
    account: Account
    goes_back: dict[str, int]
    returns: list[Returning]
    tiers: dict[str, tuple[str, str]]
    cash: int
    short: dict[str, int]
    withhold: dict[str, int]
    policies: dict[str, str]


# Orders


def of_next_order(
    programs: Programs, account: Account, order: Order, now: int, purse: Callable[[], Purse] = Purse
) -> OrderQuote | None:
    """From the account as it stands, which is used up; None when the order is late, or not paid.

    Each `purse` is a new one, and says what budgets have left.
    """
    steps = order_steps([order])
    if not steps or steps[0].step <= account.last:
        return None
    tape = Tape(programs, account, purse=purse())
    advance(tape, steps[0].step[0])
    known, told = len(tape.entries), len(tape.announcements)
    tiers, spendable = tiers_of(account), could_spend(programs, account, order, steps[0].step[0])
    fold(tape, steps, until=now)
    return _order_quote(tape, order, tape.entries[known:], tape.announcements[told:], tiers, spendable)


def of_order(
    programs: Programs,
    facts: Sequence[Fact],
    order: Order,
    now: int,
    guest: bool = False,
    purse: Callable[[], Purse] = Purse,
) -> OrderQuote:
    """From everything that is known of the member."""
    tape = Tape(programs, Account(guest=guest), purse=purse())
    without = fold(Tape(programs, Account(guest=guest), purse=purse()), unrolled(facts), until=now)
    fold(tape, unrolled([*facts, order]), until=now)
    before = without.account
    tiers, spendable = tiers_of(before), could_spend(programs, before, order, now)
    known = {announcement.identity for announcement in without.announcements}
    told = [announcement for announcement in tape.announcements if announcement.identity not in known]
    return _order_quote(tape, order, difference(tape.entries, without.entries), told, tiers, spendable)


def _order_quote(
    tape: Tape,
    order: Order,
    entries: list[Entry],
    told: list[Announcement],
    before: Mapping[str, str],
    spendable: dict[str, int],
) -> OrderQuote:
    earns: Counter[str] = Counter()
    for entry in entries:
        if entry.kind == "earn":
            earns[entry.wallet] += entry.points
    tiers = moved(before, tiers_of(tape.account))
    asked = shares(tape.purse, f"order:{order.key}")
    lines, touched = by_line(tape, order, entries), tape.touched.get(order.key)
    memo = touched.memo if touched else None
    return OrderQuote(entries, tape.account, told, dict(earns), lines, tiers, spendable, asked, memo)


def could_spend(programs: Programs, account: Account, order: Order, at: int) -> dict[str, int]:
    """By wallet, the most points that could pay for the order now, as `decide` would allow it."""
    found: dict[str, int] = {}
    if account.enrolled_at is None:
        return found
    total = sum(line.total for line in order.lines)
    for name, rules in programs.at(at).wallets.items():
        wallet = account.wallets.get(name)
        if wallet is None:
            continue
        room = limits.room(rules.spend, wallet, programs.calendar.day(at))
        bounds = (rules.spend.at_most, room, share(rules, total), _worth(programs, name, total, at))
        most = min([wallet.available, *(bound for bound in bounds if bound is not None)])
        most -= most % rules.spend.step
        found[name] = most if most >= rules.spend.at_least else 0
    return found


def _worth(programs: Programs, wallet: str, total: int, at: int) -> int | None:
    """As many points as the order costs, rounded up; None where they are worth nothing at the till."""
    value = programs.at(at).wallets[wallet].value
    return -(-max(total, 0) * value.points // value.minor) if value and value.minor else None


# Refunds


def of_refund(
    programs: Programs,
    facts: Sequence[Fact],
    refund: Refund,
    now: int,
    guest: bool = False,
    purse: Callable[[], Purse] = Purse,
) -> RefundQuote:
    """From everything that is known of the member, or of a guest, the order among it."""
    until = max(now, refund.at)
    without = fold(Tape(programs, Account(guest=guest), purse=purse()), unrolled(facts), until=until)
    tape = Tape(programs, Account(guest=guest), purse=purse())
    outcome = fold(tape, unrolled([*facts, _as_told(facts, refund)]), until=until)
    entries = difference(outcome.entries, without.entries)
    memos = (without.memos.get(refund.order), outcome.memos.get(refund.order))
    short = _summed(entry for entry in entries if entry.kind == "reverse" and entry.source in SHORT)
    return RefundQuote(
        entries,
        outcome.account,
        _summed(entry for entry in entries if entry.kind == "reverse"),
        returning(without.account, outcome.account, entries),
        moved(tiers_of(without.account), tiers_of(outcome.account)),
        _cash(tape, refund, memos),
        short,
        _withhold(programs, memos, short, refund.at),
        {name: rules.when_short for name, rules in programs.at(refund.at).wallets.items() if name in short},
    )


def _as_told(facts: Sequence[Fact], refund: Refund) -> Fact:
    """The order may be of somebody who is part of the member by now."""
    theirs = [fact for fact in facts if isinstance(fact, Theirs) and isinstance(fact.fact, Order)]
    return next((Theirs(fact.of, refund) for fact in theirs if fact.fact.key == refund.order), refund)


def _summed(entries: Iterable[Entry]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for entry in entries:
        found[entry.wallet] += entry.points
    return dict(found)


def returning(before: Account, after: Account, entries: Iterable[Entry]) -> list[Returning]:
    """Lots that are larger afterwards, in wallets to which the refund restores something."""
    found = []
    for name in sorted({entry.wallet for entry in entries if entry.kind == "restore"}):
        had, ends = _lots(before, name), {alike(lot): lot.expires_at for lot in _available(after, name)}
        for key, points in _lots(after, name).items():
            if points > had.get(key, 0):
                found.append(Returning(name, points - had.get(key, 0), ends[key]))
    return found


def alike(lot: Lot) -> tuple[str, int | None]:
    """The refund may take back what renewed the others, so that they run out earlier."""
    return lot.cause, lots.last(lot)


def _lots(account: Account, wallet: str) -> dict[tuple[str, int | None], int]:
    found: Counter[tuple[str, int | None]] = Counter()
    for lot in _available(account, wallet):
        found[alike(lot)] += lot.points
    return dict(found)


def _available(account: Account, wallet: str) -> Sequence[Lot]:
    return account.wallets[wallet].lots if wallet in account.wallets else ()


def _cash(tape: Tape, refund: Refund, memos: tuple[Memo | None, Memo | None]) -> int:
    """What this refund adds to the money that comes back in all."""
    before, after = memos
    if before is None or after is None:
        return 0
    order = tape.touched[refund.order].order
    return cash_back(order, after.returned) - cash_back(order, before.returned)


def _withhold(
    programs: Programs, memos: tuple[Memo | None, Memo | None], short: Mapping[str, int], at: int
) -> dict[str, int]:
    """Money for the points that are short: as the wallet charges them, or as it would."""
    charged = withheld(memos[0], memos[1]) if memos[1] else {}
    found: dict[str, int] = {}
    for name, points in short.items():
        rules = programs.at(at).wallets.get(name)
        if name in charged:
            found[name] = charged[name][1]
        elif rules is not None and rules.value is not None:
            found[name] = money_for(rules.value, points)
    return found


# Tiers


def tiers_of(account: Account) -> dict[str, str]:
    return {name: ladder.tier for name, ladder in account.ladders.items()}


def moved(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """By tier set, the tier before and after."""
    return {name: (before.get(name, ""), tier) for name, tier in after.items()}

"""How long points last: until a day of their own, or as long as the member is active; and how they run out.

Points that activity renews have a last day of their own as well. While anything renews them, they last at least until
the latest end that this gave, all of them together. Renewals are counted by the end they give: what no longer counts
(an order that came back whole, a redemption that was undone) takes its own back, and what then is over runs out at that
instant. An order renews when it matures, under the version in force then. Worked examples: docs/rules/expiry.md.
"""

from bisect import insort
from typing import TypeAlias

from regulars.engine import lots
from regulars.engine.account import Account, Lot, Memo, Wallet
from regulars.engine.calendar import FOREVER, Calendar, Term, date_of
from regulars.engine.lots import spending_order
from regulars.engine.outcome import Entry
from regulars.engine.program import Rule, Version, WalletRules
from regulars.engine.tape import Tape, matures, wallet_of

# When points run out, and, where activity renews them, the last local day that they have by themselves.
Dates: TypeAlias = tuple[int | None, int | None]


def dated(calendar: Calendar, rules: Rule | WalletRules, day: int, tiers: tuple[str, ...]) -> Dates:
    """Of points earned on a local day in these tiers. Of several tiers that say so, the longest term counts."""
    terms: list[Term | None] = [rules.by_tier[tier] for tier in tiers if tier in rules.by_tier]
    ends = [None if term is None else calendar.term_end(day, term) for term in terms or [rules.expires]]
    if None in ends:
        return None, None
    expires_at = max(end for end in ends if end is not None)
    return expires_at, calendar.day(expires_at - 1) if rules.slides else None


def tiers_now(account: Account) -> tuple[str, ...]:
    """The member's tiers, of all sets."""
    return tuple([ladder.tier for ladder in account.ladders.values()])


def own_end(tape: Tape, rule: Rule, day: int) -> int | None:
    """What tells lots of one cause apart."""
    expires_at, lasts_on = dated(tape.programs.calendar, rule, day, ())
    return expires_at if lasts_on is None else lasts_on


def expire(tape: Tape, name: str, wallet: Wallet, at: int, by: str = "") -> None:
    """Lots run out; one entry per wallet, funder and local day, its derivation names the lots. `by`: what let them run
    out, where it was not time alone (`@refund:…`).
    """
    gone = lots.run_out(wallet, at)
    if gone:
        version = tape.programs.at(at).number
        identity = f"expire:{name}/{date_of(tape.programs.calendar.day(at - 1))}{by}|"
        why = ("expire", *[(lot.cause, lot.points) for lot in gone])
        for funder, points in lots.by_funder(gone).items():
            entry = Entry(identity, "expire", name, "available", "expired", points, at, version, why, funder)
            tape.entries.append(entry)


# What renews


def order_counts(tape: Tape, version: Version, memo: Memo, at: int) -> None:
    """There is something in the order: it renews when it matures, or now if it has."""
    for rules in version.renews.get("orders", ()):
        since = matures_at(tape, rules, memo)
        if since > at:
            wait(wallet_of(tape.account, rules.name), since, 1)
        else:
            renew(tape, rules.name, since, at)


def order_is_gone(tape: Tape, version: Version, memo: Memo, at: int, cause: str) -> None:
    """Nothing is left of the order: it renews nothing any more."""
    for rules in version.renews.get("orders", ()):
        since = matures_at(tape, rules, memo)
        if since > at:
            wait(wallet_of(tape.account, rules.name), since, -1)
        else:
            withdraw(tape, rules.name, since, at, cause)


def order_is_handed_over(tape: Tape, version: Version, memo: Memo, at: int) -> None:
    """What waited for that renews now."""
    for rules in version.renews.get("orders", ()):
        if matures(tape, rules.pending, memo.paid_at) == FOREVER:
            wait(wallet_of(tape.account, rules.name), FOREVER, -1)
            renew(tape, rules.name, at, at)


def matures_at(tape: Tape, rules: WalletRules, memo: Memo) -> int:
    since = matures(tape, rules.pending, memo.paid_at)
    if since == FOREVER and memo.fulfilled_at is not None:
        return memo.fulfilled_at
    return memo.paid_at if since is None else since


def happened(tape: Tape, what: str, at: int) -> None:
    """Something else than an order that renews: `activity:NAME`."""
    for rules in tape.programs.at(at).renews.get(what, ()):
        renew(tape, rules.name, at, at)


def is_spent(tape: Tape, name: str, spent_at: int, at: int) -> None:
    """Points were spent; of a hold that was captured the renewal counts from the hold."""
    if _renews_by_spending(tape, name, spent_at):
        renew(tape, name, spent_at, at)


def is_unspent(tape: Tape, name: str, spent_at: int, at: int, cause: str) -> None:
    """All of them came back."""
    if _renews_by_spending(tape, name, spent_at):
        withdraw(tape, name, spent_at, at, cause)


def _renews_by_spending(tape: Tape, name: str, spent_at: int) -> bool:
    return any(rules.name == name for rules in tape.programs.at(spent_at).renews.get("spending", ()))


# Renewing


def mature(tape: Tape, name: str, wallet: Wallet, at: int) -> None:
    """Orders that waited renew now."""
    while wallet.renewing and wallet.renewing[0][0] <= at:
        since, times = wallet.renewing.pop(0)
        renew(tape, name, since, at, times)


def wait(wallet: Wallet, since: int, times: int) -> None:
    """So many orders more, or fewer, will renew then."""
    add(wallet.renewing, since, times)


def add(counted: list[tuple[int, int]], instant: int, times: int) -> None:
    for place, (when, before) in enumerate(counted):
        if when == instant:
            counted[place] = (when, before + times)
            if not before + times:
                del counted[place]
            return
    insort(counted, (instant, times))


def end_given(tape: Tape, name: str, since: int) -> int | None:
    """Until when something of that instant renews; None where the version in force then renews nothing."""
    rules = tape.programs.at(since).wallets.get(name)
    if rules is None or not rules.slides or rules.expires is None:
        return None
    return tape.programs.calendar.term_end(tape.programs.calendar.day(since), rules.expires)


def renew(tape: Tape, name: str, since: int, at: int, times: int = 1) -> None:
    """All points that activity renews last at least as long as what happened at `since` says."""
    until = end_given(tape, name, since)
    if until is None or until <= at:
        return
    wallet = wallet_of(tape.account, name)
    before = wallet.renewals[-1][0] if wallet.renewals else 0
    if before <= at:
        wallet.renewed_since = at
    forget(wallet, at)
    add(wallet.renewals, until, times)
    if until > before:
        prolong(wallet, until)


def join(mine: Wallet, theirs: Wallet, at: int) -> None:
    """Who is one with another was active whenever either was."""
    sides = [wallet for wallet in (mine, theirs) if wallet.renewals and wallet.renewals[-1][0] > at]
    mine.renewed_since = min([wallet.renewed_since for wallet in sides], default=mine.renewed_since)
    for until, times in theirs.renewals:
        add(mine.renewals, until, times)
    for since, times in theirs.renewing:
        add(mine.renewing, since, times)
    if mine.renewals:
        prolong(mine, mine.renewals[-1][0])


def forget(wallet: Wallet, at: int) -> None:
    """What is over."""
    while wallet.renewals and wallet.renewals[0][0] <= at:
        del wallet.renewals[0]


def prolong(wallet: Wallet, until: int) -> None:
    """Lots that were alike stay in their order."""
    ready, moved, ends = wallet.lots, 0, set[int]()
    for lot in ready:
        if lot.lasts_on is not None and lot.expires_at is not None and lot.expires_at < until:
            ends.add(lot.expires_at)
            lot.expires_at = until
            moved += 1
    if moved and (len(ends) > 1 or moved < len(ready)):
        ready.sort(key=spending_order)


def withdraw(tape: Tape, name: str, since: int, at: int, cause: str) -> None:
    """As if it had not happened, from now on. Who was two with somebody may have renewed another's points."""
    until = end_given(tape, name, since)
    if until is None or until <= at:
        return
    wallet = wallet_of(tape.account, name)
    if all(end != until for end, _ in wallet.renewals):
        return
    add(wallet.renewals, until, -1)
    left = wallet.renewals[-1][0] if wallet.renewals else 0
    if left >= until:
        return
    for lot in wallet.lots:
        if lot.lasts_on is not None:
            lot.expires_at = max(by_itself(tape, lot.lasts_on), left)
    wallet.lots.sort(key=spending_order)
    expire(tape, name, wallet, at, f"@{cause}")


def by_itself(tape: Tape, lasts_on: int) -> int:
    return tape.programs.calendar.midnight(lasts_on + 1)


def as_of_now(tape: Tape, wallet: Wallet, lot: Lot) -> None:
    """A lot from outside of the wallet lasts as long as if it had been in it."""
    if lot.lasts_on is not None:
        lot.expires_at = by_itself(tape, lot.lasts_on)
        lots.prolong(wallet, lot)

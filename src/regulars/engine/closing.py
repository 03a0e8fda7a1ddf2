"""A member leaves for good: the account is closed, and what is in it is forfeited or paid out.

A decision that stands. What is held is let go first; what is pending was never the member's to use and is forfeited;
what is available goes by each wallet's `on_closing`; what was owed is let go. Nothing of the member is left that a rule
could ask about, and facts recorded afterwards have no effect, whenever they happened. Money is rounded half up, once
per wallet. Worked examples: docs/rules/closing.md.
"""

from collections import Counter
from collections.abc import Iterable

from regulars.engine import holds
from regulars.engine.account import Account, Wallet
from regulars.engine.charging import money_for
from regulars.engine.facts import Closing
from regulars.engine.outcome import Announcement, Entry
from regulars.engine.program import Programs, WalletRules, Worth
from regulars.engine.spending import because, move, note, occasion
from regulars.engine.tape import Tape

# What is still known of a closed account: figures, and nothing that a rule asks about.
KEPT = ("guest", "orders", "spend", "first_order_at", "last_order_at", "into", "joined", "parted")


def close(tape: Tape, fact: Closing, at: int) -> None:
    for name, wallet in tape.account.wallets.items():
        _let_go(tape, name, wallet, fact, at)
        _empty(tape, name, wallet, fact, at)
    if not tape.account.into:
        tape.announcements.append(Announcement(f"closing:{fact.key}", "account.closed", at, {}))
    _forget(tape.account, at)


def _let_go(tape: Tape, name: str, wallet: Wallet, fact: Closing, at: int) -> None:
    """Open holds end, with what was claimed of them meanwhile."""
    while wallet.holds:
        held = wallet.holds.pop(0)
        key = f"{fact.key}/{held.key}"
        holds.give_up(tape, held, occasion(tape, "release", key, name, at), key)


def _empty(tape: Tape, name: str, wallet: Wallet, fact: Closing, at: int) -> None:
    on = occasion(tape, "close", fact.key, name, at)
    target = "paid_out" if is_paid_out(on.version.wallets.get(name)) else "forfeited"
    why = because(on, [*wallet.lots, *wallet.waiting], wallet.deficit)
    move(tape, on, ("available", target), wallet.lots, why)
    move(tape, on, ("pending", "forfeited"), wallet.waiting, why)
    if wallet.deficit:
        note(tape, on, ("written_off", "deficit"), wallet.deficit, why)


def is_paid_out(rules: WalletRules | None) -> bool:
    return rules is not None and rules.on_closing == "pay_out" and rules.value is not None


def _forget(account: Account, at: int) -> None:
    empty = Account(closed_at=at)
    for name in account.__struct_fields__:
        if name not in KEPT:
            setattr(account, name, getattr(empty, name))


def payout(programs: Programs, entries: Iterable[Entry]) -> dict[str, int]:
    """By wallet, the minor units to pay to somebody whose account these entries close, or would close."""
    points: Counter[str] = Counter()
    worth: dict[str, Worth] = {}
    for entry in entries:
        rules = programs.numbered(entry.version).wallets.get(entry.wallet)
        if entry.target == "paid_out" and rules is not None and rules.value is not None:
            points[entry.wallet] += entry.points
            worth[entry.wallet] = rules.value
    return {name: money_for(worth[name], points[name]) for name in points}

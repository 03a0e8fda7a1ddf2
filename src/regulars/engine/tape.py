"""A fold under way: the account, the orders it may touch, and what it has written so far."""

from msgspec import Struct, field

from regulars.engine import lots
from regulars.engine.account import Account, Lot, Memo, Wallet
from regulars.engine.facts import Order
from regulars.engine.outcome import Announcement, Entry, Outcome
from regulars.engine.program import Programs, Version


class Touched(Struct):
    """An order as it stands: its newest applied snapshot and its memo."""

    order: Order
    memo: Memo


class Tape(Struct):
    """What every step works on. `grown_by` is the order whose growth counted last."""

    programs: Programs
    account: Account
    touched: dict[str, Touched] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    announcements: list[Announcement] = field(default_factory=list)
    grown_by: str = ""

    def outcome(self) -> Outcome:
        memos = {key: touched.memo for key, touched in self.touched.items()}
        return Outcome(self.account, memos, self.entries, self.announcements)


def earn(tape: Tape, version: Version, name: str, lot: Lot, why: tuple[object, ...]) -> None:
    """Put a new lot in, waiting or available, and write its entry."""
    wallet = tape.account.wallets.get(name)
    if wallet is None:
        wallet = tape.account.wallets[name] = Wallet()
    place = "pending" if lot.matures_at is not None else "available"
    entry = Entry(lot.identity, "earn", name, "issued", place, lot.points, lot.earned_at, version.number, why)
    tape.entries.append(entry)
    if lot.matures_at is not None:
        lots.put_waiting(wallet, lot)
    elif repaid := lots.put_available(wallet, lot):
        repay(tape, lot.identity, name, repaid, lot.earned_at, version.number)


def repay(tape: Tape, identity: str, wallet: str, points: int, at: int, version: int) -> None:
    """A rise of available points settles what the member owes first."""
    tape.entries.append(Entry(f"repay:{identity}", "repay", wallet, "available", "deficit", points, at, version))


def expiry(tape: Tape, version: Version, wallet: str, at: int) -> int | None:
    """When points earned at `at` run out; None for never."""
    term = version.wallets[wallet].expires
    calendar = tape.programs.calendar
    return None if term is None else calendar.term_end(calendar.day(at), term)


def announce_tier(tape: Tape, left: str | None, at: int) -> None:
    if left:
        moved = {"from": left, "to": tape.account.standing.tier}
        tape.announcements.append(Announcement(f"tier:{at}", "tier.changed", at, moved))

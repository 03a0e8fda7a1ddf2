"""A fold under way: the account, the orders it may touch, and what it has written so far."""

from heapq import heappush

from msgspec import Struct, field

from regulars.engine import lots
from regulars.engine.account import NOTHING, Account, Given, Lot, Memo, Spent, Wallet
from regulars.engine.calendar import FOREVER, Span
from regulars.engine.facts import HandedLot, Order
from regulars.engine.outcome import Announcement, Entry, Outcome, Why
from regulars.engine.program import Programs, Rule
from regulars.engine.purse import Event, Key, Purse

# What time alone does, in the order of one instant.
RENEW, MATURE, LAPSE, END, EXPIRE, GROW, JUDGE, CELEBRATE, COMPLETE = range(9)
# When, which of these, and in which wallet or on which ladder.
Due = tuple[int, int, str]


class Touched(Struct, gc=False):
    """An order as it stands: its newest applied snapshot and its memo.

    `withheld`: by wallet, the points that the till kept money for in the refund at hand; None while it is asking.
    """

    order: Order
    memo: Memo
    withheld: dict[str, int] | None = NOTHING


class TierMove(Struct, frozen=True):
    """A tier was reached, or lost with the order that had gained it and its `gift`; `since` when it was reached."""

    tier_set: str
    tier: str
    since: int
    lost: bool = False
    gift: Given | None = None


# What a member gets once, or once a year, is called the same for everybody.
SAME_FOR_ALL = ("anniversary", "birthday", "enrolment", "profile")


class Once(Struct, frozen=True):
    """What a cause gave by a rule of a version, at an instant, which one member gets once."""

    cause: str
    rule: str
    points: int
    version: int
    at: int


class Shadow(Struct):
    """Two members, called `survivor` and `absorbed`, as they would be apart while they are one; since that will end.

    `members` are those whose steps are the absorbed one's; `brought` says by wallet what each had; `names` are theirs
    in full. `decided` says of redemptions and holds since then whether the absorbed one asked for them, `called` what
    causes of the absorbed one's goals are called since.
    """

    merge: str
    survivor: str
    absorbed: str
    members: tuple[str, ...]
    mine: "Tape"
    theirs: "Tape"
    brought: dict[str, tuple[int, int]]
    names: tuple[str, str]
    decided: dict[str, bool] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)


class Tape(Struct):
    """What every step works on.

    `touched` and `spent` hold the orders and the redemptions that steps name, as they stand; `moved` the tiers that
    this step reached or lost; `purse` what budgets give. `apart` are other members who are, were or will be one with
    this one, and `acts_on` whose account their steps change by now; "" is the member whose history this is. `shadow` is
    what a merge put together that will be undone. `once` is what others brought that is given once, `own_from` the
    first entry that counts for it besides. Of a shadow, `one` is who they are together: what
    budgets grant, and what comes back of points that paid, is theirs. `drawn` lists by key what this account asked of
    budgets, was granted and gave back.
    `agenda` says what is due next, as a heap; None: nobody looked. `tiers` are those that the member has until it is
    drawn up anew; None: nobody asked.
    """

    programs: Programs
    account: Account
    touched: dict[str, Touched] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    announcements: list[Announcement] = field(default_factory=list)
    spent: dict[str, Spent] = field(default_factory=dict)
    handed: dict[str, tuple[HandedLot, ...]] = field(default_factory=dict)
    moved: list[TierMove] = field(default_factory=list)
    purse: Purse = field(default_factory=Purse)
    apart: dict[str, "Tape"] = field(default_factory=dict)
    acts_on: dict[str, str] = field(default_factory=dict)
    shadow: Shadow | None = None
    once: list[Once] = field(default_factory=list)
    own_from: int = 0
    agenda: list[Due] | None = None
    tiers: tuple[str, ...] | None = None
    one: "Tape | None" = None
    drawn: dict[Key, list[Event]] = field(default_factory=dict)

    def outcome(self) -> Outcome:
        memos = {key: touched.memo for key, touched in self.touched.items()}
        return Outcome(self.account, memos, self.entries, self.announcements, self.spent, self.handed)


def is_same_for_all(cause: str) -> bool:
    """ "birthday:2026", or "birthday:2026@M" of who was merged by M."""
    return cause.partition(":")[0].partition("@")[0] in SAME_FOR_ALL


def write(tape: Tape, identity: str, rule: Rule, place: str, points: int, at: int, version: int, why: Why) -> None:
    """The entry for points that come in by a rule."""
    entry = Entry(identity, "earn", rule.wallet, "issued", place, points, at, version, why, rule.funder)
    tape.entries.append(entry)


def put(tape: Tape, name: str, lot: Lot, at: int, version: int, identity: str) -> None:
    """Put points in. A rise of available points settles what the member owes first."""
    wallet = tape.account.wallets.get(name) or wallet_of(tape.account, name)
    if lot.matures_at is not None:
        if lots.put_waiting(wallet, lot):
            expect(tape, (lot.matures_at, MATURE, name))
        return
    if repaid := lots.put_available(wallet, lot):
        repay(tape, identity, name, repaid, at, version, lot.funder)
    if lot.expires_at is not None and wallet.lots and wallet.lots[0] is lot:
        expect(tape, (lot.expires_at, EXPIRE, name))


def expect(tape: Tape, due: Due) -> None:
    """What is next somewhere."""
    if tape.agenda is not None and due[0] < FOREVER:
        heappush(tape.agenda, due)


def wallet_of(account: Account, name: str) -> Wallet:
    wallet = account.wallets.get(name)
    if wallet is None:
        wallet = account.wallets[name] = Wallet()
    return wallet


def repay(tape: Tape, identity: str, wallet: str, points: int, at: int, version: int, funder: str = "") -> None:
    """In one entry, also where several lots of one cause settle what is owed one after the other."""
    name, entries = f"repay:{identity}", tape.entries
    place = len(entries)
    while place and (last := entries[place - 1]).identity == name and last.occurred_at == at:
        place -= 1
        if (last.wallet, last.funder) == (wallet, funder):
            points += entries.pop(place).points
            break
    entries.append(Entry(name, "repay", wallet, "available", "deficit", points, at, version, (), funder))


def matures(tape: Tape, pending: Span | None, at: int) -> int | None:
    """When what was earned at `at` can be spent; None for at once, FOREVER until somebody says so."""
    return None if pending is None else tape.programs.calendar.after(at, pending)

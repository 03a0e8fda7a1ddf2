"""Redemptions under a draft, decided member by member as the stated behaviour has it.

Each member decides once a month, on a day that the member and the month choose. Of what stays of the points of a month
the stated share is wanted so many months later; what is wanted is spent as soon as it is there and the wallet lets it:
not below its least, in its steps, within its limits. Of a wallet whose points buy nothing by themselves rewards are
taken, as many of the cheapest as that pays for. What runs out before it was spent is wanted no more. Parts of a point
wait for the next month.

Points spent are then gone from the fold, so expiry, breakage and what is owed are what the fold says.
"""

from collections import Counter
from datetime import date
from zlib import crc32

from msgspec import Struct

from regulars.engine import limits
from regulars.engine.account import Account, Wallet
from regulars.engine.calendar import DAY, Calendar, day_of
from regulars.engine.catalogue import Reward, is_within
from regulars.engine.due import advance, pass_until
from regulars.engine.facts import Fact, Redemption
from regulars.engine.fold import apply
from regulars.engine.outcome import Entry
from regulars.engine.program import Programs, WalletRules
from regulars.engine.tape import Tape, wallet_of
from regulars.engine.timeline import DECIDE, Happening, unrolled
from regulars.programs.planning.assuming import WHOLE, Behaviour
from regulars.programs.planning.tallying import Months, Span, Tally, folded, joining, missing

# Every month has so many days.
DAYS = 28


class Offer(Struct, frozen=True):
    """What a wallet's points are spent on: the rules of the wallet, and its rewards; none: they are money at the till.

    What somebody has to be or to have taken before, and how many there are, is not looked at.
    """

    rules: WalletRules
    rewards: tuple[Reward, ...] = ()

    def step(self, day: int) -> int:
        """What is spent at once on a local day, the cheapest reward there is; 0: nothing can be bought."""
        if not self.rewards:
            return self.rules.spend.step
        return min((one.points for one in self.rewards if is_within(day, one.since, one.until)), default=0)

    def affordable(self, wanted: int, wallet: Wallet, day: int) -> int:
        """Of so many wanted points those that may be spent on a local day."""
        spend = self.rules.spend
        if not (step := self.step(day)):
            return 0
        points = min(wanted, wallet.available)
        if spend.at_most is not None:
            points = min(points, spend.at_most)
        if (room := limits.room(spend, wallet, day)) is not None:
            points = min(points, room)
        points -= points % step
        return points if points >= spend.at_least else 0


def offers_of(programs: Programs) -> dict[str, Offer]:
    """By wallet; points that buy nothing are not spent. Nor are they for a draw: what comes of it is luck."""
    version, found = programs.versions[-1], {}
    for name, rules in version.wallets.items():
        mine = (one for one in version.rewards.values() if one.wallet == name and one.points and not one.gives.prizes)
        if rules.value is not None:
            found[name] = Offer(rules)
        elif rewards := tuple(mine):
            found[name] = Offer(rules, rewards)
    return found


class Redeeming:
    """What all members share: the behaviour, what can be bought, when months begin, and where it is counted."""

    def __init__(self, programs: Programs, behaviour: Behaviour, found: Tally) -> None:
        self.behaviour = behaviour
        self.calendar = programs.calendar
        self.months = Months(programs.calendar)
        self.offers = offers_of(programs)
        self.begins = Begins(programs.calendar)
        found.behaviour = behaviour
        self.spent, self.wanted = found.spent, found.wanted

    def of(self, member: str, first: int) -> "Redeemer":
        """Of a member whose first step is at an instant."""
        return Redeemer(self, member, self.months.of(first) + self.behaviour.months)


class Begins(dict[int, int]):
    """The instant at which a month begins, by its number."""

    def __init__(self, calendar: Calendar) -> None:
        super().__init__()
        self._calendar = calendar

    def __missing__(self, month: int) -> int:
        found = self[month] = self._calendar.midnight(day_of(date(month // 12, month % 12 + 1, 1)))
        return found


def brought(entry: Entry) -> int:
    """How many points a member has more, or fewer, by what was given or went back; goods whose points were spent take
    theirs from what comes next."""
    return entry.points * ((entry.source == "issued") - (entry.target == "issued")) + missing(entry)


class Redeemer:
    """One member. `came` are points by wallet and month that nobody wants yet, `wants` those that are due by wallet, in
    `WHOLE` parts of a point; `next_at` is the next decision.
    """

    __slots__ = ("came", "member", "month", "next_at", "seen", "shared", "wants")

    def __init__(self, shared: Redeeming, member: str, month: int) -> None:
        self.shared, self.member, self.month = shared, member, month
        self.seen = 0
        self.came: dict[str, Counter[int]] = {}
        self.wants: Counter[str] = Counter()
        self.next_at = self._at(month)

    def until(self, tape: Tape, instant: int) -> None:
        """All decisions before an instant."""
        while self.next_at < instant:
            self._decide(tape)

    def settle(self, tape: Tape, until: int) -> None:
        """The fold has come to its end: what is wanted by then is owed, as far as it is there."""
        self._read(tape)
        month = self.shared.months.of(until)
        for name in self.shared.offers:
            has = wallet_of(tape.account, name)
            wanted = self.wants[name] + sum(self.came.get(name, {}).values()) * self.shared.behaviour.redeemed
            self.shared.wanted[month, name] -= max(wanted - (has.available + has.pending) * WHOLE, 0)

    def _at(self, month: int) -> int:
        return self.shared.begins[month] + crc32(f"{self.member}/{month}".encode()) % DAYS * DAY + DAY // 2

    def _decide(self, tape: Tape) -> None:
        at, month = self.next_at, self.month
        if len(tape.entries) > self.seen or self.came or self.wants:
            pass_until(tape, at)
            self._read(tape)
            self._want(month - self.shared.behaviour.months)
            for wallet in tuple(self.wants):
                self._forget_what_is_gone(tape, wallet)
                self._spend(tape, wallet, at)
        self.month += 1
        self.next_at = self._at(self.month)

    def _read(self, tape: Tape) -> None:
        """What was given and taken back since the last time."""
        offers = self.shared.offers
        for entry in tape.entries[self.seen :]:
            if entry.wallet in offers and (points := brought(entry)):
                self._note(entry.wallet, points, self.shared.months.of(entry.occurred_at))
        self.seen = len(tape.entries)

    def _note(self, wallet: str, points: int, month: int) -> None:
        """So many came, or went back."""
        came, share = self.came.setdefault(wallet, Counter()), self.shared.behaviour.redeemed
        if points > 0:
            came[month] += points
            self.shared.wanted[month, wallet] += points * share
            return
        points = -points
        for earlier in sorted(came, reverse=True):
            part = min(points, came[earlier])
            came[earlier] -= part
            points -= part
            self.shared.wanted[month, wallet] -= part * share
        # What was due already is wanted no more; what was spent stays spent.
        self._drop(wallet, month, min(points * share, self.wants[wallet]))

    def _want(self, until: int) -> None:
        for wallet, came in tuple(self.came.items()):
            for month in [month for month in came if month <= until]:
                self.wants[wallet] += came.pop(month) * self.shared.behaviour.redeemed
            if not came:
                del self.came[wallet]

    def _forget_what_is_gone(self, tape: Tape, wallet: str) -> None:
        has, waiting = wallet_of(tape.account, wallet), sum(self.came.get(wallet, {}).values())
        left = max(has.available + has.pending - waiting, 0) * WHOLE
        self._drop(wallet, self.month, max(self.wants[wallet] - left, 0))

    def _drop(self, wallet: str, month: int, wanted: int) -> None:
        if wanted:
            self.wants[wallet] -= wanted
            self.shared.wanted[month, wallet] -= wanted
        if not self.wants[wallet]:
            del self.wants[wallet]

    def _spend(self, tape: Tape, wallet: str, at: int) -> None:
        account = tape.account
        if account.closed_at is not None or account.into:
            return
        day = self.shared.calendar.day(at)
        points = self.shared.offers[wallet].affordable(self.wants[wallet] // WHOLE, wallet_of(account, wallet), day)
        if points > 0:
            fact = Redemption(f"plan/{self.month}/{wallet}", wallet, points, at)
            apply(tape, Happening((at, DECIDE, fact.key), fact))
            self.shared.spent[self.month, wallet] += points
            self._drop(wallet, self.month, points * WHOLE)


def redeemed(programs: Programs, member: str, facts: list[Fact], span: Span, by: Redeeming | None) -> Tape:
    """A customer's facts folded up to an instant, and what the customer redeems on the way; None: nothing."""
    if by is None:
        return folded(programs, facts, span.until, span.is_joining_told)
    tape, until = Tape(programs, Account()), span.until
    steps = unrolled(joining(programs, facts, span.is_joining_told))
    if not steps:
        advance(tape, until)
        return tape
    redeemer = by.of(member, steps[0].step[0])
    for step in steps:
        at = step.step[0]
        if at > until:
            break
        if redeemer.next_at < at:
            redeemer.until(tape, at)
        apply(tape, step)
    redeemer.until(tape, until)
    advance(tape, until)
    redeemer.settle(tape, until)
    return tape

"""Redemptions under a draft, decided member by member as the stated behaviour has it.

Each member decides once a month, on a day that the member and the month choose. Of what stays of the points of a month
the stated share is wanted so many months later; what is wanted is spent as soon as it is there and the wallet lets it:
not below its least, in its steps, within its limits. Of a wallet whose points buy nothing by themselves rewards are
taken, as many of the cheapest as that pays for. What runs out before it was spent is wanted no more, also after the
last order: then nobody buys anything any more. Parts of a point wait for the next month.

Points spent are then gone from the fold, so expiry, breakage and what is owed are what the fold says.
"""

from collections import Counter
from collections.abc import Sequence
from copy import copy
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
from regulars.engine.packing import copied
from regulars.engine.program import Programs, WalletRules
from regulars.engine.tape import Tape, wallet_of
from regulars.engine.timeline import DECIDE, Happening, unrolled
from regulars.programs.planning.assuming import WHOLE, Behaviour
from regulars.programs.planning.tallying import SHORT, Months, Span, Tally, folded, joining

# Every month has so many days.
DAYS = 28


class Offer(Struct, frozen=True):
    """What a wallet's points are spent on: the rules of the wallet, and its rewards; none: they are money at the till.
    `steps` is what is spent at once on a local day, the cheapest reward there is; 0: nothing can be bought.

    What somebody has to be or to have taken before, and how many there are, is not looked at.
    """

    rules: WalletRules
    steps: "Steps"

    def affordable(self, wanted: int, wallet: Wallet, day: int) -> int:
        """Of so many wanted points those that may be spent on a local day."""
        spend, step = self.rules.spend, self.steps[day]
        points = min(wanted, wallet.available)
        if not step or points < step:
            return 0
        if spend.at_most is not None:
            points = min(points, spend.at_most)
        if spend.per and (room := limits.room(spend, wallet, day)) is not None:
            points = min(points, room)
        points -= points % step
        return points if points >= spend.at_least else 0


class Steps(dict[int, int]):
    """By local day, looked up once."""

    def __init__(self, rules: WalletRules, rewards: Sequence[Reward] = ()) -> None:
        super().__init__()
        self._rules, self._rewards = rules, rewards

    def __missing__(self, day: int) -> int:
        there = (one.points for one in self._rewards if is_within(day, one.since, one.until))
        found = self[day] = min(there, default=0) if self._rewards else self._rules.spend.step
        return found


def offers_of(programs: Programs) -> dict[str, Offer]:
    """By wallet; points that buy nothing are not spent. Nor are they for a draw: what comes of it is luck."""
    version, found = programs.versions[-1], {}
    for name, rules in version.wallets.items():
        mine = (one for one in version.rewards.values() if one.wallet == name and one.points and not one.gives.prizes)
        if rules.value is not None:
            found[name] = Offer(rules, Steps(rules))
        elif rewards := tuple(mine):
            found[name] = Offer(rules, Steps(rules, rewards))
    return found


class Redeeming:
    """What all members share: the behaviour, what can be bought, noons of months, and where it is counted."""

    def __init__(self, programs: Programs, behaviour: Behaviour, found: Tally) -> None:
        self.behaviour = behaviour
        self.calendar = programs.calendar
        self.months = Months(programs.calendar)
        self.offers = offers_of(programs)
        self.noons = Noons(programs.calendar)
        found.behaviour = behaviour
        self.spent, self.wanted = found.spent, found.wanted
        self._aside: Redeeming | None = None

    def aside(self) -> "Redeeming":
        """The same; what is counted there is in no sum."""
        if self._aside is None:
            self._aside = copy(self)
        self._aside.spent, self._aside.wanted = Counter(), Counter()
        return self._aside

    def of(self, member: str, first: int) -> "Redeemer":
        """Of a member whose first step is at an instant."""
        return Redeemer(self, member, self.months.of(first) + self.behaviour.months)


class Noons(dict[int, tuple[int, bytes]]):
    """Noon of the first day of a month, by its number, and the number as it is written."""

    def __init__(self, calendar: Calendar) -> None:
        super().__init__()
        self._calendar = calendar

    def __missing__(self, month: int) -> tuple[int, bytes]:
        begins = self._calendar.midnight(day_of(date(month // 12, month % 12 + 1, 1)))
        found = self[month] = (begins + DAY // 2, str(month).encode())
        return found


class Brought(dict[tuple[str, str], int]):
    """Of points from one place to another: 1 where a member has so many more by what was given, -1 where fewer by what
    went back; goods whose points were spent take theirs from what comes next."""

    def __missing__(self, move: tuple[str, str]) -> int:
        source, target = move
        found = self[move] = (source == "issued") - (target == "issued") + (source in SHORT) - (target in SHORT)
        return found


BROUGHT = Brought()


class Wish:
    """Of one wallet: `came` are points by month that nobody wants yet, `due` those that are wanted, in `WHOLE` parts of
    a point."""

    __slots__ = ("came", "due", "name", "offer")

    def __init__(self, name: str, offer: Offer) -> None:
        self.name, self.offer = name, offer
        self.came: dict[int, int] = {}
        self.due = 0

    def waits(self, share: int) -> int:
        """What is wanted, and will be."""
        return self.due + sum(self.came.values()) * share

    def is_sure(self, wallet: Wallet, by: int) -> bool:
        """Whether nothing of what it wants can run out until then: nothing does, or what stays is enough for all."""
        lots = (*wallet.lots, *wallet.waiting)
        going = sum(lot.points for lot in lots if lot.expires_at is not None and lot.expires_at < by)
        return not going or of_all(wallet) - going * WHOLE >= self.due + sum(self.came.values()) * WHOLE

    def ripen(self, until: int, share: int) -> None:
        """Of the points of these months the stated share is wanted; they came one month after the other."""
        while self.came and (month := next(iter(self.came))) <= until:
            self.due += self.came.pop(month) * share

    def lose(self, points: int) -> tuple[int, int]:
        """So many went back, the latest first: how many of those that came, and of those that are left."""
        left = points
        for month in sorted(self.came, reverse=True):
            part = min(left, self.came[month])
            self.came[month] -= part
            left -= part
        return points - left, left


def of_all(wallet: Wallet) -> int:
    """Its points, in `WHOLE` parts."""
    return (wallet.available + wallet.pending) * WHOLE


class Redeemer:
    """One member; `next_at` is the next decision."""

    __slots__ = ("dice", "is_waiting", "month", "next_at", "seen", "shared", "wishes")

    def __init__(self, shared: Redeeming, member: str, month: int) -> None:
        self.shared, self.dice, self.month = shared, crc32(f"{member}/".encode()), month
        self.seen, self.is_waiting = 0, False
        self.wishes = {name: Wish(name, offer) for name, offer in shared.offers.items()}
        self.next_at = self._at(month)

    def until(self, tape: Tape, instant: int) -> None:
        """All decisions before an instant."""
        while self.next_at < instant:
            self.decide(tape)

    def settle(self, tape: Tape, until: int) -> None:
        """The fold has come to its end: what is wanted by then is owed, as far as it lasts until it is spent."""
        self._read(tape)
        month, share = self.shared.months.of(until), self.shared.behaviour.redeemed
        waiting = {name: wish.waits(share) for name, wish in self.wishes.items()}
        came = max((month for wish in self.wishes.values() for month in wish.came), default=0)
        last = max(came + self.shared.behaviour.months, self.month)
        by, lasting, unsure = self.shared.noons[last + 1][0], {}, []
        for name, waits in waiting.items():
            wallet = wallet_of(tape.account, name)
            lasting[name] = min(waits, of_all(wallet))
            if waits and not self.wishes[name].is_sure(wallet, by):
                unsure.append(name)
        if unsure:
            lasting |= self._followed(tape, last, unsure)
        for name, waits in waiting.items():
            self.shared.wanted[month, name] -= waits - lasting[name]

    def _followed(self, tape: Tape, last: int, names: list[str]) -> dict[str, int]:
        """Of these wallets, what is spent up to a month, and what waits for more then; on an account aside."""
        other, on = Redeemer(self.shared.aside(), "", self.month), Tape(tape.programs, copied(tape.account))
        other.dice, other.next_at, other.is_waiting = self.dice, self.next_at, True
        for name in names:
            other.wishes[name].came, other.wishes[name].due = dict(self.wishes[name].came), self.wishes[name].due
        while other.month <= last:
            other.decide(on)
        found = {name: min(other.wishes[name].due, of_all(wallet_of(on.account, name))) for name in names}
        for (_, name), points in other.shared.spent.items():
            found[name] += points * WHOLE
        return found

    def _at(self, month: int) -> int:
        noon, written = self.shared.noons[month]
        return noon + crc32(written, self.dice) % DAYS * DAY

    def decide(self, tape: Tape) -> None:
        at, behaviour = self.next_at, self.shared.behaviour
        if self.is_waiting or len(tape.entries) > self.seen:
            pass_until(tape, at)
            self._read(tape)
            self.is_waiting = False
            for wish in self.wishes.values():
                if wish.came:
                    wish.ripen(self.month - behaviour.months, behaviour.redeemed)
                if wish.due:
                    self._follow(tape, wish, at)
                if wish.due or wish.came:
                    self.is_waiting = True
        self.month += 1
        self.next_at = self._at(self.month)

    def _read(self, tape: Tape) -> None:
        """What was given and taken back since the last time."""
        wishes, months, wanted = self.wishes, self.shared.months, self.shared.wanted
        share = self.shared.behaviour.redeemed
        at, month = None, 0
        for entry in tape.entries[self.seen :]:
            way = BROUGHT[entry.source, entry.target]
            if not way or (wish := wishes.get(entry.wallet)) is None:
                continue
            if entry.occurred_at != at:
                at = entry.occurred_at
                month = months.of(at)
            if way > 0:
                wish.came[month] = wish.came.get(month, 0) + entry.points
                wanted[month, wish.name] += entry.points * share
            else:
                came, left = wish.lose(entry.points)
                wanted[month, wish.name] -= came * share
                # What was due already is wanted no more; what was spent stays spent.
                self._drop(wish, month, min(left * share, wish.due))
        self.seen = len(tape.entries)

    def _follow(self, tape: Tape, wish: Wish, at: int) -> None:
        """What is gone is wanted no more; of what is there as much is spent as may be."""
        account, has = tape.account, wallet_of(tape.account, wish.name)
        left = has.available + has.pending - sum(wish.came.values())
        if wish.due > max(left, 0) * WHOLE:
            self._drop(wish, self.month, wish.due - max(left, 0) * WHOLE)
        if wish.due < WHOLE or account.closed_at is not None or account.into:
            return
        points = wish.offer.affordable(wish.due // WHOLE, has, self.shared.calendar.day(at))
        if points > 0:
            fact = Redemption(f"plan/{self.month}/{wish.name}", wish.name, points, at)
            apply(tape, Happening((at, DECIDE, fact.key), fact))
            self.shared.spent[self.month, wish.name] += points
            self._drop(wish, self.month, points * WHOLE)

    def _drop(self, wish: Wish, month: int, wanted: int) -> None:
        wish.due -= wanted
        self.shared.wanted[month, wish.name] -= wanted


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

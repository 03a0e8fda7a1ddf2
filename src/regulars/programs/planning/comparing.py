"""A draft beside the program in force, customer by customer: who gains, who loses, who rises and who falls.

What a customer gets is what their points are worth that stay issued, as if all were spent; money in minor units.
"""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct, field

from regulars.engine.facts import Fact
from regulars.engine.program import Programs
from regulars.engine.tape import Tape
from regulars.programs.planning.redeeming import Redeeming, redeemed
from regulars.programs.planning.sharing import together
from regulars.programs.planning.tallying import EARLIEST, Months, Span, Tally, count, worth_of

SHOWN = 20
# A customer by the shop's own number, and what they did.
Customers = Iterable[tuple[str, list[Fact]]]


class Change(Struct, frozen=True):
    """A customer who gets something else: worth in minor units and the main tier, by the program in force and by the
    draft. "" is on none: no member, or none of the tiers yet. `segments` are those the customer belongs to at the end.
    """

    customer: str
    before: int
    after: int
    tier_before: str
    tier_after: str
    segments: tuple[str, ...] = ()

    @property
    def more(self) -> int:
        return self.after - self.before


class Group(Struct):
    """How many customers gain, lose or see no difference, and what that comes to."""

    gain: int = 0
    lose: int = 0
    same: int = 0
    gained: int = 0
    lost: int = 0

    def add(self, other: "Group") -> None:
        self.gain, self.lose, self.same = self.gain + other.gain, self.lose + other.lose, self.same + other.same
        self.gained, self.lost = self.gained + other.gained, self.lost + other.lost

    def note(self, more: int) -> None:
        self.gain += more > 0
        self.lose += more < 0
        self.same += not more
        self.gained += max(more, 0)
        self.lost += max(-more, 0)


class Comparison(Group):
    """All customers, by the main tier where each stands by the program in force, and by segment: who belongs to several
    is in each of them. Main tiers at the end, by (before, after) where they differ; those whom it affects most, `SHOWN`
    of them."""

    groups: dict[str, Group] = field(default_factory=dict)
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    most: list[Change] = field(default_factory=list)
    segments: dict[str, Group] = field(default_factory=dict)

    def join(self, other: "Comparison") -> None:
        self.add(other)
        for tier, group in other.groups.items():
            self.groups.setdefault(tier, Group()).add(group)
        for segment, group in other.segments.items():
            self.segments.setdefault(segment, Group()).add(group)
        self.moves.update(other.moves)
        self.most = sorted([*self.most, *other.most], key=_weight)[:SHOWN]

    def compare(self, change: Change) -> None:
        if change.tier_before != change.tier_after:
            self.moves[change.tier_before, change.tier_after] += 1
        self.note(change.more)
        self.groups.setdefault(change.tier_before, Group()).note(change.more)
        for segment in change.segments:
            self.segments.setdefault(segment, Group()).note(change.more)
        if change.more or change.tier_before != change.tier_after:
            self.most.append(change)
            if len(self.most) > 100 * SHOWN:
                self.most = sorted(self.most, key=_weight)[:SHOWN]


def _weight(change: Change) -> tuple[int, str]:
    return (-abs(change.more), change.customer)


class Outcome(Struct):
    """What a draft comes to, and beside it the program in force, where there is one. It tells of the months from
    `since` on."""

    tally: Tally = field(default_factory=Tally)
    before: Tally | None = None
    comparison: Comparison | None = None
    since: int = 0

    def add(self, other: "Outcome") -> None:
        self.since = max(self.since, other.since)
        self.tally.add(other.tally)
        if other.before is not None and other.comparison is not None:
            self.before, self.comparison = self.before or Tally(), self.comparison or Comparison()
            self.before.add(other.before)
            self.comparison.join(other.comparison)


def outcome(draft: Programs, in_force: Programs | None, customers: Customers, span: Span) -> Outcome:
    """Fold each customer by the draft, and by the program in force; all together where they share budgets."""
    found, months = begun(draft, span, in_force is not None), Months(draft.calendar)
    now = redeeming(draft, span, found.tally)
    then = redeeming(in_force, span, found.before) if in_force is not None and found.before is not None else None
    if draft.has_budgets or (in_force is not None and in_force.has_budgets):
        known = list(customers)
        tapes = together(draft, known, span, now)
        before = together(in_force, known, span, then) if in_force is not None else [None] * len(known)
        for (customer, _), new, old in zip(known, tapes, before, strict=True):
            note(found, months, span, customer, new, old)
    else:
        for customer, facts in customers:
            was = redeemed(in_force, customer, facts, span, then) if in_force is not None else None
            note(found, months, span, customer, redeemed(draft, customer, facts, span, now), was)
    settle(found)
    return found


def redeeming(programs: Programs, span: Span, found: Tally) -> Redeeming | None:
    """What members share who redeem; None: nobody does."""
    return Redeeming(programs, span.behaviour, found) if span.behaviour else None


def begun(draft: Programs, span: Span, is_compared: bool) -> Outcome:
    """Of nobody yet."""
    since = Months(draft.calendar).of(span.since) if span.since > EARLIEST else 0
    return Outcome(Tally(), Tally(), Comparison(), since) if is_compared else Outcome(since=since)


def note(found: Outcome, months: Months, span: Span, customer: str, new: Tape, old: Tape | None) -> None:
    """Add what came of one customer, by the draft and by the program in force."""
    count(new, found.tally, months, span)
    if old is not None and found.before is not None and found.comparison is not None:
        count(old, found.before, months, span)
        worths = (worth(old, span.since), worth(new, span.since))
        segments = new.account.known.segments
        found.comparison.compare(Change(customer, *worths, tier_of(old), tier_of(new), segments))


def settle(found: Outcome) -> None:
    """Nobody else comes."""
    if found.comparison is not None:
        found.comparison.most = sorted(found.comparison.most, key=_weight)[:SHOWN]


def worth(tape: Tape, since: int) -> int:
    """Of all points that were issued from an instant on and stay issued."""
    net: Counter[str] = Counter()
    for entry in tape.entries:
        if entry.occurred_at >= since:
            net[entry.wallet] += entry.points * ((entry.source == "issued") - (entry.target == "issued"))
    wallets = tape.programs.versions[-1].wallets
    return sum(worth_of(wallets[name], points) for name, points in net.items() if name in wallets)


def tier_of(tape: Tape) -> str:
    return tape.account.main_ladder.tier

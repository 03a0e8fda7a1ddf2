"""Members folded under a draft, and what that comes to: sums by local month that can be added to each other.

A month is its number since year 0. Points of a wallet are counted when an entry moves them.
"""

from collections import Counter

from msgspec import Struct, field

from regulars.engine.account import Account
from regulars.engine.calendar import DAY, Calendar, date_of
from regulars.engine.facts import Enrolment, Fact, Order
from regulars.engine.fold import fold
from regulars.engine.outcome import Entry
from regulars.engine.program import Programs, WalletRules
from regulars.engine.returns import what_is_left
from regulars.engine.tape import Tape, Touched
from regulars.engine.timeline import unrolled
from regulars.programs.planning.assuming import Behaviour

# Moves of what rules gave.
GIVEN = ("issued", "returned")
# Where points are taken from that a member does not have.
SHORT = frozenset(("charged", "deficit", "written_off"))
# Where they are that a member had, or that were not there.
GONE = SHORT | {"expired"}
# Active is who bought in the last days of what is told of.
ACTIVE_DAYS = 90
# Before anything happened.
EARLIEST = -(2**53)


class Tally(Struct):
    """`points` by (month, wallet, move, rule), where points are issued, returned or expired; `short` of
    those that were returned are what was not there any more, less what settled that later. `times` a rule gave; `cut`
    by wallet and bound how often that left less of an award. `climbs` by (month, tier set, from, to); "" is on none
    yet. Money in minor units, by the month of the order, less what came back later. `got` by (rule, wallet, main tier
    at the end) holds points that stay, `getters` how many members have some of them; `active` by that tier are members
    who bought in the last `ACTIVE_DAYS` days. `sold` by
    (month, category) is money of the categories that were asked for. Where redemptions were simulated by a `behaviour`,
    `spent` are points by (month, wallet), and `wanted` what is added then to what will still be spent, in `WHOLE` parts
    of a point.
    """

    customers: int = 0
    joined: Counter[int] = field(default_factory=Counter)
    orders: Counter[int] = field(default_factory=Counter)
    revenue: Counter[int] = field(default_factory=Counter)
    points: Counter[tuple[int, str, str, str]] = field(default_factory=Counter)
    times: Counter[str] = field(default_factory=Counter)
    cut: Counter[tuple[str, str]] = field(default_factory=Counter)
    climbs: Counter[tuple[int, str, str, str]] = field(default_factory=Counter)
    got: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    getters: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    active: Counter[str] = field(default_factory=Counter)
    sold: Counter[tuple[int, str]] = field(default_factory=Counter)
    spent: Counter[tuple[int, str]] = field(default_factory=Counter)
    wanted: Counter[tuple[int, str]] = field(default_factory=Counter)
    behaviour: Behaviour | None = None

    def add(self, other: "Tally") -> None:
        self.customers += other.customers
        self.behaviour = self.behaviour or other.behaviour
        for mine, theirs in zip(self.counters, other.counters, strict=True):
            mine.update(theirs)

    @property
    def counters(self) -> list[Counter[object]]:
        return [value for name in self.__struct_fields__ if isinstance(value := getattr(self, name), Counter)]


class Span(Struct, frozen=True):
    """What a plan tells of, in instants, both inclusive. What happened before counts for what came of it. `categories`
    are those of which it is asked what was sold of them. By the `behaviour` members redeem; None: nobody does.
    Where `is_joining_told`, facts say who is a member.
    """

    until: int
    since: int = EARLIEST
    categories: tuple[str, ...] = ()
    behaviour: Behaviour | None = None
    is_joining_told: bool = False


class Months(dict[int, int]):
    """The month of a local day, looked up once."""

    def __init__(self, calendar: Calendar) -> None:
        super().__init__()
        self._day = calendar.day

    def __missing__(self, day: int) -> int:
        local = date_of(day)
        found = self[day] = local.year * 12 + local.month - 1
        return found

    def of(self, instant: int) -> int:
        return self[self._day(instant)]


def joining(programs: Programs, facts: list[Fact], is_told: bool = False) -> list[Fact]:
    """With an enrolment at the first order, where neither the program nor a fact says how customers become members.

    Where `is_told`, facts do: whoever has no enrolment among them is none.
    """
    if is_told or any(version.joining for version in programs.versions) or Enrolment in map(type, facts):
        return facts
    paid = [fact.paid_at for fact in facts if isinstance(fact, Order) and fact.paid_at is not None]
    return [Enrolment("plan", min(paid)), *facts] if paid else facts


def folded(programs: Programs, facts: list[Fact], until: int, is_joining_told: bool = False) -> Tape:
    """A customer's facts folded up to an instant; what happened later is left out."""
    tape = Tape(programs, Account())
    steps = unrolled(joining(programs, facts, is_joining_told))
    if steps and steps[-1].step[0] > until:
        steps = [step for step in steps if step.step[0] <= until]
    fold(tape, steps, until)
    return tape


def count(tape: Tape, found: Tally, months: Months, span: Span) -> None:
    """Add what a fold gave one customer; what is not kept by month, only from an instant on."""
    found.customers += 1
    _count_orders(tape, found, months, span.categories)
    net: dict[tuple[str, str], int] = {}
    at: int | None = None
    for entry in tape.entries:
        source, target = entry.source, entry.target
        # Many entries are neither: points mature.
        if source == "pending" and target == "available":
            continue
        # What an order gives has one instant.
        if entry.occurred_at != at:
            at = entry.occurred_at
            month = months.of(at)
        if source == "issued" or target == "issued":
            _count_given(entry, month, found, net, span.since)
        if source in GONE or target in GONE:
            _count_gone(entry, month, found)
    tier = tape.account.main_ladder.tier
    for (rule, wallet), points in net.items():
        if points > 0:
            found.got[rule, wallet, tier] += points
            found.getters[rule, wallet, tier] += 1
    if tape.account.enrolled_at is not None:
        _count_member(tape, tape.account.enrolled_at, found, months)
        found.active[tier] += is_active(tape, span.until)


def is_active(tape: Tape, until: int) -> bool:
    since = until - ACTIVE_DAYS * DAY
    return any(one.memo.paid_at > since and one.memo.counts and not one.memo.gone for one in tape.touched.values())


def _count_gone(entry: Entry, month: int, found: Tally) -> None:
    """What ran out, or came back of it, and what was not there."""
    if entry.target == "expired":
        found.points[month, entry.wallet, "expired", ""] += entry.points
    elif entry.source == "expired":
        found.points[month, entry.wallet, "expired", ""] -= entry.points
    if short := missing(entry):
        found.points[month, entry.wallet, "short", ""] += short


def missing(entry: Entry) -> int:
    """Points that it takes and that were not there; below zero where it settles such."""
    if entry.source in SHORT:
        return entry.points
    return -entry.points if entry.target in SHORT else 0


def _count_orders(tape: Tape, found: Tally, months: Months, categories: tuple[str, ...]) -> None:
    orders, revenue, month_of = found.orders, found.revenue, months.of
    for touched in tape.touched.values():
        memo = touched.memo
        if memo.counts:
            month = month_of(memo.paid_at)
            orders[month] += not memo.gone
            revenue[month] += memo.net
            if categories:
                _count_sold(touched, month, categories, found)


def _count_sold(touched: Touched, month: int, categories: tuple[str, ...], found: Tally) -> None:
    for line in what_is_left(touched.order, touched.memo.returned):
        if line.category in categories:
            found.sold[month, line.category] += line.total


def _count_member(tape: Tape, enrolled_at: int, found: Tally, months: Months) -> None:
    joined = months.of(enrolled_at)
    found.joined[joined] += 1
    for name, rules in tape.programs.at(enrolled_at).tier_sets.items():
        found.climbs[joined, name, "", rules.levels[0].tier] += 1
    for told in tape.announcements:
        if told.kind == "tier.changed":
            said = told.payload
            found.climbs[months.of(told.occurred_at), said["set"], said["from"], said["to"]] += 1


def _count_given(entry: Entry, month: int, found: Tally, net: dict[tuple[str, str], int], since: int) -> None:
    """What rules gave and what went back, and in `net` what of it stays."""
    rule, wallet, points, why = entry.identity.rpartition("|")[2], entry.wallet, entry.points, entry.why
    is_gift = entry.source == "issued"
    found.points[month, wallet, "issued" if is_gift else "returned", rule] += points
    if entry.occurred_at < since:
        return
    named = (rule, wallet)
    net[named] = net.get(named, 0) + (points if is_gift else -points)
    if is_gift:
        found.times[rule] += 1
        if why and why[0] == "capped":
            found.cut[wallet, str(why[2])] += 1


def worth_of(rules: WalletRules, points: int) -> int:
    """Minor units, rounded down; nothing for points that buy nothing by themselves."""
    return 0 if rules.value is None else points * rules.value.minor // rules.value.points

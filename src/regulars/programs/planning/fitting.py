"""Several programs over the same orders, side by side: which of them fits a shop?

To what a plan adds up this adds who of the active customers gets something of it. Who has at any instant what the
cheapest reward of a wallet costs, or the least that may be spent of it, could have had a reward; nobody is taken to
have spent anything before.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from regulars.engine.conditions import uses
from regulars.engine.document import RawRule
from regulars.engine.program import Programs, Version
from regulars.engine.tape import Tape
from regulars.programs.planning.assuming import Assumed
from regulars.programs.planning.comparing import Customers, Outcome
from regulars.programs.planning.report import Report, report
from regulars.programs.planning.tallying import Months, Span, Tally, count, folded, is_active

# What the orders of a file do not tell: triggers and conditions that nothing in them can meet.
UNTOLD_TRIGGERS = ("activity", "anniversary", "birthday", "plan", "profile", "referral", "referred")
UNTOLD_CONDITIONS = ("attribute", "country", "partner", "payment", "plan", "segment", "tag")
NAMED = ("product", "category", "brand", "store", "channel", "code")


class Fit(Struct):
    """What a program comes to: sums, and of the active customers how many earned and could have had a reward."""

    tally: Tally = field(default_factory=Tally)
    active: int = 0
    earned: int = 0
    reached: int = 0

    def add(self, other: "Fit") -> None:
        self.tally.add(other.tally)
        self.active, self.earned = self.active + other.active, self.earned + other.earned
        self.reached += other.reached


def fits(programs: Sequence[Programs], customers: Customers, until: int, is_joining_told: bool = False) -> list[Fit]:
    """Fold each customer up to an instant by each program."""
    found = [Fit() for _ in programs]
    months, aims = [Months(one.calendar) for one in programs], [aims_of(one.versions[-1]) for one in programs]
    for _, facts in customers:
        for one, fit, month, aim in zip(programs, found, months, aims, strict=True):
            _note(folded(one, facts, until, is_joining_told), fit, month, aim, until)
    return found


def _note(tape: Tape, fit: Fit, months: Months, aims: dict[str, int], until: int) -> None:
    count(tape, fit.tally, months, Span(until))
    if not is_active(tape, until):
        return
    fit.active += 1
    fit.earned += any(entry.source == "issued" for entry in tape.entries)
    fit.reached += _reaches(tape, aims)


def _reaches(tape: Tape, aims: dict[str, int]) -> bool:
    has = dict.fromkeys(aims, 0)
    for entry in tape.entries:
        if entry.wallet in has:
            has[entry.wallet] += entry.points * ((entry.target == "available") - (entry.source == "available"))
            if has[entry.wallet] >= aims[entry.wallet]:
                return True
    return False


def aims_of(version: Version) -> dict[str, int]:
    """By wallet the fewest points that buy something; wallets that buy nothing are not in it."""
    found: dict[str, int] = {}
    for reward in version.rewards.values():
        if reward.points:
            found[reward.wallet] = min(found.get(reward.wallet, reward.points), reward.points)
    for name, wallet in version.wallets.items():
        if wallet.value is not None:
            found[name] = min(found.get(name, wallet.spend.at_least), wallet.spend.at_least)
    return found


class Candidate(Struct, frozen=True):
    """A program to be compared: its text, what it compiles to, and its rules as they are written."""

    name: str
    text: str
    programs: Programs
    rules: list[RawRule]


class Silent(Struct, frozen=True):
    """A rule that gave nothing in these orders; `asks` is what it asks that they do not tell, or name otherwise."""

    rule: str
    asks: tuple[str, ...]


class Place(Struct, frozen=True):
    """A program in the order of fit. Shares are in hundredths of a per cent: `cost` of revenue, `left` of revenue after
    goods and rewards, `earn` and `reach` of active customers. `by_margin` and `by_reach` are its places by each.
    """

    name: str
    cost: int
    left: int
    break_even: int | None
    earn: int
    reach: int
    owed: int
    by_margin: int
    by_reach: int
    silent: tuple[Silent, ...]

    @property
    def is_seen(self) -> bool:
        """Whether all that it gives can be seen in orders."""
        return not any({*UNTOLD_TRIGGERS, *UNTOLD_CONDITIONS}.intersection(one.asks) for one in self.silent)

    @property
    def rank(self) -> tuple[bool, int, int, bool, str]:
        return (not self.reach, self.by_margin + self.by_reach, self.by_margin, not self.is_seen, self.name)


def ranked(candidates: Sequence[Candidate], found: Sequence[Fit], assumed: Assumed) -> list[Place]:
    """The best first: by its place by margin and its place by reach, added; of equals the one that leaves more, and
    then what can be seen in orders. What reaches nobody comes last.
    """
    told = [report(one.programs, Outcome(fit.tally), assumed) for one, fit in zip(candidates, found, strict=True)]
    places = []
    for one, fit, said in zip(candidates, found, told, strict=True):
        verdict = said.verdict
        places.append(
            Place(
                one.name,
                _share(verdict.cost, verdict.revenue),
                _share(verdict.left, verdict.revenue),
                verdict.break_even,
                _share(fit.earned, fit.active),
                _share(fit.reached, fit.active),
                _owed(said),
                1 + sum(other.verdict.left > verdict.left for other in told),
                1 + sum(other.reached > fit.reached for other in found),
                tuple(silent(one.rules, fit.tally)),
            )
        )
    return sorted(places, key=lambda place: place.rank)


def _share(part: int, whole: int) -> int:
    return part * 10_000 // whole if whole else 0


def _owed(told: Report) -> int:
    return sum(wallet.months[-1].owed_worth for wallet in told.wallets if wallet.months)


def silent(rules: Iterable[RawRule], found: Tally) -> Iterable[Silent]:
    for raw in rules:
        if not found.times[raw.rule] and not raw.give.startswith("reward "):
            yield Silent(raw.rule, tuple(dict.fromkeys(_asked(raw))))


def _asked(raw: RawRule) -> Iterable[str]:
    trigger = raw.on.partition(" ")[0]
    if trigger in UNTOLD_TRIGGERS:
        yield trigger
    asked = [raw.when, *(step.when for step in raw.goal.steps)] if raw.goal else [raw.when]
    for when in asked:
        yield from uses(when, (*UNTOLD_CONDITIONS, *NAMED))

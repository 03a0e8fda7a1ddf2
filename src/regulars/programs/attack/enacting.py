"""Folds moves as they come, on an account for each of two members, and writes down the story of what happened.

Time moves a minute with every step, and as far as a move waits. What is impossible or refused is left out of the story.
What is told to another member (a referral that counts) reaches them with the next step.
"""

from collections import Counter
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from regulars.engine import phrases
from regulars.engine.account import Account
from regulars.engine.calendar import MINUTE, datetime_of, instant_of
from regulars.engine.decide import Refusal, Request, decide
from regulars.engine.due import advance, next_due
from regulars.engine.facts import (
    Adjustment,
    Details,
    Effect,
    Fact,
    Hold,
    Merge,
    Order,
    Own,
    PlanStanding,
    Received,
    Redemption,
    Transfer,
)
from regulars.engine.fold import apply
from regulars.engine.purse import Purse
from regulars.engine.tape import Tape
from regulars.engine.timeline import KINDS, PAY, Happening, edit
from regulars.programs.attack.expiry import Lives, lives_of, overdue, renewed
from regulars.programs.attack.ground import BIRTHDAY, Ground, hour_of
from regulars.programs.attack.moves import Wait
from regulars.programs.stories import issuing
from regulars.programs.stories.script import as_written

SECOND = 1_000_000
MEMBERS = ("lin", "mei")
FAR = 400 * 24 * 60 * MINUTE
Said = dict[str, Any]


class Mark(Struct, frozen=True):
    """Something that must never be seen: `renewed`, `overdue`, `oneself`; or a policy that may: `grace`."""

    kind: str
    wallet: str
    name: str
    points: int


class Bought(Struct):
    """An order as it was told last, and whose it is."""

    member: int
    order: Order


class Stage(Struct):
    """Two members while moves are made. `steps` is the story so far, `spent` says whose a redemption or hold is, `paid`
    are orders for which money was paid at some time, `copies` are the rewards that went into accounts."""

    ground: Ground
    now: int
    tapes: tuple[Tape, Tape]
    steps: list[Said] = field(default_factory=list)
    orders: dict[str, Bought] = field(default_factory=dict)
    paid: set[str] = field(default_factory=set)
    spent: dict[str, int] = field(default_factory=dict)
    heard: list[int] = field(default_factory=lambda: [0, 0])
    oneself: bool = False
    marks: list[Mark] = field(default_factory=list)
    one: int | None = None
    facts: tuple[list[Fact], list[Fact]] = field(default_factory=lambda: ([], []))
    copies: issuing.Copies = field(default_factory=dict)

    def tape(self, member: int) -> Tape:
        """Where what a member does takes effect."""
        return self.tapes[member if self.one is None else self.one]

    @property
    def key(self) -> str:
        """As the story will call a deed without a name."""
        return f"step-{len(self.steps) + 1}"

    def tick(self) -> None:
        self.now += MINUTE
        self.pass_time()

    def pass_time(self) -> None:
        for member, tape in enumerate(self.tapes):
            while self.ground.fills and (at := next_due(tape.account)) is not None and at <= self.now:
                advance(tape, at)
                self.issue(member, at)
            advance(tape, self.now)
        self.relay()

    def bought(self, member: int, order: Order) -> Bought:
        return Bought(member, order)

    def later(self, length: str) -> int:
        """As a story reads it: minutes, or a span of the calendar."""
        count, _, unit = length.partition(" ")
        if unit.startswith("minute"):
            return self.now + int(count) * MINUTE
        return self.ground.programs.calendar.after(self.now, phrases.span(length))

    def local(self, instant: int) -> str:
        return local(instant, self.ground)

    def written(self, points: int, wallet: str) -> str:
        return as_written(points, wallet, self.ground.programs.versions)

    def wait(self, move: Wait) -> None:
        before = self.now
        if move.until == "span":
            self.now = self.later(move.span)
        elif move.until == "bait":
            self.now = hour_of(self.ground.baits[move.bait], self.ground.programs, self.now)
        else:
            due = [at for tape in self.tapes if (at := next_due(tape.account)) is not None and at <= self.now + FAR]
            self.now = -(-min(due, default=self.now) // SECOND) * SECOND + MINUTE
        self.now = max(self.now, before)
        lives, known = lives_of(self.tapes), [len(tape.entries) for tape in self.tapes]
        self.pass_time()
        self.watch(lives, known, "wait")

    def tell(self, member: int, said: Said) -> None:
        """One more step of the story, now."""
        whose = {"member": MEMBERS[member]} if member else {}
        self.steps.append({"at": local(self.now, self.ground), **whose, **said})

    def happen(self, member: int, fact: Own, said: Said) -> None:
        """A fact of this instant."""
        tape, of = self.tape(member), "" if self.one in (None, member) else MEMBERS[member]
        before, known = lives_of(self.tapes), [len(one.entries) for one in self.tapes]
        if not isinstance(fact, Order):
            step = Happening((self.now, KINDS[type(fact)], fact.key), fact)
        elif fact.key in tape.touched:
            step = edit(fact, fact.paid_at or 0)
        else:
            step = Happening((self.now, PAY, fact.key), fact)
        apply(tape, replace(step, of=of))
        owner = member if self.one is None else self.one
        self.facts[owner].append(fact)
        self.issue(owner, self.now)
        self.tell(member, said)
        self.watch(before, known, next(iter(said)))
        self.tick()

    def issue(self, member: int, now: int) -> None:
        """What rewards put into the account, or take out of it, as in a story."""
        tape, facts = self.tapes[member], self.facts[member]
        while self.ground.fills:
            changes = issuing.due(self.copies, MEMBERS[member], tape.programs, tape, facts)
            if self.one not in (None, member) or not changes:
                return
            one = changes[0]
            said = issuing.recorded(one, tape.programs, tape.account, facts, now)
            is_refused = isinstance(said, Refusal)
            self.copies[one.key] = issuing.Copy(one.gives, one.comes or is_refused, is_refused)
            if isinstance(said, Adjustment | PlanStanding):
                apply(tape, Happening((said.at, KINDS[type(said)], said.key), said))
                facts.append(said)

    def ask(self, member: int, request: Request, said: Said, total: int | None = None) -> bool:
        """Whether it is granted; then it happens. Who is part of another asks as that one. No two redemptions or holds
        have one name, whoever asks for them: the ledger would take the second for a repetition of the first."""
        asker, member = member, member if self.one is None else self.one
        tape, takes = self.tape(member), isinstance(request, Redemption | Hold)
        named = getattr(request, "redemption", "") or getattr(request, "hold", "")
        if takes and request.key in self.spent:
            return False
        if isinstance(decide(tape.programs, tape.account, request, self.now, total, tape.spent.get(named)), Refusal):
            return False
        if takes:
            self.spent[request.key] = asker
        self.happen(member, request, said)
        return True

    def hand_over(self, member: int, asked: Transfer, said: Said) -> None:
        """A transfer, and its other side a microsecond later, as in a story."""
        tapes, other = self.tapes, 1 - member
        if isinstance(decide(tapes[member].programs, tapes[member].account, asked, self.now), Refusal):
            return
        before, known = lives_of(self.tapes), [len(one.entries) for one in self.tapes]
        apply(tapes[member], Happening((self.now, KINDS[Transfer], asked.key), asked))
        lots, at = tapes[member].handed[asked.key], max(self.now, tapes[other].account.last[0] + 1)
        received = Received(asked.key, asked.wallet, lots, at, asked.key)
        apply(tapes[other], Happening((at, KINDS[Received], asked.key), received))
        self.tell(member, {"transfer": said})
        self.watch(before, known, "transfer")
        self.tick()

    def become_one(self, member: int, asked: Merge, said: Said) -> None:
        """What each of them has is in one account from now on."""
        tape, other = self.tapes[member], 1 - member
        before, known = lives_of(self.tapes), [len(one.entries) for one in self.tapes]
        tape.apart[MEMBERS[other]] = self.tapes[other]
        apply(tape, Happening((self.now, KINDS[Merge], asked.key), asked))
        self.one = member
        self.tell(member, said)
        self.watch(before, known, "merge")
        self.tick()

    def relay(self) -> None:
        """Referrals that count, or no longer do, are told to who referred."""
        for member, tape in enumerate(self.tapes):
            while self.heard[member] < len(tape.announcements):
                one = tape.announcements[self.heard[member]]
                self.heard[member] += 1
                if one.kind in ("referral.earned", "referral.withdrawn"):
                    by = MEMBERS.index(one.payload["by"])
                    order = one.payload["order"]
                    buyer = self.orders[order].member if order in self.orders else member
                    self.affect(by, f"{MEMBERS[buyer]}/{order}", one.kind == "referral.withdrawn")

    def affect(self, member: int, cause: str, withdrawn: bool) -> None:
        fact = Effect(self.key, "referral", self.now, cause, withdrawn)
        tape = self.tape(member)
        known = len(tape.entries)
        said = {"name": "referral", "cause": cause} | ({"withdrawn": "yes"} if withdrawn else {})
        self.happen(member, fact, {"effect": said})
        if self.oneself and not withdrawn:
            given = [e for e in tape.entries[known:] if e.source == "issued"]
            self.marks += [Mark("oneself", e.wallet, e.identity.rpartition("|")[2], e.points) for e in given]

    def watch(self, before: Lives, known: list[int], deed: str) -> None:
        """What no step may bring about: points that last longer than before, or that outlive their last day.

        `known`: how many entries there were before.
        """
        issued = Counter[str]()
        for tape, number in zip(self.tapes, known, strict=True):
            for entry in tape.entries[number:]:
                issued[entry.wallet] += entry.points if entry.source == "issued" else 0
        for wallet, after in lives_of(self.tapes).items():
            if more := renewed(before.get(wallet, []), after, issued[wallet]):
                rules = self.ground.version.wallets[wallet]
                kind, name = ("grace", wallet) if rules.grace_on_return else ("renewed", deed)
                self.marks.append(Mark(kind, wallet, name, more))
        self.marks += [Mark("overdue", name, deed, points) for name, points in overdue(self.tapes, self.now)]


def opened(ground: Ground, start: int) -> Stage:
    """Two customers of whom the shop knows everything that a rule may ask for, and who share its budgets."""
    now, used = ground.starts[start], dict[str, int]()
    tapes = (
        Tape(ground.programs, Account(), purse=Purse(used)),
        Tape(ground.programs, Account(), purse=Purse(used)),
    )
    stage = Stage(ground, now, tapes)
    for tape in tapes:
        fact = Details("member", now, BIRTHDAY, ground.country, ground.attributes)
        apply(tape, Happening((now, KINDS[Details], fact.key), fact))
    stage.now += MINUTE
    return stage


def local(instant: int, ground: Ground) -> str:
    """As a story says it; with its offset where the local time alone would say another instant."""
    moment = datetime_of(instant).astimezone(ground.programs.zone)
    plain = moment.replace(tzinfo=None)
    if instant_of(plain.replace(tzinfo=ground.programs.zone)) != instant:
        return moment.isoformat(" ")
    return plain.isoformat(" ", "minutes" if not plain.second and not plain.microsecond else "auto")

"""Acts a story out, as the ledger does: facts are recorded as they are learned, and folded until then.

What is asked of us is decided on what is there, and dated after everything that was known. What a fold says beyond what
was written before is written: the rest of its entries when everything came in order, the difference when something
came late.
"""

from typing import get_args

from msgspec import Struct, field
from msgspec.structs import replace

from regulars.engine import budgets, returns
from regulars.engine.account import Account, Memo
from regulars.engine.decide import Refusal, Request, decide, decide_merge, decide_unmerge
from regulars.engine.difference import announced, difference
from regulars.engine.earlier import decide_claim
from regulars.engine.facts import (
    Capture,
    Claimed,
    Closing,
    Effect,
    Fact,
    Fulfilment,
    Hold,
    Merge,
    Order,
    Received,
    Redemption,
    Referred,
    Refund,
    Restoration,
    Theirs,
    Transfer,
    Unmerge,
)
from regulars.engine.fold import fold
from regulars.engine.holds import paid_anew
from regulars.engine.moving import happened_to, has_moved, left_behind
from regulars.engine.outcome import Announcement, Entry, Outcome, Told
from regulars.engine.program import Programs
from regulars.engine.purse import Events, Key, Purse, settled
from regulars.engine.referral import effect_of
from regulars.engine.taking import costs_of
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled, version_of
from regulars.engine.together import is_shared, retold
from regulars.ledger.clocks import as_of, is_too_far
from regulars.programs.stories import issuing, tickets
from regulars.programs.stories.asking import UNPRICED
from regulars.programs.stories.deeds import is_amount
from regulars.programs.stories.reading import BEGINNING, Step, Story
from regulars.programs.stories.tickets import Tickets

# How a story says that a ticket won no prize.
NOTHING = "nothing"


class Life(Struct):
    """What is known of a member, and what was written: `folded` by the last fold, `ledger` in all. In the same way
    `announcements` and `told`; `passed_on` is what others whom it concerns have heard of.

    `hearers` are members whose history tells of this one as well, since they are or were one. `ruled` are the rulings
    on the member, `used` is what all members have of each budget, and `others` are all members.
    """

    facts: list[Fact] = field(default_factory=list)
    is_guest: bool = False
    hearers: list[str] = field(default_factory=list)
    folded: list[Entry] = field(default_factory=list)
    ledger: list[Entry] = field(default_factory=list)
    announcements: list[Announcement] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    passed_on: list[Told] = field(default_factory=list)
    ruled: dict[Key, Events] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    others: "dict[str, Life]" = field(default_factory=dict)


class Turn(Struct, frozen=True):
    """What a step brought about for its member: the account then, and what is new in ledger and announcements.

    `memo` is what the step's order froze, `drew` is the prize that its ticket won.
    """

    step: Step
    programs: Programs
    account: Account
    entries: list[Entry]
    ledger: list[Entry]
    announced: list[Told]
    refusal: str
    left: dict[str, int]
    memo: Memo | None = None
    drew: str = ""


class Stage(Struct):
    """The members of a story while it is acted. What one of them does reaches others whom it concerns, as the ledger
    passes it on, unless the story `tells_effects` itself. `copies` are the rewards that went into accounts until `now`,
    `drew` is the prize of this step.
    """

    lives: dict[str, Life]
    tells_effects: bool
    copies: issuing.Copies = field(default_factory=dict)
    tickets: Tickets = field(default_factory=Tickets)
    drew: str = ""
    now: int = BEGINNING

    def act(self, step: Step) -> Turn:
        programs, life = Programs(1, step.versions), self.lives[step.member]
        if step.left is not None:
            name, left = step.left
            campaign, day = programs.at(step.now).campaigns[name], programs.calendar.day(step.now)
            life.used[budgets.name_of(campaign, programs.calendar, day)] = campaign.budget - left
        if not self.tells_effects and any(version.referral for version in programs.versions):
            self.pass_on(programs, step.now)
        for name in self.lives:
            self.issue(programs, name, step.now)
        self.now, self.drew = step.now, ""
        outcome = folded(programs, life, step.now)
        entries, told = written(life, outcome), newly_told(life, outcome)
        if isinstance(step.fact, Claimed):
            fact, refusal = self.claimed(programs, step, step.fact)
        elif is_shared(step.fact):
            fact, refusal = self.united(programs, step)
        else:
            fact, refusal = self.accepted(programs, life, outcome, step)
        if fact is not None and outcome.account.closed_at is None:
            self.heed(self.owner(step.member, fact), fact)
            self.end_of_all(step.member, fact, outcome.account)
            self.issue(programs, step.member, step.now)
            outcome = self.settled(programs, step.member, step.now)
            entries, told = written(life, outcome), newly_told(life, outcome)
            if isinstance(fact, Transfer):
                self.hand_over(programs, fact, outcome)
            if isinstance(fact, Order) and (anew := paid_anew(fact, outcome.spent, after(step, outcome))):
                for redemption in anew:
                    self.learn(step.member, redemption)
                outcome = folded(programs, life, anew[0].at)
                entries += written(life, outcome)
        left = budgets.left(programs, life.used, step.now)
        memo = outcome.memos.get(step.fact.key) if isinstance(step.fact, Order) else None
        news = [one for one in told if one.is_news]
        return Turn(step, programs, outcome.account, entries, list(life.ledger), news, refusal, left, memo, self.drew)

    def accepted(self, programs: Programs, life: Life, outcome: Outcome, step: Step) -> tuple[Fact | None, str]:
        """What is recorded or refused; with a reward, what it puts into the account or takes out of it."""
        if step.drawn is not None:
            opened = self.tickets.open(step.member, step.drawn, programs, outcome.account, life.facts, step.now)
            if isinstance(opened, Refusal):
                return None, opened.code
            self.drew = opened[0].prize or NOTHING
            return opened[1], ""
        fact, refusal = accepted(programs, life, outcome, step)
        if isinstance(fact, Refund) and is_amount(fact):
            fact, refusal = self.spread_out(programs, step, fact)
        if isinstance(fact, Redemption | Capture | Restoration) and tickets.matter(programs):
            facts, named = [*life.facts, fact], named_by(fact) or fact.key
            then = folded(
                programs, Life(facts, ruled=dict(life.ruled), used=dict(life.used), others=life.others), fact.at
            )
            for change in self.due(step.member, programs, then, facts):
                said = self.tickets.recorded(change, programs, then.account, facts, fact.at)
                if change.key == named and isinstance(said, Refusal):
                    return None, said.code
        return fact, refusal

    def spread_out(self, programs: Programs, step: Step, refund: Refund) -> tuple[Fact | None, str]:
        """A refund of an amount, over what is left of its order by now."""
        life = self.lives[self.owner(step.member, refund)]
        told = [one for one in life.facts if isinstance(one, Order) and one.key == refund.order]
        newest = max(told, key=version_of, default=None)
        if newest is None or not newest.lines:
            return None, "order_unknown"
        memo = folded(programs, life, step.now).memos.get(refund.order)
        amount = sum(line.total or 0 for line in refund.lines)
        lines = returns.spread_out(amount, newest.lines, memo.returned if memo else {})
        return replace(refund, lines=lines), ""

    def issue(self, programs: Programs, member: str, until: int) -> None:
        """What rewards put into the member's account, or take out of it, each when it is heard of."""
        life = self.lives[member]
        while tickets.matter(programs):
            outcome = folded(programs, life, until)
            changes = self.due(member, programs, outcome, life.facts)
            if outcome.account.into or not changes:
                return
            one = changes[0]
            at = max(one.at, self.now)
            said = self.tickets.recorded(one, programs, folded(programs, life, at).account, life.facts, at)
            is_refused = isinstance(said, Refusal)
            if one.gives.is_draw:
                self.tickets.note(one, member, is_refused)
            else:
                self.copies[one.key] = issuing.Copy(one.gives, one.comes or is_refused, is_refused)
            if said is not None and not isinstance(said, Refusal):
                self.learn(member, said)

    def due(self, member: str, programs: Programs, outcome: Outcome, facts: list[Fact]) -> list[issuing.Change]:
        found = issuing.due(self.copies, member, programs, outcome, facts)
        return sorted([*found, *self.tickets.due(member, programs, outcome, facts)], key=lambda change: change.at)

    def pass_on(self, programs: Programs, until: int) -> None:
        """What was told of each member, to whom it concerns."""
        for name, life in self.lives.items():
            found = announced(folded(programs, life, until).announcements, life.passed_on)
            for number, told in enumerate(found, start=len(life.passed_on) + 1):
                effect = effect_of(name, number, told)
                if effect is not None and effect[0] in self.lives:
                    self.learn(*effect)
            life.passed_on += found

    def end_of_all(self, member: str, fact: Fact, account: Account) -> None:
        """When an account is closed, who became part of it is told."""
        if isinstance(fact, Closing):
            for part in {name for _, names in account.joined for name in names} - {member}:
                self.tell(member, part, fact)

    def settled(self, programs: Programs, member: str, until: int) -> Outcome:
        """The member folded, and who is told of in their history before, until all agree on what budgets granted."""
        told = {fact.of for life in self.lives.values() for fact in life.facts if isinstance(fact, Theirs)}
        while True:
            before = {name: dict(life.ruled) for name, life in self.lives.items()}
            for name in sorted(told - {member}):
                folded(programs, self.lives[name], until)
            outcome = folded(programs, self.lives[member], until)
            if not told or all(before[name] == life.ruled for name, life in self.lives.items()):
                return outcome

    def owner(self, member: str, fact: Fact) -> str:
        """What happens to an order is told of whoever bought it."""
        key = fact.order if isinstance(fact, Refund | Fulfilment) else fact.key if isinstance(fact, Order) else ""
        for name, life in self.lives.items():
            told = [one for one in life.facts if isinstance(one, Order) and one.key == key]
            if told and not has_moved(max(told, key=version_of)):
                return name
        return member

    def heed(self, name: str, fact: Fact) -> None:
        """A fact of a member; an order that is another's is told to both."""
        if not isinstance(fact, Order) or not fact.moved_to:
            self.learn(name, fact)
            return
        to, known = fact.moved_to, self.lives[fact.moved_to].facts
        for one in [replace(fact, moved_to=""), *happened_to(fact.key, self.lives[name].facts)]:
            if one not in known:
                self.learn(to, one)
        self.learn(name, left_behind(fact, to))

    def learn(self, name: str, fact: Fact) -> None:
        """A fact of a member, told to whoever is or was one with them."""
        life = self.lives[name]
        if fact not in life.facts or not isinstance(fact, Theirs | Merge | Unmerge):
            life.facts.append(fact)
            for hearer in life.hearers:
                self.tell(name, hearer, fact)

    def tell(self, name: str, hearer: str, fact: Fact) -> None:
        if (told := retold(fact, name, hearer)) is not None:
            self.learn(hearer, told)

    def united(self, programs: Programs, step: Step) -> tuple[Fact | None, str]:
        """A merge or its end, with everything that the one history tells the other."""
        fact, lives = step.fact, self.lives
        mine = folded(programs, lives[step.member], step.now).account
        if isinstance(fact, Merge):
            theirs = folded(programs, lives[fact.absorbed], step.now).account
            said: Merge | Unmerge | Refusal = decide_merge(programs, mine, theirs, fact, step.now)
            teller, hearer = fact.absorbed, step.member
        else:
            assert isinstance(fact, Unmerge)
            said = decide_unmerge(programs, mine, fact, step.now)
            known = (one for one in lives[step.member].facts if isinstance(one, Merge) and one.key == fact.merge)
            teller, hearer = step.member, next((one.absorbed for one in known), "")
        if isinstance(said, Refusal):
            return None, said.code
        for one in list(lives[teller].facts):
            self.tell(teller, hearer, one)
        if hearer not in lives[teller].hearers:
            lives[teller].hearers.append(hearer)
        self.tell(step.member, fact.absorbed if isinstance(fact, Merge) else hearer, said)
        return said, ""

    def claimed(self, programs: Programs, step: Step, asked: Claimed) -> tuple[Fact | None, str]:
        """What a guest bought is a member's, as if it had always been."""
        mine, theirs = self.lives[step.member], self.lives[asked.guest]
        paid = [one.paid_at for one in theirs.facts if isinstance(one, Order) and one.paid_at is not None]
        accounts = [folded(programs, life, step.now).account for life in (mine, theirs)]
        said = decide_claim(programs, *accounts, asked, min(paid, default=step.now), step.now)
        if isinstance(said, Refusal):
            return None, said.code
        for one in theirs.facts:
            self.learn(step.member, one)
        theirs.facts = [replace(said, me=asked.guest)]
        return said, ""

    def hand_over(self, programs: Programs, fact: Transfer, outcome: Outcome) -> None:
        """The other side of a transfer, where it is a member of the story."""
        life = self.lives.get(fact.to)
        if life is not None:
            at = max(fact.at, folded(programs, life, fact.at).account.last[0] + 1)
            life.facts.append(Received(fact.key, fact.wallet, outcome.handed[fact.key], at, fact.key))


def staged(story: Story) -> Stage:
    lives: dict[str, Life] = {}
    used: dict[str, int] = {}
    for name, known in story.known.items():
        lives[name] = Life([known] if known else [], name in story.guests, used=used, others=lives)
    return Stage(lives, any(isinstance(step.fact, Effect) for step in story.steps))


def folded(programs: Programs, life: Life, until: int) -> Outcome:
    """What the fold asks of budgets is kept as rulings; what others drew was ruled where they are told of."""
    steps = unrolled(life.facts)

    def folding(purse: Purse) -> Outcome:
        purse.others = {name: Purse(ruled=other.ruled, asks=False) for name, other in life.others.items()}
        return fold(Tape(programs, Account(guest=life.is_guest), purse=purse), steps, until)

    found = settled(life.used, dict(life.ruled), folding)
    life.ruled |= found.changed
    return found.outcome


def written(life: Life, outcome: Outcome) -> list[Entry]:
    """What this fold adds to the ledger."""
    known = len(life.folded)
    in_order = outcome.entries[:known] == life.folded
    added = outcome.entries[known:] if in_order else difference(outcome.entries, life.ledger)
    life.folded = outcome.entries
    life.ledger += added
    return added


def after(step: Step, outcome: Outcome) -> int:
    """When what is decided in a step happens."""
    return max(step.now, outcome.account.last[0] + 1)


def newly_told(life: Life, outcome: Outcome) -> list[Told]:
    known = len(life.announcements)
    in_order = outcome.announcements[:known] == life.announcements
    added = [Told(one) for one in outcome.announcements[known:]]
    found = added if in_order else announced(outcome.announcements, life.told)
    life.announcements = outcome.announcements
    life.told += found
    return found


def accepted(programs: Programs, life: Life, outcome: Outcome, step: Step) -> tuple[Fact | None, str]:
    """(what is recorded, or the code by which it is refused); neither when the step tells nothing."""
    fact = step.fact
    if fact is not None and is_too_far(fact, step.now):
        return None, "too_far_in_future"
    if isinstance(fact, Order):
        same = (one for one in life.facts if isinstance(one, Order) and one.key == fact.key)
        if any(version_of(one) == version_of(fact) and one != fact for one in same):
            return None, "version_conflict"
    if isinstance(fact, Referred) and is_oneself(step.member, fact):
        return None, "self_referral"
    if isinstance(fact, get_args(Request)):
        return decided(programs, life, outcome, step, fact)
    return (as_of(fact, step.now) if fact else None), ""


def is_oneself(member: str, fact: Referred) -> bool:
    """Nobody refers themselves. In a story one member is one person; the ledger's doors look at who is behind it."""
    return fact.by == member


def priced(programs: Programs, outcome: Outcome, asked: Request, now: int) -> Request:
    """A reward at what it costs the member now, where the story does not say how many points."""
    if not isinstance(asked, Redemption | Hold) or asked.points != UNPRICED:
        return asked
    reward = programs.at(now).rewards.get(asked.reward)
    costs = costs_of(reward, outcome.account) if reward else ()
    return replace(asked, points=sum(cost.points for cost in costs if cost.wallet == asked.wallet))


def named_by(asked: Request) -> str:
    """The redemption or the hold that a request is about."""
    return getattr(asked, "redemption", "") or getattr(asked, "hold", "")


def decided(programs: Programs, life: Life, outcome: Outcome, step: Step, asked: Request) -> tuple[Fact | None, str]:
    asked = priced(programs, outcome, asked, step.now)
    named = named_by(asked)
    order = getattr(asked, "order", "")
    snapshots = [one for one in life.facts if isinstance(one, Order) and one.key == order]
    total = sum(line.total for line in max(snapshots, key=version_of).lines) if snapshots else step.order_total
    said = decide(programs, outcome.account, asked, step.now, total, outcome.spent.get(named))
    return (None, said.code) if isinstance(said, Refusal) else (said, "")

"""Acts a story out, as the ledger does: facts are recorded as they are learned, and folded until then.

What a fold says beyond what was written before is written: the rest of its entries when everything came in order, the
difference when something came late.
"""

from msgspec import Struct, field

from regulars.engine.account import Account
from regulars.engine.difference import difference
from regulars.engine.facts import Fact, Order
from regulars.engine.fold import fold
from regulars.engine.outcome import Announcement, Entry, Outcome
from regulars.engine.program import Programs
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled, version_of
from regulars.programs.stories.reading import Step, Story


class Life(Struct):
    """What is known of a member, and what was written: `folded` by the last fold, `ledger` in all."""

    facts: list[Fact] = field(default_factory=list)
    folded: list[Entry] = field(default_factory=list)
    ledger: list[Entry] = field(default_factory=list)
    told: set[str] = field(default_factory=set)


class Turn(Struct, frozen=True):
    """What a step brought about for its member: the account then, and what is new in ledger and announcements."""

    step: Step
    programs: Programs
    account: Account
    entries: list[Entry]
    ledger: list[Entry]
    announced: list[Announcement]
    refusal: str


class Stage(Struct):
    """The members of a story while it is acted."""

    lives: dict[str, Life]

    def act(self, step: Step) -> Turn:
        programs, life = Programs(1, step.versions), self.lives[step.member]
        outcome = folded(programs, life, step.now)
        passed, announced = written(life, outcome), newly_told(life, outcome)
        refusal = refused(life, step) if step.fact else ""
        if step.fact and not refusal:
            life.facts.append(step.fact)
            outcome = folded(programs, life, step.now)
            passed, announced = written(life, outcome), newly_told(life, outcome)
        return Turn(step, programs, outcome.account, passed, list(life.ledger), announced, refusal)


def staged(story: Story) -> Stage:
    return Stage({name: Life([known] if known else []) for name, known in story.known.items()})


def folded(programs: Programs, life: Life, until: int) -> Outcome:
    return fold(Tape(programs, Account()), unrolled(life.facts), until)


def written(life: Life, outcome: Outcome) -> list[Entry]:
    """What this fold adds to the ledger."""
    known = len(life.folded)
    in_order = outcome.entries[:known] == life.folded
    added = outcome.entries[known:] if in_order else difference(outcome.entries, life.ledger)
    life.folded = outcome.entries
    life.ledger += added
    return added


def newly_told(life: Life, outcome: Outcome) -> list[Announcement]:
    found = [one for one in outcome.announcements if one.identity not in life.told]
    life.told |= {one.identity for one in found}
    return found


def refused(life: Life, step: Step) -> str:
    """The code by which the ledger would refuse it; "" when it is taken."""
    fact = step.fact
    if isinstance(fact, Order):
        same = (one for one in life.facts if isinstance(one, Order) and one.key == fact.key)
        if any(version_of(one) == version_of(fact) and one != fact for one in same):
            return "version_conflict"
    return ""

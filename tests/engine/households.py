"""Two members of one random program: what each did, when they became one, and when they were two again."""

from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from regulars.engine.account import Account
from regulars.engine.facts import (
    Enrolment,
    Fact,
    Fulfilment,
    Hold,
    Merge,
    Order,
    Own,
    Redemption,
    Refund,
    Release,
    Theirs,
    Unmerge,
)
from regulars.engine.fold import fold
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from regulars.engine.together import retold
from tests.engine.histories import END, Choices, Story, history, stories
from tests.engine.wider import wider_history

SIDES = ("lin", "wang")


class Household(Struct):
    """`story` is lin's, with the program of both; `theirs` is what wang did."""

    story: Story
    theirs: list[Own]
    merge: Merge
    unmerge: Unmerge

    def told(self, member: str, both: bool, *shared: Merge | Unmerge) -> list[Fact]:
        """A history as the ledger keeps it; with `both` it holds what the other did as well."""
        mine, theirs = (self.story.facts, self.theirs) if member == "lin" else (self.theirs, self.story.facts)
        other = SIDES[1 - SIDES.index(member)]
        found = [*mine, *(retold(fact, "", member) or fact for fact in shared)]
        return [*found, *(Theirs(other, fact) for fact in theirs)] if both else found  # type: ignore[arg-type]  # a story tells own facts only

    def folded(self, facts: list[Fact]) -> Tape:
        tape = Tape(self.story.programs, Account())
        fold(tape, unrolled(facts), END)
        return tape

    def seen(self, member: str, both: bool, *shared: Merge | Unmerge) -> Tape:
        return self.folded(self.told(member, both, *shared))


@st.composite
def households(draw: st.DrawFn) -> Household:
    story = draw(stories())
    choose = Choices(draw(st.binary(min_size=500, max_size=500)))
    zone = str(story.programs.zone)
    theirs = history(choose, zone)
    if choose.rarely(2):
        theirs = wider_history(choose, theirs, zone)
    renamed = [under_other_name(fact) for fact in theirs]
    for facts in (story.facts, renamed):
        facts += [spends(choose, zone, f"S{place}-{len(facts)}") for place in range(choose.pick([0, 1, 2]))]
    at = choose.instant(zone)
    end = choose.pick([at + 1, max(choose.instant(zone), at + 1)])
    merge = Merge("M", "wang", "lin", at, "")
    return Household(story, renamed, merge, Unmerge("U", "M", end))


def spends(choose: Choices, zone: str, key: str) -> Own:
    at, points = choose.instant(zone), 1 + choose.upto(40)
    if choose.rarely(3):
        return Hold(key, "points", points, at, at + 3600 * 10**6 * 24 * choose.pick([1, 40, 400]))
    if choose.rarely(4):
        return Release(key, key.replace("S1", "S0"), at)
    return Redemption(key, "points", points, at)


def under_other_name(fact: Own) -> Own:
    """The same deed by wang: nothing that happens is of two people."""
    if isinstance(fact, Order):
        return replace(fact, key=fact.key.replace("shop/", "shop/w-"))
    if isinstance(fact, Refund):
        order = fact.order.replace("shop/", "shop/w-")
        return replace(fact, key=fact.key.replace("shop/", "shop/w-"), order=order)
    if isinstance(fact, Fulfilment):
        return replace(fact, key=f"w-{fact.key}", order=fact.order.replace("shop/", "shop/w-"))
    key = {"lin": "wang", "wang": "wang-2"}[fact.key] if isinstance(fact, Enrolment) else f"w-{fact.key}"
    return replace(fact, key=key)

"""Two members of one random program: what each did, when they became one, and when they were two again."""

from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from regulars.engine.account import Account
from regulars.engine.facts import (
    Capture,
    Enrolment,
    Fact,
    Fulfilment,
    Hold,
    Merge,
    Order,
    Own,
    Payment,
    Redemption,
    Refund,
    Release,
    Restoration,
    Theirs,
    Transfer,
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

    @property
    def pays_for_the_other(self) -> bool:
        """Whether points of lin paid for what wang bought."""
        return any(one.redemption for fact in self.theirs if isinstance(fact, Order) for one in fact.payments)

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
    choose = Choices(draw(st.binary(min_size=600, max_size=600)))
    zone = str(story.programs.zone)
    theirs = history(choose, zone)
    if choose.rarely(2):
        theirs = wider_history(choose, theirs, zone)
    renamed = [under_other_name(fact) for fact in theirs]
    at = choose.instant(zone)
    end = choose.pick([at + 1, max(choose.instant(zone), at + 1)])
    # What both spend while they are one is asked for by the survivor.
    spent = [spends(choose, zone, f"S{place}", (at, end)) for place in range(choose.pick([0, 1, 2, 3]))]
    names = [one.key for facts in spent for one in facts if isinstance(one, Redemption | Hold)]
    mine = [paid(choose, fact, names) for fact in [*story.facts, *(fact for facts in spent for fact in facts)]]
    theirs = [paid(choose, fact, names) for fact in renamed]
    merge = Merge("M", "wang", "lin", at, "")
    return Household(replaced(story, mine), theirs, merge, Unmerge("U", "M", end))


def replaced(story: Story, facts: list[Own]) -> Story:
    return Story(story.trees, story.programs, facts)  # type: ignore[arg-type]  # a story tells own facts only


def spends(choose: Choices, zone: str, key: str, between: tuple[int, int]) -> list[Own]:
    """Points are spent or held, most often while the two are one, and perhaps come back."""
    day, points = 3600 * 10**6 * 24, 1 + choose.upto(60)
    at = choose.pick([between[0] + 1 + choose.upto(200) * day // 20, choose.instant(zone)])
    then = choose.pick([at + 1, between[1] - 1, between[1] + day, at + day, choose.instant(zone)])
    if choose.rarely(2):
        hold = Hold(key, "points", points, at, at + day * choose.pick([1, 40, 400]))
        ends = [Capture(f"{key}-C", key, then), Release(f"{key}-L", key, then), Restoration(f"{key}-R", key, then + 1)]
        return [hold, *choose.pick([[], ends[:1], ends[1:2], [ends[0], ends[2]]])]
    if choose.rarely(4):
        return [Transfer(key, "points", points, at, "mei")]
    back = Restoration(f"{key}-R", key, then, choose.pick([None, 1 + choose.upto(30)]))
    return [Redemption(key, "points", points, at), *choose.pick([[], [back]])]


def paid(choose: Choices, fact: Own, names: list[str]) -> Own:
    """Orders of either may be paid with what was redeemed."""
    if not names or not isinstance(fact, Order) or not choose.rarely(2):
        return fact
    return replace(fact, payments=(Payment("card", 700), Payment("points", 1 + choose.upto(90), choose.pick(names))))


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

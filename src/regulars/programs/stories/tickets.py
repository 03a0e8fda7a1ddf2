"""The tickets of draws in a story, and what they win, as the ledger has it (`rewards.actions.drawing`): each is drawn
once; a blank stays one, and what a ticket won that was taken back is what the next one wins. See docs/rules/draws.md.
"""

from collections.abc import Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from regulars.engine.account import Account
from regulars.engine.catalogue import Gives
from regulars.engine.decide import Refusal
from regulars.engine.facts import Fact
from regulars.engine.luck import place_won
from regulars.engine.outcome import Outcome
from regulars.engine.program import Programs
from regulars.ledger import contents
from regulars.programs.stories import issuing
from regulars.programs.stories.issuing import Change, Copy
from regulars.programs.stories.script import Drawn


class Won(Struct, frozen=True):
    """A prize, and what that gives; a blank gives nothing, and no prize has no name."""

    prize: str = ""
    gives: Gives | None = None


class Ticket(Copy, frozen=True):
    """A draw that was issued to a member, `at` an instant. `won` is what it won, `under` the name of the ticket under
    which that came; it is `repeated` when another has won the same in its place."""

    member: str = ""
    reward: str = ""
    at: int = 0
    won: Won | None = None
    under: str = ""
    repeated: bool = False


class Tickets(Struct):
    """All of a story, by what names each: a redemption, or a grant and how many there were of it before."""

    held: dict[str, Ticket] = field(default_factory=dict)

    def due(self, member: str, programs: Programs, outcome: Outcome, facts: Sequence[Fact]) -> list[Change]:
        return issuing.due(self.held, member, programs, outcome, facts, is_draw)

    def recorded(
        self, change: Change, programs: Programs, account: Account, facts: Sequence[Fact], now: int
    ) -> Fact | Refusal | None:
        """The fact by which a reward comes or goes. A ticket brings none; what it won goes with it."""
        if not change.gives.is_draw:
            return issuing.recorded(change, programs, account, facts, now)
        ticket = self.held.get(change.key)
        if change.comes or ticket is None or ticket.won is None:
            return None
        if ticket.won.gives is None:
            return Refusal("draw_blank", {})
        if not contents.goes_in(ticket.won.gives):
            return None
        return issuing.recorded(Change(ticket.under, ticket.won.gives, False, now), programs, account, facts, now)

    def note(self, change: Change, member: str, stays: bool) -> None:
        """`stays`: what it won could not be taken back."""
        if change.comes:
            self.held[change.key] = Ticket(change.gives, member=member, reward=change.reward, at=change.at)
        else:
            self.held[change.key] = replace(self.held[change.key], there=False, stays=stays)

    def open(
        self, member: str, drawn: Drawn, programs: Programs, account: Account, facts: Sequence[Fact], now: int
    ) -> tuple[Won, Fact | None] | Refusal:
        """What the oldest ticket wins that was not drawn, and what goes into the account with it."""
        mine = {key: one for key, one in self.held.items() if (one.member, one.reward) == (member, drawn.reward)}
        key = next((key for key, one in mine.items() if one.there and one.won is None), "")
        if not key:
            return Refusal("issued_unknown", {})
        again = next((key for key, one in mine.items() if not one.there and one.won and not one.repeated), "")
        before = mine.get(again)
        won = before.won if before and before.won else won_with(mine[key], drawn.number, programs)
        under, fact = before.under if before and before.stays else key, None
        if under == key and won.gives is not None and contents.goes_in(won.gives):
            fact = issuing.recorded(Change(key, won.gives, True, now), programs, account, facts, now)
        if isinstance(fact, Refusal):
            return fact
        if before:
            self.held[again] = replace(before, repeated=True)
        self.held[key] = replace(mine[key], won=won, under=under)
        return won, fact


def won_with(ticket: Ticket, number: int, programs: Programs) -> Won:
    """By the chances as they were when the ticket was issued, and so is what a reward gives."""
    place = place_won(ticket.gives.prizes, number)
    if place is None:
        return Won()
    prize = ticket.gives.prizes[place]
    if prize.cost:
        return Won(prize.name, Gives("credit", cost=prize.cost))
    found = programs.at(ticket.at).rewards.get(prize.reward)
    return Won(prize.name, found.gives if found else None)


def is_draw(gives: Gives) -> bool:
    return gives.is_draw


def matter(programs: Programs) -> bool:
    """Whether rewards leave something with a member: in the account, or a ticket."""
    rewards = (reward for version in programs.versions for reward in version.rewards.values())
    return issuing.fills_accounts(programs) or any(reward.gives.is_draw for reward in rewards)

"""Checkouts that machines open and end: what is asked, and what became of those that came together.

Each comes under a key of its caller's, and is done once. What is wrong with one is told in its caller's language, and
the others are done without it.
"""

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias
from uuid import UUID

from django.utils import translation
from msgspec import Struct

from regulars.access.queries import Grant
from regulars.contract.asked import speaking
from regulars.contract.laying import CaptureBody, CheckoutBody, EndBody, asked_of, members_of, nobody
from regulars.contract.once import SHORT, Call, Told, all_once, call_of
from regulars.contract.problems import Problem
from regulars.contract.refusing import problem_of
from regulars.contract.showing import checkout
from regulars.engine.calendar import MINUTE
from regulars.intake.facts import Known
from regulars.intake.orders import order_key
from regulars.programs.queries import Published, now
from regulars.rewards.actions.checkouts import alone
from regulars.rewards.actions.together import Ending, Opening, Wanted, together
from regulars.rewards.counter import Asked
from regulars.rewards.parts import Kept
from regulars.rewards.refusing import Refused

SCOPE = "rewards:redeem"
# No kind of fact.
KIND_TURN = 0

Verb: TypeAlias = Literal["open", "capture", "release", "void"]
VERBS: dict[Verb, type[CheckoutBody] | type[CaptureBody] | type[EndBody]] = {
    "open": CheckoutBody,
    "capture": CaptureBody,
    "release": EndBody,
    "void": EndBody,
}


class Turn(Struct, frozen=True):
    """A request under its `key`; all but one that opens are about the checkout of that `number`."""

    verb: Verb
    key: str
    body: CheckoutBody | CaptureBody | EndBody
    grant: Grant
    number: UUID | None = None
    language: str = ""

    def keys(self) -> Iterator[tuple[int, str]]:
        """By which one comes after another one, were they to come together."""
        return iter([(KIND_TURN, self.key)])

    @property
    def size(self) -> int:
        return 1

    @property
    def call(self) -> Call:
        path = "/checkouts" if self.number is None else f"/checkouts/{self.number}:{self.verb}"
        return call_of(self.key, ["POST", path, self.body.model_dump(mode="json")])


def answer(published: Published, turn: Turn) -> Told:
    """Of one that came by itself. Raises Problem."""
    [found] = answers(published, [turn])
    if isinstance(found, Problem):
        raise found
    assert found is not None
    return found


def answers(published: Published, turns: Sequence[Turn], waits: tuple[str, str] = SHORT) -> list[Told | Problem | None]:
    """What is answered to each, once it is done, in one transaction; None: it is to be asked for alone. All have
    different keys. Raises what the rooms raise; nothing was done then."""
    present, spoken = now(published), translation.get_language()
    known = members_of(published, [turn.body for turn in turns if isinstance(turn.body, CheckoutBody)])
    wanted: dict[int, Wanted] = {}
    told: dict[int, Told | Problem | None] = {}
    for place, turn in enumerate(turns):
        with speaking("" if turn.language == spoken else turn.language):
            try:
                wanted[place] = _wanted(published, turn, known, present)
            except Problem as problem:
                told[place] = problem
    places = list(wanted)

    def act(new: Sequence[int]) -> list[Told | Problem | None]:
        asked = [(turns[places[number]], wanted[places[number]]) for number in new]
        return _done(published, asked, present, spoken)

    if places:
        done = all_once(published.id, [turns[place].call for place in places], act, waits)
        told |= dict(zip(places, done, strict=True))
    return [told[place] for place in range(len(turns))]


def _wanted(published: Published, turn: Turn, known: Known, present: int) -> Wanted:
    """Raises Problem."""
    body, actor = turn.body, turn.grant.key
    if isinstance(body, CheckoutBody):
        until = present + body.hold_minutes * MINUTE if body.hold_minutes else None
        return Opening(asked_of(published, body, actor, present, known), until)
    assert turn.number is not None
    assert turn.verb != "open"
    if isinstance(body, EndBody):
        return Ending(turn.verb, turn.number, actor, body.store, reason=body.reason)
    key = order_key(body.order.source, body.order.id) if body.order else ""
    approved = "rewards:approve" in turn.grant.permissions
    return Ending(turn.verb, turn.number, actor, body.store, order_key=key, approved=approved)


def _done(
    published: Published, asked: Sequence[tuple[Turn, Wanted]], present: int, spoken: str | None
) -> list[Told | Problem | None]:
    """Raises Problem where a single one is refused, so that nothing of it stays."""
    if len(asked) == 1:
        [(turn, wanted)] = asked
        try:
            return [_told(published, turn, alone(published.programs, wanted, present))]
        except Refused as refused:
            with speaking("" if turn.language == spoken else turn.language):
                raise problem_about(published, refused, _cart(wanted)) from None
    found: list[Told | Problem | None] = []
    for (turn, wanted), became in zip(
        asked, together(published.programs, [wanted for _, wanted in asked], present), strict=True
    ):
        with speaking("" if turn.language == spoken else turn.language):
            if became is None:
                found.append(None)
            elif isinstance(became, Refused):
                found.append(problem_about(published, became, _cart(wanted)))
            else:
                found.append(_told(published, turn, became))
    return found


def _told(published: Published, turn: Turn, kept: Kept) -> Told:
    return Told(201 if turn.verb == "open" else 200, checkout(published, kept))


def _cart(wanted: Wanted) -> Asked | None:
    return wanted.asked if isinstance(wanted, Opening) else None


def problem_about(published: Published, refused: Refused, asked: Asked | None) -> Problem:
    """Why nothing comes of a cart, or of a checkout."""
    if refused.code == "member_unknown":
        return nobody("/member")
    return problem_of(refused, published, asked.items if asked else ())

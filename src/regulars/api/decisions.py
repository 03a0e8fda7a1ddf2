"""Points given or taken by hand, over HTTP: with a reason, and above a limit with another key's approval."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from msgspec import to_builtins
from ninja import Path, Router, Schema, Status
from pydantic import Field

from regulars.api.answers import MovementAnswer
from regulars.api.door import grant_of, operation, program_of
from regulars.api.members import RequestKey, Which, found_member
from regulars.contract.bodies import Body
from regulars.contract.fields import Id
from regulars.contract.once import Told, once
from regulars.contract.problems import Problem
from regulars.contract.refusing import problem_of
from regulars.contract.writing import Writing
from regulars.engine.outcome import Entry
from regulars.programs.queries import Published, now
from regulars.rewards import queries
from regulars.rewards.actions import adjusting
from regulars.rewards.actions.adjusting import Wish
from regulars.rewards.refusing import Refused

router = Router(tags=["Decisions"])

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$", examples=["goodwill"])]
Number = Annotated[UUID, Path(alias="adjustment")]


class AdjustmentBody(Body):
    """`points` above zero are given, below zero taken. Reasons are codes, never somebody's words."""

    wallet: Id
    points: Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)]
    reason: Code


class NothingBody(Body):
    """Nothing more is to be said."""


class AdjustedAnswer(Schema):
    entries: list[MovementAnswer]
    waiting: UUID | None = Field(None, description="Its number, where another key has to approve it.")


@router.post(
    "/members/{path:member}/adjustments", summary="Adjust points", **operation("points:adjust", AdjustedAnswer, 201)
)
def adjust_points(request: HttpRequest, member: Path[Which], idempotency_key: RequestKey, body: AdjustmentBody) -> Any:
    """At once; above what the wallet allows one key it waits for another one. What is taken must be there."""
    published, actor, present = program_of(request), grant_of(request).key, now(program_of(request))
    line = found_member(published, member)
    wish = Wish(body.wallet, body.points, body.reason)

    def act() -> Told:
        done = adjusting.adjust(published.programs, line.id, wish, present, actor=actor)
        if isinstance(done, UUID):
            return Told(201, {"entries": [], "waiting": str(done)})
        return _told(published, done, 201)

    return _once(published, idempotency_key, f"/members/{line.id}/adjustments", body, act)


class WaitingAnswer(Schema):
    id: UUID
    member: UUID
    wallet: str
    points: int
    reason: str
    asked_by: str = Field(description="The key that asked, by its prefix.")
    asked_at: datetime


class WaitingListAnswer(Schema):
    waiting: list[WaitingAnswer]


@router.get("/adjustments", summary="What waits for approval", **operation("points:approve", WaitingListAnswer))
def waiting_adjustments(request: HttpRequest) -> Any:
    """What another key asked for and nobody has decided yet, oldest first, up to 200."""
    published = program_of(request)
    zone = published.programs.zone
    return {
        "waiting": [
            {
                **to_builtins(one, builtin_types=(UUID, datetime)),
                "member": one.member_id,
                "asked_at": one.asked_at.astimezone(zone),
            }
            for one in queries.waiting_adjustments(published.id)
        ]
    }


@router.post(
    "/adjustments/{uuid:adjustment}:approve",
    summary="Approve an adjustment",
    **operation("points:approve", AdjustedAnswer),
)
def approve_adjustment(request: HttpRequest, number: Number, idempotency_key: RequestKey, body: NothingBody) -> Any:
    """By another key than the one that asked for it."""
    published, actor, present = program_of(request), grant_of(request).key, now(program_of(request))

    def act() -> Told:
        return _told(published, adjusting.approve(published.programs, number, present, actor=actor))

    return _once(published, idempotency_key, f"/adjustments/{number}:approve", body, act)


@router.post(
    "/adjustments/{uuid:adjustment}:decline",
    summary="Decline an adjustment",
    **operation("points:approve", AdjustedAnswer),
)
def decline_adjustment(request: HttpRequest, number: Number, idempotency_key: RequestKey, body: NothingBody) -> Any:
    """Nothing is given or taken."""
    published, actor, present = program_of(request), grant_of(request).key, now(program_of(request))

    def act() -> Told:
        adjusting.decline(published.id, number, present, actor=actor)
        return _told(published, ())

    return _once(published, idempotency_key, f"/adjustments/{number}:decline", body, act)


def _told(published: Published, entries: tuple[Entry, ...], status: int = 200) -> Told:
    writing = Writing(published)
    return Told(status, {"entries": [writing.movement(entry) for entry in entries], "waiting": None})


def _once(published: Published, key: str, path: str, body: Body, act: Callable[[], Told]) -> Any:
    def acted() -> Told:
        try:
            return act()
        except Refused as refused:
            raise problem_of(refused, published) from None

    told = once(published.id, key, ["POST", path, body.model_dump(mode="json")], acted)
    if told.refused:
        raise Problem.read(told.body)
    return Status(told.status, told.body)

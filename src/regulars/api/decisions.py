"""Points given or taken by hand, over HTTP: with a reason, and above a limit with somebody else's approval.

Who approves is never what somebody says: it is the key that sends the adjustment, where that may approve.
"""

from typing import Annotated, Any
from uuid import uuid4

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Router, Schema, Status
from pydantic import Field

from regulars.access.queries import Grant
from regulars.api.answers import MovementAnswer
from regulars.api.bodies import Body
from regulars.api.door import grant_of, operation, program_of
from regulars.api.fields import Id
from regulars.api.members import RequestKey, Which, found_member
from regulars.api.problems import Problem
from regulars.api.refusing import problem_of
from regulars.api.transactions import Told, once
from regulars.api.writing import Writing
from regulars.engine.decide import Refusal
from regulars.engine.facts import Adjustment
from regulars.ledger import deciding
from regulars.ledger.connect import raw
from regulars.programs.queries import now
from regulars.rewards.refusing import Refused

router = Router(tags=["Decisions"])

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$", examples=["goodwill"])]
Person = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$")]


class AdjustmentBody(Body):
    """`points` above zero are given, below zero taken. Reasons are codes and people are ids, never somebody's words."""

    wallet: Id
    points: Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)]
    reason: Code
    actor: Person | None = Field(None, description="Who wants it, where the key approves what somebody else asks for.")


class AdjustedAnswer(Schema):
    entries: list[MovementAnswer]


@router.post(
    "/members/{path:member}/adjustments", summary="Adjust points", **operation("points:adjust", AdjustedAnswer, 201)
)
def adjust_points(request: HttpRequest, member: Path[Which], idempotency_key: RequestKey, body: AdjustmentBody) -> Any:
    """By the key that asks, or approved by it, where somebody else is said to want it. What is taken must be there."""
    published, present = program_of(request), now(program_of(request))
    actor, approver = _people(grant_of(request), body.actor)
    line = found_member(published, member)

    def act() -> Told:
        owner, _ = deciding.locked(raw(), published.id, line.id)
        asked = Adjustment(str(uuid4()), body.wallet, body.points, present, body.reason, actor, approver)
        said = deciding.decided(raw(), published.programs, owner, [asked], present)
        if isinstance(said, Refusal):
            raise problem_of(Refused(said.code, said.parameters))
        writing = Writing(published)
        return Told(201, {"entries": [writing.movement(entry) for receipt in said for entry in receipt.entries]})

    told = once(
        published.id, idempotency_key, ["POST", f"/members/{line.id}/adjustments", body.model_dump(mode="json")], act
    )
    if told.refused:
        raise Problem.read(told.body)
    return Status(told.status, told.body)


def _people(grant: Grant, said: str | None) -> tuple[str, str]:
    """Who wants it and who approves it, by key: the same never does both."""
    if said is None:
        return grant.key, ""
    if "points:approve" not in grant.permissions:
        raise Problem("permission_missing", _("It lacks: %(scopes)s") % {"scopes": "points:approve"})
    return said, grant.key

"""Points given or taken by hand, over HTTP: with a reason, and above a limit with somebody else's approval."""

from typing import Annotated, Any
from uuid import uuid4

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

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
    approver: Person | None = Field(None, description="Who approves it, where the program asks for somebody.")


class AdjustedAnswer(Schema):
    entries: list[MovementAnswer]


@router.post(
    "/members/{path:member}/adjustments", summary="Adjust points", **operation("points:adjust", AdjustedAnswer, 201)
)
def adjust_points(request: HttpRequest, member: Path[Which], idempotency_key: RequestKey, body: AdjustmentBody) -> Any:
    """By the key that asks. What is taken must be there."""
    published, actor, present = program_of(request), grant_of(request).key, now(program_of(request))
    line = found_member(published, member)

    def act() -> Told:
        owner, _ = deciding.locked(raw(), published.id, line.id)
        asked = Adjustment(str(uuid4()), body.wallet, body.points, present, body.reason, actor, body.approver or "")
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

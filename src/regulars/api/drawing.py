"""Lucky draws over HTTP: opening a ticket, what was drawn, and what everybody needs to check it."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from regulars.access.permissions import public
from regulars.api.door import grant_of, operation, program_of
from regulars.api.members import RequestKey
from regulars.api.spending import CostAnswer
from regulars.contract.bodies import Body
from regulars.contract.fields import Word
from regulars.contract.once import Told, once
from regulars.contract.problems import Fault, Problem
from regulars.contract.refusing import problem_of
from regulars.contract.writing import Writing
from regulars.engine.catalogue import Prize
from regulars.ledger.connect import raw
from regulars.programs import wording
from regulars.programs.models import Program
from regulars.programs.queries import Published, now, published
from regulars.rewards import draws, seeds
from regulars.rewards.actions import drawing
from regulars.rewards.draws import Draw
from regulars.rewards.refusing import Refused

router = Router(tags=["Rewards"])

Number = Annotated[UUID, Path(alias="issued")]
LocalDay = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2026-03-01"])]


class DrawBody(Body):
    store: Word = ""


class PrizeAnswer(Schema):
    prize: str
    name: str
    chance: int = Field(description="In a million.")
    reward: str = Field(description="Empty where it is points, or a blank.")
    credit: CostAnswer | None


class DrawnAnswer(Schema):
    """What a ticket won. `drawn` is the prize that chance gave, `prize` the one that was there; empty for nothing."""

    ticket: UUID
    draw: str = Field(description="Its public name; empty where it is what another ticket had won, `again_of`.")
    again_of: UUID | None
    reward: str
    version: int = Field(description="The program's version whose chances held.")
    drawn: str
    prize: str
    won: PrizeAnswer | None = Field(description="What the prize is.")
    issued: UUID | None = Field(description="The member's copy of a reward that was won.")
    at: str


class DrawsAnswer(Schema):
    draws: list[DrawnAnswer]


@router.post("/issued/{uuid:issued}:draw", summary="Draw", **operation("rewards:redeem", DrawnAnswer))
def draw_issued(request: HttpRequest, number: Number, idempotency_key: RequestKey, body: DrawBody) -> Any:
    """A lucky draw is made: once for each ticket, whoever asks again gets the first answer."""
    found, actor = program_of(request), grant_of(request).key

    def told() -> Told:
        try:
            won = drawing.draw(found.programs, number, now(found), actor=actor, place=body.store)
        except Refused as refused:
            raise problem_of(refused, found) from None
        return Told(200, drawn(found, won))

    said = ["POST", f"/issued/{number}:draw", body.model_dump(mode="json")]
    answer = once(found.id, idempotency_key, said, told)
    if answer.refused:
        raise Problem.read(answer.body)
    return Status(answer.status, answer.body)


@router.get("/draws", summary="List draws", **operation("rewards:read", DrawsAnswer))
def list_draws(request: HttpRequest, day: Annotated[LocalDay | None, Query()] = None) -> dict[str, Any]:
    """The newest, or those of a local day, at most 200. Whose they were is not said."""
    found = program_of(request)
    listed = draws.listed(raw(), found.id, day=_day(day), limit=draws.PAGE_LIMIT)
    return {"draws": [drawn(found, one) for one in listed]}


@public
def published_seeds(_request: HttpRequest, program: str) -> HttpResponse:
    """For everybody: the digests of the seeds of this day and those to come, and the seeds of days that are over."""
    try:
        found = published(program)
    except Program.DoesNotExist:
        return Problem("not_found").response()
    writing = Writing(found)
    days = [
        {
            "day": one.day,
            "sha256": one.digest.hex(),
            "published_at": writing.moment(one.published_at),
            "seed": one.seed.hex(),
            "draws": one.draws if one.seed else None,
        }
        for one in seeds.days(raw(), found.programs, now(found))
    ]
    return JsonResponse({"program": found.slug, "days": days})


def drawn(found: Published, one: Draw) -> dict[str, Any]:
    prize = draws.prize_called(found.programs, one, one.prize)
    return {
        "ticket": str(one.ticket_id),
        "draw": one.name,
        "again_of": str(one.again_of) if one.again_of else None,
        "reward": one.reward,
        "version": one.version,
        "drawn": one.drawn,
        "prize": one.prize,
        "won": prize_answer(prize) if prize else None,
        "issued": str(one.prize_id) if prize and prize.reward else None,
        "at": Writing(found).time(one.at),
    }


def prize_answer(prize: Prize) -> dict[str, Any]:
    return {
        "prize": prize.name,
        "name": wording.worded(prize.title, wording.language()) or prize.name,
        "chance": prize.odds,
        "reward": prize.reward,
        "credit": {"wallet": prize.cost.wallet, "points": prize.cost.points} if prize.cost else None,
    }


def _day(text: str | None) -> str | None:
    """Raises Problem where the calendar has no such day."""
    try:
        return str(date.fromisoformat(text)) if text else None
    except ValueError:
        raise Problem("invalid", faults=[Fault(_("this is no day"), parameter="day")]) from None

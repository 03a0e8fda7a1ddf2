"""Activities over HTTP: what somebody did other than buying, one or many."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router

from regulars.api.answers import ActivitiesAnswer, ActivityAnswer
from regulars.api.door import operation, program_of
from regulars.api.orders import answer
from regulars.contract import activities
from regulars.contract.bodies import ActivitiesBody, ActivityBody
from regulars.contract.fields import Id

router = Router(tags=["Activities"])

ActivityId = Annotated[Id, Path(alias="id")]


@router.put(
    "/activities/{source}/{path:id}",
    summary="Put an activity",
    **operation("activities:write", ActivityAnswer),
)
def put_activity(request: HttpRequest, source: Path[Id], number: ActivityId, body: ActivityBody) -> dict[str, Any]:
    """Kept once, for ever. The same one again gets the first answer; other content under its number is refused."""
    return answer(program_of(request), activities.one(source, number, body))


@router.post(
    "/activities:batch",
    summary="Put up to 1,000 activities",
    **operation("activities:write", ActivitiesAnswer),
)
def put_activities(request: HttpRequest, body: ActivitiesBody) -> dict[str, Any]:
    """Each is kept or refused by itself, in order. A body that does not fit the description is refused whole."""
    return answer(program_of(request), activities.batch(body))

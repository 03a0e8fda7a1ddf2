"""Spending over HTTP, the till contract: identify, quote, redeem or hold, capture, void. See docs/till.md."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from regulars.access.waiting import bounded
from regulars.api.door import grant_of, operation, program_of
from regulars.api.members import RequestKey
from regulars.api.spending import CheckoutAnswer, CounterAnswer
from regulars.contract.checkouts import Turn, answer, problem_about
from regulars.contract.laying import CaptureBody, CheckoutBody, CounterBody, EndBody, asked_of, members_of
from regulars.contract.refusing import problem_of
from regulars.contract.showing import checkout, counted
from regulars.ledger.connect import raw
from regulars.programs.queries import now
from regulars.rewards import parts
from regulars.rewards.actions import checkouts
from regulars.rewards.refusing import Refused

router = Router(tags=["Spending"])

Number = Annotated[UUID, Path(alias="checkout")]


@router.post("/checkouts:quote", summary="Ask what could be used", **operation("rewards:read", CounterAnswer))
def quote_checkout(request: HttpRequest, body: CounterBody) -> dict[str, Any]:
    """What applies to this cart, what does not and why. Nothing is kept or reserved."""
    published = program_of(request)
    present = now(published)
    asked = asked_of(published, body, grant_of(request).key, present, members_of(published, [body]))
    with bounded():
        try:
            quoted, refused = checkouts.quote(published.programs, asked, present)
        except Refused as no:
            raise problem_about(published, no, asked) from None
    return counted(published, quoted, refused)


@router.post("/checkouts", summary="Hold or redeem", **operation("rewards:redeem", CheckoutAnswer, 201))
def open_checkout(request: HttpRequest, idempotency_key: RequestKey, body: CheckoutBody) -> Any:
    """All that is laid is reserved for `hold_minutes`, or used at once; where one thing does not apply, nothing is."""
    return _answer(request, Turn("open", idempotency_key, body, grant_of(request)))


@router.get("/checkouts/{uuid:checkout}", summary="Read a checkout", **operation("rewards:read", CheckoutAnswer))
def read_checkout(request: HttpRequest, number: Number) -> dict[str, Any]:
    """As it is now: one whose time is over has lapsed."""
    published = program_of(request)
    try:
        return checkout(published, parts.read(raw(), published.id, number, now(published)))
    except Refused as refused:
        raise problem_of(refused, published) from None


@router.post("/checkouts/{uuid:checkout}:capture", summary="Capture", **operation("rewards:redeem", CheckoutAnswer))
def capture_checkout(request: HttpRequest, number: Number, idempotency_key: RequestKey, body: CaptureBody) -> Any:
    """The order is paid: what was held is used."""
    return _answer(request, Turn("capture", idempotency_key, body, grant_of(request), number))


@router.post("/checkouts/{uuid:checkout}:release", summary="Release", **operation("rewards:redeem", CheckoutAnswer))
def release_checkout(request: HttpRequest, number: Number, idempotency_key: RequestKey, body: EndBody) -> Any:
    """The order is not paid: everything that was held is there again."""
    return _answer(request, Turn("release", idempotency_key, body, grant_of(request), number))


@router.post("/checkouts/{uuid:checkout}:void", summary="Void", **operation("rewards:redeem", CheckoutAnswer))
def void_checkout(request: HttpRequest, number: Number, idempotency_key: RequestKey, body: EndBody) -> Any:
    """As if it had not been: points go back to their lots, codes can be used again. One that is held is released."""
    return _answer(request, Turn("void", idempotency_key, body, grant_of(request), number))


def _answer(request: HttpRequest, turn: Turn) -> HttpResponse:
    return answer(program_of(request), turn).response()

"""Spending over HTTP, the till contract: identify, quote, redeem or hold, capture, void. See docs/till.md."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Router

from regulars.access.waiting import bounded
from regulars.api.door import grant_of, operation, program_of
from regulars.api.laying import CaptureBody, CheckoutBody, CounterBody, EndBody, OrderPlace, asked_of, nobody
from regulars.api.members import RequestKey
from regulars.api.refusing import problem_of
from regulars.api.spending import CheckoutAnswer, CounterAnswer, checkout, counted
from regulars.api.transactions import Told, once
from regulars.contract.problems import Problem
from regulars.engine.calendar import MINUTE
from regulars.intake.orders import order_key
from regulars.ledger.connect import raw
from regulars.programs.queries import Published, now
from regulars.rewards import parts
from regulars.rewards.actions import checkouts
from regulars.rewards.counter import Asked
from regulars.rewards.parts import Kept
from regulars.rewards.refusing import Refused

router = Router(tags=["Spending"])

Number = Annotated[UUID, Path(alias="checkout")]


@router.post("/checkouts:quote", summary="Ask what could be used", **operation("rewards:read", CounterAnswer))
def quote_checkout(request: HttpRequest, body: CounterBody) -> dict[str, Any]:
    """What applies to this cart, what does not and why. Nothing is kept or reserved."""
    published = program_of(request)
    asked, present = _asked(request, published, body)
    with bounded():
        try:
            quoted, refused = checkouts.quote(published.programs, asked, present)
        except Refused as no:
            raise _problem(no, asked) from None
    return counted(published, quoted, refused)


@router.post("/checkouts", summary="Hold or redeem", **operation("rewards:redeem", CheckoutAnswer, 201))
def open_checkout(request: HttpRequest, idempotency_key: RequestKey, body: CheckoutBody) -> Any:
    """All that is laid is reserved for `hold_minutes`, or used at once; where one thing does not apply, nothing is."""
    published = program_of(request)
    asked, present = _asked(request, published, body)
    until = present + body.hold_minutes * MINUTE if body.hold_minutes else None

    def act() -> Kept:
        if until is None:
            return checkouts.redeem(published.programs, asked, present)
        return checkouts.hold(published.programs, asked, until, present)

    said = ["POST", "/checkouts", body.model_dump(mode="json")]
    return _once(published, idempotency_key, said, act, 201, asked)


@router.get("/checkouts/{uuid:checkout}", summary="Read a checkout", **operation("rewards:read", CheckoutAnswer))
def read_checkout(request: HttpRequest, number: Number) -> dict[str, Any]:
    """As it is now: one whose time is over has lapsed."""
    published = program_of(request)
    try:
        return checkout(published, parts.read(raw(), published.id, number, now(published)))
    except Refused as refused:
        raise problem_of(refused) from None


@router.post("/checkouts/{uuid:checkout}:capture", summary="Capture", **operation("rewards:redeem", CheckoutAnswer))
def capture_checkout(request: HttpRequest, number: Number, idempotency_key: RequestKey, body: CaptureBody) -> Any:
    """The order is paid: what was held is used."""
    published, actor = program_of(request), grant_of(request)
    approved = "rewards:approve" in actor.permissions

    def act() -> Kept:
        return checkouts.capture(
            published.programs,
            number,
            now(published),
            order_key=_key_of(body.order),
            actor=actor.key,
            place=body.store,
            approved=approved,
        )

    return _once(published, idempotency_key, _said("capture", number, body), act)


@router.post("/checkouts/{uuid:checkout}:release", summary="Release", **operation("rewards:redeem", CheckoutAnswer))
def release_checkout(request: HttpRequest, number: Number, idempotency_key: RequestKey, body: EndBody) -> Any:
    """The order is not paid: everything that was held is there again."""
    published, actor = program_of(request), grant_of(request).key

    def act() -> Kept:
        return checkouts.release(published.programs, number, now(published), actor=actor, place=body.store)

    return _once(published, idempotency_key, _said("release", number, body), act)


@router.post("/checkouts/{uuid:checkout}:void", summary="Void", **operation("rewards:redeem", CheckoutAnswer))
def void_checkout(request: HttpRequest, number: Number, idempotency_key: RequestKey, body: EndBody) -> Any:
    """As if it had not been: points go back to their lots, codes can be used again. One that is held is released."""
    published, actor = program_of(request), grant_of(request).key

    def act() -> Kept:
        return checkouts.void(
            published.programs, number, now(published), actor=actor, place=body.store, reason=body.reason
        )

    return _once(published, idempotency_key, _said("void", number, body), act)


def _asked(request: HttpRequest, published: Published, body: CounterBody) -> tuple[Asked, int]:
    present = now(published)
    return asked_of(published, body, grant_of(request).key, present), present


def _once(
    published: Published, key: str, said: object, act: Callable[[], Kept], status: int = 200, asked: Asked | None = None
) -> Any:
    """Done once for each Idempotency-Key, in one transaction with what is remembered of it."""

    def told() -> Told:
        try:
            return Told(status, checkout(published, act()))
        except Refused as refused:
            raise _problem(refused, asked) from None

    return once(published.id, key, said, told).response()


def _problem(refused: Refused, asked: Asked | None) -> Problem:
    if refused.code == "member_unknown":
        return nobody("/member")
    return problem_of(refused, asked.items if asked else ())


def _said(verb: str, number: UUID, body: CaptureBody | EndBody) -> object:
    return ["POST", f"/checkouts/{number}:{verb}", body.model_dump(mode="json")]


def _key_of(order: OrderPlace | None) -> str:
    return order_key(order.source, order.id) if order else ""

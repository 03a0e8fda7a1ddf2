"""Rewards over HTTP: what a member could have, what they own, buying one for later, gifts, sending goods."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Router, Schema, Status
from pydantic import Field

from regulars.access.waiting import bounded
from regulars.api.answers import MemberAnswer
from regulars.api.door import grant_of, operation, program_of
from regulars.api.drawing import PrizeAnswer, prize_answer
from regulars.api.members import RequestKey, Which, found_member
from regulars.api.spending import CostAnswer, IssuedAnswer, IssuedPageAnswer, issued, issued_page
from regulars.contract.bodies import Body, MemberId
from regulars.contract.fields import Id, Word
from regulars.contract.laying import no_card
from regulars.contract.once import Told, once
from regulars.contract.problems import KINDS, Fault, Problem
from regulars.contract.refusing import problem_of
from regulars.contract.writing import Writing
from regulars.ledger import queries as ledger
from regulars.ledger.connect import raw
from regulars.members.queries import MemberLine, get, get_card, get_external, get_phone
from regulars.programs import wording
from regulars.programs.queries import Published, now
from regulars.rewards import browsing, queries
from regulars.rewards.actions import owning
from regulars.rewards.queries import IssuedLine
from regulars.rewards.refusing import Refused

router = Router(tags=["Rewards"])

Number = Annotated[UUID, Path(alias="issued")]


class IdentifyBody(Body):
    """Who stands at the till: by what their card or its QR says, the shop's number, a telephone number, or our id."""

    card: Id | None = None
    customer: Id | None = None
    phone: Id | None = None
    member: MemberId | None = None


class ClaimBody(Body):
    reward: Id
    store: Word = ""


class GiftBody(Body):
    """A reward for nothing. The same `cause` gives it once."""

    reward: Id
    cause: Id
    reason: Word = ""


class FulfilBody(Body):
    step: Literal["delivered", "ordered", "shipped"]
    store: Word = ""
    note: Word = ""


class CancelBody(Body):
    reason: Word = ""


class UsableAnswer(Schema):
    """A reward of the catalogue: what it costs this member, or why they cannot have it now."""

    reward: str
    name: str
    gives: str
    costs: list[CostAnswer]
    usable: bool
    code: str
    prizes: list[PrizeAnswer] = Field([], description="What a lucky draw may win; for the rest of a million, nothing.")


class OwnedAnswer(Schema):
    rewards: list[UsableAnswer]
    issued: list[IssuedAnswer]


class ClaimedAnswer(IssuedAnswer):
    checkout: UUID | None


@router.post("/members:identify", summary="Identify a member", **operation("members:read", MemberAnswer))
def identify_member(request: HttpRequest, body: IdentifyBody) -> dict[str, Any]:
    """The member behind a card, a QR, a telephone number: balances and tier as of now."""
    published = program_of(request)
    personal = "members:read_personal" in grant_of(request).permissions
    line = _identified(published, body, personal)
    held = ledger.statement(raw(), published.programs, line.id, now(published))
    return Writing(published).member(line, held, personal=personal)


@router.get(
    "/members/{path:member}/rewards", summary="List a member's rewards", **operation("rewards:read", OwnedAnswer)
)
def list_rewards(request: HttpRequest, member: Path[Which]) -> dict[str, Any]:
    """What they could have now, and what they own."""
    published, present = program_of(request), now(program_of(request))
    line = found_member(published, member)
    shown = browsing.catalogue(published.programs, line.id, present)
    language = wording.language()
    rewards = [
        {
            "reward": one.name,
            "name": wording.worded(published.programs.at(present).rewards[one.name].title, language) or one.name,
            "gives": published.programs.at(present).rewards[one.name].gives.kind,
            "costs": [{"wallet": cost.wallet, "points": cost.points} for cost in one.costs],
            "usable": one.refused is None,
            "code": one.refused.code if one.refused else "",
            "prizes": [prize_answer(prize) for prize in published.programs.at(present).rewards[one.name].gives.prizes],
        }
        for one in shown
    ]
    owned = queries.issued_to(published.id, [line.id], present)
    whole = _sees_codes(request)
    return {"rewards": rewards, "issued": [issued(published, one, whole=whole) for one in owned]}


@router.post(
    "/members/{path:member}/rewards",
    summary="Buy a reward for later",
    **operation("rewards:redeem", ClaimedAnswer, 201),
)
def claim_reward(request: HttpRequest, member: Path[Which], idempotency_key: RequestKey, body: ClaimBody) -> Any:
    """It is the member's from now on; voiding its checkout gives the points back as long as it is not used."""
    published, actor, present = program_of(request), grant_of(request).key, now(program_of(request))
    line = found_member(published, member)

    def act() -> dict[str, Any]:
        kept = owning.claim(published.programs, line.id, body.reward, present, actor=actor, place=body.store)
        return {**_one(published, kept.parts[0].issued_id, present), "checkout": str(kept.id)}

    said = ["POST", f"/members/{line.id}/rewards", body.model_dump(mode="json")]
    return _once(published, idempotency_key, said, act)


@router.post("/members/{path:member}/gifts", summary="Give a reward", **operation("rewards:issue", ClaimedAnswer, 201))
def give_reward(request: HttpRequest, member: Path[Which], idempotency_key: RequestKey, body: GiftBody) -> Any:
    """For nothing, once for each cause."""
    published, actor, present = program_of(request), grant_of(request).key, now(program_of(request))
    line = found_member(published, member)

    def act() -> dict[str, Any]:
        number = owning.give(
            published.programs,
            line.id,
            body.reward,
            f"{line.id}/{body.cause}",
            present,
            actor=actor,
            reason=body.reason,
        )
        return {**_one(published, number, present), "checkout": None}

    said = ["POST", f"/members/{line.id}/gifts", body.model_dump(mode="json")]
    return _once(published, idempotency_key, said, act)


@router.get("/issued/{uuid:issued}", summary="Read an issued reward", **operation("rewards:read", IssuedPageAnswer))
def read_issued(request: HttpRequest, number: Number) -> dict[str, Any]:
    """With its code as a picture that scanners read (for keys with codes:read), and what happened to it."""
    return _page(request, number)


@router.post("/issued/{uuid:issued}:fulfil", summary="Send goods", **operation("rewards:fulfil", IssuedPageAnswer))
def fulfil_issued(request: HttpRequest, number: Number, body: FulfilBody) -> dict[str, Any]:
    """Goods are ordered, then shipped, then delivered."""
    published, actor = program_of(request), grant_of(request).key
    with _refusals(published), bounded():
        owning.fulfil(published.id, number, body.step, now(published), actor=actor, place=body.store, note=body.note)
    return _page(request, number)


@router.post(
    "/issued/{uuid:issued}:cancel", summary="Cancel an issued reward", **operation("rewards:issue", IssuedPageAnswer)
)
def cancel_issued(request: HttpRequest, number: Number, body: CancelBody) -> dict[str, Any]:
    """Nobody can use it any more; credit and months that it gave are taken back. Points come back by voiding its
    checkout."""
    published, actor = program_of(request), grant_of(request).key
    with _refusals(published), bounded():
        owning.cancel(published.programs, number, now(published), actor=actor, reason=body.reason)
    return _page(request, number)


def _identified(published: Published, body: IdentifyBody, personal: bool) -> MemberLine:
    """Raises Problem."""
    given = [name for name in ("card", "customer", "phone", "member") if getattr(body, name) is not None]
    if len(given) != 1:
        said = _("exactly one of card, customer, phone and member is needed")
        raise Problem("invalid", faults=[Fault(said, f"/{given[-1] if given else 'card'}")])
    found: list[MemberLine | None]
    if body.card is not None:
        found = [get_card(published.id, body.card, personal=personal)]
    elif body.customer is not None:
        found = [get_external(published.id, body.customer, personal=personal)]
    elif body.member is not None:
        found = [get(published.id, body.member, personal=personal)]
    else:
        found = [*get_phone(published.id, body.phone or "", personal=personal)]
    if len(found) > 1:
        raise Problem("phone_ambiguous", faults=[Fault(str(KINDS["phone_ambiguous"].title), "/phone")])
    if body.card is not None and found[0] is None:
        raise no_card(body.card)
    if not found or found[0] is None:
        raise Problem("member_unknown", faults=[Fault(_("there is no such member"), f"/{given[0]}")])
    return found[0]


def _once(published: Published, key: str, said: object, act: Callable[[], dict[str, Any]]) -> Any:
    """Done once for each Idempotency-Key. Codes are not among what is remembered: they are derived anew."""

    def told() -> Told:
        with _refusals(published):
            answer = act()
        return Told(201, {name: value for name, value in answer.items() if name != "code"})

    found = once(published.id, key, said, told)
    if found.refused:
        raise Problem.read(found.body)
    return Status(found.status, {**found.body, "code": _line(published, UUID(str(found.body["id"]))).code})


@contextmanager
def _refusals(published: Published) -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise problem_of(refused, published) from None


def _one(published: Published, number: UUID | None, present: int) -> dict[str, Any]:
    line = queries.issued(published.id, number, present) if number else None
    assert line is not None
    return issued(published, line, whole=True)


def _line(published: Published, number: UUID) -> IssuedLine:
    line = queries.issued(published.id, number, now(published))
    if line is None:
        raise Problem("issued_unknown")
    return line


def _page(request: HttpRequest, number: UUID) -> dict[str, Any]:
    published = program_of(request)
    history = queries.history(published.id, number)
    return issued_page(published, _line(published, number), history, whole=_sees_codes(request))


def _sees_codes(request: HttpRequest) -> bool:
    """A code is money for whoever knows it."""
    return "codes:read" in grant_of(request).permissions

"""Coupons' codes over HTTP: make some, bring some in, print them, cancel them, one for a member."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from regulars.access.waiting import bounded
from regulars.api.door import grant_of, operation, program_of
from regulars.api.members import RequestKey, found_member
from regulars.contract.bodies import Body
from regulars.contract.fields import PAGE_LIMIT, Id, Instant, Word, instant
from regulars.contract.keys import require
from regulars.contract.laying import CodeText
from regulars.contract.once import Told, once
from regulars.contract.problems import Fault, Problem
from regulars.contract.refusing import problem_of
from regulars.programs.queries import Published, now
from regulars.rewards import offers
from regulars.rewards.actions import batches, desk
from regulars.rewards.actions.batches import Wanted
from regulars.rewards.queries import BatchLine, batch
from regulars.rewards.refusing import Refused

# What one request makes; more are made by `regulars codes`.
QUANTITY_LIMIT = 10_000
CURSOR = r"^[0-9]{1,9}$"

router = Router(tags=["Coupons"])

Number = Annotated[int, Path(alias="batch", ge=1, le=2**53)]


class NewCodesBody(Body):
    """Codes for a coupon of the program, or a pool of partner's codes that a reward hands out."""

    coupon: Word = ""
    reward: Word = ""
    quantity: Annotated[int, Field(ge=0, le=QUANTITY_LIMIT)] = 0
    prefix: Annotated[str, Field(max_length=8, pattern=r"^[A-Z0-9]*$")] | None = Field(
        None, description="How they begin; as the coupon says, if nothing is said."
    )
    length: Annotated[int, Field(ge=6, le=24)] | None = Field(
        None, description="How many characters are drawn for each; as the coupon says, if nothing is said."
    )
    uses: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = Field(
        1, description="Of each code; null for any number."
    )
    valid_from: Instant | None = None
    expires_at: Instant | None = None


class ImportBody(Body):
    codes: list[CodeText] = Field(min_length=1, max_length=QUANTITY_LIMIT)


class PersonalBody(Body):
    coupon: Id
    customer: Id


class MadeCodesAnswer(Schema):
    id: int
    coupon: str
    reward: str
    made: int
    cancelled: bool


class ImportedAnswer(Schema):
    kept: int
    repeated: int
    empty: int


class CodesAnswer(Schema):
    codes: list[str]
    next_cursor: str | None


class CodeAnswer(Schema):
    code: str


@router.post("/codes", summary="Make codes", **operation("codes:make", MadeCodesAnswer, 201))
def make_codes(request: HttpRequest, idempotency_key: RequestKey, body: NewCodesBody) -> Any:
    """A batch of one-time codes, or an empty one to bring codes into. `regulars codes` makes a million."""
    published, actor = program_of(request), grant_of(request).key

    def act() -> Told:
        return Told(201, _batch(_begun(published, body, actor)))

    told = once(published.id, idempotency_key, ["POST", "/codes", body.model_dump(mode="json")], act)
    if told.refused:
        raise Problem.read(told.body)
    return Status(told.status, told.body)


@router.get("/codes/{int:batch}", summary="Print codes", **operation("codes:make", CodesAnswer))
def print_codes(
    request: HttpRequest,
    number: Number,
    cursor: str | None = Query(None, max_length=9, pattern=CURSOR),
    limit: int = Query(PAGE_LIMIT, ge=1, le=PAGE_LIMIT),
) -> dict[str, Any]:
    """In the order of making; it is written down who read them. Codes that came from elsewhere for a coupon are not
    known again. Those of a pool are for keys that also have codes:read, as long as no member has them."""
    published, grant = program_of(request), grant_of(request)
    if _known(published, number).reward:
        require(grant, "codes:read")
    with bounded():
        codes, following = desk.read_page(
            published.id, number, int(cursor or 0), limit, now(published), actor=grant.key
        )
    return {"codes": codes, "next_cursor": None if following is None else str(following)}


@router.post("/codes/{int:batch}:import", summary="Bring codes in", **operation("codes:make", ImportedAnswer))
def import_codes(request: HttpRequest, number: Number, body: ImportBody) -> dict[str, Any]:
    """Codes that somebody else made. Those that are there already are passed over, so it may be repeated."""
    published = program_of(request)
    _known(published, number)
    with bounded():
        try:
            told = batches.import_codes(published.id, number, body.codes)
        except Refused as refused:
            raise problem_of(refused, published) from None
    return {"kept": told.kept, "repeated": told.repeated, "empty": told.empty}


@router.post("/codes/{int:batch}:cancel", summary="Cancel codes", **operation("codes:make", MadeCodesAnswer))
def cancel_codes(request: HttpRequest, number: Number) -> dict[str, Any]:
    """None of the batch can be used any more; what was used stays used."""
    published = program_of(request)
    _known(published, number)
    with bounded():
        batches.cancel_batch(published.id, number, now(published))
    return _batch(_known(published, number))


@router.post("/codes:personal", summary="A member's own code", **operation("codes:make", CodeAnswer))
def personal_code(request: HttpRequest, body: PersonalBody) -> dict[str, Any]:
    """The one code of a member for a coupon: for themselves, or for friends where the coupon refers."""
    published = program_of(request)
    line = found_member(published, f"external:{body.customer}")
    coupon = offers.coupon(published.programs, body.coupon, now(published))
    if coupon is None or coupon.codes != "personal":
        raise Problem("coupon_unknown", faults=[Fault(_("no coupon of this name has personal codes"), "/coupon")])
    with bounded():
        prefix, length = batches.as_written(coupon)
        code = batches.personal_code(
            published.id, coupon.name, prefix, line.id, now(published), gives=coupon.refers, length=length
        )
    return {"code": code}


def _begun(published: Published, body: NewCodesBody, actor: str) -> BatchLine:
    present = now(published)
    if bool(body.coupon) == bool(body.reward):
        said = _("a batch is either for a coupon or for a reward")
        raise Problem("invalid", faults=[Fault(said, "/reward" if body.reward else "/coupon")])
    coupon = offers.coupon(published.programs, body.coupon, present)
    if body.coupon and coupon is None:
        raise Problem("coupon_unknown")
    if body.reward and offers.reward(published.programs, body.reward, present) is None:
        raise Problem("reward_unknown")
    times = [None if text is None else instant(text) for text in (body.valid_from, body.expires_at)]
    looks = batches.as_written(coupon, body.prefix, body.length)
    wanted = Wanted(body.coupon, body.reward, body.quantity, *looks, body.uses, times[0], times[1])
    try:
        number = batches.begin_batch(published.id, wanted, actor, present)
    except Refused as refused:
        raise problem_of(refused, published) from None
    for _some in batches.make_codes(published.id, number):
        pass
    return _known(published, number)


def _known(published: Published, number: int) -> BatchLine:
    found = batch(published.id, number)
    if found is None:
        raise Problem("batch_unknown")
    return found


def _batch(line: BatchLine) -> dict[str, Any]:
    return {"id": line.id, "coupon": line.coupon, "reward": line.reward, "made": line.made, "cancelled": line.cancelled}

"""Members over HTTP: enrol one, look one up, read the ledger's lines."""

from secrets import token_urlsafe
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Header, Path, Query, Router, Status
from pydantic import Field

from regulars.api.answers import EnrolledAnswer, EntriesAnswer, LinkAnswer, MemberAnswer, TokenAnswer
from regulars.api.door import grant_of, operation, program_of
from regulars.contract.bodies import EnrolmentBody
from regulars.contract.fields import NO_CONTROL, PAGE_LIMIT, Id, instant
from regulars.contract.once import Told, once
from regulars.contract.problems import Fault, Problem
from regulars.contract.reading import said_ahead
from regulars.contract.writing import Writing
from regulars.ledger import queries as ledger
from regulars.ledger.connect import raw
from regulars.members import showing
from regulars.members.actions import EnrolmentRefused, Newcomer, enrol
from regulars.members.entering import LINK_LASTS, make_link
from regulars.members.queries import MemberLine, get, get_external
from regulars.programs.queries import Published, now

EXTERNAL = "external:"

router = Router(tags=["Members"])

Which = Annotated[
    str,
    Field(
        min_length=1,
        max_length=110,
        pattern=NO_CONTROL,
        description="Our id of the member, or `external:` and the shop's own number for the customer.",
        examples=["external:1042"],
    ),
]
# Where a page begins, by an entry's number; what callers pass on is theirs to keep as it is.
CURSOR = r"^[1-9][0-9]{0,8}$"

RequestKey = Annotated[
    Id, Header(alias="Idempotency-Key", description="Chosen by you: the same request under it is done once.")
]


@router.post(
    "/members",
    summary="Enrol a member",
    **operation("members:enrol", EnrolledAnswer, 201),
)
def enrol_member(request: HttpRequest, idempotency_key: RequestKey, body: EnrolmentBody) -> Any:
    """A customer known from orders keeps them. What the program gives for joining is in the answer."""
    published = program_of(request)
    asked = ["POST", "/members", body.model_dump(mode="json")]
    told = once(published.id, idempotency_key, asked, lambda: _enrolled(published, body))
    if told.refused:
        raise Problem.read(told.body)
    return Status(told.status, told.body)


@router.get(
    "/members/{path:member}/entries",
    summary="List a member's entries",
    **operation("members:read", EntriesAnswer),
)
def list_entries(
    request: HttpRequest,
    member: Path[Which],
    cursor: str | None = Query(None, max_length=20, pattern=CURSOR),
    limit: int = Query(50, ge=1, le=PAGE_LIMIT),
) -> dict[str, Any]:
    """The ledger's lines, newest first, each with the sentence that says why."""
    published = program_of(request)
    line = _found(published, member, personal=False)
    before = int(cursor) if cursor else None
    entries = ledger.entries(raw(), published.id, line.id, before, limit + 1)
    writing = Writing(published)
    following = str(entries[limit - 1].seq) if len(entries) > limit else None
    return {"entries": [writing.entry(entry) for entry in entries[:limit]], "next_cursor": following}


@router.post(
    "/members/{path:member}/link",
    summary="Make a link into the portal",
    **operation("members:admit", LinkAnswer, 201),
)
def make_portal_link(request: HttpRequest, member: Path[Which]) -> Any:
    """Whoever opens it first comes into the portal as this member: hand it only to whom your own site knows to be them.
    It is good once, for a few minutes."""
    published = program_of(request)
    line = _found(published, member, personal=False)
    if line.enrolled_at is None:
        raise Problem("member_unknown")
    token, at = token_urlsafe(32), timezone.now()
    make_link(line.id, token, at)
    url = request.build_absolute_uri(reverse("portal_link", args=[published.slug, token]))
    return Status(201, {"url": url, "until": (at + LINK_LASTS).isoformat(timespec="seconds")})


@router.post(
    "/members/{path:member}/token",
    summary="Make a token for your own pages",
    **operation("members:admit", TokenAnswer, 201),
)
def make_page_token(request: HttpRequest, member: Path[Which]) -> Any:
    """For the web components: whoever has it sees this member's balance, and nothing that names them. It is kept
    nowhere, and over in an hour."""
    published = program_of(request)
    line = _found(published, member, personal=False)
    if line.enrolled_at is None:
        raise Problem("member_unknown")
    until = (timezone.now() + showing.LASTS).isoformat(timespec="seconds")
    return Status(201, {"token": showing.token_for(published.id, line.id), "until": until})


@router.get(
    "/members/{path:member}",
    summary="Read a member",
    **operation("members:read", MemberAnswer),
)
def read_member(request: HttpRequest, member: Path[Which]) -> dict[str, Any]:
    """Balances, tier and progress as of now."""
    published = program_of(request)
    personal = "members:read_personal" in grant_of(request).permissions
    line = _found(published, member, personal=personal)
    held = ledger.statement(raw(), published.programs, line.id, now(published))
    return Writing(published).member(line, held, personal=personal)


def found_member(published: Published, which: str) -> MemberLine:
    """Raises Problem."""
    return _found(published, which, personal=False)


def _found(published: Published, which: str, *, personal: bool) -> MemberLine:
    if which.startswith(EXTERNAL):
        line = get_external(published.id, which.removeprefix(EXTERNAL), personal=personal)
    else:
        line = get(published.id, _uuid(which), personal=personal)
    if line is None:
        raise Problem("member_unknown")
    return line


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Problem("member_unknown") from None


def _enrolled(published: Published, body: EnrolmentBody) -> Told:
    present = now(published)
    enrolled_at = instant(body.enrolled_at) if body.enrolled_at else present
    newcomer = Newcomer(body.customer or "", body.card, body.name, body.email, body.phone, body.language)
    try:
        enrolled = enrol(published.programs, newcomer, enrolled_at, body.channel, present)
    except EnrolmentRefused as refused:
        raise _refused(refused.code, present) from None
    writing = Writing(published)
    entries = [writing.movement(entry) for entry in enrolled.receipt.entries]
    since = writing.time(enrolled.enrolled_at)
    return Told(201, {"id": str(enrolled.member_id), "enrolled_at": since, "entries": entries})


def _refused(code: str, present: int) -> Problem:
    late = code == "too_far_in_future"
    return Problem(code, faults=[Fault(said_ahead(present), "/enrolled_at")] if late else ())

"""The API's front door: who comes in, what a body is, and how a refusal looks."""

import logging
from http import HTTPStatus
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.security import HttpBearer

from regulars.access import attempts
from regulars.access.actions import check_key
from regulars.access.keys import prefix_of
from regulars.access.permissions import SCOPES
from regulars.access.queries import Grant
from regulars.api.answers import ProblemAnswer
from regulars.api.faults import faults
from regulars.api.problems import KINDS, Problem
from regulars.ledger.claims import is_busy
from regulars.programs.models import Program
from regulars.programs.queries import Published, published_by_id

BODY_LIMIT = 1_000_000
REFUSALS = frozenset(kind.status for kind in KINDS.values() if kind.status not in (405, 500))

log = logging.getLogger(__name__)


class Key(HttpBearer):
    """`Authorization: Bearer rk_…`, with the permissions that the route needs: the API's form of `require`."""

    openapi_description = "An API key. Its scopes say what it may do, and it belongs to one program."

    def __init__(self, *needed: str) -> None:
        assert set(needed) <= set(SCOPES), needed
        super().__init__()
        self.required_permissions = frozenset(needed)

    def authenticate(self, request: HttpRequest, token: str) -> Grant:
        _measure(request)
        address, prefix = request.META.get("REMOTE_ADDR", ""), prefix_of(token)
        if attempts.too_many(address, prefix):
            raise Problem("too_many_attempts", headers={"Retry-After": str(attempts.WINDOW_SECONDS)})
        grant = check_key(token)
        if grant is None:
            attempts.note(address, prefix)
            raise _unknown()
        require(grant, *self.required_permissions)
        return grant


class StrictParser(Parser):
    """JSON as RFC 8259 has it: no NaN, no endless nesting."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            return msgspec.json.decode(request.body)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            raise Problem("malformed_json", str(error)) from None


class Api(NinjaAPI):
    """Answers every exception as a problem; one that nobody foresaw goes to the log as well."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        problem = _problem(exc)
        if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("%s %s failed", request.method, request.path, exc_info=exc)
        return problem.response()


def operation(scope: str, answer: type[Schema], status: int = 200) -> dict[str, Any]:
    """What every operation says: the scope it needs, and its answer; refusals are problems."""
    return {
        "auth": Key(scope),
        "response": {status: answer, REFUSALS: ProblemAnswer},
        "openapi_extra": {"x-scope": scope},
    }


def require(grant: Grant, *needed: str) -> None:
    """Raises Problem where the key lacks one of these."""
    missing = sorted(set(needed) - grant.permissions)
    if missing:
        raise Problem("permission_missing", _("It lacks: %(scopes)s") % {"scopes": ", ".join(missing)})


def grant_of(request: HttpRequest) -> Grant:
    found: Grant = request.auth  # type: ignore[attr-defined]
    return found


def program_of(request: HttpRequest) -> Published:
    """The program that the request's key belongs to."""
    try:
        return published_by_id(grant_of(request).program_id)
    except Program.DoesNotExist:
        raise Problem("not_found") from None


def _measure(request: HttpRequest) -> None:
    """Before anything is read: by the length that is stated, for Django hands over no byte beyond it."""
    if "Transfer-Encoding" in request.headers:
        raise Problem("length_required")  # the server hands over no body without it
    try:
        stated = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        stated = 0  # as Django takes it
    if stated > BODY_LIMIT:
        raise Problem("body_too_large")


def _unknown() -> Problem:
    return Problem("key_unknown", headers={"WWW-Authenticate": 'Bearer realm="regulars"'})


def _problem(error: Exception) -> Problem:
    if isinstance(error, HttpError) and isinstance(error.__cause__, Problem):
        return error.__cause__  # raised while a body was read, and wrapped by ninja
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationError):
        return Problem("invalid", faults=faults(error.errors))
    if isinstance(error, AuthenticationError):
        return _unknown()
    if is_busy(error):
        return Problem("busy", headers={"Retry-After": "1"})
    return Problem("internal_error")

"""The API's front door: who comes in, what a body is, and how a refusal looks."""

import logging
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.security import HttpBearer

from regulars.access.permissions import SCOPES
from regulars.access.queries import Grant
from regulars.api.answers import ProblemAnswer
from regulars.contract import keys
from regulars.contract.faults import decoded, faults
from regulars.contract.keys import admitted, measure
from regulars.contract.problems import KINDS, Problem, problem_of
from regulars.programs.queries import Published

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
        # Before anything is read; the server hands over no body without a length, and no byte beyond it.
        measure(request.META.get("CONTENT_LENGTH") or "", "Transfer-Encoding" in request.headers)
        return admitted(request.META.get("REMOTE_ADDR", ""), token, self.required_permissions)


class StrictParser(Parser):
    """JSON as RFC 8259 has it: no NaN, no endless nesting."""

    def parse_body(self, request: HttpRequest) -> Any:
        return decoded(request.body)


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


def grant_of(request: HttpRequest) -> Grant:
    found: Grant = request.auth  # type: ignore[attr-defined]
    return found


def program_of(request: HttpRequest) -> Published:
    """The program that the request's key belongs to."""
    return keys.program_of(grant_of(request))


def _problem(error: Exception) -> Problem:
    if isinstance(error, HttpError) and isinstance(error.__cause__, Problem):
        return error.__cause__  # raised while a body was read, and wrapped by ninja
    if isinstance(error, ValidationError):
        return Problem("invalid", faults=faults(error.errors))
    if isinstance(error, AuthenticationError):
        return keys.unknown()
    return problem_of(error)

"""What pages of the shop's own site ask: open to every origin, since no cookie counts here, only a token.

Answers are JSON in the language that is asked for, and refusals the API's own problems.
"""

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from regulars.access.permissions import public
from regulars.contract.keys import measure
from regulars.contract.problems import Problem, problem_of
from regulars.members import queries as members
from regulars.members.showing import shown_by
from regulars.portal.visiting import Visit, visited
from regulars.storefront.shop import Shop, shop_named

BEARER = "Bearer "
EVERYWHERE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "authorization, content-type",
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Max-Age": "86400",
    "Cache-Control": "private, no-store",
    # A page under a policy that asks every answer for leave may still read this one.
    "Cross-Origin-Resource-Policy": "cross-origin",
}
# Which writing is read where.
REGIONS = {
    **dict.fromkeys(("zh-hk", "zh-mo", "zh-tw"), "zh-hant"),
    **dict.fromkeys(("zh", "zh-cn", "zh-sg"), "zh-hans"),
}
log = logging.getLogger(__name__)
Ask = Callable[[HttpRequest, Shop, Visit | None], dict[str, Any]]


def embedded(method: str) -> Callable[[Ask], Callable[..., HttpResponse]]:
    """Mark a view as asked by other sites. It is handed the shop, and the member whom the token shows."""

    def mark(view: Ask) -> Callable[..., HttpResponse]:
        # No cookie is looked at, so nobody's browser can be made to ask for its owner.
        @csrf_exempt
        @public
        @wraps(view)
        def asked(request: HttpRequest, slug: str) -> HttpResponse:
            language = _language(request)
            with override(language):
                answer = _answer(request, slug)
            for name, value in {**EVERYWHERE, "Content-Language": language}.items():
                answer.headers[name] = value
            return answer

        def _answer(request: HttpRequest, slug: str) -> HttpResponse:
            if request.method == "OPTIONS":
                return HttpResponse(status=HTTPStatus.NO_CONTENT)
            if request.method != method:
                return HttpResponseNotAllowed([method, "OPTIONS"])
            try:
                measure(request.META.get("CONTENT_LENGTH") or "", "Transfer-Encoding" in request.headers)
                shop = shop_named(slug)
                return JsonResponse(view(request, shop, _shown(request, shop)))
            except Http404:
                return Problem("not_found").response()
            except Exception as error:  # told to whoever asked
                problem = problem_of(error)
                if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
                    log.exception("%s %s failed", method, request.path)
                return problem.response()

        return asked

    return mark


def _language(request: HttpRequest) -> str:
    """One of ours, as the page says it, as much of it as we know; else as the browser prefers."""
    by_tag = {code.lower(): code for code, _ in settings.LANGUAGES} | REGIONS
    wished = request.GET.get("lang", "").lower()
    while wished and wished not in by_tag:
        wished = wished.rpartition("-")[0]
    return by_tag.get(wished) or str(getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE))


def _shown(request: HttpRequest, shop: Shop) -> Visit | None:
    """None where nobody is named. Raises Problem."""
    said = request.headers.get("Authorization", "")
    if not said:
        return None
    member_id: UUID | None = shown_by(shop.id, said.removeprefix(BEARER)) if said.startswith(BEARER) else None
    line = members.get(shop.id, member_id, personal=False) if member_id else None
    if line is None:
        raise Problem("token_over")
    return visited(shop, line)

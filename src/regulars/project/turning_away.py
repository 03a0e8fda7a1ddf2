"""Whoever is turned away before Django was asked: people read a page, machines a problem.

The page brings its looks along, since whoever has no room for a page has none for its stylesheets. Nothing here asks
the database, and the headers are those of every other answer.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from regulars.contract.problems import MEDIA_TYPE, Problem
from regulars.gateway.living import Message

# Of all that stands around Django's answers, what needs neither session nor database.
AROUND = (
    "regulars.project.observed.observed",
    "django.middleware.security.SecurityMiddleware",
    "regulars.project.csp.content_security_policy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)
LOOKS = ("storefront/css/tokens.css", "storefront/css/page.css", "console/css/frame.css", "storefront/css/parts.css")
POLICY = "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
THEMES = ("light", "dark")
# More of a header is not looked at: weighing what is accepted takes longer than in proportion.
HEADER_MOST = 1_000
# What happened, and what to do about it.
SAID: Mapping[str, tuple[Promise, Promise]] = {
    "body_too_large": (
        _("That was too much at once"),
        _("Nothing of it was kept. Go back, and send a smaller file or a shorter text."),
    ),
    "body_too_slow": (
        _("What you sent did not arrive in time"),
        _("Nothing of it was kept. Go back and send it again, best over a better connection."),
    ),
    "overloaded": (
        _("Too many people are asking just now"),
        _("Nothing you sent was kept, and nothing is lost. Try again in a moment."),
    ),
}


def prepare() -> None:
    """The first page takes a hundred times as long as the others: made before anybody is turned away."""
    for code in SAID:
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                _page(code, language, "system")


def turned_away(scope: Message, problem: Problem) -> HttpResponse:
    answer: Callable[[HttpRequest], Any] = partial(_answer, problem)
    for name in reversed(AROUND):
        answer = convert_exception_to_response(import_string(name)(answer))
    headers = [(name, value[:HEADER_MOST]) for name, value in scope["headers"]]
    # What the address asks for has no part in it, and need not be UTF-8.
    request = ASGIRequest({**scope, "headers": headers, "query_string": b""}, BytesIO())
    with translation.override(translation.get_language_from_request(request)):
        response: HttpResponse = answer(request)
    return response


def _answer(problem: Problem, request: HttpRequest) -> HttpResponse:
    language = translation.get_language()
    if request.get_preferred_type([MEDIA_TYPE, "text/html"]) == "text/html":
        theme = request.COOKIES.get("theme", "")
        body = _page(problem.code, language, theme if theme in THEMES else "system")
        response = HttpResponse(body, status=problem.status, headers=dict(problem.headers))
        response.headers["Content-Security-Policy"] = POLICY.format(_looks()[1])
    else:
        response = problem.response()
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = language
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


@cache
def _page(code: str, language: str, theme: str) -> bytes:
    title, todo = SAID[code]
    said = {"language": language, "looks": mark_safe(_looks()[0]), "theme": theme, "title": title, "todo": todo}  # noqa: S308  # ours
    return render_to_string("turned_away.html", said).encode()


@cache
def _looks() -> tuple[str, str]:
    """The stylesheets as one, and what its content is known by."""
    looks = "".join(Path(str(finders.find(name))).read_text("utf-8") for name in LOOKS)
    return looks, base64.b64encode(hashlib.sha256(looks.encode()).digest()).decode()

"""Around every request of the web server: an id, a figure, a span and a line in the log."""

from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponse

from regulars.observing import figures, logs, tracing
from regulars.observing.logs import NOWHERE

HEADER = "X-Request-Id"
# Whatever else somebody sends as a method is one figure.
METHODS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}


def observed(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, outside of all others."""

    def answered(request: HttpRequest) -> HttpResponse:
        begun = perf_counter()
        asked = logs.id_of(request.headers.get(HEADER, ""))
        token = logs.request_id.set(asked)
        method = method_of(str(request.method))
        try:
            with tracing.span(method, request.headers.get("traceparent", "")) as span:
                response = answer(request)
                route = _route(request)
                tracing.name(span, f"{method} {route}", response.status_code)
            took = perf_counter() - begun
            door = "api" if route.startswith("/v1/") else "web"
            figures.answered(door, method, route, response.status_code, took)
            logs.answered(door, method, route, response.status_code, took, _facts(request))
        finally:
            logs.request_id.reset(token)
        response.headers[HEADER] = asked
        return response

    return answered


def method_of(said: str) -> str:
    return said if said in METHODS else "OTHER"


def _route(request: HttpRequest) -> str:
    """The pattern of its address: addresses hold names and codes."""
    found = request.resolver_match
    return f"/{found.route}" if found is not None and found.route else NOWHERE


def _facts(request: HttpRequest) -> list[str]:
    """The order that is spoken of."""
    found = request.resolver_match
    if found is None or not {"source", "id"} <= set(found.kwargs):
        return []
    return [f"{found.kwargs['source']}/{found.kwargs['id']}"]

"""What lies behind /v1/: the operations, their description, and a problem for everything else."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.csrf import csrf_exempt

from regulars.access.permissions import public
from regulars.api import activities, checkouts, coupons, decisions, drawing, members, orders, owning, returning
from regulars.api.documentation import docs, openapi, problems
from regulars.api.door import Api, StrictParser
from regulars.contract.problems import Problem

api = Api(
    title="Regulars",
    version="1",
    description="Orders come in, points come out. Every request needs an API key of one program.",
    openapi_url=None,
    docs_url=None,
    parser=StrictParser(),
    urls_namespace="api",
)
api.add_router("", orders.router)
api.add_router("", returning.router)
api.add_router("", activities.router)
api.add_router("", checkouts.router)
api.add_router("", owning.router)
api.add_router("", drawing.router)
api.add_router("", coupons.router)
api.add_router("", decisions.router)
api.add_router("", members.router)


def _with_problems(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """ninja answers a method that does not exist by itself, in its own words."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        response = view(request, *args, **named)
        if response.status_code != 405:
            return response
        return Problem("method_not_allowed", headers={"Allow": response["Allow"]}).response()

    return answered


@public
@csrf_exempt
def nothing_here(_request: HttpRequest) -> HttpResponse:
    return Problem("not_found").response()


def _operations() -> list[URLPattern | URLResolver]:
    patterns: list[URLPattern | URLResolver] = [
        pattern for pattern in api.urls[0] if getattr(pattern, "name", "") != "api-root"
    ]
    for pattern in patterns:
        pattern.callback = _with_problems(pattern.callback)  # type: ignore[union-attr]
    return patterns


urlpatterns = [
    *_operations(),
    path("draws/<slug:program>/seeds", drawing.published_seeds, name="api-seeds"),
    path("docs", docs, name="api-docs"),
    path("openapi.json", openapi, name="api-openapi"),
    path("problems", problems, name="api-problems"),
    re_path("", nothing_here),
]

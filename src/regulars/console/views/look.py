"""Light or dark: remembered by the browser, not by the account, since it is a matter of the screen."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from regulars.access.permissions import public

THEMES = ("dark", "light", "system")
YEAR_IN_SECONDS = 31_536_000


@public
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        return HttpResponseBadRequest()
    back = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if safe else "/")
    response.set_cookie(
        "theme", chosen, max_age=YEAR_IN_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return response

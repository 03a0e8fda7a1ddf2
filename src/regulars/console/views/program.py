"""The program: what it promises, the document in force, and the versions before it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.console.promise import promise
from regulars.console.shop import Shop, screen
from regulars.programs.version_list import versions


@screen("programs:read")
def program(request: HttpRequest, shop: Shop, number: int | None = None) -> HttpResponse:
    known = versions(shop.id)
    wanted = number or shop.rules.number
    chosen = next((version for version in known if version.number == wanted), None)
    if chosen is None:
        raise Http404
    shown = {
        "chosen": chosen,
        "in_force": shop.rules.number,
        "promise": promise(shop, chosen.number),
        "shop": shop,
        "versions": [(version, shop.local(version.starts_at)) for version in known],
    }
    return render(request, "console/program.html", shown)

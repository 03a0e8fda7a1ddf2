"""What happened, newest first; every line says why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.portal.by_hand import reasons
from regulars.portal.having import people
from regulars.portal.visiting import Visit, own
from regulars.storefront import history as pages
from regulars.storefront.timeline import months


@own()
def history(request: HttpRequest, visit: Visit) -> HttpResponse:
    noted = reasons(visit.shop, people(visit))
    until = pages.place(request.GET.get("from", ""))
    page = pages.page(visit.shop, visit.member_id, visit.statement, until, noted)
    shown = {"visit": visit, "shop": visit.shop, "here": "history", "earlier": page.earlier}
    return render(request, "portal/history.html", {**shown, "months": months(page.slips)})

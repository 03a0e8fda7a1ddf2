"""The program, for everyone: how it works, what points get, its tiers beside each other, its terms."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.portal.having import on_display
from regulars.portal.markup import member_program
from regulars.portal.visiting import page, visit_of
from regulars.storefront.earning import offered
from regulars.storefront.promise import promise
from regulars.storefront.shop import Shop
from regulars.storefront.terms import terms


@page()
def program(request: HttpRequest, shop: Shop) -> HttpResponse:
    shown = {
        "shop": shop,
        "here": "program",
        "visit": visit_of(request, shop),
        "promise": promise(shop, shop.rules.number),
        "ways": offered(shop),
        "rewards": on_display(shop),
        "terms": terms(shop),
        "markup": member_program(shop, request.build_absolute_uri(request.path)),
    }
    return render(request, "portal/program.html", shown)

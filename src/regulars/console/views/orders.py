"""The orders: all of them, newest first, and one at a time."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.console import order_lines, people
from regulars.console.order_page import order_page
from regulars.console.shop import screen
from regulars.console.views.members import sees_names
from regulars.members import queries as members
from regulars.storefront.shop import Shop


@screen("orders:read")
def orders(request: HttpRequest, shop: Shop) -> HttpResponse:
    after = request.GET.get("after", "")
    page = order_lines.page(shop, after, personal=sees_names(request))
    return render(request, "console/orders.html", {"shop": shop, "page": page, "after": after})


@screen("orders:read")
def order(request: HttpRequest, shop: Shop, key: str) -> HttpResponse:
    found = order_page(shop, key)
    if found is None:
        raise Http404
    member = members.get(shop.id, found.member_id, personal=sees_names(request))
    who = people.called(member) if member else ""
    return render(request, "console/order.html", {"shop": shop, "order": found, "member": member, "who": who})

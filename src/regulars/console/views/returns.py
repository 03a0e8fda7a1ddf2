"""What a return would change, told before it is taken; the shop's own system records it afterwards."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.console import people, returns
from regulars.console.asking import Form
from regulars.console.shop import screen
from regulars.console.views.members import sees_names
from regulars.ledger import orders as ledger
from regulars.ledger.connect import raw
from regulars.members import queries as members
from regulars.programs import wording
from regulars.storefront.shop import Shop


@screen("orders:read")
def quote(request: HttpRequest, shop: Shop, key: str) -> HttpResponse:
    found = None if "\0" in key else ledger.order(raw(), shop.id, key)
    if found is None:
        raise Http404
    member_id, line = found
    form = Form(request.GET)
    lines = returns.lines(shop, line, form)
    refund = returns.asked(line.order, lines, shop.now)
    member = members.get(shop.id, member_id, personal=sees_names(request))
    shown = {
        "closed": returns.closed(line, lines),
        "form": form,
        "key": key,
        "lines": [(one, form.faults.get(one.field, "")) for one in lines],
        "number": wording.order(key),
        "quote": returns.quote(shop, member_id, refund) if refund.lines and not form.faults else None,
        "shop": shop,
        "who": people.called(member) if member else "",
    }
    return render(request, "console/return_quote.html", shown)

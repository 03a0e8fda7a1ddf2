"""Rewards and coupons of the program in force, and what there is of them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from regulars.console import actors
from regulars.console.asking import Form
from regulars.console.rewards import drawn, issued_lines, offering
from regulars.console.rewards.stock import stock_ledger
from regulars.console.shop import screen
from regulars.console.views.members import sees_names
from regulars.insight.wording import count
from regulars.ledger.connect import raw
from regulars.rewards import draws
from regulars.rewards.actions import desk
from regulars.rewards.refusing import Refused
from regulars.rewards.registers import Filters
from regulars.storefront import refused
from regulars.storefront.shop import Shop

RECENT = 8


@screen("rewards:read")
def catalogue(request: HttpRequest, shop: Shop) -> HttpResponse:
    shown = {
        "coupons": offering.coupons(shop),
        "may_redeem": "rewards:redeem" in request.user.permissions,
        "rewards": offering.rewards(shop),
        "shop": shop,
    }
    return render(request, "console/rewards/catalogue.html", shown)


@screen("rewards:read")
def reward(request: HttpRequest, shop: Shop, name: str) -> HttpResponse:
    return _reward(request, shop, name)


@screen("rewards:stock", posts=True)
def stock(request: HttpRequest, shop: Shop, name: str) -> HttpResponse:
    """More of it came in."""
    form = Form(request.POST)
    quantity, reason = form.whole("quantity", 1, desk.STOCK_AT_MOST), form.needed("reason")
    offer = shop.rules.rewards.get(name)
    if offer is None or not any(supply.key.startswith("stock:") for supply in offer.supply):
        raise Http404(name)
    if form.faults:
        return _reward(request, shop, name, form)
    try:
        desk.add_stock(shop.id, name, quantity, shop.now, actor=actors.actor(request), reason=reason)
    except Refused as no:
        messages.warning(request, refused.said(shop, no))
    else:
        said = ngettext("%(count)s more in stock.", "%(count)s more in stock.", quantity) % {"count": count(quantity)}
        messages.success(request, said)
    return redirect("reward", shop.slug, name)


@screen("rewards:read")
def coupon(request: HttpRequest, shop: Shop, name: str) -> HttpResponse:
    offer = shop.rules.coupons.get(name)
    if offer is None:
        raise Http404(name)
    return render(request, "console/rewards/coupon.html", {"shop": shop, "page": offering.page(shop, offer)})


def _reward(request: HttpRequest, shop: Shop, name: str, form: Form | None = None) -> HttpResponse:
    offer = shop.rules.rewards.get(name)
    if offer is None:
        raise Http404(name)
    page = offering.page(shop, offer)
    has_stock = any(bar.kind == "stock" for bar in page.line.bars)
    is_draw = offer.gives.is_draw
    shown = {
        "chances": drawn.chances(shop, offer) if is_draw else None,
        "draws": drawn.rows(shop, draws.listed(raw(), shop.id, name, limit=RECENT), personal=sees_names(request))
        if is_draw
        else [],
        "form": form,
        "has_stock": has_stock,
        "may_stock": has_stock and "rewards:stock" in request.user.permissions,
        "page": page,
        "recent": issued_lines.page(shop, Filters(reward=name), "", RECENT, personal=sees_names(request)).rows,
        "shop": shop,
        "stock": stock_ledger(shop, name) if has_stock else [],
    }
    return render(request, "console/rewards/reward.html", shown)

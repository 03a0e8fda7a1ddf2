"""Issued rewards: all of them, one at a time, and what is done about one."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.console import actors, people
from regulars.console.asking import Form
from regulars.console.rewards import issued_listing
from regulars.console.rewards.copy_page import copy_page
from regulars.console.shop import screen
from regulars.console.views.members import sees_names
from regulars.members import queries as members
from regulars.rewards.actions import owning
from regulars.rewards.refusing import Refused
from regulars.storefront import drawn, refused, words
from regulars.storefront.shop import Shop


@screen("rewards:read")
def issued_page(request: HttpRequest, shop: Shop) -> HttpResponse:
    personal = sees_names(request)
    asked = issued_listing.asked(request.GET, shop)
    shown = {
        "asked": asked,
        "first": issued_listing.address(asked),
        "menus": issued_listing.menus(asked, shop),
        "page": issued_listing.page(shop, asked, personal=personal),
        "personal": personal,
        "shop": shop,
    }
    shown["next"] = issued_listing.address(asked, after=shown["page"].after) if shown["page"].after else ""
    return render(request, "console/rewards/issued_list.html", shown)


@screen("rewards:read")
def issued(request: HttpRequest, shop: Shop, issued_id: UUID) -> HttpResponse:
    personal = sees_names(request)
    page = copy_page(shop, issued_id, reads_codes="codes:read" in request.user.permissions, personal=personal)
    if page is None:
        raise Http404
    member = members.get(shop.id, page.line.member_id, personal=personal)
    held = request.user.permissions
    shown = {
        "may_draw": page.line.state == "issued" and "rewards:redeem" in held,
        "may_cancel": page.may_end and "rewards:issue" in held,
        "may_fulfil": "rewards:fulfil" in held,
        "member": member,
        "page": page,
        "shop": shop,
        "slip": drawn.slip(shop, page.line),
        "who": people.called(member) if member else "",
        "won_with": drawn.won_with(shop, issued_id),
    }
    return render(request, "console/rewards/issued.html", shown)


@screen("rewards:fulfil", posts=True)
def fulfil(request: HttpRequest, shop: Shop, issued_id: UUID) -> HttpResponse:
    """Goods are one step nearer to the member."""
    form = Form(request.POST)
    step = form.text("step")
    if step not in words.FULFILMENT:
        raise Http404(step)

    def act() -> None:
        owning.fulfil(shop.id, issued_id, step, shop.now, actor=actors.actor(request), note=form.text("note"))

    return _done(request, shop, issued_id, act, _("Written down: %(step)s.") % {"step": words.FULFILMENT[step]})


@screen("rewards:issue", posts=True)
def cancel(request: HttpRequest, shop: Shop, issued_id: UUID) -> HttpResponse:
    """Nobody can use it any more."""
    reason = Form(request.POST).text("reason")
    if not reason:
        messages.warning(request, _("Say why, in a few words."))
        return redirect("issued", shop.slug, issued_id)

    def act() -> None:
        owning.cancel(shop.published.programs, issued_id, shop.now, actor=actors.actor(request), reason=reason)

    return _done(request, shop, issued_id, act, _("Cancelled. Nobody can use it any more."))


def _done(request: HttpRequest, shop: Shop, issued_id: UUID, act: Callable[[], None], said: str) -> HttpResponse:
    try:
        with transaction.atomic():
            act()
    except Refused as no:
        if no.code == "issued_unknown":
            raise Http404 from None
        messages.warning(request, refused.said(shop, no))
    else:
        messages.success(request, said)
    return redirect("issued", shop.slug, issued_id)

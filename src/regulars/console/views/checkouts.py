"""Redemptions: one of them, completed or undone; and those that wait for a second person."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.console import actors, people
from regulars.console.asking import Form
from regulars.console.rewards import undoing
from regulars.console.rewards.checkout_page import CheckoutPage, checkout_page, row
from regulars.console.shop import screen
from regulars.console.views.members import sees_names
from regulars.members import queries as members
from regulars.rewards import books
from regulars.rewards.actions import checkouts, desk
from regulars.rewards.refusing import Refused
from regulars.storefront import refused
from regulars.storefront.shop import Shop


@screen("rewards:read")
def checkout(request: HttpRequest, shop: Shop, checkout_id: UUID) -> HttpResponse:
    page = _page(request, shop, checkout_id)
    member = members.get(shop.id, page.member_id, personal=sees_names(request)) if page.member_id else None
    shown = {
        "may_redeem": "rewards:redeem" in request.user.permissions,
        "member": member,
        "page": page,
        "shop": shop,
        "who": people.called(member) if member else _("Guest"),
    }
    return render(request, "console/rewards/checkout.html", shown)


@screen("rewards:redeem", posts=True)
def capture(request: HttpRequest, shop: Shop, checkout_id: UUID) -> HttpResponse:
    """The order was paid: what was reserved is used."""

    def act() -> str:
        checkouts.capture(shop.published.programs, checkout_id, shop.now, actor=actors.actor(request))
        return _("Done.")

    return _done(request, shop, act, "checkout", checkout_id)


@screen("rewards:redeem")
def void(request: HttpRequest, shop: Shop, checkout_id: UUID) -> HttpResponse:
    """Why is asked, then what would go back is shown; `do=keep` sends the same once more."""
    page = _page(request, shop, checkout_id)
    form, then = Form(request.POST), None
    reason = form.needed("reason") if request.method == "POST" else ""
    if reason and form.text("do") == "keep":

        def act() -> str:
            done = undoing.undo(shop, checkout_id, page.member_id, actors.actor(request), reason)
            has = _("Undone. The member has %(points)s to use now.") % {"points": done.balance}
            return has if done.balance else _("Undone.")

        return _done(request, shop, act, "checkout", checkout_id)
    if not page.is_done and not page.is_held:
        return redirect("checkout", shop.slug, checkout_id)
    try:
        if reason and form.text("do") != "back":
            then = undoing.preview(shop, checkout_id, page.member_id, actors.actor(request))
    except Refused as no:
        messages.warning(request, refused.said(shop, no))
        return redirect("checkout", shop.slug, checkout_id)
    shown = {"form": form, "page": page, "shop": shop, "then": then}
    return render(request, "console/rewards/void.html", shown)


@screen("rewards:read")
def approvals(request: HttpRequest, shop: Shop) -> HttpResponse:
    waiting, decided = books.waiting(shop.id, shop.now), books.decided(shop.id, shop.now)
    lines = [*waiting, *decided]
    known = members.several(shop.id, {line.member_id for line in lines if line.member_id}, personal=sees_names(request))
    called = actors.names(shop.id, {line.actor for line in lines})
    names = {number: people.called(member) for number, member in known.items()}
    shown = {
        "decided": [(row(shop, line, called), names.get(line.member_id, "")) for line in decided],
        "may_decide": "rewards:approve" in request.user.permissions,
        "me": actors.actor(request),
        "shop": shop,
        "waiting": [(row(shop, line, called), names.get(line.member_id, "")) for line in waiting],
    }
    return render(request, "console/rewards/approvals.html", shown)


@screen("rewards:approve", posts=True)
def approve(request: HttpRequest, shop: Shop, checkout_id: UUID) -> HttpResponse:
    reason = Form(request.POST).text("reason")

    def act() -> str:
        desk.approve(shop.published.programs, checkout_id, shop.now, actor=actors.actor(request), reason=reason)
        return _("Approved. The member has it now.")

    return _done(request, shop, act, "approvals")


@screen("rewards:approve", posts=True)
def decline(request: HttpRequest, shop: Shop, checkout_id: UUID) -> HttpResponse:
    reason = Form(request.POST).text("reason")
    if not reason:
        messages.warning(request, _("Say why, in a few words."))
        return redirect("approvals", shop.slug)

    def act() -> str:
        desk.decline(shop.published.programs, checkout_id, shop.now, actor=actors.actor(request), reason=reason)
        return _("Declined. The points are the member’s again.")

    return _done(request, shop, act, "approvals")


def _page(request: HttpRequest, shop: Shop, checkout_id: UUID) -> CheckoutPage:
    page = checkout_page(shop, checkout_id, personal=sees_names(request))
    if page is None:
        raise Http404
    return page


def _done(request: HttpRequest, shop: Shop, act: Callable[[], str], screen: str, *places: UUID) -> HttpResponse:
    """`act` says what came of it."""
    try:
        with refused.bounded():
            said = act()
    except Refused as no:
        if no.code == "checkout_unknown":
            raise Http404 from None
        messages.warning(request, refused.said(shop, no))
    else:
        messages.success(request, said)
    return redirect(screen, shop.slug, *places)

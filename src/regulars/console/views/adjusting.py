"""Points given or taken by hand: looked at first, then done; and those that wait for a second person."""

from collections.abc import Callable
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.console import actors, adjusting, people, reasons
from regulars.console.asking import Form
from regulars.console.shop import screen
from regulars.console.views.members import sees_names
from regulars.ledger.connect import raw
from regulars.ledger.queries import statement
from regulars.members import queries as members
from regulars.rewards.actions import adjusting as actions
from regulars.rewards.queries import waiting_adjustments
from regulars.rewards.refusing import Refused
from regulars.storefront import refused
from regulars.storefront.shop import Shop

FIELDS = ("wallet", "way", "points", "reason", "words")


@screen("members:read", "points:adjust")
def adjust(request: HttpRequest, shop: Shop, member_id: UUID) -> HttpResponse:
    """What would come of it is shown first; `do=keep` sends the same once more. Sent twice it is done once."""
    member = members.get(shop.id, member_id, personal=sees_names(request))
    if member is None:
        raise Http404
    form, preview, number = Form(request.POST), None, uuid4()
    if request.method == "POST" and form.text("do") != "back":
        wanted, number = adjusting.wish(form, shop), form.number("number")
        if not form.faults:
            try:
                if form.text("do") == "keep":
                    return _kept(request, shop, member_id, wanted, number)
                preview = adjusting.preview(shop, member_id, wanted, actors.person(request))
            except Refused as no:
                form.faults["do"] = refused.said(shop, no)
    held = statement(raw(), shop.published.programs, member_id, shop.now)
    shown = {
        "form": form,
        "kept": [(name, form.text(name)) for name in FIELDS],
        "member": member,
        "number": number,
        "preview": preview,
        "purses": adjusting.purses(shop, held),
        "reasons": reasons.ADJUSTING,
        "shop": shop,
        "who": people.header(member, shop),
    }
    return render(request, "console/adjust.html", shown)


def _kept(request: HttpRequest, shop: Shop, member_id: UUID, wanted: actions.Wish, number: UUID) -> HttpResponse:
    """Raises Refused."""
    actor = actors.person(request)
    with refused.bounded():
        done = actions.adjust(shop.published.programs, member_id, wanted, shop.now, actor=actor, number=number)
    if isinstance(done, UUID):
        messages.success(request, _("Asked for. Nothing changes until somebody else approves it."))
    else:
        messages.success(request, _("Done. It stands in the history below."))
    return redirect("member", shop.slug, member_id)


@screen("points:approve", posts=True)
def approve(request: HttpRequest, shop: Shop, number: UUID) -> HttpResponse:
    """By somebody else than who asked."""

    def act() -> None:
        actions.approve(shop.published.programs, number, shop.now, actor=actors.person(request))

    return _decided(request, shop, act, _("Approved. The balance has changed."))


@screen("points:approve", posts=True)
def decline(request: HttpRequest, shop: Shop, number: UUID) -> HttpResponse:
    """Nothing is given or taken."""

    def act() -> None:
        actions.decline(shop.id, number, shop.now, actor=actors.person(request))

    return _decided(request, shop, act, _("Declined. Nothing was given or taken."))


@screen("members:read", "points:adjust", posts=True)
def withdraw(request: HttpRequest, shop: Shop, member_id: UUID, number: UUID) -> HttpResponse:
    """By who asked for it, before anybody has decided."""
    try:
        with refused.bounded():
            actions.withdraw(shop.id, number, shop.now, actor=actors.person(request))
    except Refused as no:
        if no.code == "adjustment_unknown":
            raise Http404 from None
        messages.warning(request, refused.said(shop, no))
    else:
        messages.success(request, _("Withdrawn. Nothing was given or taken."))
    return redirect("member", shop.slug, member_id)


def _decided(request: HttpRequest, shop: Shop, act: Callable[[], None], said: str) -> HttpResponse:
    try:
        with refused.bounded():
            act()
    except Refused as no:
        if no.code == "adjustment_unknown":
            raise Http404 from None
        messages.warning(request, refused.said(shop, no))
    else:
        messages.success(request, said)
    return redirect("adjustments", shop.slug)


@screen("rewards:read")
def waiting(request: HttpRequest, shop: Shop) -> HttpResponse:
    """What somebody asked for and nobody has decided yet."""
    found = waiting_adjustments(shop.id)
    called = actors.names(shop.id, {line.asked_by for line in found})
    lines = adjusting.waiting(shop, found, called, personal=sees_names(request))
    known = members.several(shop.id, {line.member_id for line in lines}, personal=sees_names(request))
    shown = {
        "lines": [(line, people.called(known[line.member_id]) if line.member_id in known else "") for line in lines],
        "may_decide": "points:approve" in request.user.permissions,
        "me": actors.person(request),
        "shop": shop,
    }
    return render(request, "console/adjustments.html", shown)

"""An order that is missing, entered by hand: looked at first, then kept like any other."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.console import actors, people, reasons
from regulars.console import entering as pages
from regulars.console.asking import Form
from regulars.console.shop import screen
from regulars.console.views.members import sees_names
from regulars.intake import entering
from regulars.intake.entering import EnteringRefused
from regulars.intake.orders import OrderIn
from regulars.members import queries as members
from regulars.rewards.refusing import Refused
from regulars.storefront import refused
from regulars.storefront.shop import Shop


@screen("members:read", "orders:enter")
def enter_order(request: HttpRequest, shop: Shop, member_id: UUID) -> HttpResponse:
    """What it would earn is shown first; `do=keep` sends the same once more. Sent twice it is kept once."""
    member = members.get(shop.id, member_id, personal=sees_names(request))
    if member is None:
        raise Http404
    form, preview, number, known = Form(request.POST), None, uuid4(), ""
    if request.method == "POST" and form.text("do") != "back":
        wanted, number = pages.order(form, shop, member_id), form.number("number")
        reasons.chosen(form, reasons.ENTERING)
        form.needed("words")
        try:
            if not form.faults and form.text("do") == "keep":
                return _kept(request, shop, wanted, form)
            known = "" if form.faults else pages.known(shop, wanted)
            if not form.faults and not known:
                preview = pages.preview(shop, wanted, may_exceed=_may_exceed(request))
        except EnteringRefused as no:
            form.faults["do"] = pages.said(no)
        except Refused as no:
            form.faults["do"] = refused.said(shop, no)
    shown = {
        "form": form,
        "kept": [
            (name, value) for name, value in form.sent.items() if name not in ("do", "number", "csrfmiddlewaretoken")
        ],
        "known": known,
        "latest": shop.local(shop.now),
        "member": member,
        "number": number,
        "preview": preview,
        "reason": reasons.said(form.text("reason")),
        "reasons": reasons.ENTERING,
        "rows": pages.rows(form),
        "shop": shop,
        "sources": pages.sources(shop),
        "who": people.header(member, shop),
    }
    return render(request, "console/enter_order.html", shown)


def _kept(request: HttpRequest, shop: Shop, wanted: OrderIn, form: Form) -> HttpResponse:
    """Raises Refused, EnteringRefused."""
    with refused.bounded():
        done = entering.enter_order(
            shop.published, wanted, shop.now,
            number=form.number("number"), actor=actors.actor(request), reason=form.text("reason"),
            words=form.text("words"), may_exceed=_may_exceed(request),
        )  # fmt: skip
    if done.outcome == "repeated":
        messages.info(request, _("This order is known already; nothing was changed."))
    else:
        messages.success(request, _("Entered. It stands in the history below, where it was paid."))
    return redirect("member", shop.slug, wanted.member_id)


def _may_exceed(request: HttpRequest) -> bool:
    return "points:approve" in request.user.permissions

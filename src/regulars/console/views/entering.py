"""An order that is missing: looked at first, then kept like any other; taken back where that was a mistake."""

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
from regulars.ledger import orders
from regulars.ledger import queries as ledger
from regulars.ledger.connect import raw
from regulars.members import queries as members
from regulars.programs import wording
from regulars.rewards.refusing import Refused
from regulars.storefront import refused
from regulars.storefront.shop import Shop


@screen("members:read", "orders:enter")
def enter_order(request: HttpRequest, shop: Shop, member_id: UUID) -> HttpResponse:
    """What it would earn is shown first; `do=keep` sends the same once more. Sent twice it is kept once.

    For somebody who became part of another member the form is that one's.
    """
    member = members.get(shop.id, member_id, personal=sees_names(request))
    if member is None:
        raise Http404
    account = ledger.account_at(raw(), shop.published.programs, member_id, shop.now)
    if account and account.into:
        messages.info(request, _("This is the account of the member they are part of."))
        return redirect("enter_order", shop.slug, account.into)
    form, preview, known = Form(request.POST), None, ""
    if request.method == "POST" and form.text("do") != "back":
        wanted = pages.order(form, shop, member_id)
        reasons.chosen(form, reasons.ENTERING)
        form.needed("words")
        try:
            if not form.faults and form.text("do") == "keep":
                return _kept(request, shop, wanted, form)
            if not form.faults:
                preview = pages.preview(shop, wanted, may_exceed=_may_exceed(request))
        except EnteringRefused as no:
            form.faults["do"], known = pages.said(no), no.key
        except Refused as no:
            form.faults["do"] = refused.said(shop, no)
    shown = {
        "form": form,
        "kept": [(name, value) for name, value in form.sent.items() if name not in ("do", "csrfmiddlewaretoken")],
        "known": known,
        "latest": shop.local(shop.now),
        "member": member,
        "preview": preview,
        "reason": reasons.said(form.text("reason")),
        "reasons": reasons.ENTERING,
        "rows": pages.rows(form),
        "shop": shop,
        "sources": pages.sources(shop),
        "who": people.header(member, shop),
    }
    return render(request, "console/enter_order.html", shown)


@screen("orders:read", "orders:enter")
def take_back_order(request: HttpRequest, shop: Shop, key: str) -> HttpResponse:
    """What would be without it is shown first; `do=keep` sends the same once more. Sent twice it is done once."""
    found = None if "\0" in key else orders.order(raw(), shop.id, key)
    if found is None:
        raise Http404
    if not entering.stands_by_hand(found[1].order):
        messages.info(request, pages.said(EnteringRefused("order_not_by_hand")))
        return redirect("order", shop.slug, key)
    form, preview = Form(request.POST), None
    if request.method == "POST" and (words := form.needed("words")):
        try:
            if form.text("do") == "keep":
                return _taken_back(request, shop, key, words)
            preview = pages.taking_back(shop, key, found[0])
        except EnteringRefused as no:
            form.faults["do"] = pages.said(no)
        except Refused as no:
            form.faults["do"] = refused.said(shop, no)
    shown = {"form": form, "key": key, "number": wording.order(key), "preview": preview, "shop": shop}
    return render(request, "console/take_back_order.html", shown)


def _taken_back(request: HttpRequest, shop: Shop, key: str, words: str) -> HttpResponse:
    """Raises Refused, EnteringRefused."""
    with refused.bounded():
        entering.take_back_order(
            shop.published, key, shop.now, number=uuid4(), actor=actors.actor(request), words=words
        )  # fmt: skip
    messages.success(request, _("Taken back. It can be entered again, under the same number."))
    return redirect("order", shop.slug, key)


def _kept(request: HttpRequest, shop: Shop, wanted: OrderIn, form: Form) -> HttpResponse:
    """Raises Refused, EnteringRefused."""
    with refused.bounded():
        done = entering.enter_order(
            shop.published, wanted, shop.now,
            number=uuid4(), actor=actors.actor(request), reason=form.text("reason"),
            words=form.text("words"), may_exceed=_may_exceed(request),
        )  # fmt: skip
    if done.outcome == "repeated":
        messages.info(request, _("This order is known already; nothing was changed."))
    else:
        messages.success(request, _("Entered. It stands in the history below, where it was paid."))
    return redirect("member", shop.slug, wanted.member_id)


def _may_exceed(request: HttpRequest) -> bool:
    return "points:approve" in request.user.permissions

"""Lucky draws: opening a ticket, what was drawn so far, and the seeds that prove it."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.console import actors
from regulars.console.rewards import drawn
from regulars.console.shop import screen
from regulars.console.views.members import sees_names
from regulars.ledger.connect import raw
from regulars.rewards import draws
from regulars.rewards.actions import drawing
from regulars.rewards.refusing import Refused
from regulars.storefront import refused
from regulars.storefront.drawn import outcome
from regulars.storefront.shop import Shop

PAGE_SIZE = 50


@screen("rewards:read")
def listed(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Newest first, from `?after=TICKET` on."""
    after = _after(shop, request.GET.get("after", ""))
    found = draws.listed(raw(), shop.id, after=after, limit=PAGE_SIZE + 1)
    shown = {
        "after": after,
        "days": drawn.days(shop),
        "next": found[PAGE_SIZE - 1].ticket_id if len(found) > PAGE_SIZE else None,
        "rows": drawn.rows(shop, found[:PAGE_SIZE], personal=sees_names(request)),
        "shop": shop,
    }
    return render(request, "console/rewards/draws.html", shown)


@screen("rewards:redeem", posts=True)
def draw(request: HttpRequest, shop: Shop, issued_id: UUID) -> HttpResponse:
    """The ticket is opened for the member, once."""
    try:
        with transaction.atomic():
            won = drawing.draw(shop.published.programs, issued_id, shop.now, actor=actors.actor(request))
    except Refused as no:
        if no.code == "issued_unknown":
            raise Http404 from None
        messages.warning(request, refused.said(shop, no))
    else:
        one = outcome(shop, won)
        said = _("Drawn: %(prize)s.") if one.is_won else _("Drawn: no prize this time.")
        messages.success(request, said % {"prize": one.prize})
    return redirect("issued", shop.slug, issued_id)


def _after(shop: Shop, text: str) -> draws.Draw | None:
    """Anything that is no ticket is the first page."""
    try:
        return draws.of_ticket(raw(), shop.id, UUID(text))
    except ValueError:
        return None

"""A member's rewards at the service desk: what they own, what was redeemed; a gift, a request for approval."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.console import actors, people
from regulars.console.asking import Form
from regulars.console.rewards import drawn, issued_lines
from regulars.console.rewards.checkout_page import row
from regulars.console.shop import screen
from regulars.console.views.members import sees_names
from regulars.ledger.connect import raw
from regulars.ledger.queries import statement
from regulars.members import queries as members
from regulars.rewards import books, draws, offers
from regulars.rewards.actions import desk, owning
from regulars.rewards.refusing import Refused
from regulars.rewards.registers import Filters
from regulars.storefront import refused, words
from regulars.storefront.holding import holding
from regulars.storefront.shop import Shop

OWNED, REDEEMED, DRAWN = 50, 20, 10


@screen("members:read", "rewards:read")
def member_rewards(request: HttpRequest, shop: Shop, member_id: UUID) -> HttpResponse:
    member = members.get(shop.id, member_id, personal=sees_names(request))
    if member is None:
        raise Http404
    owned = issued_lines.page(shop, Filters(member_ids=(member_id,)), "", OWNED, personal=False)
    redeemed = books.checkouts_of(shop.id, [member_id], shop.now, REDEEMED)
    called = actors.names(shop.id, {line.actor for line in redeemed})
    may = request.user.permissions
    there = list(shop.rules.rewards.values())
    askable = [offer for offer in there if offer.needs_approval] if "rewards:redeem" in may else []
    giveable = [offer for offer in there if not offers.asks_second_person(shop.published.programs, offer, shop.now)]
    shown = {
        "askable": [(offer.name, words.title(offer)) for offer in askable],
        "draws": drawn.rows(shop, draws.listed(raw(), shop.id, member_ids=[member_id], limit=DRAWN), personal=False),
        "giveable": [(offer.name, words.title(offer)) for offer in giveable] if "rewards:issue" in may else [],
        "holding": holding(shop, statement(raw(), shop.published.programs, member_id, shop.now)),
        "member": member,
        "may_redeem": "rewards:redeem" in may,
        "number": uuid4(),
        "owned": owned.rows,
        "more": bool(owned.after),
        "redeemed": [row(shop, line, called) for line in redeemed],
        "shop": shop,
        "who": people.header(member, shop),
    }
    return render(request, "console/rewards/member.html", shown)


@screen("rewards:issue", posts=True)
def gift(request: HttpRequest, shop: Shop, member_id: UUID) -> HttpResponse:
    """A reward for nothing; the same form sent twice gives it once."""
    form = Form(request.POST)
    reason, name, cause = form.needed("reason"), form.text("reward"), form.number("number")
    for fault in form.faults.values():
        messages.warning(request, fault)
    if not form.faults:
        try:
            with refused.bounded():
                owning.give(
                    shop.published.programs,
                    member_id,
                    name,
                    f"{member_id}/desk/{cause}",
                    shop.now,
                    actor=actors.actor(request),
                    reason=reason,
                )
        except Refused as no:
            _warn(request, shop, no)
        else:
            messages.success(request, _("Given. The member can use it from now on."))
    return redirect("member_rewards", shop.slug, member_id)


@screen("rewards:redeem", posts=True)
def ask(request: HttpRequest, shop: Shop, member_id: UUID) -> HttpResponse:
    """A reward that a second person has to let pass."""
    form = Form(request.POST)
    try:
        with refused.bounded():
            desk.ask(
                shop.published.programs,
                member_id,
                form.text("reward"),
                shop.now,
                actor=actors.actor(request),
                number=form.number("number"),
            )
    except Refused as no:
        _warn(request, shop, no)
    else:
        messages.success(
            request, _("Asked for. Somebody else approves it within a day; until then its points are reserved.")
        )
    return redirect("member_rewards", shop.slug, member_id)


def _warn(request: HttpRequest, shop: Shop, no: Refused) -> None:
    if no.code == "member_unknown":
        raise Http404 from None
    messages.warning(request, refused.said(shop, no))

"""Rewards: what there is, what this one costs and gives, taking it, and the code of one that was taken."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe

from regulars.portal import having
from regulars.portal.visiting import Visit, own
from regulars.rewards.actions import drawing, owning
from regulars.rewards.qr import svg
from regulars.rewards.refusing import Refused
from regulars.storefront import refused
from regulars.storefront.drawn import slip

NOT_POSSIBLE = 409


@own()
def rewards(request: HttpRequest, visit: Visit) -> HttpResponse:
    offered = having.offered(visit)
    shown = {
        "visit": visit,
        "shop": visit.shop,
        "here": "rewards",
        "can_take": [one for one in offered if one.can_take],
        "others": [one for one in offered if not one.can_take],
        "ready": having.ready(visit),
        "over": having.over(visit),
    }
    return render(request, "portal/rewards.html", shown)


@own()
def reward(request: HttpRequest, visit: Visit, name: str) -> HttpResponse:
    """One reward, with what taking it would leave; taken under a number of the form, so that twice is once."""
    one = next((one for one in having.offered(visit) if one.name == name), None)
    if one is None:
        raise Http404
    shown = {"visit": visit, "shop": visit.shop, "here": "rewards", "one": one, "number": uuid4()}
    if request.method != "POST":
        return render(request, "portal/reward.html", shown)
    shop = visit.shop
    try:
        number = UUID(request.POST.get("number", ""))
        with refused.bounded():
            kept = owning.claim(
                shop.published.programs, visit.member_id, name, shop.now, actor="member", place="portal", number=number
            )
    except Refused as no:
        return render(request, "portal/reward.html", {**shown, "wrong": refused.said(shop, no)}, status=NOT_POSSIBLE)
    except ValueError:
        raise Http404 from None
    return redirect("portal_mine", shop.slug, kept.parts[0].issued_id)


@own()
def mine(request: HttpRequest, visit: Visit, issued_id: UUID) -> HttpResponse:
    """The code to show at the till."""
    one = having.one_taken(visit, issued_id)
    if one is None:
        raise Http404
    can_be_shown = one.line.state in ("issued", "held") and one.line.code
    drawn = mark_safe(svg(one.line.code)) if can_be_shown else ""  # noqa: S308  # segno draws a code, and writes none
    ticket = slip(visit.shop, one.line)
    shown = {"visit": visit, "shop": visit.shop, "here": "rewards", "one": one, "slip": ticket}
    return render(request, "portal/mine.html", {**shown, "qr": "" if ticket else drawn})


@own(posts=True)
def open_ticket(request: HttpRequest, visit: Visit, issued_id: UUID) -> HttpResponse:
    """Draws, once; whoever asks again is told the same."""
    if having.one_taken(visit, issued_id) is None:
        raise Http404
    try:
        with refused.bounded():
            drawing.draw(visit.shop.published.programs, issued_id, visit.shop.now, actor="member", place="portal")
    except Refused as no:
        messages.warning(request, refused.said(visit.shop, no))
    return redirect("portal_mine", visit.shop.slug, issued_id)

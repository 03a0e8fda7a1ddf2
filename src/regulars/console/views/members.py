"""The members: who they are, what they have, what happened."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.console import actors, adjusting, listing, noting, people, reasons, uniting
from regulars.console.shop import screen
from regulars.ledger.connect import raw
from regulars.ledger.queries import Statement, statement
from regulars.members import noting as notes
from regulars.members import queries as members
from regulars.rewards.queries import waiting_adjustments
from regulars.storefront import history, timeline
from regulars.storefront.holding import holding
from regulars.storefront.lasting import lasting
from regulars.storefront.shop import Shop

GONE = 410


@screen("members:read")
def members_page(request: HttpRequest, shop: Shop) -> HttpResponse:
    asked = listing.asked(request.GET, shop)
    which = {"search": asked.search, "filters": asked.filters(shop), "personal": sees_names(request)}
    try:
        page = members.page(shop.id, sort=asked.sort, after=asked.after, limit=listing.PAGE_SIZE, **which)
    except ValueError:
        raise Http404 from None
    shown = {
        "asked": asked,
        "count": members.count(shop.id, **which),
        "menus": listing.menus(asked, shop),
        "first": listing.address(asked),
        "next": listing.address(asked, after=page.after) if page.after else "",
        "rows": [people.row(line, shop) for line in page.lines],
        "personal": sees_names(request),
        "shop": shop,
    }
    return render(request, "console/members.html", shown)


def sees_names(request: HttpRequest) -> bool:
    return "members:read_personal" in request.user.permissions


def has_left(shop: Shop, held: Statement | None) -> bool:
    """Whose account was closed, or that which theirs became part of."""
    if held is not None and held.account.into:
        held = statement(raw(), shop.published.programs, UUID(held.account.into), shop.now)
    return held is not None and held.account.closed_at is not None


@screen("members:read")
def member_page(request: HttpRequest, shop: Shop, member_id: UUID) -> HttpResponse:
    member = members.get(shop.id, member_id, personal=sees_names(request))
    held = statement(raw(), shop.published.programs, member_id, shop.now)
    if member is None and has_left(shop, held):
        return render(request, "console/left.html", {"shop": shop}, status=GONE)
    if member is None:
        raise Http404
    personal = sees_names(request)
    everyone = held.people if held else {member_id}
    noted_down = notes.of(everyone) if personal else []
    waiting = waiting_adjustments(shop.id, member_id)
    hands = {who for one in noted_down for who in (one.author, one.struck_by)} | {one.asked_by for one in waiting}
    heard = reasons.heard(shop, everyone, hands)
    noted = reasons.decided(heard, personal=personal)
    page = history.page(shop, member_id, held, history.place(request.GET.get("before", "")), noted)
    into_id = UUID(held.account.into) if held and held.account.into else None
    into = members.get(shop.id, into_id, personal=personal) if into_id else None
    shown = {
        "months": timeline.months(page.slips),
        "earlier": f"?before={page.earlier}" if page.earlier else "",
        "holding": holding(shop, held),
        "lasting": lasting(shop, held),
        "may_note": personal and "members:note" in request.user.permissions,
        "notes": noting.written(shop, noted_down, heard.called),
        "sees_names": personal,
        "into": people.called(into) if into else "",
        "into_id": into_id,
        "member": member,
        "me": actors.person(request),
        "merges": uniting.merges(shop, held, heard, personal=personal),
        "sees_rewards": "rewards:read" in request.user.permissions,
        "shop": shop,
        "waiting": adjusting.waiting(shop, waiting, heard.called, personal=personal),
        "who": people.header(member, shop),
    }
    return render(request, "console/member.html", shown)

"""The card: what a member shows at the till, and what they have."""

from secrets import randbelow

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from regulars.members import cards
from regulars.portal import having
from regulars.portal.visiting import Visit, own
from regulars.programs.wording import unit
from regulars.rewards.qr import svg
from regulars.storefront.holding import holding
from regulars.storefront.lasting import waiting


@own()
def card(request: HttpRequest, visit: Visit) -> HttpResponse:
    number = visit.line.card or _new(visit)
    shown = {
        "visit": visit,
        "shop": visit.shop,
        "here": "card",
        "number": number,
        # Our own drawing of digits: nothing in it comes from outside.
        "qr": mark_safe(svg(number)),  # noqa: S308  # segno writes the markup, of a number we checked
        "unit": unit(visit.shop.published.programs.main_wallet, visit.shop.published.programs),
        "held": holding(visit.shop, visit.statement),
        "pending": waiting(visit.shop, visit.statement),
        "others": having.others(visit),
        "ready": having.ready(visit),
        "within_reach": having.within_reach(visit),
    }
    return render(request, "portal/card.html", shown)


def _new(visit: Visit) -> str:
    """Members whom the shop made known without a card get one when they first look."""
    while True:
        try:
            return cards.give(visit.line.id, cards.number(randbelow(10**cards.DRAWN_DIGITS)))
        except cards.NumberTaken:
            continue

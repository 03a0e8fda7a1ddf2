"""For the web components: what a member has, and what a cart would earn. See docs/embed.md."""

from datetime import date
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec.structs import replace
from pydantic import ValidationError

from regulars.access.permissions import public
from regulars.contract.bodies import CartBody
from regulars.contract.faults import decoded, faults
from regulars.contract.problems import Fault, Problem
from regulars.contract.reading import Reading
from regulars.ledger import queries as ledger
from regulars.ledger.connect import raw
from regulars.portal.embedding import embedded
from regulars.portal.visiting import Visit
from regulars.programs import wording
from regulars.storefront.holding import holding
from regulars.storefront.shop import Shop
from regulars.storefront.writing import short_day

SCRIPT = Path(__file__).parents[1] / "static/portal/embed.js"
SCRIPT_SECONDS = 3_600


@public
def script(_request: HttpRequest) -> HttpResponse:
    """At an address that stays, for the one tag that a shop writes."""
    answer = HttpResponse(SCRIPT.read_bytes(), content_type="text/javascript")
    answer.headers["Cache-Control"] = f"public, max-age={SCRIPT_SECONDS}"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@embedded("GET")
def balance(request: HttpRequest, shop: Shop, visit: Visit | None) -> dict[str, Any]:
    """What the member has, in figures and in words."""
    if visit is None:
        raise Problem("token_over")
    programs = shop.published.programs
    held = holding(shop, visit.statement)
    way = {"done": held.way.done, "whole": held.way.whole, "words": held.way.words} if held.way else None
    return {
        "program": shop.title,
        "points": held.available,
        "words": wording.points(held.available, programs.main_wallet, programs),
        "worth": _("Worth %(money)s") % {"money": held.worth} if held.worth else "",
        "tier": held.tier,
        "way": way,
        "expiry": _expiry(shop, held.expiry_points, held.expiry_on) if held.expiry_on else "",
        "portal": request.build_absolute_uri(reverse("portal_card", args=[shop.slug])),
    }


@embedded("POST")
def earn(request: HttpRequest, shop: Shop, visit: Visit | None) -> dict[str, Any]:
    """What the cart would earn whoever the token shows; somebody who joins now where there is none."""
    programs = shop.published.programs
    cart = Reading(shop.currency, shop.now).cart(_cart(request))
    at = max(shop.now, cart.paid_at or 0)
    if visit is None:
        # Nobody is to find out codes by what they earn.
        quoted = ledger.quote_newcomer(raw(), programs, replace(cart, codes=()), at)
    else:
        quoted = ledger.quote(raw(), programs, visit.member_id, cart, at)
    earned: dict[str, int] = {}
    for entry in quoted.entries:
        if entry.kind == "earn" and entry.identity.startswith("order:"):
            earned[entry.wallet] = earned.get(entry.wallet, 0) + entry.points
    said = [wording.points(points, wallet, programs) for wallet, points in earned.items()]
    sentence = _("This order earns %(points)s.") if visit else _("As a member you earn %(points)s with this order.")
    return {
        "earns": earned,
        "words": sentence % {"points": " + ".join(said)} if said else "",
        "portal": request.build_absolute_uri(reverse("portal", args=[shop.slug])),
    }


def _cart(request: HttpRequest) -> CartBody:
    """Raises Problem."""
    try:
        found = CartBody.model_validate(decoded(request.body))
    except ValidationError as error:
        wrong = [{**one, "loc": ("body", "cart", *one["loc"])} for one in error.errors(include_url=False)]
        raise Problem("invalid", faults=faults(wrong)) from None
    named = [name for name in ("customer", "member") if getattr(found, name) is not None]
    if named:
        raise Problem("invalid", faults=[Fault(_("the token says who it is"), f"/{name}") for name in named])
    return found


def _expiry(shop: Shop, points: int, last_on: date) -> str:
    programs = shop.published.programs
    said = {"points": wording.points(points, programs.main_wallet, programs), "day": short_day(last_on)}
    return _("%(points)s expire after %(day)s") % said

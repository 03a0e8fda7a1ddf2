"""Who visits: anybody, or a member whose browser we know. Staff are nobody here, and members are nobody in the console.

A visit is a cookie of a program's own path, found by its mark, so that it can be ended from here.
"""

from collections.abc import Callable
from functools import wraps
from secrets import token_urlsafe
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from msgspec import Struct

from regulars.access.permissions import public
from regulars.ledger import queries as ledger
from regulars.ledger.connect import raw
from regulars.ledger.queries import Statement
from regulars.members import consenting, entering
from regulars.members import queries as members
from regulars.members.queries import MemberLine
from regulars.storefront.shop import Shop, View, about_one

COOKIE = "regulars_member"


class Visit(Struct, frozen=True):
    """A member, as whoever is on the phone; `statement` is what the ledger has of them, at the shop's present."""

    shop: Shop
    line: MemberLine
    statement: Statement | None

    @property
    def member_id(self) -> UUID:
        """Whose account it is: of somebody who became part of another member, that one's."""
        return self.statement.member_id if self.statement else self.line.id

    @property
    def first_name(self) -> str:
        """As a card shows it: the whole of a name that is not written in words."""
        name = self.line.name.strip()
        return name.split()[0] if name.isascii() and name else name


def page(*, posts: bool = False) -> Callable[[View], View]:
    """Mark a view as a page of a program that anybody may open. It is handed the shop."""

    def mark(view: View) -> View:
        return public(about_one(view, posts))

    return mark


def own(*, posts: bool = False) -> Callable[[View], View]:
    """Mark a view as a page about whoever visits; others are asked who they are first. It is handed the visit."""

    def mark(view: View) -> View:
        @page(posts=posts)
        @wraps(view)
        def opened(request: HttpRequest, shop: Shop, **named: object) -> HttpResponse:
            visit = visit_of(request, shop)
            if visit is None:
                return redirect("portal_enter", shop.slug)
            answer = view(request, visit, **named)
            answer.headers.setdefault("Cache-Control", "private, no-store")
            return answer

        return opened

    return mark


def visit_of(request: HttpRequest, shop: Shop) -> Visit | None:
    """The member whose browser this is."""
    token = request.COOKIES.get(COOKIE, "")
    member_id = entering.visitor(shop.id, token, timezone.now()) if token else None
    line = members.get(shop.id, member_id) if member_id else None
    return visited(shop, line) if line else None


def visited(shop: Shop, line: MemberLine) -> Visit:
    return Visit(shop, line, _statement(shop, line.id))


def _statement(shop: Shop, member_id: UUID) -> Statement | None:
    found = ledger.statement(raw(), shop.published.programs, member_id, shop.now)
    if found is not None and found.account.into:
        return ledger.statement(raw(), shop.published.programs, UUID(found.account.into), shop.now)
    return found


def begin(shop: Shop, member_id: UUID) -> HttpResponse:
    """To the card, with a cookie that says who it is from now on. Whoever was never asked for the terms, since the shop
    or a till had them join, is asked before."""
    is_asked = "terms" in consenting.newest(member_id)
    token, answer = token_urlsafe(32), redirect("portal_card" if is_asked else "portal_agree", shop.slug)
    entering.begin_visit(member_id, token, timezone.now())
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(entering.VISIT_LASTS.total_seconds()),
        path=reverse("portal", args=[shop.slug]),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return answer


def end(request: HttpRequest, shop: Shop, *, everywhere: bool) -> HttpResponse:
    """Out again, here or `everywhere` that the member is in; what the phone kept to show without a network goes too."""
    if everywhere and (visit := visit_of(request, shop)):
        entering.end_visits(visit.statement.people if visit.statement else {visit.line.id})
    entering.end_visit(request.COOKIES.get(COOKIE, ""))
    return forgotten(shop)


def forgotten(shop: Shop) -> HttpResponse:
    answer = redirect("portal", shop.slug)
    answer.delete_cookie(COOKIE, path=reverse("portal", args=[shop.slug]))
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer

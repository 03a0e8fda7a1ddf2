"""Coming in: an e-mail address, the code that was sent there, and for whoever is new a few lines to join."""

from secrets import randbelow
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.access import attempts
from regulars.members import cards, entering
from regulars.members.actions import EnrolmentRefused, Newcomer, enrol
from regulars.portal import asking, letters
from regulars.portal.visiting import begin, end, page, visit_of
from regulars.storefront.shop import Shop

# What a browser remembers between the pages of coming in, for each program; in the session, gone when it ends.
EMAIL, PROVEN, BROUGHT_BY = "email", "proven", "brought_by"
TOO_MANY, WRONG = 429, 422
NAME_LENGTH, PHONE_LENGTH = 200, 40


@page()
def enter(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Ask for an address, and send a code there. The page is the same whether anybody is known by it."""
    if visit_of(request, shop) is not None:
        return redirect("portal_card", shop.slug)
    if request.GET.get("by"):
        _remember(request, shop, BROUGHT_BY, request.GET["by"][:36])
    if request.method != "POST":
        return _page(request, shop, "enter", {"email": ""})
    email = request.POST.get("email", "").strip()
    try:
        validate_email(email)
    except ValidationError:
        return _page(request, shop, "enter", {"email": email, "wrong": _("That is no e-mail address.")}, WRONG)
    if _tries_too_often(request, shop):
        return _too_many(request, shop, "enter", {"email": email})
    drawn = f"{randbelow(10**entering.CODE_DIGITS):0{entering.CODE_DIGITS}}"
    if not entering.send_code(shop.id, email, drawn, timezone.now()):
        return _too_many(request, shop, "enter", {"email": email})
    letters.send_code(shop, email, drawn)
    _remember(request, shop, EMAIL, email)
    _remember(request, shop, PROVEN, "")
    return redirect("portal_code", shop.slug)


@page()
def code(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Read the code; whoever is a member is in, others may join."""
    email = _remembered(request, shop, EMAIL)
    if not email:
        return redirect("portal_enter", shop.slug)
    shown = {"email": email, "minutes": int(entering.CODE_LASTS.total_seconds()) // 60, "mail_folder": letters.folder()}
    if request.method != "POST":
        return _page(request, shop, "code", shown)
    typed = "".join(digit for digit in request.POST.get("code", "") if digit.isdecimal())
    if _tries_too_often(request, shop):
        return _too_many(request, shop, "code", shown)
    if not entering.proves(shop.id, email, typed, timezone.now()):
        attempts.note(_address(request), f"portal:{shop.id}")
        wrong = _("This is not the code, or its time is over. You can have a new one sent.")
        return _page(request, shop, "code", {**shown, "wrong": wrong}, WRONG)
    known = entering.by_email(shop.id, email)
    if known is not None:
        return _in(request, shop, known)
    _remember(request, shop, PROVEN, email)
    return redirect("portal_join", shop.slug)


@page()
def join(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Somebody whose address is proven becomes a member."""
    email = _remembered(request, shop, PROVEN)
    if not email:
        return redirect("portal_enter", shop.slug)
    asked = asking.of(shop)
    if request.method != "POST":
        return _page(request, shop, "join", {"email": email, "asked": asked})
    shown: dict[str, Any] = {"email": email, "asked": asked, "typed": request.POST}
    if not request.POST.get("terms"):
        return _page(request, shop, "join", {**shown, "wrong": _("Please agree to the terms to join.")}, WRONG)
    known = entering.by_email(shop.id, email)
    if known is not None:
        return _in(request, shop, known)
    try:
        member_id = _joined(request, shop, email)
    except EnrolmentRefused:
        return _page(request, shop, "join", {**shown, "wrong": _("That did not work. Please ask in the shop.")}, WRONG)
    asking.write(shop, member_id, request.POST)
    return _in(request, shop, member_id)


@page()
def link(request: HttpRequest, shop: Shop, token: str) -> HttpResponse:
    """Whom the shop's own site sent: one press, since what only looks at a link must not use it up."""
    if request.method != "POST":
        return render(request, "portal/link.html", {"shop": shop})
    member_id = entering.use_link(shop.id, token, timezone.now())
    return begin(shop, member_id) if member_id else redirect("portal_enter", shop.slug)


@page(posts=True)
def sign_out(request: HttpRequest, shop: Shop) -> HttpResponse:
    return end(request, shop)


def _joined(request: HttpRequest, shop: Shop, email: str) -> UUID:
    """Raises EnrolmentRefused."""
    newcomer = Newcomer(
        card=cards.number(randbelow(10**cards.DRAWN_DIGITS)),
        name=request.POST.get("name", "").strip()[:NAME_LENGTH],
        email=email,
        phone=request.POST.get("phone", "").strip()[:PHONE_LENGTH],
        language=get_language() or "",
    )
    done = enrol(shop.published.programs, newcomer, shop.now, "portal", shop.now)
    asking.bring(shop, done.member_id, _remembered(request, shop, BROUGHT_BY))
    return done.member_id


def _in(request: HttpRequest, shop: Shop, member_id: UUID) -> HttpResponse:
    request.session.pop(_slot(shop), None)
    return begin(shop, member_id)


def _slot(shop: Shop) -> str:
    return f"portal:{shop.id}"


def _remember(request: HttpRequest, shop: Shop, name: str, value: str) -> None:
    request.session[_slot(shop)] = {**request.session.get(_slot(shop), {}), name: value}


def _remembered(request: HttpRequest, shop: Shop, name: str) -> str:
    return str(request.session.get(_slot(shop), {}).get(name, ""))


def _page(request: HttpRequest, shop: Shop, name: str, shown: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"portal/{name}.html", {"shop": shop, **shown}, status=status)


def _too_many(request: HttpRequest, shop: Shop, name: str, shown: dict[str, Any]) -> HttpResponse:
    wrong = _("That was tried too often. Please wait a while.")
    return _page(request, shop, name, {**shown, "wrong": wrong}, TOO_MANY)


def _tries_too_often(request: HttpRequest, shop: Shop) -> bool:
    return attempts.too_many(_address(request), f"portal:{shop.id}")


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))

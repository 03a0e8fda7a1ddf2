"""Coming in: an e-mail address, the code that was sent there, and for whoever is new a few lines to join."""

import logging
from secrets import randbelow
from smtplib import SMTPException
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.access.waiting import bounded
from regulars.ledger.claims import is_busy
from regulars.members import cards, entering, joining
from regulars.members.actions import EnrolmentRefused, Newcomer
from regulars.members.changing import clean
from regulars.portal import asking, letters
from regulars.portal.arriving import Arriving, arriving, keep
from regulars.portal.visiting import Visit, begin, end, own, page, visit_of
from regulars.storefront.shop import Shop

BUSY, TOO_MANY, WRONG, NOT_SENT = 409, 429, 422, 503
log = logging.getLogger(__name__)


@page()
def enter(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Ask for an address, and send a code there. The page is the same whether anybody is known by it."""
    if visit_of(request, shop) is not None:
        return redirect("portal_card", shop.slug)
    invitation = request.GET.get("by", "")[: cards.INVITATION_LENGTH] or arriving(request, shop).invitation
    if request.method != "POST":
        return keep(_page(request, shop, "enter", {"email": ""}), shop, Arriving(invitation=invitation))
    email = request.POST.get("email", "").strip()
    try:
        validate_email(email)
    except ValidationError:
        wrong = _("That is no e-mail address.")
        return _page(request, shop, "enter", {"email": email, "wrong": wrong, "at": "email"}, WRONG)
    coming = Arriving.of(email, invitation)
    drawn = f"{randbelow(10**entering.CODE_DIGITS):0{entering.CODE_DIGITS}}"
    if not entering.ask(shop.id, email, _client(request), coming.token, drawn, timezone.now()):
        wrong = _("That was tried too often. Please wait a while.")
        return _page(request, shop, "enter", {"email": email, "wrong": wrong}, TOO_MANY)
    try:
        letters.send_code(shop, email, drawn)
    except (SMTPException, OSError) as error:
        entering.forget(coming.token)
        log.warning("a code could not be sent: %s", type(error).__name__)
        wrong = _("The letter could not be sent. Please check the address, or try again later.")
        return _page(request, shop, "enter", {"email": email, "wrong": wrong, "at": "email"}, NOT_SENT)
    return keep(redirect("portal_code", shop.slug), shop, coming)


@page()
def code(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Read the code; whoever is a member is in, others may join."""
    coming = arriving(request, shop)
    if not coming.email:
        return redirect("portal_enter", shop.slug)
    minutes = int(entering.CODE_LASTS.total_seconds()) // 60
    shown = {"email": coming.email, "minutes": minutes, "mail_folder": letters.folder(request)}
    if request.method != "POST":
        return _page(request, shop, "code", shown)
    # A Chinese keyboard may write the digits wide.
    typed = "".join(str(int(digit)) for digit in request.POST.get("code", "")[:30] if digit.isdecimal())
    at = timezone.now()
    if not entering.proves(shop.id, coming.token, typed, at):
        wrong = _("This is not the code, or its time is over. You can have a new one sent.")
        return _page(request, shop, "code", {**shown, "wrong": wrong, "at": "code"}, WRONG)
    known = entering.by_email(shop.id, coming.email)
    if known is None:
        return redirect("portal_join", shop.slug)
    joining.note_proven(known, at)
    entering.forget(coming.token)
    return keep(begin(shop, known), shop, None)


@page()
def join(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Somebody whose address was proven just now becomes a member."""
    coming = arriving(request, shop)
    if not coming.email:
        return redirect("portal_enter", shop.slug)
    shown: dict[str, Any] = {"email": coming.email, "asked": asking.of(shop), "typed": request.POST}
    if request.method != "POST":
        return _page(request, shop, "join", shown)
    if not request.POST.get("terms"):
        wrong = _("Please agree to the terms to join.")
        return _page(request, shop, "join", {**shown, "wrong": wrong, "at": "terms"}, WRONG)
    try:
        return keep(begin(shop, _joined(request, shop, coming)), shop, None)
    except (joining.NotProven, joining.KnownAlready):
        return redirect("portal_enter", shop.slug)
    except EnrolmentRefused:
        wrong, status = _("That did not work. Please ask in the shop."), WRONG
    except Exception as error:
        if not is_busy(error):
            raise
        wrong, status = _("Please try again in a moment."), BUSY
    return _page(request, shop, "join", {**shown, "wrong": wrong}, status)


@page()
def link(request: HttpRequest, shop: Shop, token: str) -> HttpResponse:
    """Whom the shop's own site sent: one press, since what only looks at a link must not use it up."""
    if request.method != "POST":
        return render(request, "portal/link.html", {"shop": shop})
    member_id = entering.use_link(shop.id, token, timezone.now())
    if member_id:
        return begin(shop, member_id)
    messages.warning(
        request, _("That link was used before, or is too old. Please go back to the shop for another one.")
    )
    return redirect("portal_enter", shop.slug)


@own()
def agree(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask what is asked of whoever joins here, of those who joined elsewhere."""
    shown: dict[str, Any] = {"asked": asking.of(visit.shop), "typed": request.POST}
    if request.method != "POST":
        return _page(request, visit.shop, "agree", shown)
    if not request.POST.get("terms"):
        wrong = _("Please agree to the terms to go on.")
        return _page(request, visit.shop, "agree", {**shown, "wrong": wrong, "at": "terms"}, WRONG)
    joining.agree(visit.line.id, asking.answers(visit.shop, request.POST), timezone.now())
    return redirect("portal_card", visit.shop.slug)


@page(posts=True)
def sign_out(request: HttpRequest, shop: Shop) -> HttpResponse:
    return end(request, shop, everywhere="everywhere" in request.POST)


def _joined(request: HttpRequest, shop: Shop, coming: Arriving) -> UUID:
    """Raises what `joining.join` raises."""
    newcomer = Newcomer(
        card=cards.number(randbelow(10**cards.DRAWN_DIGITS)),
        name=clean("name", request.POST.get("name", "")),
        email=coming.email,
        phone=clean("phone", request.POST.get("phone", "")),
        language=get_language() or "",
    )
    joiner = joining.Joiner(newcomer, coming.token, coming.invitation, asking.answers(shop, request.POST))
    with bounded():
        return joining.join(shop.published.programs, joiner, shop.now, timezone.now())


def _page(request: HttpRequest, shop: Shop, name: str, shown: dict[str, Any], status: int = 200) -> HttpResponse:
    answer = render(request, f"portal/{name}.html", {"shop": shop, **shown}, status=status)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _client(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))

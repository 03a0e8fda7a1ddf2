"""The till: find the member, see what can be used on the cart and why not the rest, redeem."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.console import actors, people
from regulars.console.asking import Form
from regulars.console.rewards import till, till_code
from regulars.console.shop import screen
from regulars.console.views.members import sees_names
from regulars.engine.calendar import MINUTE
from regulars.ledger.connect import raw
from regulars.ledger.queries import Statement, statement
from regulars.members import cards
from regulars.members import queries as members
from regulars.members.queries import MemberLine
from regulars.rewards import finding, offers
from regulars.rewards.actions import checkouts
from regulars.rewards.counter import Asked
from regulars.rewards.finding import CouponCode
from regulars.rewards.looking import Owned, is_public
from regulars.rewards.refusing import Refused
from regulars.rewards.spelling import is_spelled, plain
from regulars.storefront import refused
from regulars.storefront.shop import Shop

# For how long something is set aside while the customer goes on shopping.
HOLD_MINUTES = 15


@screen("rewards:redeem")
def find(request: HttpRequest, shop: Shop) -> HttpResponse:
    """By card, telephone, the shop's number, or a reward's code."""
    form, code = Form(request.POST), None
    typed = form.text("who", 100)
    if request.method == "POST" and typed:
        try:
            found = _found(request, shop, typed)
            if not isinstance(found, CouponCode):
                member_id, query = found
                response = redirect("till_member", shop.slug, member_id)
                response["Location"] += query
                return response
            code = till_code.shown(shop, typed, found, None, actors.actor(request))
        except Refused as no:
            form.faults["who"] = _not_found(typed) if no.code == "member_unknown" else refused.said(shop, no)
    shown = {"code": code, "form": form, "shop": shop}
    return render(request, "console/rewards/till_find.html", shown)


def _found(request: HttpRequest, shop: Shop, typed: str) -> tuple[UUID, str] | CouponCode:
    """Whose page, and what is chosen on it; or a coupon, which is nobody's. Raises Refused."""
    personal = sees_names(request)
    numbered = (
        members.get_card(shop.id, typed, personal=personal)
        or members.get_external(shop.id, typed, personal=personal)
        or members.get_card(shop.id, cards.plain(typed), personal=personal)
    )
    lines = [numbered] if numbered else members.get_phone(shop.id, typed, personal=personal)
    if len(lines) > 1:
        raise Refused("phone_ambiguous")
    if lines:
        return lines[0].id, ""
    public = offers.public_codes(shop.published.programs, shop.now)
    if not is_spelled(plain(typed)) and not is_public(typed, public):
        raise Refused("member_unknown")
    what = _looked_up(request, shop, typed)
    return (what.member_id, f"?issued={what.id}") if isinstance(what, Owned) else what


def _not_found(typed: str) -> str:
    if cards.is_mistyped(cards.plain(typed)):
        return _("This card’s number is mistyped: its last digit does not go with the others.")
    return _(
        "Nobody has this card, telephone, number or code. Names are not searched here: look for them under Members."
    )


def _looked_up(request: HttpRequest, shop: Shop, typed: str) -> Owned | CouponCode:
    """Raises Refused where it is no code of ours."""
    return finding.found(shop.published.programs, typed, actors.asker(request), shop.now)


@screen("rewards:redeem")
def member(request: HttpRequest, shop: Shop, member_id: UUID) -> HttpResponse:
    line = members.get(shop.id, member_id, personal=sees_names(request))
    if line is None:
        raise Http404
    form = Form(request.POST if request.method == "POST" else request.GET)
    asks = form.text("do")
    cart = till.cart_of(shop, form) if form.text("amount") else None
    held = statement(raw(), shop.published.programs, member_id, shop.now)
    asked = code = None
    if cart is None and (typed := form.text("code", 100)):
        try:
            found = _looked_up(request, shop, typed)
            code = till_code.shown(shop, typed, found, member_id, actors.actor(request))
        except Refused as no:
            form.faults["code"] = refused.said(shop, no)
    if cart is not None and (items := till.items_of(shop, form)) and not form.faults:
        asked = Asked(cart, tuple(items), member_id, actor=actors.actor(request), number=form.number("number"))
    if request.method == "POST" and asks in ("hold", "redeem"):
        if asked is not None and (done := _redeemed(request, shop, asked, asks)):
            return done
        if asked is None and not form.faults:
            form.faults["do"] = _("Enter the amount, and choose what to use.")
    choices = till.choices(shop, member_id, held, form, cart)
    return _shown(request, shop, line, form, choices, asked, held, code)


def _redeemed(request: HttpRequest, shop: Shop, asked: Asked, asks: str) -> HttpResponse | None:
    """Where it is shown that it was done; None where it was refused, which is then said of each thing."""
    try:
        with refused.bounded():
            if asks == "hold":
                kept = checkouts.hold(shop.published.programs, asked, shop.now + HOLD_MINUTES * MINUTE, shop.now)
            else:
                kept = checkouts.redeem(shop.published.programs, asked, shop.now)
    except Refused as no:
        messages.warning(request, refused.said(shop, no))
        return None
    if kept.made_at != shop.now:
        messages.warning(request, _("This form was sent before: nothing was used a second time."))
    elif asks == "hold":
        messages.success(request, _("Reserved for %(minutes)s minutes.") % {"minutes": HOLD_MINUTES})
    else:
        messages.success(request, _("Redeemed."))
    return redirect("checkout", shop.slug, kept.id)


def _shown(
    request: HttpRequest,
    shop: Shop,
    line: MemberLine,
    form: Form,
    choices: till.Choices,
    asked: Asked | None,
    held: Statement | None,
    code: till_code.Shown | None,
) -> HttpResponse:
    answer = None
    if asked is not None:
        try:
            answer = till.answered(shop, asked, [*choices.owned, *choices.rewards])
        except Refused as no:
            form.faults["do"] = refused.said(shop, no)
    shown = {
        "answer": answer,
        "choices": choices,
        "code": code,
        "focus": "" if request.headers.get("HX-Request") else _focus(form, answer, code),
        "form": form,
        "minutes": HOLD_MINUTES,
        "number": asked.number if asked else uuid4(),
        "points": choices.pays,
        "shop": shop,
        "tier": shop.tier(held.tier) if held else "",
        "who": people.header(line, shop),
        "member": line,
    }
    return render(request, "console/rewards/till.html", shown)


def _focus(form: Form, answer: till.Answer | None, code: till_code.Shown | None) -> str:
    """The field where somebody goes on after this page, or the button; a part of a page leaves them where they are."""
    if "code" in form.faults or (code and code.why_not):
        return "code"
    if "amount" in form.faults or not form.text("amount"):
        return "amount"
    if "points" in form.faults:
        return "points"
    if answer and answer.can:
        return "redeem"
    return "code" if form.text("code") else "amount"

"""What is known of a member, what they agreed to, bringing a friend, taking it all away, leaving."""

from secrets import token_urlsafe

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from regulars.members import cards, changing, consenting, erasing
from regulars.portal import asking, leaving
from regulars.portal.visiting import Visit, forgotten, own
from regulars.rewards.refusing import Refused
from regulars.storefront import exporting, refused

NOT_POSSIBLE = 409


@own()
def me(request: HttpRequest, visit: Visit) -> HttpResponse:
    if request.method == "POST":
        _change(request, visit)
        return redirect("portal_me", visit.shop.slug)
    shown = {
        "visit": visit,
        "shop": visit.shop,
        "here": "me",
        "agreed": consenting.newest(visit.line.id),
        "asked": asking.of(visit.shop),
        "friend": request.build_absolute_uri(_invitation(visit)) if visit.shop.rules.referral else "",
    }
    return render(request, "portal/me.html", shown)


def _invitation(visit: Visit) -> str:
    """Where friends come in. The number on it is nobody's id, and goes with the member."""
    while True:
        try:
            drawn = token_urlsafe(cards.INVITATION_LENGTH)[: cards.INVITATION_LENGTH]
            number = cards.give_invitation(visit.line.id, drawn)
            return f"{reverse('portal_enter', args=[visit.shop.slug])}?by={number}"
        except cards.NumberTaken:
            continue


def _change(request: HttpRequest, visit: Visit) -> None:
    said = {name: request.POST[name] for name in changing.OWN if name in request.POST}
    changing.describe(visit.line.id, said)
    news = asking.of(visit.shop)["news"]
    given = bool(request.POST.get("news"))
    consenting.say(visit.line.id, "news", news.version, news.words, given, timezone.now())


@own()
def download(_request: HttpRequest, visit: Visit) -> HttpResponse:
    """Everything that is held about the member, as a file."""
    name = f"{visit.shop.slug}-{visit.shop.today}.json"
    answer = HttpResponse(
        exporting.everything(visit.shop, visit.line, visit.statement), content_type="application/json"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@own()
def leave(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ends the membership for good, once they said that they know what goes. What the shop owes is asked for there."""
    shop, goes = visit.shop, leaving.going(visit)
    shown = {"visit": visit, "shop": shop, "here": "me", "lost": goes.lost}
    if goes.owed:
        shown["owed"] = leaving.asks_in_shop(visit, goes.owed)
    if request.method != "POST":
        return render(request, "portal/leave.html", shown)
    if not request.POST.get("sure"):
        wrong = _("Please tick the box: this cannot be undone.")
        return render(request, "portal/leave.html", {**shown, "wrong": wrong, "at": "sure"}, status=NOT_POSSIBLE)
    wrong = _erase(visit)
    if wrong:
        return render(request, "portal/leave.html", {**shown, "wrong": wrong}, status=NOT_POSSIBLE)
    messages.success(request, leaving.gone())
    return forgotten(shop)


def _erase(visit: Visit) -> str:
    """Why they are still here; nothing where they are not."""
    shop = visit.shop
    try:
        with refused.bounded():
            erasing.erase(shop.published.programs, visit.member_id, "asked", "member", shop.now, pays_out=False)
    except Refused as no:
        return refused.said(shop, no)
    except erasing.ErasureRefused as no:
        return leaving.asks_in_shop(visit, no.owed) if no.owed else _("That did not work. Please ask in the shop.")
    return ""

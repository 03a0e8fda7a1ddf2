"""Who a member is, put right by the desk: a mistyped name or address, another card for one that was lost."""

from secrets import randbelow
from uuid import UUID, uuid4

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.access import changing as access
from regulars.access.changing import ChangeRefused
from regulars.console import actors, people
from regulars.console.asking import Form
from regulars.console.shop import screen
from regulars.members import cards, changing
from regulars.members import queries as members
from regulars.members.queries import MemberLine
from regulars.storefront.shop import Shop

NEW_CARD = "new_card"


@screen("members:read_personal", "members:enrol")
def correct(request: HttpRequest, shop: Shop, member_id: UUID) -> HttpResponse:
    """As it stands, or as it was sent and could not be kept."""
    member = members.get(shop.id, member_id, personal=True)
    if member is None:
        raise Http404
    form = Form(request.POST)
    if request.method == "POST" and _kept(request, shop, member, form):
        return redirect("member", shop.slug, member_id)
    shown = {
        "form": form,
        "longest": changing.LONGEST,
        "member": member,
        "number": uuid4(),
        "shop": shop,
        "said": {name: form.sent.get(name, getattr(member, name)) for name in changing.DESK},
        "who": people.header(member, shop),
    }
    return render(request, "console/correct.html", shown)


def _kept(request: HttpRequest, shop: Shop, member: MemberLine, form: Form) -> bool:
    """With its line in the log, which says what was changed and not to what: it outlives who is forgotten."""
    said = {name: form.sent[name] for name in changing.DESK & form.sent.keys()}
    if form.sent.get(NEW_CARD):
        said["card"] = cards.number(randbelow(10**cards.DRAWN_DIGITS))
    if "@" not in said.get("email", "@") and said["email"].strip():
        form.faults["email"] = _("This is no e-mail address.")
        return False
    try:
        with transaction.atomic():
            if changed := changing.correct(member.id, said):
                about, after = f"member:{member.id}", {"fields": changed}
                number, actor = form.number("number"), actors.actor(request)
                access.note(number, about, "member.corrected", actor, after=after, program_id=shop.id)
    except cards.NumberTaken:
        form.faults["card"] = _("Another member has this card.")
        return False
    except ChangeRefused:
        return True
    messages.success(request, _("Saved."))
    return True

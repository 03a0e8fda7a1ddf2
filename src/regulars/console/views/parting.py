"""What is held about a member, taken away by them or deleted: who asked the shop has a right to either."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.access import changing
from regulars.access.changing import ChangeRefused
from regulars.console import actors, people
from regulars.console.asking import Form
from regulars.console.shop import screen
from regulars.ledger.connect import raw
from regulars.ledger.queries import Statement, statement
from regulars.members import erasing
from regulars.members import queries as members
from regulars.members.erasing import ErasureRefused
from regulars.members.queries import MemberLine
from regulars.programs.wording import points
from regulars.rewards.queries import good_of
from regulars.rewards.refusing import Refused
from regulars.storefront import exporting, refused
from regulars.storefront.parting import parting
from regulars.storefront.shop import Shop


@screen("members:read_personal", "members:export", posts=True)
def export(request: HttpRequest, shop: Shop, member_id: UUID) -> HttpResponse:
    """The same file that members take from the portal; that somebody took it stands in the log."""
    member, held = _found(shop, member_id)
    changing.note(uuid4(), f"member:{member.id}", "member.exported", actors.actor(request), program_id=shop.id)
    answer = HttpResponse(exporting.everything(shop, member, held), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{shop.slug}-{shop.today}.json"'
    answer["Cache-Control"] = "no-store"
    return answer


@screen("members:read_personal", "members:erase")
def erase(request: HttpRequest, shop: Shop, member_id: UUID) -> HttpResponse:
    """What goes and what stays is read first; the member's number is typed, then it is done and cannot be undone."""
    member, held = _found(shop, member_id)
    form, typed = Form(request.POST), people.known_as(member)
    if request.method == "POST":
        if form.text("typed") != typed:
            form.faults["typed"] = _("Type exactly this: %(typed)s") % {"typed": typed}
        elif _erased(request, shop, member_id, form):
            messages.success(request, _("Erased. What is left in the books leads to nobody."))
            return redirect("members", shop.slug)
    goes = parting(shop, held)
    everyone = held.people if held else {member_id}
    shown = {
        "form": form,
        "lost": [points(count, name, shop.published.programs) for name, count in goes.lost.items()],
        "member": member,
        "number": uuid4(),
        "owed": shop.money(goes.owed) if goes.owed else "",
        "shop": shop,
        "typed": typed,
        "unused": len(good_of(shop.id, everyone, shop.now)),
        "who": people.header(member, shop),
    }
    return render(request, "console/erase.html", shown)


def _erased(request: HttpRequest, shop: Shop, member_id: UUID, form: Form) -> bool:
    """With its line in the log, or neither."""
    try:
        with refused.bounded():
            erasing.erase(shop.published.programs, member_id, "asked", actors.person(request), shop.now)
            about, who = f"member:{member_id}", actors.actor(request)
            changing.note(form.number("number"), about, "member.erased", who, program_id=shop.id)
    except Refused as no:
        form.faults["do"] = refused.said(shop, no)
    except (ErasureRefused, ChangeRefused):
        form.faults["do"] = _("This membership has ended already, or is part of another one.")
    return not form.faults


def _found(shop: Shop, member_id: UUID) -> tuple[MemberLine, Statement | None]:
    member = members.get(shop.id, member_id, personal=True)
    if member is None:
        raise Http404
    return member, statement(raw(), shop.published.programs, member_id, shop.now)

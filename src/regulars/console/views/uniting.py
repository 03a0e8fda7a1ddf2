"""Two members become one, and two again: found, looked at side by side, then done for a reason."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.console import actors, people
from regulars.console import uniting as pages
from regulars.console.asking import Form
from regulars.console.shop import screen
from regulars.console.views.members import sees_names
from regulars.members import queries as members
from regulars.members import uniting
from regulars.members.queries import MemberLine
from regulars.members.uniting import UnitingRefused
from regulars.rewards.refusing import Refused
from regulars.storefront import refused
from regulars.storefront.shop import Shop


@screen("members:read", "members:merge")
def merge(request: HttpRequest, shop: Shop, member_id: UUID) -> HttpResponse:
    """The other one is looked for, then both are shown as one; only then is it done. Sent twice it is done once.

    Showing them does it and takes it back, so that is asked for by a form as well.
    """
    member = _member(request, shop, member_id)
    form = Form(request.POST or request.GET)
    other = _other(request, shop, form.text("with")) if request.method == "POST" else None
    preview = None
    if other and "number" in request.POST and (words := form.needed("words")):
        try:
            with refused.bounded():
                uniting.unite(
                    shop.published.programs, member_id, other.id, shop.now,
                    number=form.number("number"), reason="same_person", actor=actors.person(request), words=words,
                )  # fmt: skip
        except (Refused, UnitingRefused) as no:
            messages.warning(request, _said(shop, no))
        else:
            messages.success(request, _("They are one member now. Both numbers and cards still lead here."))
            return redirect("member", shop.slug, member_id)
    elif other:
        try:
            preview = pages.preview(shop, member, other)
        except (Refused, UnitingRefused) as no:
            form.faults["with"] = _said(shop, no)
    searched = form.text("search", 100)
    shown = {
        "form": form,
        "found": [people.row(line, shop) for line in pages.found(shop, member, searched, personal=sees_names(request))],
        "member": member,
        "number": uuid4(),
        "other": other,
        "preview": preview,
        "searched": searched,
        "shop": shop,
        "who": people.header(member, shop),
    }
    return render(request, "console/merge.html", shown)


@screen("members:read", "members:merge")
def unmerge(request: HttpRequest, shop: Shop, member_id: UUID, number: UUID) -> HttpResponse:
    """What each would have again is shown first, when it is asked for. Sent twice it is done once."""
    member = _member(request, shop, member_id)
    form, preview = Form(request.POST), None
    if "number" in request.POST and (words := form.needed("words")):
        try:
            with refused.bounded():
                uniting.part(
                    shop.published.programs, member_id, str(number), shop.now,
                    number=form.number("number"), reason="mistake", actor=actors.person(request), words=words,
                )  # fmt: skip
        except (Refused, UnitingRefused) as no:
            messages.warning(request, _said(shop, no))
        else:
            messages.success(request, _("They are two members again."))
        return redirect("member", shop.slug, member_id)
    other = pages.absorbed(shop, member_id, str(number), personal=sees_names(request))
    if other is None:
        raise Http404
    if request.method == "POST":
        try:
            preview = pages.preview_of_parting(shop, member, other, str(number))
        except (Refused, UnitingRefused) as no:
            form.faults["do"] = _said(shop, no)
    shown = {
        "form": form,
        "member": member,
        "number": uuid4(),
        "other": people.called(other),
        "preview": preview,
        "shop": shop,
        "who": people.header(member, shop),
    }
    return render(request, "console/unmerge.html", shown)


def _member(request: HttpRequest, shop: Shop, member_id: UUID) -> MemberLine:
    member = members.get(shop.id, member_id, personal=sees_names(request))
    if member is None:
        raise Http404
    return member


def _other(request: HttpRequest, shop: Shop, said: str) -> MemberLine | None:
    try:
        return members.get(shop.id, UUID(said), personal=sees_names(request)) if said else None
    except ValueError:
        return None


def _said(shop: Shop, no: Refused | UnitingRefused) -> str:
    return str(pages.REFUSED[no.code]) if isinstance(no, UnitingRefused) else refused.said(shop, no)

"""The program: what it promises, the document in force, and the versions before it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.console import actors
from regulars.console.drafts import changed_by
from regulars.console.plans import planned
from regulars.console.shop import screen
from regulars.engine.calendar import instant_of
from regulars.programs.actions import let_one as agree
from regulars.programs.actions import require_two
from regulars.programs.models import Program
from regulars.programs.version_list import VersionLine, open_drafts, versions
from regulars.programs.version_list import two_people as two_people_said
from regulars.storefront.earning import ways
from regulars.storefront.promise import promise
from regulars.storefront.shop import Shop


@screen("programs:read")
def program(request: HttpRequest, shop: Shop, number: int | None = None) -> HttpResponse:
    known = versions(shop.id)
    wanted = number or shop.rules.number
    chosen = next((version for version in known if version.number == wanted), None)
    if chosen is None:
        raise Http404
    may_write = "programs:draft" in request.user.permissions
    may_plan = "insight:read" in request.user.permissions
    opened, switches = open_drafts(shop.id) if may_write or may_plan else [], two_people_said(shop.id)
    drafts = opened if may_write else []
    hands = [name for one in (*known, *drafts) for name in one.written_by]
    called = actors.names(shop.id, [*hands, *(one.published_by for one in known), *(one.said_by for one in switches)])
    asked = switches[0].said_by if switches and switches[0].is_asked else ""
    shown = {
        "called": called,
        "changes": changed_by(known, chosen),
        "chosen": chosen,
        "chosen_from": shop.local(chosen.starts_at),
        "chosen_state": _state(shop, chosen),
        "drafts": [(one, shop.on_its_clock(one.changed_at)) for one in drafts],
        "in_force": shop.rules.number,
        "may_plan": may_plan,
        "may_write": may_write,
        "plans": planned(shop, opened) if may_plan else [],
        "promise": promise(shop, chosen.number),
        "ways": ways(shop, shop.published.programs.numbered(chosen.number)),
        "four_eyes": Program.objects.values_list("four_eyes", flat=True).get(id=shop.id),
        "asked": bool(asked) and asked != actors.actor(request),
        "may_agree": "programs:publish" in request.user.permissions,
        "may_require": "staff:administer" in request.user.permissions,
        "shop": shop,
        "switches": [(one, shop.on_its_clock(one.said_at)) for one in switches],
        "versions": [(version, shop.local(version.starts_at), _state(shop, version)) for version in known],
    }
    return render(request, "console/program.html", shown)


@screen("staff:administer", posts=True)
def two_people(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Whether a version needs somebody who did not write it to publish it."""
    require_two(shop.slug, request.POST.get("required") == "yes", actors.actor(request))
    return redirect("program", shop.slug)


@screen("programs:publish", posts=True)
def let_one(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Agree that one person is enough, as somebody else than who asked."""
    if not agree(shop.slug, actors.actor(request)):
        messages.warning(request, _("Somebody else has to ask for this first."))
    return redirect("program", shop.slug)


def _state(shop: Shop, version: VersionLine) -> str:
    """`scheduled`, `in_force` or `superseded`."""
    if version.number == shop.rules.number:
        return "in_force"
    return "scheduled" if instant_of(version.starts_at) > shop.now else "superseded"

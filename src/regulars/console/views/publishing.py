"""Publishing a draft: what it changes, what becomes of what is here already, what its plan and its stories said, and
then the one button. Nothing is published but what this page showed.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.console import actors, plans
from regulars.console.asking import Form
from regulars.console.drafts import checked, local_instant, may_publish, ran
from regulars.console.shop import screen
from regulars.console.views.drafts import NOT_POSSIBLE, edition_seen, found_draft
from regulars.programs import drafting
from regulars.programs.actions import PublishRefused, reviewed
from regulars.programs.changes.earlier import earlier_orders
from regulars.programs.document import DocumentRefused
from regulars.programs.models import Program, ProgramDraft
from regulars.programs.problems import said
from regulars.programs.version_list import DraftLine
from regulars.storefront.shop import Shop
from regulars.storefront.writing import moment


@screen("programs:draft", "programs:publish")
def publish_page(request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    found, form = found_draft(shop, number), Form(request.POST)
    if found.state not in ProgramDraft.OPEN:
        return redirect("draft", shop.slug, number)
    if request.method != "POST":
        return _page(request, shop, found, form)
    try:
        return _published(request, shop, found, form)
    except PublishRefused as refused:
        return _page(request, shop, found_draft(shop, number), form, said(actors.told(shop.id, refused.problem)))
    except DocumentRefused:
        return _page(request, shop, found, form, _("It cannot be published yet: something is wrong with it."))


def _published(request: HttpRequest, shop: Shop, found: DraftLine, form: Form) -> HttpResponse:
    try:
        starts_at = local_instant(shop, form.text("starts"))
    except ValueError:
        form.faults["starts"] = _("Say a day and a time, or leave it empty.")
        return _page(request, shop, found, form, form.faults["starts"])
    told = ran(found.stories, found.document)
    if told.stories and not told.hold and "anyway" not in request.POST:
        refusal = _("Not published: what its stories expect does not come. See which, or say that it may go.")
        return _page(request, shop, found, form, refusal)
    newest = drafting.publish_draft(
        shop.slug, found.number, edition_seen(request), starts_at, actors.actor(request)
    ).programs.versions[-1]
    since = moment(shop.local(newest.starts_at))
    published = _("Version %(number)s is published, in force from %(moment)s.") % {
        "number": newest.number,
        "moment": since,
    }
    messages.success(request, " ".join(filter(None, [published, told.said])))
    return redirect("program_version", shop.slug, newest.number)


def _page(request: HttpRequest, shop: Shop, found: DraftLine, form: Form, refusal: str = "") -> HttpResponse:
    four_eyes = Program.objects.values_list("four_eyes", flat=True).get(id=shop.id)
    may_plan = "insight:read" in request.user.permissions
    cost, stale = plans.line(shop, found) if may_plan else ("", [])
    read = checked(shop, found.document)
    starts = f"{shop.local(found.starts_at):%Y-%m-%dT%H:%M}" if found.starts_at else ""
    shown = {
        "checked": read,
        "cost": cost,
        "draft": found,
        "earlier": [] if read.problems else earlier_orders(shop.published, reviewed(found.document).version),
        "faults": form.faults,
        "may_plan": may_plan,
        "own": not may_publish(found, four_eyes, actors.actor(request)),
        "ran": ran(found.stories, found.document),
        "refusal": refusal,
        "shop": shop,
        "stale": stale,
        "starts": form.sent.get("starts", starts),
    }
    return render(request, "console/publish.html", shown, status=NOT_POSSIBLE if refusal else 200)

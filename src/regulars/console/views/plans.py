"""What a draft would cost, and which preset fits: worked out over the shop's own orders while somebody looks on."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.console import actors, fits, plans
from regulars.console.asking import Form
from regulars.console.shop import screen
from regulars.engine.money import format_major
from regulars.intake import reckonings
from regulars.intake.models import Reckoning
from regulars.intake.stating import Stated
from regulars.programs import drafting
from regulars.programs.models import ProgramDraft
from regulars.programs.version_list import DraftLine, draft_numbered
from regulars.storefront.shop import Shop

NOT_POSSIBLE = 409


@screen("insight:read", "programs:read")
def plan(request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    """The report of the draft's last plan, what is assumed in it, and how far the next one is."""
    return _plan_page(request, shop, _found(shop, number), Form({}))


@screen("insight:read", "programs:draft", posts=True)
def begin_plan(request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    """Works out what the saved draft would cost. Nothing is published by it."""
    found, form = _found(shop, number), Form(request.POST)
    stated = plans.asked(form, shop)
    if refusal := plans.why_not(shop, found.document):
        return _plan_page(request, shop, found, form, refusal)
    if form.faults:
        return _plan_page(request, shop, found, form, _("Look at what is marked below."))
    draft = ProgramDraft.objects.get(pk=number)
    if reckonings.stated_in(reckonings.begin_plan(shop.published, draft, stated)) != stated:
        said = _("One is being worked out with other figures: wait for it, or stop it first.")
        return _plan_page(request, shop, found, form, said)
    return redirect("draft_plan", shop.slug, number)


@screen("insight:read", "programs:read")
def plan_progress(request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    """How far it is, for a page that asks every second; when it is over, the page is loaded anew."""
    return _progress(request, shop, Reckoning.PLAN, _found(shop, number).number)


@screen("insight:read", "programs:draft", posts=True)
def stop_plan(_request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    reckonings.stop(shop.id, Reckoning.PLAN, _found(shop, number).number)
    return redirect("draft_plan", shop.slug, number)


@screen("insight:read", "programs:read")
def presets(request: HttpRequest, shop: Shop) -> HttpResponse:
    """The presets side by side, over the shop's own orders when that was worked out."""
    content = {"may_write": "programs:draft" in request.user.permissions, "shop": shop, "fit": fits.shown(shop)}
    return render(request, "console/presets.html", content)


@screen("insight:read", "programs:draft", posts=True)
def begin_fit(_request: HttpRequest, shop: Shop) -> HttpResponse:
    reckonings.begin_fit(shop.published, Stated())
    return redirect("presets", shop.slug)


@screen("insight:read", "programs:read")
def fit_progress(request: HttpRequest, shop: Shop) -> HttpResponse:
    return _progress(request, shop, Reckoning.FIT, None)


@screen("insight:read", "programs:draft", posts=True)
def stop_fit(_request: HttpRequest, shop: Shop) -> HttpResponse:
    reckonings.stop(shop.id, Reckoning.FIT, None)
    return redirect("presets", shop.slug)


@screen("programs:draft", posts=True)
def begin_from(request: HttpRequest, shop: Shop) -> HttpResponse:
    """A new draft of this program that says what a preset says, in the shop's own money, days and name."""
    found = fits.started_from(shop, request.POST.get("preset", ""))
    if found is None:
        raise Http404
    number = drafting.begin_draft(shop.slug, actors.actor(request), document=found.program, stories=found.story)
    return redirect("draft_form", shop.slug, number)


def _progress(request: HttpRequest, shop: Shop, kind: str, draft: int | None) -> HttpResponse:
    found = plans.progress_of(reckonings.newest(shop.id, kind, draft))
    if found is None or not found.is_open:
        answer = HttpResponse()
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, "console/progress.html", {"progress": found})


def _plan_page(request: HttpRequest, shop: Shop, draft: DraftLine, form: Form, refusal: str = "") -> HttpResponse:
    may_name = "members:read" in request.user.permissions
    found = plans.shown(shop, draft, may_name)
    content = (found.report or {}) | {
        "behaviours": plans.behaviours(),
        "draft": draft,
        "faults": form.faults,
        "filled": form.sent or _filled(found.stated, shop),
        "is_draft_open": draft.state in ProgramDraft.OPEN,
        "may_name": may_name,
        "may_write": "programs:draft" in request.user.permissions,
        "plan": found,
        "refusal": refusal,
        "shop": shop,
    }
    return render(request, "console/plan.html", content, status=NOT_POSSIBLE if refusal else 200)


def _filled(stated: Stated, shop: Shop) -> dict[str, str]:
    """As the fields of the form say it."""
    return {
        "behaviour": stated.manner,
        "redeemed": _percent(stated.redeemed),
        "months": "" if stated.months is None else str(stated.months),
        "margin": _percent(stated.margin),
        "budget": "" if stated.budget is None else format_major(stated.budget, shop.currency),
        "more_orders": _percent(stated.more_orders or None),
        "more_per_order": _percent(stated.more_per_order or None),
        "margins": "\n".join(f"{category} = {_percent(margin)}" for category, margin in stated.margins),
    }


def _percent(hundredths: int | None) -> str:
    return "" if hundredths is None else f"{hundredths / 100:g}"


def _found(shop: Shop, number: int) -> DraftLine:
    found = draft_numbered(shop.id, number)
    if found is None:
        raise Http404
    return found

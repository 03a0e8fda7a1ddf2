"""Drafts of the program: write, check while typing, review, publish, roll back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.console import actors, people
from regulars.console.asking import Form
from regulars.console.draft_fields import Sent, onwards, opened, saved, sent
from regulars.console.drafts import checked, faults, may_publish, no_text, ran, unchecked
from regulars.console.plans import line
from regulars.console.shop import screen
from regulars.members import queries as members
from regulars.programs import drafting
from regulars.programs.actions import PublishRefused, reviewed
from regulars.programs.changes.earlier import earlier_orders
from regulars.programs.changes.swaying import who_moves
from regulars.programs.document import DocumentRefused
from regulars.programs.forms import filled, form
from regulars.programs.marking import marked
from regulars.programs.models import Program, ProgramDraft, ProgramVersion
from regulars.programs.problems import said
from regulars.programs.tree import Unreadable
from regulars.programs.version_list import DraftLine, draft_numbered
from regulars.storefront.shop import Shop

NOT_POSSIBLE = 409


@screen("programs:draft", posts=True)
def begin(request: HttpRequest, shop: Shop) -> HttpResponse:
    """A new draft of the newest version, or of an older one that shall come back."""
    wanted = numbered(request, "version")
    try:
        number = drafting.begin_draft(shop.slug, actors.actor(request), from_version=wanted)
    except ProgramVersion.DoesNotExist:
        raise Http404 from None
    return redirect("draft_form", shop.slug, number)


@screen("programs:draft")
def draft(request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    """Written as text."""
    return _written(request, shop, number)


@screen("programs:draft")
def form_page(request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    """Written field by field. What cannot be read as a form is sent to be mended as text."""
    try:
        return _written(request, shop, number)
    except Unreadable:
        return redirect("draft", shop.slug, number)


def _written(request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    found = found_draft(shop, number)
    if request.method != "POST":
        return _page(request, shop, found)
    try:
        return _done(request, shop, found)
    except PublishRefused as refused:
        return _page(request, shop, found_draft(shop, number), said(actors.told(shop.id, refused.problem)))
    except (KeyError, Unreadable) as wrong:
        return _page(request, shop, found_draft(shop, number), str(no_text(wrong)))
    except ProgramDraft.DoesNotExist:
        raise Http404 from None


@screen("programs:draft", posts=True)
def check(request: HttpRequest, shop: Shop) -> HttpResponse:
    """What is wrong with a text, and what it would change, while it is written."""
    found = checked(shop, request.POST.get("document", ""))
    return render(request, "console/draft_check.html", {"shop": shop, "checked": found})


@screen("programs:draft", posts=True)
def check_form(request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    """The same of what stands in the fields of a form."""
    draft = found_draft(shop, number)
    try:
        found = checked(shop, _typed(request, draft).text, in_form=True)
    except (KeyError, Unreadable) as wrong:
        found = unchecked(wrong, draft.document)
    return render(request, "console/draft_check.html", {"shop": shop, "checked": found, "in_form": True})


@screen("programs:draft")
def moves(request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    """Who moves between tiers by the draft as it is saved: all members are counted, so only when somebody asks."""
    wrong, earlier, found = "", [], []
    try:
        after = reviewed(found_draft(shop, number).document).version
    except DocumentRefused:
        wrong = _("Something is wrong with the saved text: nobody can be counted yet.")
    else:
        earlier, found = earlier_orders(shop.published, after), who_moves(shop.published, after)
    called = {}
    if "members:read" in request.user.permissions:
        some = [member for move in found for member in move.some]
        lines = members.several(shop.id, some, personal="members:read_personal" in request.user.permissions)
        called = {member: people.called(line) for member, line in lines.items()}
    shown = {
        "earlier": earlier,
        "moves": [(move, [(member, called[member]) for member in move.some if member in called]) for move in found],
        "number": number,
        "shop": shop,
        "wrong": wrong,
    }
    return render(request, "console/draft_moves.html", shown)


def _done(request: HttpRequest, shop: Shop, found: DraftLine) -> HttpResponse:
    """What the button said. Whoever asks for a review, or goes on to publish, saves what they wrote with it."""
    deed, edition = request.POST.get("do", "save"), edition_seen(request)
    if deed == "withdraw":
        drafting.withdraw(shop.slug, found.number, edition, actors.actor(request))
        messages.success(request, _("The draft was withdrawn."))
        return redirect("program", shop.slug)
    if deed == "send_back":
        drafting.send_back(shop.slug, found.number, edition, request.POST.get("answer", ""), actors.actor(request))
    elif deed == "look_again":
        drafting.look_again(shop.slug, found.number, edition)
    else:
        return _saved(request, shop, found, edition)
    return redirect(f"{request.path}#said")


def _saved(request: HttpRequest, shop: Shop, found: DraftLine, edition: int) -> HttpResponse:
    """What was not touched has no new author."""
    deed, typed, note = request.POST.get("do", "save"), _typed(request, found), request.POST.get("note", found.note)
    if (typed.text, note) != (found.document, found.note):
        edition = drafting.write_draft(shop.slug, found.number, typed.text, note, edition, actors.actor(request))
    if deed == "ask":
        drafting.ask_for_review(shop.slug, found.number, edition)
    if deed == "publish":
        return redirect("draft_publish", shop.slug, found.number)
    if "fields" not in request.POST:
        messages.success(request, _("It is saved."))
        return redirect(f"{request.path}#said")
    messages.success(request, saved(typed))
    document = found_draft(shop, found.number).document
    return redirect(f"{request.path}{onwards(shop, typed, document, opened(request.POST))}")


def _page(request: HttpRequest, shop: Shop, found: DraftLine, refusal: str = "") -> HttpResponse:
    program = Program.objects.get(slug=shop.slug)
    typed, fields = found.document, None
    if refusal and "fields" not in request.POST:
        typed = _typed(request, found).text
    in_form = request.path.endswith("/form")
    read = checked(shop, typed, in_form=in_form)
    if in_form:
        fields = marked(filled(form(found.document), request.POST.dict() if refusal else {}), faults(read))
    may_plan = "insight:read" in request.user.permissions
    cost, stale = line(shop, found) if may_plan else ("", [])
    shown = {
        "cost": cost,
        "may_plan": may_plan,
        "stale": stale,
        "changed": shop.on_its_clock(found.changed_at),
        "checked": read,
        "document": typed,
        "called": actors.names(shop.id, {*found.written_by, found.answered_by}),
        "draft": found,
        "form": fields,
        "in_form": in_form,
        "lines": typed.count("\n") + 1,
        "may_publish": "programs:publish" in request.user.permissions,
        "opened": {*request.GET.getlist("open"), *opened(request.POST)},
        "open": found.state in ProgramDraft.OPEN,
        "own": not may_publish(found, program.four_eyes, actors.actor(request)),
        "ran": ran(found.stories, typed),
        "refusal": refusal,
        "shop": shop,
    }
    return render(request, "console/draft.html", shown, status=NOT_POSSIBLE if refusal else 200)


def found_draft(shop: Shop, number: int) -> DraftLine:
    found = draft_numbered(shop.id, number)
    if found is None:
        raise Http404
    return found


def _typed(request: HttpRequest, found: DraftLine) -> Sent:
    """The text that was sent, or what the fields and buttons of a form make of the saved one."""
    if "fields" in request.POST:
        return sent(request.POST, found.document)
    return Sent(request.POST.get("document", found.document).replace("\r\n", "\n"))


def edition_seen(request: HttpRequest) -> int:
    return numbered(request, "edition") or 0


def numbered(request: HttpRequest, name: str) -> int | None:
    """The number of a version or an edition; None where none was sent. What is longer than any is none of ours."""
    said = Form(request.POST).text(name, 9)
    return int(said) if said.isdecimal() else None

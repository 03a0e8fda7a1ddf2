"""Segments: listed, written by a form that counts meanwhile, looked at, taken away as a file, archived."""

from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.console import actors, segment_form, segment_page
from regulars.console.asking import Form
from regulars.console.shop import screen
from regulars.segments import actions, queries, saying, standings
from regulars.segments.actions import NAME_LONGEST, ChangeRefused
from regulars.segments.definition import Definition, Fault, Refused, ground, is_whole, read
from regulars.segments.queries import Line
from regulars.storefront.shop import Shop


class Sent(Struct, frozen=True):
    """What the form holds. `key` is only for a new one, `edition` what was seen of one that is changed."""

    asked: Definition
    name: str
    key: str
    tells: bool
    edition: int
    number: UUID


@screen("segments:read")
def segments(request: HttpRequest, shop: Shop) -> HttpResponse:
    archived = request.GET.get("archived") == "1"
    shown = {
        "archived": archived,
        "asked": "" if archived else segment_page.count(shop, Form(request.GET).text("count")),
        "lines": segment_page.listed(shop, archived=archived),
        "may_write": _may(request, "segments:write"),
        "shop": shop,
        "starters": segment_page.STARTERS,
    }
    return render(request, "console/segments.html", shown)


@screen("segments:read")
def segment(request: HttpRequest, shop: Shop, key: str) -> HttpResponse:
    line = _line(shop, key)
    known = ground(shop.published.programs)
    counted = None if line.archived_at or _later(request) else _counted(request, shop, line.definition)
    if counted and not counted.why:
        standings.note_seen(shop.published, line, counted.members, shop.now)
    shown = {
        "bars": segment_page.bars(line),
        "changes": segment_page.changes(shop, line),
        "counted": counted,
        "later": "" if line.archived_at else _later(request),
        "line": line,
        "may_take": _may(request, "members:read_personal"),
        "may_write": _may(request, "segments:write"),
        "rule": f"when: {{segment: {line.key}}}",
        "says": segment_page.says(shop, known, line.definition),
        "sees_members": _may(request, "members:read"),
        "shop": shop,
    }
    return render(request, "console/segment.html", shown)


@screen("segments:write")
def segment_new(request: HttpRequest, shop: Shop) -> HttpResponse:
    """The first fields are those of a starter."""
    begun = request.GET.get("from", "")
    tree = segment_form.STARTERS.get(begun, {"groups": [{"conditions": [segment_form.FIRST]}]})
    name = str(segment_page.STARTERS.get(begun, ""))
    return _written(request, shop, None, read(tree, ground(shop.published.programs)), name)


@screen("segments:write")
def segment_edit(request: HttpRequest, shop: Shop, key: str) -> HttpResponse:
    line = _line(shop, key)
    return _written(request, shop, line, line.definition, line.name)


@screen("segments:write", posts=True)
def segment_archive(request: HttpRequest, shop: Shop, key: str) -> HttpResponse:
    form = Form(request.POST)
    back = form.text("do") == "bring_back"
    try:
        (actions.bring_back if back else actions.archive)(
            shop.published, key, actors.actor(request), form.number("number")
        )
    except ChangeRefused as no:
        messages.warning(request, str(segment_page.REFUSED[no.code]))
    else:
        messages.success(request, _("It is back.") if back else _("Archived. Nobody is in it any more."))
    return redirect("segments", shop.slug)


@screen("segments:read", "members:read", "members:read_personal")
def segment_file(_request: HttpRequest, shop: Shop, key: str) -> HttpResponse | StreamingHttpResponse:
    line = _line(shop, key)
    found = [] if line.archived_at else queries.members_of(shop.published, line.definition, shop.now)
    answer = StreamingHttpResponse(segment_page.file(shop, found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{key}-{shop.today.isoformat()}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _written(request: HttpRequest, shop: Shop, line: Line | None, asked: Definition, name: str) -> HttpResponse:
    """The form; what was sent is saved, or shown anew with what it counts."""
    if request.method != "POST":
        sent = Sent(asked, name, "", bool(line and line.tells), line.edition if line else 0, uuid4())
        return _form_page(request, shop, line, sent)
    sent = _sent(request)
    if Form(request.POST).text("do") != "save":
        return _form_page(request, shop, line, sent)
    try:
        return _saved(request, shop, line, sent)
    except Refused as no:
        return _form_page(request, shop, line, sent, no.faults)
    except ChangeRefused as no:
        return _form_page(request, shop, line, sent, refusal=str(segment_page.REFUSED[no.code]))


def _sent(request: HttpRequest) -> Sent:
    form = Form(request.POST)
    edition = form.text("edition", 9)
    return Sent(
        segment_form.read(request.POST),
        form.text("name", NAME_LONGEST),
        form.text("key", 40),
        form.text("tells") == "1",
        int(edition) if edition.isascii() and edition.isdigit() else 0,
        form.number("number"),
    )


def _saved(request: HttpRequest, shop: Shop, line: Line | None, sent: Sent) -> HttpResponse:
    actor = actors.actor(request)
    if line is None:
        key = actions.make(shop.published, sent.name, sent.asked, actor, sent.number, tells=sent.tells, key=sent.key)
    else:
        key = line.key
        actions.change(shop.published, key, sent.edition, sent.name, sent.asked, actor, sent.number, tells=sent.tells)
    messages.success(request, _("Saved."))
    return redirect("segment", shop.slug, key)


def _form_page(
    request: HttpRequest, shop: Shop, line: Line | None, sent: Sent, faults: Sequence[Fault] = (), refusal: str = ""
) -> HttpResponse:
    known = ground(shop.published.programs)
    asked = sent.asked
    whole = is_whole(asked, known)
    had = queries.suggestions(shop.id, segment_form.kinds(asked))
    shown = {
        "counted": _counted(request, shop, asked) if whole and not _later(request) else None,
        "faults": {fault.path: saying.fault(fault) for fault in faults},
        "focus": segment_form.focus(Form(request.POST).text("do"), asked),
        "form": segment_form.form(shop, asked, known, had, faults),
        "later": _later(request) if whole else "",
        "line": line,
        "refusal": refusal,
        "says": segment_page.says(shop, known, asked) if whole else "",
        "sent": sent,
        "shop": shop,
        "wrong": segment_form.elsewhere(faults),
    }
    return render(request, "console/segment_form.html", shown)


def _later(request: HttpRequest) -> str:
    """Where the page counts, for one that is only opened: counting takes longer than showing the rest."""
    if request.method == "POST" or "count" in request.GET:
        return ""
    return f"{request.path}?{urlencode({**request.GET.dict(), 'count': 1})}"


def _counted(request: HttpRequest, shop: Shop, asked: Definition) -> segment_page.Counted:
    personal = _may(request, "members:read_personal")
    return segment_page.counted(shop, asked, shows=_may(request, "members:read"), personal=personal)


def _line(shop: Shop, key: str) -> Line:
    line = queries.get(shop.id, key)
    if line is None:
        raise Http404(key)
    return line


def _may(request: HttpRequest, permission: str) -> bool:
    return permission in request.user.permissions

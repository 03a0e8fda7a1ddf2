"""Notes about a member: written by those who look after them, struck out where they are wrong."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from regulars.console import actors, noting
from regulars.console.asking import Form
from regulars.console.shop import screen
from regulars.ledger.connect import raw
from regulars.ledger.queries import statement
from regulars.members import noting as actions
from regulars.members.models import Note
from regulars.storefront.shop import Shop


@screen("members:read_personal", "members:note", posts=True)
def write(request: HttpRequest, shop: Shop, member_id: UUID) -> HttpResponse:
    form = Form(request.POST)
    words, number = form.text("words", Note.LONGEST), form.number("number")
    if not words:
        messages.warning(request, _("Write something first."))
        return redirect("member", shop.slug, member_id)
    author, now = actors.person(request), timezone.now()
    return _done(request, shop, member_id, lambda: actions.write(shop.id, member_id, words, author, now, number))


@screen("members:read_personal", "members:note", posts=True)
def strike(request: HttpRequest, shop: Shop, member_id: UUID, number: int) -> HttpResponse:
    held = statement(raw(), shop.published.programs, member_id, shop.now)
    people, by, now = held.people if held else {member_id}, actors.person(request), timezone.now()
    return _done(request, shop, member_id, lambda: actions.strike(shop.id, people, number, by, now))


def _done(request: HttpRequest, shop: Shop, member_id: UUID, act: Callable[[], None]) -> HttpResponse:
    try:
        act()
    except actions.NoteRefused as no:
        messages.warning(request, str(noting.REFUSED[no.code]))
    return redirect("member", shop.slug, member_id)

"""Settings: the keys of machines, the people of the staff, and a log of what was changed about either."""

from uuid import uuid4

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.access import changing, second_factor
from regulars.access.changing import ChangeRefused
from regulars.access.permissions import ROLES
from regulars.console import actors, log_lines, settings_page
from regulars.console.asking import Form
from regulars.console.scopes import PRESETS, SCOPES
from regulars.console.shop import screen
from regulars.console.views.members import sees_names
from regulars.programs.actions import set_accent
from regulars.storefront.shop import Shop


@screen("keys:administer")
@reauthentication_required(allow_get=True)
def keys(request: HttpRequest, shop: Shop) -> HttpResponse:
    """A new key is shown in the answer that made it, and never again."""
    form, made = Form(request.POST), ""
    preset = request.GET.get("for", "") if request.method == "GET" else ""
    chosen = PRESETS[preset].scopes if preset in PRESETS else request.POST.getlist("scopes")
    if request.method == "POST":
        name = form.text("name", 80)
        if not name:
            form.faults["name"] = _("Say what the key is for.")
        else:
            try:
                made = changing.make_key(shop.id, name, chosen, actors.actor(request), form.number("number"))
            except ChangeRefused as no:
                form.faults["do"] = str(settings_page.REFUSED[no.code])
    shown = {
        "chosen": [] if made else chosen,
        "form": Form({}) if made else form,
        "keys": settings_page.keys(shop),
        "made": made,
        "number": uuid4(),
        "preset": preset,
        "presets": PRESETS,
        "scopes": SCOPES,
        "shop": shop,
    }
    return _never_kept(render(request, "console/keys.html", shown))


@screen("keys:administer", posts=True)
def revoke(request: HttpRequest, shop: Shop, name: str) -> HttpResponse:
    form = Form(request.POST)
    try:
        changing.end_key(shop.id, name, actors.actor(request), form.number("number"))
    except ChangeRefused as no:
        messages.warning(request, str(settings_page.REFUSED[no.code]))
    else:
        messages.success(request, _("Revoked. It opens nothing any more."))
    return redirect("settings", shop.slug)


@screen("staff:administer")
@reauthentication_required(allow_get=True)
def staff(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Somebody new is given a password, shown in the answer that made it."""
    form, password = Form(request.POST), ""
    if request.method == "POST":
        username = form.text("username", 150)
        if not username or any(sign.isspace() for sign in username):
            form.faults["username"] = _("A name to sign in with, without spaces.")
        else:
            try:
                password = changing.let_in(
                    username, form.text("name"), form.text("email"), form.text("role"),
                    actors.actor(request), form.number("number"),
                )  # fmt: skip
            except ChangeRefused as no:
                form.faults["do"] = str(settings_page.REFUSED[no.code])
    return _staff_page(request, shop, form, form.text("username", 150), password)


@screen("staff:administer", posts=True)
@reauthentication_required
def person(request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    """Another role, shut out or let in again, a new password, or the second step they lost."""
    form, password, called = Form(request.POST), "", ""
    me, actor, by = request.user.pk, actors.actor(request), form.number("number")
    try:
        match form.text("do"):
            case "role":
                changing.set_role(number, form.text("role"), me, actor, by)
            case "shut_out" | "let_in":
                changing.set_active(number, form.text("do") == "let_in", me, actor, by)
            case "second_factor":
                changing.reset_second_factor(number, me, actor, by)
            case "password":
                password = changing.new_password(number, me, actor, by)
                called = next((one.username for one in settings_page.people(shop, me) if one.id == number), "")
    except ChangeRefused as no:
        messages.warning(request, str(settings_page.REFUSED[no.code]))
    else:
        if password:
            return _staff_page(request, shop, Form({}), called, password)
        messages.success(request, _("Changed."))
    return redirect("staff", shop.slug)


@screen("staff:administer", posts=True)
@reauthentication_required
def require_second_factor(request: HttpRequest, shop: Shop) -> HttpResponse:
    form = Form(request.POST)
    try:
        changing.require_second_factor(form.text("who"), actors.actor(request), form.number("number"))
    except ChangeRefused as no:
        messages.warning(request, str(settings_page.REFUSED[no.code]))
    else:
        messages.success(request, _("Changed."))
    return redirect("staff", shop.slug)


@screen("staff:administer")
def look(request: HttpRequest, shop: Shop) -> HttpResponse:
    """What the shop is called and how its pages look. The name, money and days are part of the rules."""
    if request.method == "POST":
        form = Form(request.POST)
        try:
            set_accent(shop.slug, form.text("accent"), actors.actor(request), form.number("number"))
        except ValueError:
            messages.warning(request, _("Choose a colour."))
        except ChangeRefused as no:
            messages.warning(request, str(settings_page.REFUSED[no.code]))
        else:
            messages.success(request, _("Changed."))
        return redirect("shop_look", shop.slug)
    shown = {
        "accents": settings_page.ACCENTS,
        "names": settings_page.names(shop),
        "now": shop.local(shop.now),
        "shop": shop,
    }
    return render(request, "console/shop_look.html", shown)


@screen("changes:read")
def log(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Newest first, a page at a time."""
    kind, before = request.GET.get("kind", ""), request.GET.get("before", "")
    changes, further = log_lines.changes(shop, kind, before, personal=sees_names(request))
    shown = {
        "changes": changes,
        "further": further,
        "is_further": bool(before),
        "kind": kind,
        "kinds": log_lines.KINDS,
        "shop": shop,
    }
    return render(request, "console/log.html", shown)


def _staff_page(request: HttpRequest, shop: Shop, form: Form, called: str, password: str) -> HttpResponse:
    shown = {
        "called": called,
        "form": Form({}) if password else form,
        "number": uuid4(),
        "password": password,
        "grave_roles": settings_page.grave_roles(),
        "people": settings_page.people(shop, request.user.pk),
        "policy": second_factor.policy(),
        "policies": settings_page.SECOND_FACTOR,
        "roles": list(ROLES),
        "shop": shop,
    }
    return _never_kept(render(request, "console/staff.html", shown))


def _never_kept(answer: HttpResponse) -> HttpResponse:
    """What is shown once must not lie in a cache."""
    answer["Cache-Control"] = "no-store"
    return answer

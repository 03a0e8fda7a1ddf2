"""Keys of machines, people of the staff, and what was changed about either, as the settings show them."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from regulars.access import queries, second_factor
from regulars.access.keys import MARK
from regulars.access.models import Change, Staff
from regulars.access.second_factor import GRAVE_ROLES, Steps
from regulars.console import actors
from regulars.console.scopes import SCOPES
from regulars.console.templatetags.console import ROLE_NAMES
from regulars.programs import wording
from regulars.storefront.shop import Shop

LISTED = 100
NO_STEPS = Steps()
WHAT: Mapping[str, Promise] = {
    "factor.app_added": _("App set up"),
    "factor.app_removed": _("App removed"),
    "factor.codes_made": _("New recovery codes"),
    "factor.key_added": _("Passkey added"),
    "factor.key_removed": _("Passkey removed"),
    "factor.required": _("Who needs a second step"),
    "factor.reset": _("Second step reset"),
    "key.made": _("Key made"),
    "key.revoked": _("Key revoked"),
    "look.accent": _("Colour of the pages"),
    "member.corrected": _("Member’s details corrected"),
    "member.erased": _("Member erased"),
    "member.exported": _("Member’s data downloaded"),
    "order.entered": _("Order entered by hand"),
    "order.taken_back": _("Order entered by hand taken back"),
    "staff.added": _("Let in"),
    "staff.let_in": _("Let in again"),
    "staff.own_password": _("Own password changed"),
    "staff.password": _("New password"),
    "staff.role": _("Another role"),
    "staff.shut_out": _("Shut out"),
}
FIELDS: Mapping[str, Promise] = {"card": _("Card"), "email": _("E-mail"), "name": _("Name"), "phone": _("Phone")}
REFUSED: Mapping[str, Promise] = {
    "done_already": _("This was done already. What is shown once cannot be shown again: make a new one."),
    "key_unknown": _("There is no such key, or it was revoked already."),
    "name_taken": _("Somebody signs in by this name already."),
    "no_second_factor": _("There is no second step to reset."),
    "policy_unknown": _("Choose who needs a second step."),
    "role_unknown": _("Choose a role."),
    "scope_unknown": _("Choose at least one thing that the key may do."),
    "staff_unknown": _("Nobody was found."),
    "yourself": _("Somebody else changes what you may do."),
}


SECOND_FACTOR: Mapping[str, Promise] = {
    "nobody": _("Nobody"),
    "grave": _("Who gives points or rewards, changes the program or decides who may"),
    "everyone": _("Everybody"),
}


ACCENTS: Mapping[str, Promise] = {
    "jade": _("Jade"),
    "teal": _("Teal"),
    "indigo": _("Indigo"),
    "plum": _("Plum"),
    "graphite": _("Graphite"),
}


class Key(Struct, frozen=True):
    prefix: str
    name: str
    scopes: list[str]
    made: datetime
    used: datetime | None
    revoked: datetime | None

    @property
    def shown(self) -> str:
        """As much as tells it from others."""
        return f"{MARK}{self.prefix}…"


class Person(Struct, frozen=True):
    id: int
    username: str
    name: str
    email: str
    role: str
    is_active: bool
    is_me: bool
    last_seen: datetime | None
    steps: Steps


class Named(Struct, frozen=True):
    """What the program is called in a language, which calls itself `language`; "" where nobody wrote it."""

    tag: str
    language: str
    name: str


class Kind(Struct, frozen=True):
    """Changes to look at by themselves."""

    name: Promise
    abouts: tuple[str, ...]


KINDS: Mapping[str, Kind] = {
    "keys": Kind(_("Keys"), ("key",)),
    "members": Kind(_("Members"), ("member",)),
    "program": Kind(_("Program"), ("program",)),
    "staff": Kind(_("Staff"), ("policy", "staff")),
}


class Said(Struct, frozen=True):
    """One change: what, about whom or which key, what it was and is."""

    at: datetime
    what: str
    about: str
    before: str
    after: str
    who: str


def keys(shop: Shop) -> list[Key]:
    """Those that open something first."""
    found = [
        Key(
            key.prefix,
            key.name,
            [str(SCOPES[scope].name) for scope in key.scopes],
            shop.local(key.made_at),
            shop.local(key.last_used_at) if key.last_used_at else None,
            shop.local(key.revoked_at) if key.revoked_at else None,
        )
        for key in queries.keys(shop.id)
    ]
    return sorted(found, key=lambda key: key.revoked is not None)


def people(shop: Shop, me: int) -> list[Person]:
    steps = second_factor.steps()
    return [
        Person(
            id=one.pk,
            username=one.username,
            name=str(one),
            email=one.email,
            role=one.role,
            is_active=one.is_active,
            is_me=one.pk == me,
            last_seen=shop.local(one.last_login) if one.last_login else None,
            steps=steps.get(one.pk, NO_STEPS),
        )
        for one in Staff.objects.order_by("-is_active", "username")
    ]


def names(shop: Shop) -> list[Named]:
    """What members call the program, in every language of the pages and of the rules; first the one that stands in for
    those that are missing."""
    said = {tag.lower(): name for tag, name in shop.published.names.items()}
    called = {code.lower(): name for code, name in settings.LANGUAGES}
    found = [Named(tag, called.get(tag, tag), said.get(tag, "")) for tag in {**called, **said}]
    fallback = wording.worded(shop.published.names, "")
    return sorted(found, key=lambda one: one.name != fallback)


def grave_roles() -> str:
    """Whom the middle choice of SECOND_FACTOR means."""
    return wording.listed(str(ROLE_NAMES[role]) for role in GRAVE_ROLES)


def changes(shop: Shop, kind: str = "", before: int | None = None) -> tuple[list[Said], int | None]:
    """Newest first, of one of KINDS where it is named, and what to go on `before`. Of keys, members and of how pages
    look, only those of this program."""
    prefixes = {key.prefix: key.name for key in queries.keys(shop.id)}
    ours = Q(about__in=[f"key:{prefix}" for prefix in prefixes]) | ~Q(about__startswith="key:")
    ours &= Q(about=f"program:{shop.id}") | ~Q(about__startswith="program:")
    ours &= Q(program_id=shop.id) | ~Q(about__startswith="member:")
    if kind in KINDS:
        ours &= Q(about__regex=f"^({'|'.join(KINDS[kind].abouts)}):")
    if before is not None:
        ours &= Q(id__lt=before)
    found = list(Change.objects.filter(ours).order_by("-id")[: LISTED + 1])
    further = found[LISTED - 1].pk if len(found) > LISTED else None
    found = found[:LISTED]
    numbers = {int(one.about.removeprefix("staff:")) for one in found if one.about.startswith("staff:")}
    names = queries.people_names(numbers) if numbers else {}
    called = actors.names(shop.id, {one.actor for one in found})
    told = [
        Said(
            at=shop.local(one.at),
            what=str(WHAT[one.what]),
            about=_about(one, prefixes, names, shop.title),
            before=_said(one.before),
            after=_said(one.after),
            who=called[one.actor],
        )
        for one in found
    ]
    return told, further


def _about(one: Change, prefixes: Mapping[str, str], names: Mapping[int, str], title: str) -> str:
    kind, _colon, which = one.about.partition(":")
    if kind == "policy":
        return str(_("All who sign in"))
    if kind == "program":
        return title
    if kind == "member":
        return str(_("member %(number)s")) % {"number": which[:8]}
    return prefixes[which] if kind == "key" else names.get(int(which), which)


def _said(values: Mapping[str, object]) -> str:
    """A role or scopes in words; the name stands beside already."""
    role, scopes, who = values.get("role"), values.get("scopes"), values.get("second_factor")
    if accent := values.get("accent"):
        return str(ACCENTS[str(accent)])
    if isinstance(fields := values.get("fields"), list):
        return wording.listed(str(FIELDS[field]) for field in fields)
    if who:
        return str(SECOND_FACTOR.get(str(who), who))
    if isinstance(scopes, list):
        return wording.listed(str(SCOPES[scope].name if scope in SCOPES else scope) for scope in scopes)
    return str(ROLE_NAMES.get(str(role), role)) if role else ""

"""Keys of machines and people of the staff, as the settings show them."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from regulars.access import queries, second_factor
from regulars.access.keys import MARK
from regulars.access.models import Staff
from regulars.access.second_factor import GRAVE_ROLES, Steps
from regulars.console.scopes import SCOPES
from regulars.console.templatetags.console import ROLE_NAMES
from regulars.programs import wording
from regulars.storefront.shop import Shop

NO_STEPS = Steps()
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

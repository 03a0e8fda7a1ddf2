"""Readings about who may act: frozen values out."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from msgspec import Struct

from regulars.access.models import ApiKey, Staff
from regulars.access.permissions import ROLES


class Grant(Struct, frozen=True):
    """What the holder of a key may do, and for which program. `key` is its prefix: safe to show and to log."""

    key: str
    name: str
    program_id: int
    permissions: frozenset[str]


class KeyLine(Struct, frozen=True):
    """A key as it is listed: everything but the secret, which nobody has."""

    prefix: str
    name: str
    scopes: tuple[str, ...]
    made_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def keys(program_id: int) -> list[KeyLine]:
    """The program's keys, newest first, revoked ones too."""
    found = ApiKey.objects.filter(program_id=program_id).order_by("-made_at", "-id")
    return [
        KeyLine(key.prefix, key.name, tuple(key.scopes), key.made_at, key.last_used_at, key.revoked_at) for key in found
    ]


def somebody_else_may(permission: str, username: str) -> bool:
    """Whether anybody who can sign in, apart from this person, holds the permission."""
    roles = [role for role, may in ROLES.items() if permission in may]
    return Staff.objects.filter(role__in=roles, is_active=True).exclude(username=username).exists()


def staff_named(usernames: Collection[str], numbers: Collection[int]) -> list[tuple[int, str, str]]:
    """People of the staff by the name they sign in with or by their number: number, that name, what they are called."""
    found = Staff.objects.filter(Q(username__in=usernames) | Q(pk__in=numbers))
    return [(staff.pk, staff.username, str(staff)) for staff in found]


def key_names(program_id: int, prefixes: Collection[str]) -> dict[str, str]:
    """What keys are called, by their prefix; revoked ones too."""
    found = ApiKey.objects.filter(program_id=program_id, prefix__in=prefixes)
    return dict(found.values_list("prefix", "name"))


def is_anybody() -> bool:
    """Whether there is somebody who may sign in."""
    return Staff.objects.filter(is_active=True).exists()

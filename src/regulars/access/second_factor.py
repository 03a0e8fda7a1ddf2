"""The second step of signing in: who must have one, and who has one.

What people prove themselves with (codes of an app, passkeys, recovery codes) is kept by django-allauth.
"""

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet
from msgspec import Struct

from regulars.access.models import Policy, Staff
from regulars.access.permissions import ROLES

# Who may do one of these gives away what the shop pays for, or decides who may.
GRAVE = frozenset(
    (
        "activities:write",
        "keys:administer",
        "members:erase",
        "orders:enter",
        "orders:write",
        "points:adjust",
        "points:approve",
        "programs:publish",
        "rewards:approve",
        "rewards:issue",
        "staff:administer",
    )
)
GRAVE_ROLES = tuple(role for role, may in ROLES.items() if may & GRAVE)
# What lets somebody in; recovery codes only stand in for one of these.
STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class Steps(Struct, frozen=True):
    """What somebody of the staff has set up."""

    app: bool = False
    passkeys: int = 0

    @property
    def any(self) -> bool:
        return self.app or self.passkeys > 0


def policy() -> str:
    """Who must have a second step: one of `Policy.WHO`."""
    found: str | None = Policy.objects.values_list("second_factor", flat=True).first()
    return found or "nobody"


def with_owing(staff: QuerySet[Staff]) -> QuerySet[Staff]:
    """The same, each with `owes_second_factor`: must have one, and has none."""
    everyone = Exists(Policy.objects.filter(second_factor="everyone"))
    grave = Exists(Policy.objects.filter(second_factor="grave"))
    has = Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=STEPS))
    return staff.annotate(owes_second_factor=(everyone | (grave & Q(role__in=GRAVE_ROLES))) & ~has)


def steps() -> dict[int, Steps]:
    """By the number of the person."""
    found: dict[int, Steps] = {}
    for number, kind in Authenticator.objects.filter(type__in=STEPS).values_list("user_id", "type"):
        one = found.get(number, Steps())
        is_app = kind == Authenticator.Type.TOTP
        found[number] = Steps(one.app or is_app, one.passkeys + (not is_app))
    return found

"""Who may do what: the vocabulary, the roles, and the mark that every route must carry.

A permission is `noun:verb`. The names are stored in API keys, so they are stable for ever. A route without a mark is an
error that `routes.unmarked` finds; nobody has to remember it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect

PERMISSIONS = (
    "codes:make",
    "codes:read",
    "insight:read",
    "keys:administer",
    "members:admit",
    "members:enrol",
    "members:read",
    "members:read_personal",
    "orders:read",
    "orders:write",
    "points:adjust",
    "points:approve",
    "programs:draft",
    "programs:publish",
    "programs:read",
    "rewards:approve",
    "rewards:fulfil",
    "rewards:issue",
    "rewards:read",
    "rewards:redeem",
    "rewards:stock",
    "staff:administer",
)

# What a key of a machine may be given; the rest is for people who sign in.
SCOPES = (
    "codes:make",
    "codes:read",
    "members:admit",
    "members:enrol",
    "members:read",
    "members:read_personal",
    "orders:read",
    "orders:write",
    "points:adjust",
    "points:approve",
    "programs:read",
    "rewards:approve",
    "rewards:fulfil",
    "rewards:issue",
    "rewards:read",
    "rewards:redeem",
)

ROLES: dict[str, frozenset[str]] = {
    "analyst": frozenset({"insight:read", "programs:read"}),
    "cashier": frozenset({"members:enrol", "members:read", "orders:read", "rewards:read", "rewards:redeem"}),
    "finance": frozenset({"insight:read", "members:read", "orders:read", "programs:read"}),
    "owner": frozenset(PERMISSIONS),
    "program_manager": frozenset(
        {
            "codes:make",
            "rewards:approve",
            "rewards:fulfil",
            "rewards:issue",
            "rewards:read",
            "rewards:stock",
            "insight:read",
            "members:read",
            "members:read_personal",
            "orders:read",
            "programs:draft",
            "programs:publish",
            "programs:read",
        }
    ),
    "service_desk": frozenset(
        {
            "codes:read",
            "members:enrol",
            "members:read",
            "members:read_personal",
            "orders:read",
            "programs:read",
            "rewards:approve",
            "rewards:fulfil",
            "rewards:issue",
            "rewards:read",
            "rewards:redeem",
        }
    ),
}


class Holder(Protocol):
    """Whoever acts: a person of the staff, or an API key."""

    @property
    def permissions(self) -> frozenset[str]: ...


V = TypeVar("V", bound=Callable[..., Any])


def require(*needed: str) -> Callable[[V], V]:
    """Mark a route with the permissions it needs, all of them, and refuse whoever lacks one.

    A person who has not signed in is sent to do so. With no permission named, any member of the staff may.
    """
    unknown = set(needed) - set(PERMISSIONS)
    assert not unknown, f"not in the vocabulary: {unknown}"

    def mark(view: V) -> V:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **named: Any) -> Any:
            holder = _holder(request)
            if holder is None:
                return _to_sign_in(request)
            missing = sorted(set(needed) - holder.permissions)
            if missing:
                raise PermissionDenied(", ".join(missing))
            return view(request, *args, **named)

        guarded.required_permissions = frozenset(needed)  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return mark


def public(view: V) -> V:
    """Mark a route that is open to everyone: signing in, documentation, health."""
    view.required_permissions = None  # type: ignore[attr-defined]
    return view


def _holder(request: HttpRequest) -> Holder | None:
    key: Holder | None = getattr(request, "auth", None)
    if key is not None:
        return key
    return request.user if request.user.is_authenticated else None  # type: ignore[return-value]


def _to_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")

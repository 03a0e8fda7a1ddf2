"""Who may do what: the vocabulary, the roles, and the mark that every route must carry.

A permission is `noun:verb`. The names are stored in API keys, so they are stable for ever. A route without a mark is an
error that `routes.unmarked` finds; nobody has to remember it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

PERMISSIONS = (
    "activities:write",
    "changes:read",
    "codes:make",
    "codes:read",
    "insight:read",
    "keys:administer",
    "members:admit",
    "members:enrol",
    "members:erase",
    "members:export",
    "members:merge",
    "members:note",
    "members:read",
    "members:read_personal",
    "orders:enter",
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
    "segments:read",
    "segments:write",
    "staff:administer",
)

# What a key of a machine may be given; the rest is for people who sign in.
SCOPES = (
    "activities:write",
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
    "analyst": frozenset({"insight:read", "programs:read", "segments:read"}),
    # Reads what was done and by whom, changes nothing, and sees no names.
    "auditor": frozenset(
        {
            "changes:read",
            "insight:read",
            "members:read",
            "orders:read",
            "programs:read",
            "rewards:read",
            "segments:read",
        }
    ),
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
            "members:erase",
            "members:export",
            "members:note",
            "members:read",
            "members:read_personal",
            "orders:read",
            "points:approve",
            "programs:draft",
            "programs:publish",
            "programs:read",
            "segments:read",
            "segments:write",
        }
    ),
    "service_desk": frozenset(
        {
            "codes:read",
            "members:enrol",
            "members:export",
            "members:merge",
            "members:note",
            "members:read",
            "members:read_personal",
            "orders:enter",
            "orders:read",
            "points:adjust",
            "programs:read",
            "rewards:approve",
            "rewards:fulfil",
            "rewards:issue",
            "rewards:read",
            "rewards:redeem",
        }
    ),
}


# Where one's own ways to sign in are set up.
SECURITY_URL = "/security"


class Holder(Protocol):
    """Whoever acts: a person of the staff, or an API key."""

    @property
    def permissions(self) -> frozenset[str]: ...


V = TypeVar("V", bound=Callable[..., Any])


def require(*needed: str, setting_up: bool = False) -> Callable[[V], V]:
    """Mark a route with the permissions it needs, all of them, and refuse whoever lacks one.

    A person who has not signed in is sent to do so; one who must still set up a second step, to where they do that,
    which is what `setting_up` routes are for. With no permission named, any member of the staff may.
    """
    unknown = set(needed) - set(PERMISSIONS)
    assert not unknown, f"not in the vocabulary: {unknown}"

    def mark(view: V) -> V:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **named: Any) -> Any:
            holder = _holder(request)
            if holder is None:
                return _led(request, _sign_in(request))
            if not setting_up and getattr(holder, "owes_second_factor", False):
                return _led(request, SECURITY_URL)
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


def _sign_in(request: HttpRequest) -> str:
    """And back to the page they are on, of which this may be a part."""
    page = urlsplit(request.headers.get("HX-Current-URL", ""))
    here = page._replace(scheme="", netloc="").geturl() or request.get_full_path()
    return f"{settings.LOGIN_URL}?{urlencode({'next': here})}"


def _led(request: HttpRequest, url: str) -> HttpResponse:
    """Elsewhere, with the whole page: htmx follows a redirect by itself and would put that page inside this one."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)

"""Who may ask, and how much they may send: what every door for machines looks at before it reads a body."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from regulars.access import attempts
from regulars.access.actions import check_key
from regulars.access.keys import prefix_of
from regulars.access.queries import Grant
from regulars.contract.problems import Problem
from regulars.programs.models import Program
from regulars.programs.queries import Published, published_by_id

BODY_LIMIT = 1_000_000


def measure(stated: str, chunked: bool) -> None:
    """By the length that is stated; whoever states none but sends in chunks is refused. Raises Problem."""
    if chunked:
        raise Problem("length_required")
    try:
        length = int(stated or 0)
    except ValueError:
        length = 0
    if length > BODY_LIMIT:
        raise Problem("body_too_large")


def admitted(address: str, key: str, needed: Collection[str]) -> Grant:
    """What this key grants to whoever asks from this address. Raises Problem."""
    prefix = prefix_of(key)
    if attempts.too_many(address, prefix):
        raise Problem("too_many_attempts", headers={"Retry-After": str(attempts.WINDOW_SECONDS)})
    grant = check_key(key)
    if grant is None:
        attempts.note(address, prefix)
        raise unknown()
    require(grant, *needed)
    return grant


def require(grant: Grant, *needed: str) -> None:
    """Raises Problem where the key lacks one of these."""
    missing = sorted(set(needed) - grant.permissions)
    if missing:
        raise Problem("permission_missing", _("It lacks: %(scopes)s") % {"scopes": ", ".join(missing)})


def unknown() -> Problem:
    return Problem("key_unknown", headers={"WWW-Authenticate": 'Bearer realm="regulars"'})


def program_of(grant: Grant) -> Published:
    """The program that a key belongs to. Raises Problem."""
    try:
        return published_by_id(grant.program_id)
    except Program.DoesNotExist:
        raise Problem("not_found") from None

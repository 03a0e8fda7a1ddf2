"""Staff and keys: made, checked, revoked."""

from collections.abc import Iterable
from datetime import timedelta
from hmac import compare_digest

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from regulars.access.keys import hash_of, new_key, prefix_of
from regulars.access.models import ApiKey, Staff
from regulars.access.permissions import ROLES, SCOPES
from regulars.access.queries import Grant
from regulars.ledger.connect import first_rows

NO_HASH = bytes(32)
# How exact "last used" is; it keeps a busy key from being written at every request.
LAST_USED_STEP = timedelta(minutes=1)
LIVING_KEY = """
    SELECT hash, name, program_id, scopes, COALESCE(last_used_at >= now() - %s, false)
    FROM access_apikey WHERE prefix = %s AND revoked_at IS NULL
"""
UNNOTED = Q(last_used_at=None) | Q(last_used_at__lt=Now() - LAST_USED_STEP)


@transaction.atomic
def create_staff(username: str, password: str, role: str, name: str = "", email: str = "") -> Staff:
    """A person who may sign in. Raises ValueError for an unknown role, IntegrityError for a name that is taken."""
    if role not in ROLES:
        raise ValueError(role)
    return Staff.objects.create_user(username, email, password, role=role, name=name)


@transaction.atomic
def issue_key(program_id: int, name: str, scopes: Iterable[str]) -> str:
    """A new key, returned this once: only its hash is kept. Raises ValueError for a scope that keys cannot have."""
    wanted = sorted(set(scopes))
    if unknown := set(wanted) - set(SCOPES):
        raise ValueError(unknown)
    key = new_key()
    ApiKey.objects.create(program_id=program_id, prefix=prefix_of(key), hash=hash_of(key), scopes=wanted, name=name)
    return key


@transaction.atomic
def revoke_key(program_id: int, prefix: str) -> bool:
    """From now on the key opens nothing. False when the program has no such living key."""
    living = ApiKey.objects.filter(program_id=program_id, prefix=prefix, revoked_at=None)
    return living.update(revoked_at=Now()) == 1


def check_key(key: str) -> Grant | None:
    """What this key grants, or None. Takes as long for an unknown key as for a wrong secret."""
    prefix = prefix_of(key)
    found = first_rows(LIVING_KEY, [LAST_USED_STEP, prefix])
    kept, name, program_id, scopes, noted = found[0] if found else (NO_HASH, "", 0, (), True)
    if not (compare_digest(kept, hash_of(key)) and found):
        return None
    if not noted:
        ApiKey.objects.filter(UNNOTED, prefix=prefix, revoked_at=None).update(last_used_at=Now())
    return Grant(prefix, name, program_id, frozenset(scopes))

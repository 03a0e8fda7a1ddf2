"""What the console changes about who may do what; each change is written down with who, before and after.

Each verb is one transaction. Under one `number` it is done once: whoever sends it again is told so, and sees no secret.
"""

import secrets
from collections.abc import Iterable, Mapping
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.db.models import F

from regulars.access.actions import create_staff, issue_key, revoke_key
from regulars.access.keys import prefix_of
from regulars.access.models import ApiKey, Change, Policy, Staff
from regulars.access.permissions import ROLES, SCOPES

# Why nothing was changed. Stable for ever.
REFUSALS = (
    "done_already",
    "key_unknown",
    "name_taken",
    "no_second_factor",
    "policy_unknown",
    "role_unknown",
    "scope_unknown",
    "staff_unknown",
    "yourself",
)


class ChangeRefused(Exception):
    """Nothing was changed; `code` is one of REFUSALS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def make_key(program_id: int, name: str, scopes: Iterable[str], actor: str, number: UUID) -> str:
    """The key, shown this once. Raises ChangeRefused."""
    wanted = sorted(set(scopes))
    if not wanted or set(wanted) - set(SCOPES):
        raise ChangeRefused("scope_unknown")
    _once(number)
    key = issue_key(program_id, name, wanted)
    note(number, f"key:{prefix_of(key)}", "key.made", actor, after={"name": name, "scopes": wanted})
    return key


@transaction.atomic
def end_key(program_id: int, prefix: str, actor: str, number: UUID) -> None:
    """From now on it opens nothing. Raises ChangeRefused."""
    found = ApiKey.objects.select_for_update().filter(program_id=program_id, prefix=prefix).first()
    if found is None or not revoke_key(program_id, prefix):
        raise ChangeRefused("key_unknown")
    note(number, f"key:{prefix}", "key.revoked", actor, before={"name": found.name, "scopes": list(found.scopes)})


@transaction.atomic
def let_in(username: str, name: str, email: str, role: str, actor: str, number: UUID) -> str:
    """Somebody new; their password, shown this once. Raises ChangeRefused."""
    if role not in ROLES:
        raise ChangeRefused("role_unknown")
    _once(number)
    password = secrets.token_urlsafe(12)
    try:
        with transaction.atomic():
            staff = create_staff(username, password, role, name, email)
    except IntegrityError:
        raise ChangeRefused("name_taken") from None
    note(number, f"staff:{staff.pk}", "staff.added", actor, after={"name": str(staff), "role": role})
    return password


@transaction.atomic
def set_role(staff_id: int, role: str, actor_id: int, actor: str, number: UUID) -> None:
    """Raises ChangeRefused, also for one's own: somebody always stays who may give roles."""
    if role not in ROLES:
        raise ChangeRefused("role_unknown")
    staff = _other(staff_id, actor_id)
    before, staff.role = staff.role, role
    if before != role:
        staff.save(update_fields=["role"])
        note(number, f"staff:{staff.pk}", "staff.role", actor, before={"role": before}, after={"role": role})


@transaction.atomic
def set_active(staff_id: int, is_active: bool, actor_id: int, actor: str, number: UUID) -> None:
    """Who is shut out sees nothing from their next click on. Raises ChangeRefused."""
    staff = _other(staff_id, actor_id)
    if staff.is_active != is_active:
        staff.is_active = is_active
        staff.save(update_fields=["is_active"])
        note(number, f"staff:{staff.pk}", "staff.let_in" if is_active else "staff.shut_out", actor)


@transaction.atomic
def new_password(staff_id: int, actor_id: int, actor: str, number: UUID) -> str:
    """Shown this once; sessions made with the old one end. Raises ChangeRefused."""
    return _another_password(_other(staff_id, actor_id), actor, number)


@transaction.atomic
def new_password_of(username: str, actor: str, number: UUID) -> str:
    """The same for whoever has the terminal, also for the only owner. Raises ChangeRefused."""
    return _another_password(_named(username), actor, number)


def _another_password(staff: Staff, actor: str, number: UUID) -> str:
    _once(number)
    password = secrets.token_urlsafe(12)
    staff.set_password(password)
    staff.save(update_fields=["password"])
    note(number, f"staff:{staff.pk}", "staff.password", actor)
    return password


@transaction.atomic
def require_second_factor(who: str, actor: str, number: UUID) -> None:
    """Who must have a second step from their next click on: one of `Policy.WHO`. Raises ChangeRefused."""
    if who not in Policy.WHO:
        raise ChangeRefused("policy_unknown")
    Policy.objects.get_or_create(pk=1)
    kept = Policy.objects.select_for_update().get(pk=1)
    before, kept.second_factor = kept.second_factor, who
    if before != who:
        kept.save(update_fields=["second_factor"])
        told = {"before": {"second_factor": before}, "after": {"second_factor": who}}
        note(number, "policy:second_factor", "factor.required", actor, **told)


@transaction.atomic
def reset_second_factor(staff_id: int, actor_id: int, actor: str, number: UUID) -> None:
    """A colleague who lost theirs signs in by the password alone and sets up another. Raises ChangeRefused."""
    _forget_second_factor(_other(staff_id, actor_id), actor, number)


@transaction.atomic
def reset_second_factor_of(username: str, actor: str, number: UUID) -> None:
    """The same for whoever has the terminal, also for the only owner. Raises ChangeRefused."""
    _forget_second_factor(_named(username), actor, number)


def _forget_second_factor(staff: Staff, actor: str, number: UUID) -> None:
    """Also passkeys and recovery codes, and sessions that are open: whoever found the telephone may have any."""
    if not Authenticator.objects.filter(user=staff).delete()[0]:
        raise ChangeRefused("no_second_factor")
    Staff.objects.filter(pk=staff.pk).update(era=F("era") + 1)
    note(number, f"staff:{staff.pk}", "factor.reset", actor)


def _named(username: str) -> Staff:
    """Locked."""
    staff = Staff.objects.select_for_update().filter(username=username).first()
    if staff is None:
        raise ChangeRefused("staff_unknown")
    return staff


def _other(staff_id: int, actor_id: int) -> Staff:
    """Locked, with whoever acts, in order; who acts may still do so."""
    if staff_id == actor_id:
        raise ChangeRefused("yourself")
    both = {one.pk: one for one in Staff.objects.select_for_update().filter(pk__in=(staff_id, actor_id)).order_by("pk")}
    if staff_id not in both or "staff:administer" not in both[actor_id].permissions:
        raise ChangeRefused("staff_unknown")
    return both[staff_id]


def _once(number: UUID) -> None:
    if Change.objects.filter(number=number).exists():
        raise ChangeRefused("done_already")


def note(
    number: UUID, about: str, what: str, actor: str, *,
    before: Mapping[str, object] | None = None, after: Mapping[str, object] | None = None,
    program_id: int | None = None,
) -> None:  # fmt: skip
    """A line of the log, once for each number. Raises ChangeRefused."""
    try:
        with transaction.atomic():
            Change.objects.create(
                number=number, about=about, what=what, actor=actor, program_id=program_id,
                before=dict(before or {}), after=dict(after or {}),
            )  # fmt: skip
    except IntegrityError:
        raise ChangeRefused("done_already") from None

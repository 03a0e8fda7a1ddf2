"""Codes of the second step, where several processes answer: each is good once, and few may be tried.

django-allauth counts in each process by itself; here the row of what is tried does.
"""

import time
from typing import Any

from allauth.account.adapter import get_adapter as account
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.db import transaction

TRIES = 5
WINDOW_SECONDS = 300


class _Counted:
    """Before allauth's own check: may they still try; after it: was this code taken already."""

    user: Any
    authenticator: Authenticator

    def clean_code(self) -> str:
        _admit(self.user.pk)
        code: str = super().clean_code()  # type: ignore[misc]  # of allauth's form
        if not _take(self.authenticator.pk, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class Code(_Counted, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """At sign-in."""


class CodeAgain(_Counted, ReauthenticateForm):  # type: ignore[misc]
    """Before something grave."""


@transaction.atomic
def _admit(user_id: int) -> None:
    """Counts the attempt, also one that fails; a right one begins anew."""
    kept = _locked(user_id=user_id)
    if kept is None:
        return
    recent = [at for at in kept.data.get("tried", []) if time.time() - at < WINDOW_SECONDS]
    if len(recent) >= TRIES:
        raise account().validation_error("too_many_login_attempts")
    kept.data["tried"] = [*recent, int(time.time())]
    kept.save(update_fields=["data"])


@transaction.atomic
def _take(pk: int, code: str) -> bool:
    """False for a code of the app that was taken before. allauth has marked a recovery code as used itself."""
    used = Authenticator.objects.select_for_update().get(pk=pk)
    if used.type == Authenticator.Type.TOTP:
        secret = get_adapter().decrypt(used.data["secret"])
        fitting = [
            counter
            for counter in yield_hotp_counters_from_time()
            if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter)))
        ]
        newest = max(fitting, default=0)
        if newest <= used.data.get("taken", 0):
            return False
        used.data["taken"] = newest
        used.save(update_fields=["data"])
    counted = _locked(user_id=used.user_id)
    assert counted is not None
    counted.data["tried"] = []
    counted.save(update_fields=["data"])
    return True


def _locked(user_id: int) -> Authenticator | None:
    """What a person's attempts are counted at: whatever they set up first."""
    mine = Authenticator.objects.select_for_update().filter(user_id=user_id)
    found: Authenticator | None = mine.order_by("pk").first()
    return found

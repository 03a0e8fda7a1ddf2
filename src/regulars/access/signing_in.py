"""How django-allauth lets the staff in, where its own way is not ours."""

import time
from base64 import b32encode, urlsafe_b64encode
from hashlib import sha256
from secrets import token_bytes
from typing import Any
from uuid import uuid4

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.access.changing import note
from regulars.access.models import Staff
from regulars.access.second_factor import with_owing

# What allauth would write a letter about, as it is noted in the log.
NOTED = {
    "account/email/password_changed": "staff.own_password",
    "mfa/email/recovery_codes_generated": "factor.codes_made",
    "mfa/email/totp_activated": "factor.app_added",
    "mfa/email/totp_deactivated": "factor.app_removed",
    "mfa/email/webauthn_added": "factor.key_added",
    "mfa/email/webauthn_removed": "factor.key_removed",
}
# Whoever signed in just now is not asked at once who they are.
FRESH_SECONDS = 300


class SignIn(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Tells with each person whether they still owe a second step, in the same query."""

    def get_user(self, user_id: int) -> Staff | None:
        found = with_owing(Staff.objects.filter(pk=user_id)).first()
        return found if found and self.user_can_authenticate(found) else None


class Account(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_password": gettext_lazy("This is not your password."),
        "too_many_login_attempts": gettext_lazy("Too many attempts. Try again in five minutes."),
    }

    def is_reauthentication_required(self, **_asked: Any) -> bool:
        request = context.request
        records = get_authentication_records(request, request.user)
        return all(time.time() - one["at"] > FRESH_SECONDS for one in records)

    def get_reauthentication_methods(self, user: Staff) -> list[dict[str, str]]:
        """Whoever has a second step takes it: a password alone would open what removes it."""
        ways: list[dict[str, str]] = super().get_reauthentication_methods(user)
        return [one for one in ways if one["id"] != "reauthenticate"] or ways

    def respond_user_inactive(self, request: HttpRequest, _user: Staff) -> HttpResponse:
        """Whoever was shut out still has their passkey."""
        messages.warning(request, _("You cannot sign in any more. Ask an owner."))
        return HttpResponseRedirect(settings.LOGIN_URL)

    def send_notification_mail(self, template_prefix: str, user: Staff, *_more: Any, **_named: Any) -> None:
        """Not a letter but a line in the log."""
        if what := NOTED.get(template_prefix):
            note(uuid4(), f"staff:{user.pk}", what, f"staff:{user.username}")


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Keeps the secrets of second steps sealed, so that a copy of the database alone passes none."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("That did not fit. Codes change every half a minute: try the one shown now."),
    }

    def get_totp_issuer(self) -> str:
        return f"Regulars {self._get_site_name()}"

    def build_totp_svg(self, url: str) -> str:
        drawn: str = segno.make_qr(url).svg_inline(border=4, omitsize=True, dark="#000", light="#fff")
        return drawn

    def encrypt(self, text: str) -> str:
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What another key sealed becomes a secret that nobody has, so that it lets nobody in."""
        try:
            return _seal().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return b32encode(token_bytes(20)).decode()

    def generate_authenticator_name(self, *_of: Any) -> str:
        return _("Passkey")


def _seal() -> Fernet:
    return Fernet(urlsafe_b64encode(sha256(b"regulars second factor " + settings.SECRET_KEY.encode()).digest()))

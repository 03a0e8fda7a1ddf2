"""One's own ways to sign in: what is set up, and passkeys that lead on to where somebody was going."""

import json

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from fido2.webauthn import AuthenticationResponse

from regulars.access.permissions import require
from regulars.access.second_factor import policy


@require(setting_up=True)
def security(request: HttpRequest) -> HttpResponse:
    mine = list(Authenticator.objects.filter(user_id=request.user.pk).order_by("created_at", "id"))
    app = next((one for one in mine if one.type == Authenticator.Type.TOTP), None)
    codes = next((one for one in mine if one.type == Authenticator.Type.RECOVERY_CODES), None)
    shown = {
        "app": app,
        "codes": codes,
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "is_owing": request.user.owes_second_factor,
        "keys": [one for one in mine if one.type == Authenticator.Type.WEBAUTHN],
        "policy": policy(),
    }
    return render(request, "console/security.html", shown)


@require(setting_up=True)
def keys(_request: HttpRequest) -> HttpResponse:
    """Where django-allauth leads after a passkey was removed."""
    return redirect("mfa_index")


class Passkey(LoginWebAuthnView):  # type: ignore[misc]
    """Signing in by a passkey alone, and on to where the person was going."""

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Nobody is let in by a device alone that did not look who holds it, whatever it was asked for: that it was
        touched proves nothing more after a password, and this session may have begun with one."""
        if not _looked_who_holds_it(form.data["credential"]):
            form.add_error("credential", get_adapter().validation_error("incorrect_code"))
            return self.form_invalid(form)
        found = form.cleaned_data["credential"]
        post_authentication(self.request, found, passwordless=True)
        login = Login(user=found.user, redirect_url=get_next_redirect_url(self.request))
        return perform_login(self.request, login)


def _looked_who_holds_it(credential: str) -> bool:
    given = AuthenticationResponse.from_dict(json.loads(credential))
    return given.response.authenticator_data.is_user_verified()


passkey = Passkey.as_view()

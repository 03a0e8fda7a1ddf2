"""Addresses of signing in, and of what people set up to do so. Their names are django-allauth's."""

from allauth.account.views import login, logout, password_change, reauthenticate
from allauth.mfa.base.views import authenticate
from allauth.mfa.base.views import reauthenticate as reauthenticate_by_code
from allauth.mfa.recovery_codes.views import generate_recovery_codes, view_recovery_codes
from allauth.mfa.totp.views import activate_totp, deactivate_totp
from allauth.mfa.webauthn.views import add_webauthn, reauthenticate_webauthn, remove_webauthn
from django.urls import path
from django.views.decorators.cache import never_cache

from regulars.access.permissions import public, require
from regulars.console.views import security

own = require(setting_up=True)

pages = [
    path("sign-in", public(login), name="account_login"),
    path("sign-in/passkey", public(security.passkey), name="mfa_login_webauthn"),
    path("sign-in/second-step", public(authenticate), name="mfa_authenticate"),
    path("sign-out", public(logout), name="account_logout"),
    path("security", security.security, name="mfa_index"),
    path("security/again", own(reauthenticate), name="account_reauthenticate"),
    path("security/again/code", own(reauthenticate_by_code), name="mfa_reauthenticate"),
    path("security/again/passkey", own(reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("security/app", own(activate_totp), name="mfa_activate_totp"),
    path("security/app/remove", own(deactivate_totp), name="mfa_deactivate_totp"),
    path("security/codes", own(never_cache(view_recovery_codes)), name="mfa_view_recovery_codes"),
    path("security/codes/new", own(generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("security/passkeys", security.keys, name="mfa_list_webauthn"),
    path("security/passkeys/add", own(add_webauthn), name="mfa_add_webauthn"),
    path("security/passkeys/<int:pk>/remove", own(remove_webauthn), name="mfa_remove_webauthn"),
    path("security/password", own(password_change), name="account_change_password"),
]

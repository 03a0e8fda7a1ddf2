"""The staff's door. Everything about one program lies under its name, so that an address can be sent to a colleague."""

from allauth.account.views import login, logout
from django.urls import path

from regulars.access.permissions import public
from regulars.console.views import look

urlpatterns = [
    path("sign-in", public(login), name="account_login"),
    path("sign-out", public(logout), name="account_logout"),
    path("theme", look.theme, name="theme"),
]

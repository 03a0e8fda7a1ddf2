"""Signing in and out, the switches that need no account, and the pages for what went wrong."""

import time
from datetime import timedelta

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from pytest_django import Settings

from regulars.access.actions import create_staff
from regulars.access.models import Staff
from regulars.access.staying import ASKED_AT
from regulars.project import settings as installed

pytestmark = pytest.mark.django_db
PASSWORD = "oolong-in-the-morning"


@pytest.fixture(autouse=True)
def fresh_rate_limits() -> None:
    cache.clear()


@pytest.fixture
def owner() -> Staff:
    return create_staff("lin", PASSWORD, "owner", name="Lin", email="lin@example.org")


@pytest.mark.parametrize("name", ["lin", "lin@example.org"])
def test_staff_sign_in_by_name_or_address(client: Client, owner: object, name: str) -> None:
    answer = client.post("/sign-in", {"login": name, "password": PASSWORD, "next": "/theme"})
    assert answer.status_code == 302
    assert answer["Location"] == "/theme"
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("name", ["lin", "nobody"])
def test_a_wrong_password_says_the_same_for_known_and_unknown_names(client: Client, owner: object, name: str) -> None:
    answer = client.post("/sign-in", {"login": name, "password": "not this one"})
    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors() == ["The username and/or password you specified are not correct."]
    assert "_auth_user_id" not in client.session


def test_guessing_is_slowed_down_even_with_the_right_password_at_last(client: Client, owner: object) -> None:
    for _ in range(5):
        client.post("/sign-in", {"login": "lin", "password": "not this one"})
    client.post("/sign-in", {"login": "lin", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("again", [False, True])
def test_guessing_is_slowed_down_whichever_process_is_asked(owner: Staff, settings: Settings, again: bool) -> None:
    """Also where somebody who is in says again who they are."""
    settings.CACHES = installed.CACHES
    client = Client()
    if again:
        client.force_login(owner)
    path, last = ("/security/again", "/security") if again else ("/sign-in", "/theme")
    for _ in range(5):
        client.post(path, {"login": "lin", "password": "not this one"})
        forget_what_this_process_knows()
    answer = client.post(path, {"login": "lin", "password": PASSWORD, "next": last})
    assert answer.status_code == 200
    assert "Too many attempts." in answer.content.decode()


def forget_what_this_process_knows() -> None:
    LocMemCache("", {}).clear()


def test_signing_out_needs_a_click_not_a_link(client: Client, owner: object) -> None:
    client.post("/sign-in", {"login": "lin", "password": PASSWORD})
    assert client.get("/sign-out").status_code == 200
    assert "_auth_user_id" in client.session
    client.post("/sign-out")
    assert "_auth_user_id" not in client.session


def test_whoever_asks_for_nothing_for_half_a_day_is_out(client: Client, owner: object) -> None:
    """Each click begins the time anew, and is written down at most every ten minutes."""
    came = client.post("/sign-in", {"login": "lin", "password": PASSWORD})
    assert came.cookies["sessionid"]["max-age"] == 12 * 3600
    assert "sessionid" not in client.get("/security").cookies
    for _ in range(2):
        hours_pass(client, 11)
        assert client.get("/security").cookies["sessionid"]["max-age"] == 12 * 3600
        assert "sessionid" not in client.get("/security").cookies
    hours_pass(client, 12)
    assert client.get("/security").status_code == 302


def hours_pass(client: Client, hours: int) -> None:
    """As if whatever is written of this session were so much older."""
    session, ago = client.session, hours * 3600
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {**one, "at": one["at"] - ago} for one in session[AUTHENTICATION_METHODS_SESSION_KEY]
    ]
    session[ASKED_AT] = session.get(ASKED_AT, time.time()) - ago
    session.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(hours=12 - hours))


def test_nobody_can_sign_up() -> None:
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")


def test_theme_is_remembered_and_shown(client: Client) -> None:
    answer = client.post("/theme", {"theme": "dark", "next": "/sign-in"})
    assert answer["Location"] == "/sign-in"
    assert b'data-theme="dark"' in client.get("/sign-in").content


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_a_switch_never_leads_to_another_site(client: Client, elsewhere: str) -> None:
    assert client.post("/theme", {"theme": "light", "next": elsewhere})["Location"] == "/"


def test_an_unknown_theme_is_refused(client: Client) -> None:
    assert client.post("/theme", {"theme": "<b>"}).status_code == 400


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "There is nothing here"), ("zh-hant", "這裡沒有東西"), ("zh-hans", "这里没有内容")],
)
def test_a_wrong_address_gets_a_page_in_the_readers_language(client: Client, language: str, words: str) -> None:
    answer = client.get("/no/such/page", headers={"accept-language": language})
    assert answer.status_code == 404
    assert words in answer.content.decode()
    assert f'lang="{language}"' in answer.content.decode()


def test_a_new_installation_says_how_somebody_gets_in() -> None:
    assert "staff add NAME --role owner" in Client().get("/sign-in").content.decode()
    create_staff("lin", PASSWORD, "owner")
    assert "staff add" not in Client().get("/sign-in").content.decode()

"""The second step of signing in: set up, asked for, required, lost. Passkeys are in tests/browser."""

import time
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings as kept
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, TestCase, override_settings

from regulars.access.actions import create_staff
from regulars.access.models import ApiKey, Change, Staff
from regulars.access.signing_in import SecondFactor
from regulars.programs.queries import Published
from tests.console.conftest import came_in, signed_in
from tests.console.pages import text

pytestmark = pytest.mark.django_db
PASSWORD = "oolong-in-the-morning"
STAFF = "/programs/tea-house/settings/staff"


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def lin(db: None) -> Staff:
    return create_staff("lin", PASSWORD, "owner", name="Lin")


def by_password(client: Client, **more: str) -> HttpResponse:
    return client.post("/sign-in", {"login": "lin", "password": PASSWORD, **more})


def code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def with_app(client: Client) -> tuple[str, list[str]]:
    """Somebody who has signed in sets up an app; its secret and the recovery codes they are shown."""
    secret = client.get("/security/app").context["form"].secret
    with TestCase.captureOnCommitCallbacks(execute=True):
        shown = client.post("/security/app", {"code": code(secret)}, follow=True)
    return secret, list(shown.context["unused_codes"])


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def notes() -> list[str]:
    return list(Change.objects.order_by("pk").values_list("what", flat=True))


def test_a_code_of_the_app_is_asked_for_after_the_password(client: Client, lin: Staff) -> None:
    by_password(client)
    secret, codes = with_app(client)
    assert len(codes) == 10
    assert not set(codes) & set(text(client.get("/security/codes").content).split()), "shown once"
    assert notes() == ["factor.app_added"]
    client = Client()
    answer = by_password(client, next="/theme")
    assert (answer["Location"], is_in(client)) == ("/sign-in/second-step", False)
    assert client.get("/security")["Location"].startswith("/sign-in?"), "a password alone opens nothing"
    wrong = client.post("/sign-in/second-step", {"code": "nothing"})
    assert "That did not fit." in text(wrong.content)
    assert client.post("/sign-in/second-step", {"code": code(secret)})["Location"] == "/theme"
    assert is_in(client)


def test_the_secret_is_shown_in_groups_that_can_be_copied_by_eye(client: Client, lin: Staff) -> None:
    by_password(client)
    page = client.get("/security/app")
    secret = page.context["form"].secret
    groups = [secret[place : place + 4] for place in range(0, len(secret), 4)]
    assert " ".join(groups) in text(page.content)
    assert secret not in text(page.content)


def test_a_code_is_good_once_whoever_has_seen_it(client: Client, lin: Staff) -> None:
    by_password(client)
    secret, _codes = with_app(client)
    now = code(secret)
    for expected in (True, False):
        client = Client()
        cache.clear()  # another process has counted nothing
        by_password(client)
        client.post("/sign-in/second-step", {"code": now})
        assert is_in(client) is expected


def test_a_recovery_code_stands_in_once(client: Client, lin: Staff) -> None:
    by_password(client)
    _secret, codes = with_app(client)
    for expected in (True, False):
        client = Client()
        by_password(client)
        client.post("/sign-in/second-step", {"code": codes[0]})
        assert is_in(client) is expected


def test_few_codes_may_be_tried_in_whatever_process(client: Client, lin: Staff) -> None:
    by_password(client)
    secret, _codes = with_app(client)
    client = Client()
    by_password(client)
    for number in range(5):
        cache.clear()
        client.post("/sign-in/second-step", {"code": f"0000{number}x"})
    cache.clear()
    answer = client.post("/sign-in/second-step", {"code": code(secret)})
    assert "Too many attempts." in text(answer.content)
    assert not is_in(client)


def test_secrets_lie_sealed_and_another_key_opens_none(client: Client, lin: Staff) -> None:
    by_password(client)
    secret, codes = with_app(client)
    lying = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in lying
    assert not any(one in lying for one in codes)
    sealed = SecondFactor().encrypt(secret)
    assert SecondFactor().decrypt(sealed) == secret
    with override_settings(SECRET_KEY="another " + kept.SECRET_KEY):
        assert SecondFactor().decrypt(sealed) != secret


def test_whoever_signed_in_long_ago_says_again_who_they_are(lin: Staff) -> None:
    client = Client()
    client.force_login(lin)
    for page in ("app", "codes/new", "passkeys/add"):
        assert (
            client.get(f"/security/{page}")["Location"]
            == f"/security/again?next=%2Fsecurity%2F{page.replace('/', '%2F')}"
        )
    sent = {"next": "/security/app", "password": "a guess"}
    assert "This is not your password." in text(client.post("/security/again", sent).content)
    assert client.post("/security/again", {**sent, "password": PASSWORD})["Location"] == "/security/app"
    assert client.get("/security/app").status_code == 200


def test_removing_the_app_leaves_the_password_and_a_line_in_the_log(client: Client, lin: Staff) -> None:
    by_password(client)
    with_app(client)
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post("/security/codes/new")
    client.post("/security/app/remove")
    assert not Authenticator.objects.exists(), "recovery codes stand in for nothing then"
    assert notes() == ["factor.app_added", "factor.codes_made", "factor.app_removed"]
    again = Client()
    by_password(again)
    assert is_in(again)


def test_ones_own_password_is_changed_by_whoever_knows_it(client: Client, lin: Staff) -> None:
    by_password(client)
    elsewhere = Client()
    by_password(elsewhere)
    new = {"password1": "pu-erh-in-the-evening", "password2": "pu-erh-in-the-evening", "next": "/security"}
    client.post("/security/password", {"oldpassword": "a guess", **new})
    assert notes() == []
    assert client.post("/security/password", {"oldpassword": PASSWORD, **new})["Location"] == "/security"
    assert notes() == ["staff.own_password"]
    assert client.get("/security").status_code == 200
    assert elsewhere.get("/security").status_code == 302


def test_whoever_has_a_second_step_does_not_get_past_it_by_the_password(client: Client, lin: Staff) -> None:
    by_password(client)
    secret, _codes = with_app(client)
    came_in(client, lin, time.time() - 3600)
    assert client.get("/security/app/remove")["Location"].startswith("/security/again/code?")
    client.post("/security/again", {"next": "/security/app/remove", "password": PASSWORD})
    client.post("/security/app/remove")
    assert Authenticator.objects.filter(type="totp").exists()
    client.post("/security/again/code", {"next": "/security/app/remove", "code": code(secret)})
    client.post("/security/app/remove")
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("deed", ["second_factor", "password"])
def test_an_owner_who_came_in_long_ago_says_again_who_they_are(teahouse: Published, deed: str) -> None:
    """What they meant to do is done then."""
    owner, desk = signed_in("owner"), signed_in("service_desk")
    with_app(desk)
    me, colleague = Staff.objects.get(username="owner"), Staff.objects.get(username="service_desk")
    came_in(owner, me, time.time() - 3600)
    asked = owner.post(f"{STAFF}/{colleague.pk}", {"do": deed})
    assert asked["Location"].startswith("/security/again?")
    policy = owner.post("/programs/tea-house/settings/second-step", {"who": "everyone"})
    assert policy["Location"].startswith("/security/again?")
    assert notes() == ["factor.app_added"]
    assert desk.get("/security").status_code == 200

    owner.post(f"{STAFF}/{colleague.pk}", {"do": deed})
    owner.post("/security/again", {"next": f"{STAFF}/{colleague.pk}", "password": "a password of some length"})
    assert len(notes()) == 2
    assert desk.get("/security").status_code == 302, "their sessions are over"


def test_nobody_new_and_no_key_comes_by_a_browser_that_was_left(teahouse: Published, owner: Client) -> None:
    """What was filled in is sent once it is clear who asks for it."""
    me = Staff.objects.get(username="owner")
    keys = "/programs/tea-house/settings"
    deeds = [(STAFF, {"username": "wang", "role": "owner"}), (keys, {"name": "till", "scopes": ["orders:write"]})]
    for page, sent in deeds:
        came_in(owner, me, time.time() - 3600)
        assert owner.get(page).status_code == 200
        assert owner.post(page, sent)["Location"].startswith("/security/again?")
    assert not Staff.objects.filter(username="wang").exists()
    assert not ApiKey.objects.exists()
    for page, sent in deeds:
        came_in(owner, me, time.time() - 3600)
        owner.post(page, sent)
        shown = owner.post("/security/again", {"next": page, "password": "a password of some length"})
        assert shown["Cache-Control"] == "no-store"
    assert Staff.objects.get(username="wang").role == "owner"
    assert ApiKey.objects.get().name == "till"


def test_a_part_of_a_page_leads_elsewhere_with_the_whole_page(teahouse: Published, owner: Client) -> None:
    page = "/programs/tea-house/members?search=oak"
    part = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"}
    led = Client().get("/programs/tea-house/members?search=oa", headers=part)
    assert (led.status_code, led.content) == (200, b"")
    assert led["HX-Redirect"] == "/sign-in?next=%2Fprograms%2Ftea-house%2Fmembers%3Fsearch%3Doak"
    owner.post("/programs/tea-house/settings/second-step", {"who": "everyone"})
    assert owner.get(page, headers=part)["HX-Redirect"] == "/security"


def test_an_owner_requires_a_second_step_and_the_next_click_leads_to_it(owner: Client, teahouse: Published) -> None:
    cashier, desk = signed_in("cashier"), signed_in("service_desk")
    required = "/programs/tea-house/settings/second-step"
    assert "Choose who" in text(owner.post(required, {"who": "wizards"}, follow=True).content)
    owner.post(required, {"who": "grave"})
    assert cashier.get("/programs/tea-house/members").status_code == 200
    assert desk.get("/programs/tea-house/members")["Location"] == "/security"
    assert owner.get(STAFF)["Location"] == "/security"
    assert "Your role needs a second step" in text(desk.get("/security").content)
    by = {"next": "/security/app", "password": "a password of some length"}
    for one in (owner, desk):
        one.post("/security/again", by)
        with_app(one)
    assert desk.get("/programs/tea-house/members").status_code == 200
    owner.post(required, {"who": "everyone"})
    assert cashier.post("/programs/tea-house/till", {})["Location"] == "/security"
    log = text(owner.get("/programs/tea-house/settings/log").content)
    assert "Who needs a second step" in log
    assert "App set up" in log


def test_an_owner_resets_a_colleagues_second_step_and_not_their_own(owner: Client, teahouse: Published) -> None:
    desk, me = signed_in("service_desk"), Staff.objects.get(username="owner").pk
    for one in (owner, desk):
        one.post("/security/again", {"next": "/", "password": "a password of some length"})
        with_app(one)
    colleague = Staff.objects.get(username="service_desk").pk
    assert "Somebody else" in text(owner.post(f"{STAFF}/{me}", {"do": "second_factor"}, follow=True).content)
    assert desk.post(f"{STAFF}/{me}", {"do": "second_factor"}).status_code == 403
    assert "Reset second step" in text(owner.get(STAFF).content)
    assert "Changed." in text(owner.post(f"{STAFF}/{colleague}", {"do": "second_factor"}, follow=True).content)
    assert set(Authenticator.objects.values_list("user_id", flat=True)) == {me}
    assert notes()[-1] == "factor.reset"
    assert "no second step" in text(owner.post(f"{STAFF}/{colleague}", {"do": "second_factor"}, follow=True).content)

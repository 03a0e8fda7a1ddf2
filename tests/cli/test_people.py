"""The terminal's verbs for people, keys and programs: what they print, and what they refuse."""

from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from typer.testing import CliRunner, Result

from regulars.access.actions import check_key
from regulars.access.models import ApiKey, Change, Staff
from regulars.cli.app import app
from tests.api.till import SHOP

pytestmark = pytest.mark.django_db


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "tea-house.yaml"
    path.write_text(SHOP)
    return path


@pytest.fixture
def shop(document: Path) -> None:
    assert run("apply", str(document), "--starts", "2026-01-01T00:00:00+0800").exit_code == 0


def test_a_person_signs_in_with_the_password_that_is_printed() -> None:
    said = run("staff", "add", "mei", "--role", "owner", "--name", "Mei")
    assert said.exit_code == 0
    mei = Staff.objects.get()
    assert mei.check_password(said.stdout.strip())
    assert "Password, shown once:" in said.stderr
    again = run("staff", "password", "mei")
    mei.refresh_from_db()
    assert mei.check_password(again.stdout.strip())
    assert "Password, shown once:" in again.stderr
    assert again.stdout != said.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("staff", "add", "mei", "--role", "wizard"), "no such role: wizard"),
        (("staff", "add", "anna", "--role", "owner"), "there is a anna already"),
        (("staff", "password", "nobody"), "nobody signs in as nobody"),
        (("keys", "issue", "tea-house", "till", "--scope", "staff:administer"), "no such scope: staff:administer"),
        (("keys", "issue", "no-shop", "till", "--scope", "orders:write"), "There is no program “no-shop”."),
        (("keys", "revoke", "tea-house", "00000000"), "no living key 00000000"),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(shop: None, words: tuple[str, ...], said: str) -> None:
    run("staff", "add", "anna", "--role", "owner")
    refused = run(*words)
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert Staff.objects.count() == 1
    assert not ApiKey.objects.exists()
    assert Change.objects.values_list("what", flat=True).get() == "staff.added"


def test_a_key_opens_until_it_is_revoked(shop: None) -> None:
    said = run("keys", "issue", "tea-house", "till", "--scope", "orders:write", "--scope", "members:read")
    key = said.stdout.strip()
    assert "Key, shown once:" in said.stderr
    grant = check_key(key)
    assert grant is not None
    assert grant.permissions == {"orders:write", "members:read"}
    prefix = ApiKey.objects.get().prefix
    table = run("keys", "list", "tea-house").output
    assert prefix in table
    assert key not in table
    assert run("keys", "revoke", "tea-house", prefix).exit_code == 0
    assert check_key(key) is None


def test_names_of_keys_are_shown_to_the_last_letter(shop: None) -> None:
    """Wherever their lines fold."""
    names = ["茶" * length + " 收銀機7 [a1]" for length in range(1, 17)]
    for name in names:
        run("keys", "issue", "tea-house", name, "--scope", "orders:write")
    rows = [line.split("│") for line in run("keys", "list", "tea-house").output.splitlines()]
    shown = "".join(row[2] for row in rows if len(row) == 8)
    assert shown.replace(" ", "") == "".join(reversed(names)).replace(" ", "")


def test_the_log_has_what_was_done_in_the_terminal(shop: None) -> None:
    run("staff", "add", "mei", "--role", "owner", "--name", "Mei")
    run("staff", "password", "mei")
    run("keys", "issue", "tea-house", "till", "--scope", "orders:write")
    run("keys", "revoke", "tea-house", ApiKey.objects.get().prefix)
    done = Change.objects.order_by("pk")
    assert [one.what for one in done] == ["staff.added", "staff.password", "key.made", "key.revoked"]
    assert {one.actor for one in done} == {"terminal"}
    assert done[0].after == {"name": "Mei", "role": "owner"}
    assert done[2].after == {"name": "till", "scopes": ["orders:write"]}


def test_an_owner_who_lost_their_second_step_has_the_terminal() -> None:
    run("staff", "add", "mei", "--role", "owner")
    assert "mei has no second step" in run("staff", "reset-second-step", "mei").stderr
    assert "nobody signs in as lin" in run("staff", "reset-second-step", "lin").stderr
    Authenticator.objects.create(user=Staff.objects.get(), type="totp", data={"secret": "sealed"})
    done = run("staff", "reset-second-step", "mei")
    assert (done.exit_code, Authenticator.objects.count()) == (0, 0)
    assert Change.objects.values_list("what", "actor").latest("pk") == ("factor.reset", "terminal")

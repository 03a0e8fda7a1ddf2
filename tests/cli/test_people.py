"""The terminal's verbs for people, keys and programs: what they print, and what they refuse."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from regulars.access.actions import check_key
from regulars.access.models import ApiKey, Staff
from regulars.cli.app import app
from regulars.programs.models import ProgramVersion
from regulars.programs.queries import published
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
    assert run("publish", str(document), "--starts", "2026-01-01T00:00:00+0800").exit_code == 0


def test_a_person_signs_in_with_the_password_that_is_printed() -> None:
    said = run("staff", "add", "mei", "--role", "owner", "--name", "Mei")
    assert said.exit_code == 0
    mei = Staff.objects.get()
    assert mei.check_password(said.output.strip())
    again = run("staff", "password", "mei")
    mei.refresh_from_db()
    assert mei.check_password(again.output.strip())
    assert again.output != said.output


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


def test_a_key_opens_until_it_is_revoked(shop: None) -> None:
    key = run("keys", "issue", "tea-house", "till", "--scope", "orders:write", "--scope", "members:read").output.strip()
    grant = check_key(key)
    assert grant is not None
    assert grant.permissions == {"orders:write", "members:read"}
    prefix = ApiKey.objects.get().prefix
    table = run("keys", "list", "tea-house").output
    assert prefix in table
    assert key not in table
    assert run("keys", "revoke", "tea-house", prefix).exit_code == 0
    assert check_key(key) is None


def test_publishing_says_which_version_and_from_when(document: Path, shop: None) -> None:
    assert published("tea-house").programs.versions[0].starts_at == 1_767_196_800_000_000
    document.write_text(SHOP.replace("1 point per", "2 points per"))
    said = run("publish", str(document))
    assert said.exit_code == 0
    assert said.stdout.startswith("tea-house: version 2, in force from 20")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [("TWD", "NTD$", "line 4: currency"), ("TWD", "USD", "the program's money is TWD for ever")],
)
def test_a_document_that_cannot_be_published(document: Path, shop: None, before: str, after: str, said: str) -> None:
    document.write_text(SHOP.replace(before, after))
    refused = run("publish", str(document))
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert ProgramVersion.objects.count() == 1


def test_publishing_says_what_is_wrong_to_machines_as_well(document: Path) -> None:
    document.write_text(SHOP.replace("1 point per 100 TWD", "1 point each 100 TWD"))
    said = run("--language", "zh-Hant", "publish", "--json", str(document))
    assert said.exit_code == 1
    [problem] = json.loads(said.output)["problems"]
    assert {name: problem[name] for name in ("path", "value", "code", "allowed")} == {
        "path": "earn[0].give",
        "value": "1 point each 100 TWD",
        "code": "not_a_gift",
        "allowed": ["1 point per 100 TWD", "1 stamp per unit", "5% credit", "50 points"],
    }
    assert problem["message"].startswith("請填寫給多少，例如 「1 point per 100 TWD」")
    assert run("publish", str(document)).stderr.startswith(
        "line 20: earn[0].give: '1 point each 100 TWD': a gift such as"
    )


def test_what_must_stay_for_ever_is_said_by_its_line(shop: None, document: Path) -> None:
    document.write_text(SHOP.replace("Asia/Taipei", "Asia/Tokyo"))
    refused = run("publish", str(document))
    assert (refused.exit_code, refused.stderr) == (
        1,
        "line 3: timezone: 'Asia/Tokyo': the program's time zone is Asia/Taipei for ever\n",
    )
    assert json.loads(run("publish", "--json", str(document)).stdout)["problems"][0]["code"] == "timezone_changed"
    document.write_text(SHOP)
    said = json.loads(run("publish", "--json", str(document)).stdout)
    assert (said["program"], said["number"], said["problems"]) == ("tea-house", 2, [])

"""`regulars apply` and `regulars export`: for people who keep programs in git."""

import json
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from regulars.cli.app import app
from regulars.programs import actions
from regulars.programs.models import ProgramDraft, ProgramVersion
from regulars.programs.planned import plan_of
from regulars.programs.queries import published
from tests.api.till import SHOP

pytestmark = pytest.mark.django_db
TWICE = SHOP.replace("1 point per", "2 points per")
SENTENCE = "gives: 2 points for every NT$100 (was 1 point for every NT$100)"


def run(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, words, input=typed)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "tea-house.yaml"
    path.write_text(SHOP)
    return path


@pytest.fixture
def shop(document: Path) -> None:
    assert run("apply", str(document), "--starts", "2026-01-01T00:00+08:00").exit_code == 0


def test_the_next_version_is_shown_in_words_before_it_is_published(document: Path, shop: None) -> None:
    assert published("tea-house").programs.versions[0].starts_at == 1_767_196_800_000_000
    document.write_text(TWICE)
    no = run("apply", str(document), typed="n\n")
    assert no.exit_code == 1
    assert SENTENCE in no.stdout
    assert ProgramVersion.objects.count() == 1
    yes = run("apply", str(document), "--note", "spring", typed="y\n")
    assert yes.exit_code == 0
    assert yes.stdout.count(SENTENCE) == 1
    assert "tea-house: version 2, in force from 20" in yes.stdout
    assert "Members go to /m/tea-house/, staff to /programs/tea-house/." in yes.stdout
    assert [version.note for version in ProgramVersion.objects.order_by("number")] == ["", "spring"]


def test_what_says_the_same_is_not_published_again(document: Path, shop: None) -> None:
    document.write_text("# The same, with a comment.\n" + SHOP)
    said = run("apply", str(document))
    assert (said.exit_code, said.stdout) == (0, "tea-house: the newest version says the same; nothing was published\n")
    assert ProgramVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [("TWD", "NTD$", "line 4: currency"), ("TWD", "USD", "the program's money is TWD for ever")],
)
def test_a_document_that_cannot_be_published(document: Path, shop: None, before: str, after: str, said: str) -> None:
    document.write_text(SHOP.replace(before, after))
    refused = run("apply", "--yes", str(document))
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert ProgramVersion.objects.count() == 1


def test_what_is_wrong_is_said_to_machines_as_well(document: Path) -> None:
    document.write_text(SHOP.replace("1 point per 100 TWD", "1 point each 100 TWD"))
    said = run("--language", "zh-Hant", "apply", "--json", str(document))
    assert said.exit_code == 1
    [problem] = json.loads(said.output)["problems"]
    assert {name: problem[name] for name in ("path", "value", "code", "allowed")} == {
        "path": "earn[0].give",
        "value": "1 point each 100 TWD",
        "code": "not_a_gift",
        "allowed": ["1 point per 100 TWD", "1 stamp per unit", "5% credit", "50 points"],
    }
    assert problem["message"].startswith("請填寫給多少，例如「1 point per 100 TWD」")
    where = "line 20: earn[0].give: '1 point each 100 TWD': a gift such as"
    assert run("apply", str(document)).stderr.startswith(where)


def test_machines_are_not_asked(document: Path, shop: None) -> None:
    document.write_text(TWICE)
    refused = run("apply", "--json", str(document))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert ProgramVersion.objects.count() == 1
    said = json.loads(run("apply", "--yes", "--json", str(document)).stdout)
    assert (said["program"], said["number"], said["problems"]) == ("tea-house", 2, [])
    assert [sentence.endswith(SENTENCE) for sentence in said["changes"]] == [True]


def test_what_must_stay_for_ever_is_said_by_its_line(shop: None, document: Path) -> None:
    document.write_text(SHOP.replace("Asia/Taipei", "Asia/Tokyo"))
    refused = run("apply", "--yes", "--json", str(document))
    [problem] = json.loads(refused.stdout)["problems"]
    assert (refused.exit_code, problem["line"], problem["code"]) == (1, 3, "timezone_changed")
    assert problem["message"] == "the program's time zone is Asia/Taipei for ever"


class TestPlanned:
    """What was planned is published, onto what it was planned against, or nothing is."""

    @pytest.fixture
    def plan(self, tmp_path: Path, shop: None, document: Path) -> Path:
        document.write_text(TWICE)
        path = tmp_path / "plan.json"
        planned = plan_of(TWICE, newest=1)
        path.write_bytes(msgspec.json.encode({"plan_of": planned}))
        return path

    def test_it_is_published_without_asking(self, document: Path, plan: Path) -> None:
        document.write_text("# With another comment.\n" + TWICE)
        assert run("apply", str(document), "--planned", str(plan)).exit_code == 0
        assert ProgramVersion.objects.count() == 2

    def test_another_document_is_not(self, document: Path, plan: Path) -> None:
        document.write_text(SHOP.replace("1 point per", "3 points per"))
        refused = run("apply", str(document), "--planned", str(plan))
        assert refused.exit_code == 1
        assert refused.stderr == "this is not the document that was planned: plan it again\n"
        assert ProgramVersion.objects.count() == 1

    def test_it_is_not_when_the_program_moved_on(self, document: Path, plan: Path) -> None:
        actions.publish("tea-house", SHOP.replace("1 point per", "3 points per"), None, "mei")
        refused = run("apply", str(document), "--planned", str(plan))
        assert refused.exit_code == 1
        assert refused.stderr.startswith("mei published version 2 since")
        assert ProgramVersion.objects.count() == 2

    def test_no_draft_is_left_either_where_two_are_required(self, document: Path, plan: Path) -> None:
        actions.publish("tea-house", SHOP.replace("1 point per", "3 points per"), None, "mei")
        actions.require_two("tea-house", True, "lin")
        refused = run("apply", str(document), "--planned", str(plan))
        assert (refused.exit_code, "mei published version 2 since" in refused.stderr) == (1, True)
        assert not ProgramDraft.objects.exists()

    def test_a_file_that_is_no_plan(self, document: Path, plan: Path) -> None:
        refused = run("apply", str(document), "--planned", str(document))
        assert (refused.exit_code, "is not what 'plan --json' prints" in refused.stderr) == (1, True)
        assert ProgramVersion.objects.count() == 1


def test_where_two_are_required_a_draft_waits_for_the_other(document: Path, shop: None) -> None:
    actions.require_two("tea-house", True, "lin")
    document.write_text(TWICE)
    starts = ("--starts", "2099-01-01T00:00:00+0800")
    said = run("apply", "--yes", str(document), "--note", "spring", *starts)
    draft = ProgramDraft.objects.get()
    assert (said.exit_code, ProgramVersion.objects.count()) == (0, 1)
    assert f"draft {draft.pk} waits for somebody else" in said.stdout
    assert (draft.state, draft.note, draft.document, draft.written_by) == ("review", "spring", TWICE, ["terminal"])
    assert draft.starts_at is not None
    assert draft.starts_at.year == 2098


def test_a_program_is_exported_as_it_was_published(document: Path, shop: None) -> None:
    document.write_text(TWICE)
    run("apply", "--yes", str(document))
    assert run("export", "tea-house").stdout == TWICE
    assert run("export", "tea-house", "--version", "1").stdout == SHOP
    assert run("export", "tea-house", "--version", "9").stderr == "“tea-house” has no version 9.\n"
    unknown = run("export", "no-shop")
    assert (unknown.exit_code, unknown.stderr) == (1, "There is no program “no-shop”.\n")

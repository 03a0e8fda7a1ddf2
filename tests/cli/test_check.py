"""`regulars check`: what it prints, and with what it leaves."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from regulars.cli.app import app
from regulars.programs.presets import preset
from regulars.project.place import CHECKOUT
from tests.programs.test_document import TINY
from tests.programs.test_stories import HEAD, ORDER

FAILS = HEAD + ORDER + "    expect: {points: {pending: 23}}\n"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["check", *map(str, words)])


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.story.yaml"
    path.write_text(HEAD)
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.story.yaml"
    path.write_text(FAILS)
    return path


def test_stories_that_hold(good: Path) -> None:
    said = run(good)
    assert (said.exit_code, said.output) == (0, "1 of 1 story holds.\n")


def test_a_story_that_does_not_hold_is_shown(good: Path, bad: Path) -> None:
    said = run(good, bad)
    assert said.exit_code == 1
    assert f"{bad}:17: step 2, 2026-01-10 15:00 order A-1" in said.output
    row = next(line for line in said.output.splitlines() if "points.pending" in line)
    assert row.split("│")[1:5] == [" 19   ", " points.pending ", " 23       ", " 22    "]
    assert "double-tea: 2× on NT$998, at 1 point for every NT$100, adds 9 points" in said.output
    assert said.output.endswith("1 of 2 stories hold.\n")


@pytest.mark.parametrize("language", ["en", "zh-Hant", "zh-Hans"])
def test_the_ledger_is_shown_to_the_last_letter(tmp_path: Path, language: str) -> None:
    """Wherever its lines fold."""
    for length in range(1, 17):
        named = HEAD.replace("{rule: base,", f"{{rule: base, campaign: spring, name: {{zh-Hant: {'茶' * length}}},")
        campaign = "  campaigns: [{campaign: spring, name: {zh-Hant: 春茶節}, budget: 12 points}]\nmember: {id"
        story = named.replace("member: {id", campaign) + ORDER + "    expect: {points: 0}\n"
        (tmp_path / f"{length}.story.yaml").write_text(story)
    told = json.loads(run("--json", "--language", language, tmp_path).output)["stories"]
    ledgers = [line["sentence"] for story in told for line in story["failure"]["ledger"]]
    rows = [line.split("│") for line in run("--language", language, tmp_path).output.splitlines()]
    shown = "".join(row[6] for row in rows if len(row) == 8)
    assert shown.replace(" ", "") == "".join(ledgers).replace(" ", "")


def test_the_ledgers_of_a_story_that_holds_are_shown(good: Path, bad: Path) -> None:
    head = HEAD.replace("member: {id: lin}", "member: {id: lin}\nothers: [{id: mei}]")
    good.write_text(head + "  - {member: mei, enrol: {}}\n  - {transfer: {to: mei, points: 30}}\n  - {wait: 1 day}\n")
    lines = {"lin": [("welcome", 100), ("transfer", -30)], "mei": [("welcome", 100), ("receive", 30)]}
    stories = json.loads(run("--show", "--json", good, bad).output)["stories"]
    ledgers = {one["member"]: one["lines"] for one in stories[0]["ledgers"]}
    assert {member: [(line["name"], line["points"]) for line in lines] for member, lines in ledgers.items()} == lines
    assert stories[1]["ledgers"] == []
    shown = run("--show", good).output
    assert [f"The ledger of {member}" in shown for member in lines] == [True, True]
    assert "Received from another member: 30 points" in shown
    assert shown.endswith("1 of 1 story holds.\n")
    assert "Received" not in run(good).output
    assert json.loads(run("--json", good).output)["stories"][0]["ledgers"] == []


def test_a_folder_of_stories(good: Path, bad: Path, tmp_path: Path) -> None:
    assert "1 of 2 stories hold." in run(tmp_path).output
    assert run(tmp_path / "good.story.yaml", tmp_path / "good.story.yaml").output == "2 of 2 stories hold.\n"


def test_a_program_brings_the_story_that_lies_beside_it(tmp_path: Path) -> None:
    program, story = tmp_path / "shop.yaml", tmp_path / "shop.story.yaml"
    program.write_text(preset("points"))
    alone = run(program)
    assert (alone.exit_code, "1 of 1 program may be published." in alone.output) == (0, True)
    assert f"No story was run: write {story} beside it" in alone.output
    story.write_text(HEAD)
    for words in ((program,), (program, story)):
        both = run(*words)
        assert (both.exit_code, both.output) == (0, "1 of 1 program may be published.\n1 of 1 story holds.\n")
    story.write_text(FAILS)
    assert run(program).exit_code == 1


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("wallets:", "walets:", "is 'wallets' meant?"),
        ("wallets:", "wallets：", "line 4: this is not YAML"),
        ("pending: 7 days", "pending: : 7 days", "line 6: this is not YAML"),
        ("wallets:\n  points:\n    pending: 7 days\n", "", "'wallets' is missing"),
    ],
)
def test_a_program_with_a_slip_is_judged_as_a_program(tmp_path: Path, before: str, after: str, said: str) -> None:
    program = tmp_path / "shop.yaml"
    program.write_text(TINY.replace(before, after))
    found = run(program)
    assert said in found.output
    assert "'story'" not in found.output
    assert "0 of 1 program may be published." in found.output


@pytest.mark.parametrize(("before", "after"), [("story:", "stroy:"), ("story:", "story："), ("program:", "  program:")])
def test_a_story_with_a_slip_is_judged_as_a_story(tmp_path: Path, before: str, after: str) -> None:
    story = tmp_path / "shop.story.yaml"
    story.write_text(HEAD.replace(before, after))
    assert "0 of 1 story holds." in run(story).output


@pytest.mark.parametrize("encoding", ["big5", "gbk", "utf-16"])
def test_another_encoding_than_ours_is_named(tmp_path: Path, encoding: str) -> None:
    program = tmp_path / "shop.yaml"
    program.write_bytes(TINY.replace("tiny", "茶屋").encode(encoding))
    for verb in ("check", "fmt", "apply", "attack"):
        found = CliRunner().invoke(app, [verb, str(program)])
        assert "save it as UTF-8" in found.output, found.output


def test_nothing_to_run_is_no_success(tmp_path: Path) -> None:
    assert run(tmp_path).exit_code == 1


def test_what_cannot_be_read_is_said_with_its_line(good: Path) -> None:
    good.write_text(HEAD.replace("points: 100", "points: many"))
    said = run(good)
    assert said.exit_code == 1
    assert f"{good}: line 16: story[0].expect.points: 'many': a whole number is needed" in said.output


def test_what_is_said_of_a_whole_file_names_no_line(tmp_path: Path) -> None:
    other = tmp_path / "big5.story.yaml"
    other.write_bytes(HEAD.replace("tea-house", "茶屋").encode("big5"))
    assert run(tmp_path / "no.story.yaml").output.splitlines()[0] == f"{tmp_path}/no.story.yaml: there is no such file"
    assert run(other).output.startswith(f"{other}: this file is not written in UTF-8")
    assert run("--json", tmp_path / "no.story.yaml").output.count('"line": 0') == 1


def test_machines_read_json(good: Path, bad: Path) -> None:
    said = run("--json", good, bad)
    assert said.exit_code == 1
    told = json.loads(said.output)
    assert [told["holds"], *(story["holds"] for story in told["stories"])] == [False, True, False]
    failure = told["stories"][1]["failure"]
    assert (failure["step"], failure["line"]) == (2, 17)
    assert failure["differences"] == [{"line": 19, "what": "points.pending", "expected": "23", "found": "22"}]
    assert [line["points"] for line in failure["ledger"]] == [100, 13, 9]


@pytest.mark.parametrize(("language", "said"), [("zh_TW.UTF-8", "預期"), ("zh-Hans", "预期"), ("en_GB", "Expected")])
def test_in_the_readers_language(bad: Path, language: str, said: str) -> None:
    assert said in run("--language", language, bad).output


@pytest.mark.parametrize("language", ["tw", "de_DE", "繁體中文"])
def test_a_language_that_is_not_ours_is_refused(bad: Path, language: str) -> None:
    for words in (["check", "--language", language, str(bad)], ["--language", language, "check", str(bad)]):
        found = CliRunner().invoke(app, words)
        said = " ".join(found.output.replace("│", "").split())
        assert found.exit_code == 2
        assert f"there is no language “{language}”: say en, zh-Hant or zh-Hans" in said


@pytest.mark.parametrize("language", ["de_DE.UTF-8", "C", "POSIX", "C.UTF-8"])
def test_a_system_in_a_language_that_is_not_ours_hears_english(bad: Path, language: str) -> None:
    found = CliRunner().invoke(app, ["check", str(bad)], env={"LC_ALL": "", "LANG": language})
    assert (found.exit_code, "Expected" in found.output) == (1, True)


def test_it_starts_without_what_makes_it_slow(good: Path) -> None:
    """Half a second on a quiet machine."""
    import_names = "import sys; from regulars.__main__ import main; sys.argv[1:] = ['check', {!r}]\n"
    code = import_names.format(str(good)) + (
        "try: main()\nexcept SystemExit as left: assert not left.code\n"
        "print(sorted({'regulars.programs.models', 'psycopg', 'ninja', 'duckdb'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT / "src"), "LC_ALL": "C"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "1 of 1 story holds.\n[]\n", done.stderr


def test_the_language_of_one_verb_is_nearer_than_that_of_all(bad: Path) -> None:
    assert "預期" in CliRunner().invoke(app, ["--language", "zh-Hant", "check", str(bad)]).output
    said = CliRunner().invoke(app, ["--language", "zh-Hant", "check", "--language", "en", str(bad)]).output
    assert "Expected" in said
    assert "Expected" in run(bad).output

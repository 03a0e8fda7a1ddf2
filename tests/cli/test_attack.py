"""`regulars attack`: what it prints and writes, and with what it leaves."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner, Result

from regulars.cli.app import app
from regulars.cli.attacking import tell_of
from regulars.programs.attack.ground import ground
from regulars.programs.attack.searching import attack
from tests.programs.test_attack import PLAIN


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, words)))


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "sound.yaml"
    path.write_text(PLAIN + "  - {rule: welcome, on: enrolment, give: 100 points}\n")
    return path


@pytest.fixture
def flawed(tmp_path: Path) -> Path:
    path = tmp_path / "flawed.yaml"
    path.write_text(PLAIN + "  - {rule: thank-you, give: 5 points}\n")
    return path


def test_a_sound_program(sound: Path) -> None:
    said = run("attack", sound, "--attempts", "700")
    assert said.exit_code == 0, said.output
    assert "welcome: given for something other than buying" in said.output
    assert "NT$10" in said.output
    assert said.output.endswith("Nothing was found but what the program gives away on purpose.\n")


def test_a_flawed_program_and_its_story(flawed: Path, tmp_path: Path) -> None:
    said = run("attack", flawed, "--attempts", "100", "--out", tmp_path / "stories")
    assert said.exit_code == 1
    assert "thank-you: more for the same goods in many orders or lines than in one" in said.output
    assert "program: ../flawed.yaml" in said.output
    assert "There is value from nothing." in said.output
    stories = tmp_path / "stories"
    assert (stories / "split-points-thank-you.story.yaml").is_file()
    assert run("check", stories).exit_code == 0
    assert run("fmt", "--check", *stories.glob("*.yaml")).exit_code == 0


def test_a_story_that_ends_otherwise_is_no_flaw_of_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    text = PLAIN + "  - {rule: thank-you, give: 5 points}\n"
    report = attack(text, "flawed.yaml", most=100)
    assert (report.flaws, report.errors) == (report.found, [])
    erred = replace(report, found=[replace(one, holds=False) for one in report.found])
    assert (erred.flaws, erred.policies, erred.errors) == ([], [], erred.found)
    tell_of(erred, ground(text).programs)
    said = capsys.readouterr().out
    assert "What the search saw, and its story does not show" in said
    assert "program: flawed.yaml" in said
    assert said.endswith("ends otherwise: this is an error of Regulars, not of the program.\n")


def test_machines_read_json(flawed: Path) -> None:
    said = run("attack", flawed, "--attempts", "100", "--seed", "3", "--json")
    told = json.loads(said.stdout)
    assert (said.exit_code, told["sound"], told["seed"], told["tried"]) == (1, False, 3, 100)
    found = next(one for one in told["found"] if one["kind"] == "split")
    assert (found["name"], found["is_policy"], found["holds"]) == ("thank-you", False, True)


def test_in_the_readers_language(flawed: Path) -> None:
    assert "同樣的商品" in run("attack", flawed, "--attempts", "100", "--language", "zh-Hant").output


def test_what_was_not_reached_is_said_by_name(sound: Path) -> None:
    with sound.open("a") as program:
        program.write("  - {rule: by-hand, when: {tier: gold, order_at_least: 100 TWD}, give: 50 points}\n")
        program.write("tiers: [{set: s, levels: [{tier: member}, {tier: gold, invitation: true}]}]\n")
    said = run("attack", sound, "--attempts", "100")
    assert "Not reached, so that nothing is known of them: by-hand" in said.output
    assert said.output.endswith("Of what was reached, nothing was found but what the program gives away by name.\n")


def test_draws_are_said_not_to_be_tried(sound: Path, tmp_path: Path) -> None:
    draw = "{draw: [{prize: p, odds: 50%, credit: 21 points}]}"
    with sound.open("a") as program:
        program.write(f"rewards: [{{reward: spin, costs: 10 points, gives: {draw}}}]\n")
    said = run("attack", sound, "--attempts", "10", "--out", tmp_path / "stories")
    assert said.exit_code == 1
    assert "spin: gives more than it costs, as often as anybody likes" in said.output
    assert "Draws are not tried, only reckoned up by their odds and what credit they give: spin" in said.output
    assert not list((tmp_path / "stories").glob("*spin*"))
    sound.write_text(sound.read_text().replace("21 points", "20 points"))
    said = run("attack", sound, "--attempts", "10", "--json")
    assert (said.exit_code, json.loads(said.stdout)["untried"]) == (0, ["spin"])


def test_no_program_is_no_success(sound: Path) -> None:
    sound.write_text("program: shop\n")
    said = run("attack", sound)
    assert said.exit_code == 2

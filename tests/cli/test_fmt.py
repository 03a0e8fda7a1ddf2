"""`regulars fmt`: rewrites files, or only says which it would."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from regulars.cli.app import app
from tests.programs.test_canonical import CANONICAL, ROUGH


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["fmt", *map(str, words)])


@pytest.fixture
def rough(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(ROUGH)
    return path


def test_a_file_is_rewritten_once(rough: Path) -> None:
    assert run(rough).output == f"{rough} was rewritten\n"
    assert rough.read_text() == CANONICAL
    assert (run(rough).output, run("--check", rough).exit_code) == ("", 0)


def test_a_check_changes_nothing(rough: Path) -> None:
    said = run("--check", rough)
    assert (said.exit_code, said.output) == (1, f"{rough} is not in its canonical form\n")
    assert rough.read_text() == ROUGH


def test_what_cannot_be_read_stays_as_it_is(rough: Path) -> None:
    rough.write_text("a: [b")
    said = run(rough)
    assert said.exit_code == 1
    assert f"{rough}: line 1: this is not YAML" in said.output
    assert rough.read_text() == "a: [b"


def test_machines_read_json(rough: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("a: 1\na: 2\n")
    said = run("--json", rough, broken)
    assert said.exit_code == 1
    first, second = json.loads(said.output)["files"]
    assert first == {"file": str(rough), "canonical": False, "problems": []}
    assert second["problems"] == [
        {
            "line": 2,
            "path": "a",
            "value": "a",
            "code": "said_twice",
            "allowed": [],
            "message": "this is said already in line 1",
        }
    ]
    assert json.loads(run("--json", rough).output)["files"][0]["canonical"]

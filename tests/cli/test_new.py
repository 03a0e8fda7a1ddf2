"""`regulars new`: which presets there are, and a program of one's own with a story that holds."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from regulars.cli.app import app
from regulars.programs.presets import TYPES


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, words)))


def test_all_presets_are_listed_in_a_line_each() -> None:
    said = run("new")
    assert said.exit_code == 0
    lines = said.output.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == list(TYPES)
    assert lines[0] == "points                  points for the money spent, worth so much at the till"
    assert lines[-1] == "Begin one: regulars new --preset points my-shop.yaml"


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("zh-Hant", "每次光顧蓋一章，第十杯招待"),
        ("zh-Hans", "每次光顾盖一章，第十杯招待"),
    ],
)
def test_in_the_readers_language(language: str, line: str) -> None:
    assert line in run("new", "--language", language).output


def test_a_program_and_its_story_are_written(tmp_path: Path) -> None:
    file = tmp_path / "tea-club.yaml"
    own = ("--currency", "TWD", "--time-zone", "Asia/Taipei", "--name", "茶屋熟客")
    said = run("new", "--preset", "tiered", *own, file)
    assert said.exit_code == 0, said.output
    assert f"{file} was written, and {tmp_path / 'tea-club.story.yaml'} beside it." in said.output
    assert "30 TWD stand where the preset says a dollar" in said.output
    text = file.read_text(encoding="utf-8")
    for line in (
        "program: tea-club\n",
        "name: {en: 茶屋熟客, zh-Hant: 茶屋熟客, zh-Hans: 茶屋熟客}\n",
        "timezone: Asia/Taipei\n",
        "currency: TWD\n",
        "    give: 1 point per 30 TWD\n",
        "        reach: 15000 TWD\n",
    ):
        assert line in text
    assert "USD" not in text
    assert run("check", tmp_path / "tea-club.story.yaml").exit_code == 0
    assert run("fmt", "--check", file, tmp_path / "tea-club.story.yaml").exit_code == 0


def test_nothing_is_written_over(tmp_path: Path) -> None:
    story = tmp_path / "shop.story.yaml"
    story.write_text("mine")
    said = run("new", "--preset", "points", tmp_path / "shop.yaml")
    assert (said.exit_code, story.read_text()) == (2, "mine")
    assert "is there already" in said.output
    assert not (tmp_path / "shop.yaml").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--preset", "pionts", "shop.yaml"), "There is no preset “pionts”: points, spend-based"),
        (("--preset", "points"), "Say where to write it, as a file such as points.yaml"),
        (("--preset", "points", "shop.story.yaml"), "Say where to write it"),
        (("--preset", "points", "--time-zone", "Taipei", "shop.yaml"), "timezone: 'Taipei'"),
        (("--preset", "points", "--currency", "dollars", "shop.yaml"), "currency: 'dollars'"),
        (("--preset", "points", "missing/shop.yaml"), "There is no folder"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_written(
    words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = run("new", *words)
    assert told.exit_code == 2
    assert said in told.output
    assert list(tmp_path.iterdir()) == []

"""The first load as a shop types it."""

import pytest
from typer.testing import CliRunner

from regulars.cli.app import app
from tests.intake.test_loading import BALANCES, HELD, MEMBERS, PEOPLE, accounts, shop  # noqa: F401  # a fixture


@pytest.fixture
def typed(shop, tmp_path):  # noqa: F811
    files = {"m.yaml": MEMBERS, "people.csv": PEOPLE, "b.yaml": BALANCES, "held.csv": HELD}
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    def type_in(*words):
        said = [str(tmp_path / word) if "." in word and not word.startswith("-") else word for word in words]
        return CliRunner(env={"COLUMNS": "160"}).invoke(app, ["import", *said])

    return type_in


def lines(result) -> list[str]:
    return [" ".join(line.split()) for line in result.stdout.splitlines()]


def test_members_balances_and_the_proof(typed, tmp_path):
    people = typed("members", "people.csv", "--mapping", "m.yaml", "--program", "shop")
    assert (people.exit_code, lines(people)) == (0, ["3 lines in the file, of which", "3 members"])
    held = typed("balances", "held.csv", "--mapping", "b.yaml", "--program", "shop", "--as-of", "2020-01-01")
    assert held.exit_code == 0, held.output
    assert lines(held) == [
        "5 lines in the file, of which",
        "1 lots of credit in 1 balances, £12.34 in all",
        "3 lots of points in 2 balances, 357 in all",
        "1 of nothing",
    ]
    assert accounts()["lin"][0] == 350
    told = typed("reconcile", "--program", "shop", "--out", "report.json")
    assert told.exit_code == 0, told.output
    assert "Everything agrees." in told.stdout
    known = typed("check", "report.json")
    assert known.exit_code == 0
    assert "The signature is this installation's" in known.stdout
    (tmp_path / "report.json").write_text((tmp_path / "report.json").read_text().replace("350", "351"))
    assert typed("check", "report.json").exit_code == 1


def test_what_cannot_be_taken_ends_with_1(typed, tmp_path):
    """Nobody is known yet."""
    held = typed("balances", "held.csv", "--mapping", "b.yaml", "--program", "shop", "--as-of", "2020-01-01")
    assert held.exit_code == 1
    assert "not taken: There is no such member: bring in the members first" in held.stdout
    assert typed("reconcile", "--program", "shop").exit_code == 0


@pytest.mark.parametrize("day", ["2090-01-01", "January"])
def test_a_day_that_cannot_be(typed, day):
    held = typed("balances", "held.csv", "--mapping", "b.yaml", "--program", "shop", "--as-of", day)
    assert held.exit_code == 2
    assert accounts() == {}


def test_a_program_that_is_none(typed):
    held = typed("members", "people.csv", "--mapping", "m.yaml", "--program", "none")
    assert held.exit_code == 1
    assert "There is no program “none”." in held.stderr

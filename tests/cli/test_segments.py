"""`regulars segments`, against a shop in the database."""

import json
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from regulars.cli.app import app
from regulars.segments import actions
from tests.segments.shop import open_shop

ANA = {"groups": [{"conditions": [{"about": "orders", "is": "at_least", "values": ["2"]}]}]}


@pytest.mark.django_db
def test_which_there_are_who_is_in_one_and_its_members():
    published, names = open_shop()
    actions.make(published, "Back again", ANA, "staff:mei", uuid4())

    def said(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, ["segments", *words], env={"COLUMNS": "200"})
        assert result.exit_code == code, result.output
        return result.stdout

    assert "orders: 2 or more" in said("list", "corner")
    tree, _end, count = said("show", "corner", "back-again").rpartition("}\n")
    assert json.loads(tree + "}") == ANA
    assert count == "1\n"
    assert said("export", "corner", "back-again") == f"{names['Ana']}\n"
    assert said("export", "corner", "nobody", code=1) == ""
    assert said("list", "nowhere", code=1) == ""

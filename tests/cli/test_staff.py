"""Staff from the terminal: the password that is shown is the one that works."""

import re

import pytest
from django.contrib.auth import authenticate
from typer.testing import CliRunner

from regulars.access.models import Staff
from regulars.cli.app import app

pytestmark = pytest.mark.django_db


def run(*words):
    return CliRunner().invoke(app, ["staff", *words])


def shown_password(result):
    return re.search(r"Password (\S+)", result.output)[1]


def test_the_password_shown_signs_in():
    result = run("add", "mei", "--role", "cashier")
    assert result.exit_code == 0
    assert authenticate(username="mei", password=shown_password(result)).role == "cashier"


def test_a_new_password_replaces_the_old():
    old = shown_password(run("add", "mei", "--role", "owner"))
    new = shown_password(run("password", "mei"))
    assert authenticate(username="mei", password=old) is None
    assert authenticate(username="mei", password=new).username == "mei"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "mei", "--role", "king"], "no such role"),
        (["password", "nobody"], "nobody signs in as nobody"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_changes(words, said):
    result = run(*words)
    assert result.exit_code == 2
    assert said in result.output
    assert not Staff.objects.exists()


def test_a_name_is_taken_once(transactional_db):
    run("add", "mei", "--role", "owner")
    assert "is taken" in run("add", "mei", "--role", "cashier").output
    assert [person.role for person in Staff.objects.all()] == ["owner"]

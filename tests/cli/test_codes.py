"""`regulars codes`: a batch printed as it is made, and again."""

import pytest
from typer.testing import CliRunner

from regulars.cli.app import app
from regulars.rewards.spelling import is_spelled, plain
from tests.api.till import open_shop

pytestmark = pytest.mark.django_db


def run(*words: str) -> tuple[int, str, str]:
    told = CliRunner().invoke(app, ["codes", *words])
    return told.exit_code, told.stdout, told.stderr


def test_codes_are_printed_as_they_are_made_and_again():
    open_shop()
    status, made, said = run("make", "tea-house", "batch", "25", "--prefix", "TEA")
    assert status == 0
    codes = made.split()
    assert len(set(codes)) == 25
    assert all(code.startswith("TEA-") and is_spelled(plain(code)) for code in codes)
    assert run("print", "tea-house", said.split()[1]) == (0, made, "")


def test_codes_look_as_their_coupon_says():
    open_shop()
    [code] = run("make", "tea-house", "batch", "1")[1].split()
    assert (code[:4], len(plain(code))) == ("TEA-", 3 + 14 + 1)


@pytest.mark.parametrize(
    "words",
    [
        ("make", "nowhere", "batch", "5"),
        ("make", "tea-house", "nothing", "5"),
        ("make", "tea-house", "batch", "5000", "--length", "6"),
        ("print", "tea-house", "77"),
        ("print", "nowhere", "1"),
    ],
)
def test_what_cannot_be_is_said(words: tuple[str, ...]):
    open_shop()
    status, made, said = run(*words)
    assert (status, made) == (2, "")
    assert said

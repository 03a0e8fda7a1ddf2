"""`regulars doctor` says what is amiss, what to do, and ends with 1 where something is wrong."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from typer.testing import CliRunner

from regulars.cli import checkup
from regulars.cli.app import app
from regulars.programs.queries import Published
from tests.teahouse import open_teahouse

BEATS = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)"
TAMPERED = "UPDATE ledger_order SET net_minor = net_minor + 1"
LATE = "UPDATE ledger_account SET next_due_at = '2020-01-01Z'"


@pytest.fixture
def shop(db: None) -> Published:
    return open_teahouse(12)


@pytest.fixture
def worker(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BEATS, [datetime.now(UTC)])


def looked(language: str = "en") -> tuple[int, dict[str, Any]]:
    ran = CliRunner().invoke(app, ["--language", language, "doctor", "--json"])
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return ran.exit_code, {one["code"]: one for one in json.loads(ran.stdout)}


def test_a_sound_installation_is_told_so(shop: Published, worker: None) -> None:
    code, found = looked()
    bad = [one for one in found.values() if one["state"] == "bad"]
    assert (code, bad) == (0, [])
    assert found["ledger"]["said"] == "tea-house: 16 accounts folded again are exact."
    assert {one for one in found if found[one]["state"] == "doubtful"} >= {"mail", "https", "test_clock"}
    assert all(one["todo"] or one["state"] == "good" or one["code"] == "test_clock" for one in found.values())
    ran = CliRunner().invoke(app, ["doctor"])
    assert ran.exit_code == 0
    assert "✓ 1 job worker is at work." in ran.stdout
    assert "Nothing is wrong." in ran.stdout


def test_a_worker_that_is_silent_is_missed(shop: Published) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BEATS, [datetime.now(UTC) - timedelta(minutes=2)])
    code, found = looked()
    assert (code, found["worker"]["state"]) == (1, "bad")
    assert "regulars serve" in found["worker"]["todo"]


def test_a_ledger_that_was_changed_is_found(shop: Published, worker: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TAMPERED)
    code, found = looked()
    assert (code, found["ledger"]["state"]) == (1, "bad")
    assert "regulars verify" in found["ledger"]["todo"]


def test_accounts_that_wait_are_counted(shop: Published) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LATE)
    _, found = looked()
    assert found["upkeep"]["state"] == "doubtful"
    assert "16 accounts wait" in found["upkeep"]["said"]
    with connection.cursor() as cursor:
        cursor.execute(BEATS, [datetime.now(UTC)])
    assert looked()[1]["upkeep"]["state"] == "good"


def test_clocks_and_disks_have_their_bounds(shop: Published, worker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "CLOCKS_APART", timedelta(0))
    monkeypatch.setattr(checkup, "LEAST_FREE", 1.1)
    code, found = looked()
    assert (code, found["clock"]["state"], found["disk"]["state"]) == (1, "bad", "bad")


@pytest.mark.parametrize(("language", "words"), [("zh-Hant", "一切正常"), ("zh-Hans", "一切正常")])
def test_it_speaks_the_readers_language(shop: Published, worker: None, language: str, words: str) -> None:
    ran = CliRunner().invoke(app, ["--language", language, "doctor"])
    assert words in ran.stdout
    assert "Set REGULARS" not in ran.stdout

"""A line for a machine: what it names, and what it must never hold."""

import json
import logging
from io import StringIO

import psycopg
import pytest
from django.test import Client

from regulars.observing import logs
from regulars.observing.logs import Json, id_of


def told(**said: object) -> dict[str, object]:
    record = logging.makeLogRecord({"name": "regulars.requests", "levelno": 20, "levelname": "INFO", **said})
    return json.loads(Json().format(record))


def test_a_line_names_the_request_and_the_facts() -> None:
    token = logs.request_id.set("abcd-1234")
    try:
        said = told(msg="%s %d", args=("PUT", 200), facts=["web/A-1"], status=200, ms=1.5, customer="C-1")
    finally:
        logs.request_id.reset(token)
    assert said.pop("at")
    assert said == {
        "level": "info", "logger": "regulars.requests", "message": "PUT 200", "request": "abcd-1234",
        "facts": ["web/A-1"], "status": 200, "ms": 1.5,
    }  # fmt: skip


def test_of_an_error_it_says_everything_but_the_words() -> None:
    try:
        try:
            raise psycopg.errors.UniqueViolation("Key (email)=(mei@example.com) already exists.")
        except psycopg.Error as error:
            raise ValueError("mei@example.com is there") from error
    except ValueError as error:
        said = told(msg="failed", exc_info=(ValueError, error, error.__traceback__))
    assert "mei@example.com" not in json.dumps(said)
    assert said["error"]["kind"] == "builtins.ValueError"
    assert said["error"]["cause"]["kind"] == "psycopg.errors.UniqueViolation"
    assert said["error"]["through"][0].endswith("test_of_an_error_it_says_everything_but_the_words")


@pytest.mark.django_db
def test_addresses_of_pages_stand_in_no_line() -> None:
    """Of real requests, as Django itself would tell of them."""
    kept = StringIO()
    handler = logging.StreamHandler(kept)
    handler.setFormatter(Json())
    logging.getLogger().addHandler(handler)
    try:
        client = Client(enforce_csrf_checks=True)
        client.get("/m/shop/link/SECRETTOKEN.abc")
        client.get("/members/lin@example.com")
        client.post("/sign-in?next=lin@example.com", {"login": "elsewhere.example.com"})
        client.get("/sign-in", headers={"host": "elsewhere.example.com"})
    finally:
        logging.getLogger().removeHandler(handler)
    said = kept.getvalue()
    assert "SECRETTOKEN" not in said
    assert "lin@" not in said
    for line in ("404 (nowhere)", "403 /sign-in", "400 "):
        assert line in said, said


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "a b c d e f", 'evil"}\n{"level":1', "mei@example.com"])
def test_what_looks_like_no_id_is_replaced(given: str) -> None:
    assert len(id_of(given)) == 16
    assert id_of(given) != id_of(given)


def test_an_id_of_the_caller_is_kept() -> None:
    assert id_of("till-7:000123") == "till-7:000123"

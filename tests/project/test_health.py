"""Whether a process lives and is ready, as both servers say it."""

import json
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

from regulars.project import draining, health, observed_gateway
from regulars.project.health import Looked
from regulars.project.observed_gateway import Observed
from tests.gateway.loops import run_apart

READY = {"ready": True, "database": "reachable", "migrations": "current", "draining": False}


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "KEPT_SECONDS", 0)
    monkeypatch.setattr(Looked, "is_current", False)


def test_whoever_lives_says_so_without_a_database(client: Client) -> None:
    response = client.get("/livez")
    assert (response.status_code, response.json()) == (200, {"alive": True})


@pytest.mark.django_db
def test_whoever_is_ready_says_so(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, READY)


@pytest.mark.django_db
def test_tables_of_an_older_release_are_not_ready(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = 'ledger'"
            " AND name = (SELECT max(name) FROM django_migrations WHERE app = 'ledger')"
        )
    response = client.get("/readyz")
    assert (response.status_code, response.json()["migrations"]) == (503, "pending")


@pytest.mark.django_db
@pytest.mark.parametrize("https", [False, True])
@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_probes_name_the_address_of_a_machine(client: Client, settings: Settings, path: str, https: bool) -> None:
    settings.SECURE_SSL_REDIRECT = https
    assert client.get(path, headers={"host": "10.2.3.4:8000"}).status_code == 200
    assert client.get("/sign-in", headers={"host": "10.2.3.4:8000"}).status_code == 400


def test_without_a_database_nobody_is_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise OperationalError("postgresql://regulars:secret@db/regulars refused")

    monkeypatch.setattr(health.connection, "cursor", gone)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"ready": False, **health.UNREACHABLE, "draining": False}
    assert b"secret" not in response.content


def test_whoever_would_wait_for_a_database_that_hangs_is_told(client: Client) -> None:
    with Looked.lock:
        assert client.get("/readyz").json()["database"] == "unreachable"


@pytest.mark.django_db
def test_whoever_is_about_to_go_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(draining, "data_folder", lambda: tmp_path)
    monkeypatch.setenv("REGULARS_DRAIN_SECONDS", "3")
    leaving = draining.Draining("serve")
    monkeypatch.setenv(*next(iter(leaving.env.items())))
    said = []
    monkeypatch.setattr(draining.time, "sleep", lambda seconds: said.append((seconds, client.get("/readyz"))))
    leaving.wait()
    [(seconds, response)] = said
    assert seconds == 3
    assert (response.status_code, response.json()) == (503, READY | {"ready": False, "draining": True})
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize(("said", "comes"), [("", 0), ("x", 0), ("-3", 0), ("9999", 300), ("2", 2)])
def test_how_long_it_says_so(monkeypatch: pytest.MonkeyPatch, said: str, comes: float) -> None:
    monkeypatch.setenv("REGULARS_DRAIN_SECONDS", said)
    assert draining.drain_seconds() == comes


async def told(application: Observed, path: str) -> tuple[int, Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    await application({"type": "http", "method": "GET", "path": path, "headers": []}, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])


def test_the_gateway_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask() -> None:
        ready = Observed(None, lambda: (True, READY))  # type: ignore[arg-type]
        assert await told(ready, "/livez") == (200, {"alive": True})
        assert await told(ready, "/readyz") == (200, READY)
        monkeypatch.setattr(observed_gateway, "LOOK_SECONDS", 0.05)
        hanging = Observed(None, lambda: sleep(0.3))  # type: ignore[arg-type]
        assert await told(hanging, "/readyz") == (503, {"ready": False, "database": "unreachable"})

    run_apart(ask())

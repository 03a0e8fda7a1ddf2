"""Figures on an address of their own: what children count, and how late the installation is."""

import subprocess
import sys
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from regulars.engine.calendar import datetime_of
from regulars.jobs.upkeep import keep_up
from regulars.ledger.connect import raw
from regulars.observing.figures import FOLDER
from regulars.programs.queries import now
from regulars.project import metrics
from regulars.project.lags import Lags
from regulars.project.metrics import metrics_served
from regulars.project.place import CHECKOUT
from tests.api.till import Till, open_shop, order
from tests.project.ports import free_port

COUNT = """
from regulars.observing import figures
assert figures.begin()
figures.answered("gateway", "PUT", "/v1/orders/<source>/<id>", 200, 0.01)
figures.recorded(3)
figures.waiting(7, 8)
"""

JOB = """
    INSERT INTO procrastinate_jobs (task_name, queue_name, scheduled_at) VALUES ('x', 'y', now() - interval '1 hour')
"""


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    monkeypatch.setattr(metrics, "data_folder", lambda: tmp_path)
    found = f"127.0.0.1:{free_port()}"
    monkeypatch.setenv("REGULARS_METRICS", found)
    return found


def test_figures_are_served_at_the_own_machine_by_its_newer_address_too(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = address.replace("127.0.0.1", "[::1]")
    monkeypatch.setenv("REGULARS_METRICS", newer)
    with metrics_served("test"), pytest.raises(urllib.error.HTTPError, match="404"):
        collected(newer, "/")


def collected(address: str, path: str = "/metrics", **headers: str) -> str:
    asked = urllib.request.Request(f"http://{address}{path}", headers=headers)
    with urllib.request.urlopen(asked, timeout=10) as response:
        return response.read().decode()


@pytest.mark.django_db
def test_what_children_count_is_added_up_also_when_they_are_gone(address: str) -> None:
    with metrics_served("test") as env:
        for _ in range(2):
            child = {"PYTHONPATH": str(CHECKOUT / "src"), **env}
            subprocess.run([sys.executable, "-c", COUNT], env=child, check=True)
        said = collected(address)
        with pytest.raises(urllib.error.HTTPError, match="404"):
            collected(address, "/")
    assert "regulars_orders_recorded_total 6.0" in said
    line = 'regulars_requests_total{door="gateway",method="PUT",route="/v1/orders/<source>/<id>",status="200"} 2.0'
    assert line in said
    assert "regulars_waiting_requests 7" not in said, "they wait no more"
    assert "regulars_database_reachable 1.0" in said
    with pytest.raises(urllib.error.URLError):
        collected(address)


def test_nobody_serves_figures_unless_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REGULARS_METRICS", raising=False)
    with metrics_served("test") as env:
        assert env == {}


@pytest.mark.django_db
def test_with_a_key_only_who_has_it_sees_them(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_METRICS_KEY", "three words chosen")
    with metrics_served("test") as env:
        assert FOLDER in env
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "three words chosen"}):
            with pytest.raises(urllib.error.HTTPError, match="401"):
                collected(address, **headers)
        assert "regulars_jobs_waiting" in collected(address, Authorization="Bearer three words chosen")


@pytest.mark.parametrize("said", ["0.0.0.0:9464", "192.0.2.7:9464", "localhost:9464", "9464", "[::]:9464"])
def test_they_are_never_open_to_others_by_mistake(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_METRICS", said)
    with pytest.raises(SystemExit, match="REGULARS_METRICS"), metrics_served("test"):
        pass


@pytest.mark.django_db
def test_how_late_things_are() -> None:
    registry = CollectorRegistry()
    registry.register(Lags())
    shop = open_shop()
    Till(shop).put("A-1", order())
    keep_up(shop)
    said = registry.get_sample_value
    assert said("regulars_due_seconds", {"program": shop.slug}) == 0
    raw().execute("UPDATE ledger_account SET next_due_at = %s", [datetime_of(now(shop)) - timedelta(hours=2)])
    raw().execute("UPDATE ledger_reader SET written = '0'::xid8")
    raw().execute(JOB)
    assert 7_100 < said("regulars_due_seconds", {"program": shop.slug}) < 7_300
    assert said("regulars_jobs_waiting") == 1
    assert 3_500 < said("regulars_jobs_seconds") < 3_700
    readers = [
        dict(sample.labels) for family in registry.collect() for sample in family.samples if "outbox" in sample.name
    ]
    assert {reader["reader"] for reader in readers} >= {"effects"}

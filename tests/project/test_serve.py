"""`regulars serve` as a person meets it: starts, stays up, shows itself to a second start, leaves nothing running."""

import json
import os
import signal
import urllib.request
from collections.abc import Iterator

import pytest

from regulars.project.postgres.access import server_pid
from tests.installation import Installation, child, eventually, is_up, kill_child, processes_of


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One that serves already, for the tests that leave it as they found it."""
    made = Installation(tmp_path_factory.mktemp("served"))
    serve(made)
    yield made
    made.end()


def test_ctrl_c_stops_everything_and_leaves_the_data(installation: Installation):
    serving = serve(installation)
    os.kill(serving.pid, signal.SIGINT)
    assert serving.wait(20) == 0
    assert not processes_of(installation)
    again = serve(installation)
    assert installation.ask("SELECT count(*) FROM django_migrations") > 0
    again.terminate()


def test_a_second_start_shows_the_running_one(served: Installation):
    second = served.start("serve")
    said, _ = second.communicate(timeout=60)
    assert second.returncode == 0
    assert f"already running at {note(served)['url']}" in said
    assert health(served)["database"] == "reachable"


def test_whatever_is_killed_comes_back(served: Installation):
    for name in ("regulars.project.web", "regulars.project.worker"):
        victim = kill_child(served, name)
        eventually(lambda name=name, victim=victim: child(served, name) not in (0, victim), f"{name} is back")
    before = server_pid(served.cluster)
    os.kill(before, signal.SIGKILL)
    eventually(lambda: is_up(served.cluster) and server_pid(served.cluster) != before, "PostgreSQL is back")
    eventually(lambda: health(served).get("database") == "reachable", "the page answers again")
    assert served.started[0].poll() is None


def test_when_the_parent_is_killed_nothing_outlives_it(installation: Installation):
    serving = serve(installation)
    os.kill(serving.pid, signal.SIGKILL)
    serving.wait()
    eventually(lambda: not processes_of(installation), "children and database have ended")


def test_a_command_that_finds_the_database_running_does_not_stop_it(served: Installation):
    server = server_pid(served.cluster)
    served.start("no-such-verb").communicate(timeout=60)
    assert server_pid(served.cluster) == server


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

"""A disk that is full: nothing that was acknowledged is lost, and once there is room everybody is answered.

The cluster lies on a small file system of its own, which root alone can make. It takes a minute, so only a long run
does it: `./run test faults --long`.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from regulars.project.postgres.layout import make_folders
from tests.faults.callers import acknowledged, calling, further, kept, prepared, proven
from tests.faults.processes import ends_in_order, heard
from tests.installation import Installation, eventually
from tests.project.ports import free_port

IS_LONG = int(os.environ.get("REGULARS_KILLINGS", "3")) > 3
LEFT = 20_000_000

pytestmark = pytest.mark.skipif(not IS_LONG, reason="A full disk is NOT tried in a short run: ./run test faults --long")


@pytest.fixture
def small_disk(installation: Installation) -> Iterator[Path]:
    place = installation.cluster
    make_folders(place)
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=500m", "tmpfs", str(place.home)], check=False, capture_output=True
    ).returncode == 0  # fmt: skip
    if not mounted:
        pytest.skip("A full disk is NOT tried here: a file system of its own needs root and mount.")
    yield place.home
    installation.end()
    installation.started.clear()
    subprocess.run(["umount", str(place.home)], check=True)
    shutil.rmtree(place.home.parent, ignore_errors=True)


def test_a_full_disk_loses_nothing(
    small_disk: Path, installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    key = prepared(installation)
    port = free_port()
    running = installation.start("gateway", "--port", str(port))
    heard(running)
    ballast = small_disk / "ballast"
    with calling([port], key, 8) as callers:
        further(callers)
        fill(ballast, small_disk)
        eventually(lambda: is_stuck(callers), "nobody is answered any more")
        before = sum(len(caller.acknowledged) for caller in callers)
        ballast.unlink()
        with suppress(subprocess.TimeoutExpired):
            running.wait(10)
        if running.poll() is not None:
            running = installation.start("gateway", "--port", str(port))
            heard(running)
        further(callers)
    ends_in_order(running)
    proven(installation)
    assert kept(installation) == acknowledged(callers)
    with capsys.disabled():
        print(f"\n{before} orders acknowledged when the disk was full, {len(acknowledged(callers))} in the end")


def fill(ballast: Path, disk: Path) -> None:
    with ballast.open("wb") as file:
        while shutil.disk_usage(disk).free > LEFT:
            file.write(bytes(1_000_000))
            file.flush()


def is_stuck(callers: list) -> bool:
    """Whether nobody was answered for three seconds."""
    before = sum(len(caller.acknowledged) for caller in callers)
    time.sleep(3)
    return sum(len(caller.acknowledged) for caller in callers) == before

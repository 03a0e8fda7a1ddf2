"""Who serves this installation now: at most one, and others can find it.

A lock says that somebody serves (the system lets go of it when that process dies); a note says where; a real request
proves it.
"""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from regulars.project.place import data_folder
from regulars.project.postgres.locks import release, take

READY_SECONDS = 60


@dataclass(frozen=True)
class Presence:
    """`run` is a random word that only this run's web server can answer with."""

    pid: int
    url: str
    run: str


@contextmanager
def serving_alone() -> Iterator[bool]:
    """Whether we are the one who serves."""
    handle = take(data_folder() / "serving.lock")
    try:
        yield handle is not None
    finally:
        if handle is not None:
            _note().unlink(missing_ok=True)
            release(handle)


def announce(presence: Presence) -> None:
    draft = _note().with_suffix(".new")
    draft.write_text(json.dumps(asdict(presence)))
    draft.replace(_note())


def the_one_serving() -> Presence | None:
    """Who serves, waiting while it still starts; None when it does not answer."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            presence = Presence(**json.loads(_note().read_text()))
        except FileNotFoundError:
            presence = None
        if presence and answers(presence):
            return presence
        time.sleep(0.2)
    return None


def wait_until_ready(presence: Presence, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answers(presence):
            return True
        time.sleep(0.05)
    return False


def answers(presence: Presence) -> bool:
    try:
        with urllib.request.urlopen(f"{presence.url}health", timeout=5) as response:  # noqa: S310
            return bool(json.load(response).get("run") == presence.run)
    except (OSError, ValueError):
        return False


def new_run() -> str:
    return os.urandom(12).hex()


def _note() -> Path:
    return data_folder() / "serving.json"

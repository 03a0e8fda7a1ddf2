"""Before a server stops it may say so for a while, and go on answering: whoever shares out requests sends no more.

The supervisor leaves a mark that its children look for when they are asked whether they are ready.
"""

import os
import time
from pathlib import Path

from regulars.project.place import data_folder

MARK = "REGULARS_DRAINING"
SECONDS_MOST = 300


class Draining:
    """Of the supervisor called `name`; `env` tells its children where the mark will be."""

    def __init__(self, name: str) -> None:
        self._mark = data_folder() / f"draining-{name}"
        self._mark.unlink(missing_ok=True)
        self.env = {MARK: str(self._mark)}

    def wait(self) -> None:
        """As long as the installation wants; requests are answered meanwhile."""
        if seconds := drain_seconds():
            self._mark.touch()
            time.sleep(seconds)
            self._mark.unlink(missing_ok=True)


def drain_seconds() -> int:
    said = os.environ.get("REGULARS_DRAIN_SECONDS", "")
    return min(int(said), SECONDS_MOST) if said.isascii() and said.isdigit() else 0


def is_draining() -> bool:
    mark = os.environ.get(MARK)
    return bool(mark) and Path(str(mark)).exists()

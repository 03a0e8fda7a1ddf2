"""A folder for what is worked out from a file and needed until it is taken in."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = "regulars-import-"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for the scratch database. What a killed import left behind goes first."""
    for old in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        if not _is_alive(old.name.removeprefix(FOLDER).partition("-")[0]):
            shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{FOLDER}{os.getpid()}-") as folder:
        yield Path(folder)


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, ValueError, OverflowError):
        pass
    return True

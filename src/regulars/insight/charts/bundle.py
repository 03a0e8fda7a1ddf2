"""The chart library for browsers, written out of vl-convert-python as a static file: nothing comes from afar."""

from importlib.metadata import version
from pathlib import Path

import vl_convert

STATIC = Path(__file__).resolve().parent.parent / "static" / "insight"


def write_bundle(folder: Path = STATIC) -> Path:
    """Write `vega-bundle.js`, unless it is there and of the installed version."""
    target = folder / "vega-bundle.js"
    stamp = f"// vl-convert-python {version('vl-convert-python')}\n"
    if not _starts_with(target, stamp):
        draft = target.with_suffix(".new")
        draft.write_text(stamp + vl_convert.javascript_bundle())  # type: ignore[call-arg]
        draft.replace(target)
    return target


def _starts_with(path: Path, stamp: str) -> bool:
    try:
        with path.open() as file:
            return file.readline() == stamp
    except FileNotFoundError:
        return False

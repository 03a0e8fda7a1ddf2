"""Modules that were compiled to machine code, taken in place of their sources for as long as these are the very same.

`regulars compile` makes them. A file is named after its module and a digest of the source, so there is nothing to
forget: what changed since, or was never compiled, runs from its source.
"""

import os
import sys
from collections.abc import Sequence
from hashlib import blake2b
from importlib.abc import MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

SETTING = "REGULARS_COMPILED"
SUFFIX = EXTENSION_SUFFIXES[0]
# Another way of compiling the same source makes another file.
MANNER = b"1"


def folder() -> Path | None:
    """Where they are: `.compiled` beside the source, or where the setting says; None: it is empty, and none is used."""
    said = os.environ.get(SETTING)
    if said is None:
        return Path(__file__).resolve().parents[2] / ".compiled"
    return Path(said).resolve() if said else None


def file_of(name: str, source: bytes) -> str:
    """What the compiled file of a module is called."""
    return f"{name}.{blake2b(MANNER + source, digest_size=12).hexdigest()}{SUFFIX}"


def in_use() -> int:
    """How many modules of this process are compiled ones."""
    where = folder()
    return sum(where is not None and is_in(where, module) for module in tuple(sys.modules.values()))


def is_in(where: Path, module: ModuleType) -> bool:
    return str(getattr(module, "__file__", None) or "").startswith(f"{where}{os.sep}")


class Finder(MetaPathFinder):
    """Asks first, and answers only for what there is a file of."""

    def __init__(self, where: Path) -> None:
        self._where = where
        self._names = {path.name.removesuffix(SUFFIX).rpartition(".")[0] for path in where.glob(f"*{SUFFIX}")}

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in self._names:
            return None
        found = PathFinder.find_spec(name, path, target)
        # What comes out of an archive, as executors of a cluster have it, runs from its source.
        if found is None or not isinstance(found.loader, SourceFileLoader):
            return found
        at = self._where / file_of(name, Path(found.loader.path).read_bytes())
        # The folder may go at any time.
        if not at.is_file():
            return found
        return spec_from_file_location(name, at, loader=ExtensionFileLoader(name, str(at)))


def look_there() -> None:
    where = folder()
    if where is not None and where.is_dir():
        sys.meta_path.insert(0, Finder(where))

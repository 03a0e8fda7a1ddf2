"""The lake: one program's orders, entries and members as immutable Parquet, with a manifest saying what they are.

A version is a folder of three files that never change; `manifest.json` names the version in force and is replaced
atomically. Figures read the lake through Ibis, so that the same expression can run on another engine. Money is in minor
units, `…_on` are local dates in the program's zone.
"""

import threading
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import ibis
import msgspec
from django.conf import settings
from msgspec import Struct, field

from regulars.engine.program import Worth

FORMAT = 1
ANSWERS_KEPT = 2_000
P = ParamSpec("P")
T = TypeVar("T")

# Customers are numbered within a version; `members` says which member a number is.

# An order that was paid and not cancelled. A guest's order has a customer of its own; `member`: enrolled when paid.
ORDERS = {
    "order_key": "string",
    "customer": "int64",
    "guest": "boolean",
    "member": "boolean",
    "paid_at": "timestamp('UTC', 6)",
    "paid_local": "timestamp(6)",
    "paid_on": "date",
    "gross_minor": "int64",
    "refunded_minor": "int64",
    "net_minor": "int64",
    "lines": "int32",
    "quantity": "int64",
    "channel": "string",
    "store": "string",
}
# A movement of points between two places.
ENTRIES = {
    "customer": "int64",
    "kind": "string",
    "source": "string",
    "target": "string",
    "wallet": "string",
    "points": "int64",
    "occurred_on": "date",
}
# Everybody known by name: enrolled, or a customer who is not. Guests are left out.
MEMBERS = {
    "customer": "int64",
    "member_id": "string",
    "tier": "string",
    "available": "int64",
    "pending": "int64",
    "held": "int64",
    "deficit": "int64",
    "enrolled_on": "date",
    "known_on": "date",
}
TABLES = {"orders": ORDERS, "entries": ENTRIES, "members": MEMBERS}


class Tier(Struct, frozen=True):
    """A rung of the program's ladder, lowest first, with its name in each language."""

    key: str
    name: dict[str, str]


class Manifest(Struct, frozen=True):
    """What a version of the lake holds. `as_of` is in the program's own time."""

    data_version: str
    as_of: datetime
    zone: str
    currency: str
    wallet: str = "points"
    worth: Worth | None = None
    tiers: tuple[Tier, ...] = ()
    counts: dict[str, int] = {}
    format: int = FORMAT

    @property
    def today(self) -> date:
        return self.as_of.astimezone(ZoneInfo(self.zone)).date()


class Lake(Struct, eq=False):
    """An opened version. `memory` keeps answers, which cannot change while the version stays."""

    manifest: Manifest
    orders: ibis.Table
    entries: ibis.Table
    members: ibis.Table
    backend: ibis.BaseBackend
    memory: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def rows(self, expression: ibis.Table) -> list[dict[str, Any]]:
        """Ask the engine. One question at a time: a DuckDB connection is not shared between threads."""
        with self.lock:
            found: list[dict[str, Any]] = self.backend.to_pyarrow(expression).to_pylist()
            return found

    def row(self, expression: ibis.Table) -> dict[str, Any]:
        """The only row of an aggregation; sums over nothing are 0."""
        return {name: value or 0 for name, value in self.rows(expression)[0].items()}


def opened(folder: Path, manifest: Manifest) -> Lake:
    """Open a version. Files are read where they lie, so memory does not grow with the shop."""
    backend = ibis.duckdb.connect()
    tables = {name: backend.read_parquet(folder / f"{name}.parquet", table_name=name) for name in TABLES}
    return Lake(manifest=manifest, backend=backend, **tables)


def folder_of(program_id: int) -> Path:
    """Where a program's lake lies."""
    return Path(settings.DATA_FOLDER) / "lake" / str(program_id)


def read_manifest(root: Path) -> Manifest | None:
    """The manifest in force; None before the first version, or when another release wrote it in another format."""
    try:
        manifest = msgspec.json.decode((root / "manifest.json").read_bytes(), type=Manifest)
    except (FileNotFoundError, msgspec.ValidationError):
        return None
    return manifest if manifest.format == FORMAT else None


_open: dict[Path, Lake] = {}
_opening = threading.Lock()


def current(root: Path) -> Lake | None:
    """The lake in force under this folder, kept open while its version stays."""
    manifest = read_manifest(root)
    if manifest is None:
        return None
    with _opening:
        lake = _open.get(root)
        if lake is None or _moved(lake.manifest, manifest):
            lake = opened(root / manifest.data_version, manifest)
        _open[root] = lake = _as_of(lake, manifest)
        return lake


def _moved(before: Manifest, after: Manifest) -> bool:
    return (before.data_version, before.today) != (after.data_version, after.today)


def _as_of(lake: Lake, manifest: Manifest) -> Lake:
    return lake if lake.manifest == manifest else msgspec.structs.replace(lake, manifest=manifest)


def kept(reading: Callable[P, T]) -> Callable[P, T]:
    """Remember a reading's answer in its lake (its first argument), by the other arguments."""

    def remembered(*args: P.args, **kwargs: P.kwargs) -> T:
        lake: Any = args[0]
        key = (reading, args[1:], tuple(sorted(kwargs.items())))
        with lake.lock:
            if key not in lake.memory:
                if len(lake.memory) >= ANSWERS_KEPT:
                    lake.memory.clear()
                lake.memory[key] = reading(*args, **kwargs)
            return lake.memory[key]  # type: ignore[no-any-return]

    remembered.__doc__ = reading.__doc__
    return remembered

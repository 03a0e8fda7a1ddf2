"""Keeps the lake in step with the ledger."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from adbc_driver_postgresql.dbapi import Connection
from django.conf import settings

from regulars.engine.calendar import datetime_of, instant_of
from regulars.insight import export
from regulars.insight.lake import Manifest, Tier, folder_of, read_manifest
from regulars.programs.queries import Published, now

# The version in force, and the one before: a reader may have just opened it.
VERSIONS_KEPT = 2


def refresh_lake(published: Published) -> Manifest:
    """Write a new version of the program's lake if the ledger has changed, and say as of when it holds.

    Call it after due accounts were advanced, so that points that expired and tiers that ended are in it.
    """
    root = folder_of(published.id)
    root.mkdir(parents=True, exist_ok=True)
    with _alone(root), export.snapshot(settings.DATABASE_URL) as conn:
        as_of = datetime_of(now(published))
        version = export.version_of(conn, published.id, published.programs.versions[-1].number)
        before = read_manifest(root)
        if before is None or before.data_version != version or not (root / version).exists():
            before = _described(published, version, as_of, _written(conn, published, root / version))
        manifest = msgspec.structs.replace(before, as_of=as_of)
        _replace(root / "manifest.json", msgspec.json.encode(manifest))
        _forget_old_versions(root, manifest)
    return manifest


def _written(conn: Connection, published: Published, folder: Path) -> dict[str, int]:
    """Write beside and rename, so that a version is there whole or not at all."""
    draft = folder.with_name(f"{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    counts = export.write(conn, published.id, published.zone, draft)
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    return counts


def _described(published: Published, version: str, as_of: datetime, counts: dict[str, int]) -> Manifest:
    rules = published.programs.at(instant_of(as_of))
    wallet = published.programs.main_wallet
    levels = rules.tiers.levels if rules.tiers else ()
    return Manifest(
        data_version=version,
        as_of=as_of,
        zone=published.zone,
        currency=published.currency,
        wallet=wallet,
        worth=rules.wallets[wallet].worth,
        tiers=tuple(Tier(level.tier, level.name) for level in levels),
        counts=counts,
    )


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".new")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _forget_old_versions(root: Path, manifest: Manifest) -> None:
    versions = sorted((path for path in root.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime_ns)
    old = [path for path in versions if path.name != manifest.data_version]
    for path in old[: max(len(old) - (VERSIONS_KEPT - 1), 0)]:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """One writer at a time, across processes."""
    with (root / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)

"""`regulars backup` and `regulars restore`: everything that cannot be worked out again, as one file.

That is the database as of one moment, while the shop goes on selling, and the installation's secret, without which
cards, codes and API keys would be known by nobody. The lake is made again from the ledger. Whoever has the file has
all of it: it is readable by its owner only, and belongs where you keep secrets.
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from django.conf import settings
from django.utils.translation import gettext as _
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from regulars import __version__
from regulars.cli.screen import Console
from regulars.project.database import owner_url
from regulars.project.migration import migrate_when_needed
from regulars.project.place import data_folder
from regulars.project.postgres.binaries import client_program

DUMP, SECRET, MANIFEST = "database.dump", "secret-key", "manifest.json"
# PostgreSQL of the wheel can do no better.
LEVEL = "gzip:1"
COUNTS = {
    "programs": "SELECT count(*) FROM programs_program",
    "members": "SELECT count(*) FROM members_member",
    "facts": "SELECT count(*) FROM ledger_fact",
    "entries": "SELECT count(*) FROM ledger_entry",
}
# What shows that somebody uses an installation.
HELD = (*COUNTS.values(), "SELECT count(*) FROM access_staff")
TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
console = Console()


def backup(
    to: Annotated[Path, typer.Argument(dir_okay=False, help="The file to write; it must not be there yet.")],
) -> None:
    """Write everything to one file, as of one moment, while the shop goes on. Keep it where you keep secrets."""
    if to.exists():
        raise _there_already(to)
    if not to.parent.is_dir():
        raise typer.BadParameter(_("There is no folder %(path)s.") % {"path": to.parent})
    # A folder that nobody else may enter, on the same disk: under its name there is all of the file or none.
    with tempfile.TemporaryDirectory(dir=to.parent) as scratch, console.status(_("Writing the backup")):
        folder = Path(scratch)
        counts = _dump(folder / DUMP)
        manifest = {"regulars": __version__, "made_at": datetime.now(UTC).isoformat(timespec="seconds"), **counts}
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=2))
        (folder / SECRET).write_text(settings.SECRET_KEY)
        try:
            os.link(_bundled(folder), to)
        except FileExistsError:
            raise _there_already(to) from None
    console.print(_("%(path)s holds %(members)s members, %(facts)s facts and %(entries)s entries.") % _said(to, counts))


def restore(
    given: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file that `regulars backup` wrote.")],
) -> None:
    """Fill a new installation from a backup. One that holds anything is left as it is."""
    with psycopg.connect(owner_url()) as conn:
        [tables] = conn.execute(TABLES).fetchone() or (0,)
        is_in_use = tables and any((conn.execute(query).fetchone() or (0,))[0] for query in HELD)
    if is_in_use:
        said = _("This installation holds data already. Name a new data folder in REGULARS_DATA, or an empty database.")
        console.print(said, soft_wrap=True)
        raise typer.Exit(1)
    with _opened(given) as folder:
        manifest = json.loads((folder / MANIFEST).read_text())
        # Before the data: whoever is stopped in between still has an empty installation, and begins again.
        _keep_secret((folder / SECRET).read_text())
        with console.status(_("Restoring")):
            # Another verb may have made the tables already; nobody has written into them.
            anew = ("--clean", "--if-exists") if tables else ()
            _run("pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", *anew, str(folder / DUMP))
    with psycopg.connect(owner_url()) as conn:
        counts = {name: (conn.execute(query).fetchone() or (0,))[0] for name, query in COUNTS.items()}
    differs = [name for name, count in counts.items() if count != manifest.get(name)]
    if differs:
        sys.exit("regulars: " + _("the backup says otherwise about: %(names)s") % {"names": ", ".join(differs)})
    migrate_when_needed()
    console.print(_("Restored: %(members)s members, %(facts)s facts and %(entries)s entries.") % _said(given, counts))
    console.print(_("Prove it with `%(regulars)s verify`.") % {"regulars": settings.COMMAND})


def _there_already(path: Path) -> typer.BadParameter:
    return typer.BadParameter(_("%(path)s is there already.") % {"path": path})


def _said(path: Path, counts: dict[str, int]) -> dict[str, object]:
    return {"path": path, **{name: f"{count:,}" for name, count in counts.items()}}


def _dump(to: Path) -> dict[str, int]:
    """What the dump holds, counted as of the same moment."""
    with psycopg.connect(owner_url()) as conn:
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        [moment] = conn.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        counts = {name: (conn.execute(query).fetchone() or (0,))[0] for name, query in COUNTS.items()}
        _run("pg_dump", "--format=custom", f"--compress={LEVEL}", f"--snapshot={moment}", "--file", str(to))
    return counts


def _run(name: str, *words: str) -> None:
    """On our database. A password goes by the environment: everybody on the machine may read the words."""
    parts = conninfo_to_dict(owner_url())
    password = {"PGPASSWORD": str(parts.pop("password"))} if "password" in parts else {}
    command = [client_program(name), "--no-password", "--dbname", make_conninfo(**parts), *words]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, env=os.environ | password)
    if ran.returncode:
        last = ran.stderr.strip().splitlines()[-1:] or [str(ran.returncode)]
        sys.exit(f"regulars: {name}: {last[0]}")


def _bundled(folder: Path) -> Path:
    """For its owner alone."""
    to = folder / "bundle"
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as bundle:
            for name in (MANIFEST, SECRET, DUMP):
                bundle.add(folder / name, name)
        file.flush()
        os.fsync(file.fileno())
    return to


@contextmanager
def _opened(given: Path) -> Iterator[Path]:
    """Its three files, unpacked; ends the program where they are not there."""
    with tempfile.TemporaryDirectory(dir=data_folder()) as scratch:
        try:
            with tarfile.open(given) as bundle:
                for name in (MANIFEST, SECRET, DUMP):
                    _unpack(bundle, name, Path(scratch))
        except (tarfile.TarError, KeyError):
            sys.exit("regulars: " + _("%(path)s is no backup of ours, or it was cut short.") % {"path": given})
        yield Path(scratch)


def _unpack(bundle: tarfile.TarFile, name: str, folder: Path) -> None:
    """A plain file under this name, and nothing else that a bundle may hold. Raises KeyError."""
    found = bundle.extractfile(name)
    if found is None:
        raise KeyError(name)
    with found, (folder / name).open("wb") as file:
        shutil.copyfileobj(found, file)


def _keep_secret(secret: str) -> None:
    """In place of the one that this installation was given at its first start."""
    if own := os.environ.get("REGULARS_SECRET_KEY"):
        if own != secret:
            said = _("REGULARS_SECRET_KEY is not the backup's: set it to that of the old installation.")
            console.print(said, style="yellow", soft_wrap=True)
        return
    draft = data_folder() / f"{SECRET}.new"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secret)
    draft.replace(data_folder() / SECRET)

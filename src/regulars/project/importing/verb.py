"""The verb: an installation of its own that takes a file in, beside COPY of what came of it, and gone afterwards."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec
import psycopg
import typer
from django.utils.translation import gettext as _
from msgspec import Struct
from psycopg import sql

from regulars.cli.screen import Console, Table
from regulars.project.importing.shop import Did
from regulars.project.measured import environment, installation, run, settle
from regulars.project.postgres.access import OWNER, address, server_pid
from regulars.project.postgres.cluster import running
from regulars.project.postgres.layout import Layout
from regulars.project.spent import spent

SHOP = (sys.executable, "-m", "regulars.project.importing.shop")
# Tables of the ledger, the largest first.
TABLES = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'ledger\\_%' ORDER BY relpages DESC, relname
"""
PIECE = 1 << 20


class Deed(Struct, frozen=True):
    """So many orders, rows or entries in so many seconds. CPU in microseconds for each, Python's and PostgreSQL's."""

    name: str
    count: int
    seconds: float
    python: float = 0.0
    postgres: float = 0.0

    @property
    def per_second(self) -> float:
        return self.count / self.seconds


class Measured(Struct, frozen=True):
    """`taken`: the file, understood and kept; `copied`: the rows that came of it, once more; `proven`: all of them."""

    taken: Deed
    copied: Deed
    proven: Deed
    load: float

    @property
    def ratio(self) -> float:
        """Of the speed of a bare COPY."""
        return self.copied.seconds / self.taken.seconds


def imported(
    orders: Annotated[int, typer.Option(help="How many orders the file has.", min=1_000)] = 200_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Import a file of orders, beside COPY of the rows that come of it into the same tables, and prove the ledger."""
    console = Console(stderr=True)
    with console.status(_("Measuring")) as status:
        found = measured(orders, lambda stage: status.update(f"{_('Measuring')}: {stage}"))
    if as_json:
        told = {**msgspec.to_builtins(found), "ratio": round(found.ratio, 3)}
        typer.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
        return
    Console().print(_table(found))
    typer.echo(_("The import has %(ratio)s of the speed of a bare COPY.") % {"ratio": f"{found.ratio:.2f}"})
    typer.echo(
        _("Processes that wanted to run, these among them, at the end: %(load)s.") % {"load": f"{found.load:.1f}"}
    )


def measured(orders: int, progress: Callable[[str], None]) -> Measured:
    with installation() as (folder, place), running(place):
        env, path = environment(folder), folder / "made.parquet"
        progress(_("Making orders"))
        run([*SHOP, "file", str(path), str(orders)], env)
        progress(_("import"))
        taken = _did(place, _("orders and refunds, imported"), env, "import", str(path))
        settle(place)
        progress("COPY")
        copied = _copied(place, folder)
        settle(place)
        progress(_("proof"))
        proven = _did(place, _("entries, proven"), env, "verify")
        return Measured(taken, copied, proven, os.getloadavg()[0])


def _did(place: Layout, name: str, env: dict[str, str], *words: str) -> Deed:
    postmaster = server_pid(place)
    before = spent(postmaster)
    did = msgspec.json.decode(run([*SHOP, *words], env), type=Did)
    each = 1e6 / max(did.count, 1)
    return Deed(name, did.count, did.seconds, did.cpu * each, (spent(postmaster) - before) * each)


def _copied(place: Layout, folder: Path) -> Deed:
    """The ledger's rows out of their tables, and into them again; the seconds are those of the way in."""
    with psycopg.connect(address(place, OWNER)) as conn:
        tables = [sql.Identifier(name) for (name,) in conn.execute(TABLES).fetchall()]
        files = [folder / f"{number}.rows" for number in range(len(tables))]
        for table, path in zip(tables, files, strict=True):
            with path.open("wb") as file, conn.cursor().copy(_OUT.format(table)) as rows:
                file.writelines(rows)
        conn.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(tables)))
        conn.commit()
        before, begun, count = spent(server_pid(place)), time.perf_counter(), 0
        for table, path in zip(tables, files, strict=True):
            cursor = conn.cursor()
            with path.open("rb") as file, cursor.copy(_IN.format(table)) as rows:
                while piece := file.read(PIECE):
                    rows.write(piece)
            count += cursor.rowcount
        conn.commit()
        seconds = time.perf_counter() - begun
    each = 1e6 / max(count, 1)
    return Deed(_("rows, copied"), count, seconds, 0.0, (spent(server_pid(place)) - before) * each)


_OUT = sql.SQL("COPY {} TO STDOUT (FORMAT binary)")
_IN = sql.SQL("COPY {} FROM STDIN (FORMAT binary)")


def _table(found: Measured) -> Table:
    table = Table(_("What"))
    for name in (_("how many"), _("seconds"), _("a second"), _("CPU µs, Python"), _("CPU µs, PostgreSQL")):
        table.add_column(name, justify="right")
    for one in (found.taken, found.copied, found.proven):
        said = [f"{one.count:,}", f"{one.seconds:.1f}", f"{one.per_second:,.0f}"]
        table.add_row(one.name, *said, f"{one.python:,.1f}" if one.python else "", f"{one.postgres:,.1f}")
    return table

"""The verb: an installation of its own, filled, served and measured, and gone afterwards however it ends."""

import json
import sys
from collections.abc import Callable
from typing import Annotated

import msgspec
import typer
from django.utils.translation import gettext as _
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from regulars.project.measured import bank, environment, installation, run, served, tpcb
from regulars.project.postgres.cluster import running
from regulars.project.redeeming.load import Paired, paired

CLIENTS = (1, 8, 32)


class Stage(Struct, frozen=True):
    """So many clients: pgbench's transactions a second, and ours."""

    clients: int
    pgbench: float
    ours: Paired

    @property
    def ratio(self) -> float:
        return self.ours.per_second / self.pgbench if self.pgbench else 0.0


def redeem(
    seconds: Annotated[int, typer.Option(help="How long each measurement takes.", min=1, max=60)] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Hold and capture a reward over HTTP, at 1, 8 and 32 tills, beside pgbench on the same database."""
    console = Console(stderr=True)
    with console.status(_("Measuring")) as status:
        found = measured(seconds, lambda stage: status.update(f"{_('Measuring')}: {stage}"))
    if as_json:
        told = [{**msgspec.to_builtins(one), "ratio": round(one.ratio, 3)} for one in found]
        typer.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
        return
    Console().print(_table(found))
    typer.echo(_("A pair is one hold and one capture: two requests, two transactions. pgbench: tpcb-like, prepared."))


def measured(seconds: int, progress: Callable[[str], None]) -> list[Stage]:
    """Raises typer.Exit where a program is missing."""
    with installation() as (folder, place), running(place):
        progress("pgbench -i")
        bank(place)
        env = environment(folder)
        progress("shop")
        shop = json.loads(run([sys.executable, "-m", "regulars.project.redeeming.shop"], env))
        with served(env) as (port, _process):
            paired(port, shop["key"], shop["members"], 4, 1)
            found = []
            for clients in CLIENTS:
                progress(f"pgbench -c {clients}")
                theirs = tpcb(place, clients, seconds)
                progress(_("%(count)s tills") % {"count": clients})
                found.append(Stage(clients, theirs, paired(port, shop["key"], shop["members"], clients, seconds)))
        return found


def _table(found: list[Stage]) -> Table:
    table = Table()
    for name in (_("Tills"), _("pgbench, a second"), _("pairs, a second"), _("ratio"), "p50 ms", "p99 ms"):
        table.add_column(name, justify="right")
    for one in found:
        rates = [f"{one.pgbench:,.0f}", f"{one.ours.per_second:,.0f}", f"{one.ratio:.2f}"]
        table.add_row(str(one.clients), *rates, f"{one.ours.p50:,.1f}", f"{one.ours.p99:,.1f}")
    return table

"""The verb: an installation of its own with accounts that are due, walked by one worker and by two, and gone after."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.cli.screen import Console, Table
from regulars.project.measured import bank, environment, installation, run, tpcb
from regulars.project.postgres.cluster import running
from regulars.project.postgres.layout import Layout

WORKERS = (1, 2)
SHOP = (sys.executable, "-m", "regulars.project.advancing.shop")
BANK_SECONDS = 5


class Stage(Struct, frozen=True):
    """So many workers side by side. `bank`: transactions of pgbench a second with as many clients, just before.
    Seconds are those of chunks: as long as members' orders may have to wait."""

    workers: int
    accounts: int
    seconds: float
    bank: float
    p50: float
    p99: float
    worst: float

    @property
    def per_second(self) -> float:
        return self.accounts / self.seconds

    @property
    def ratio(self) -> float:
        return self.per_second / self.bank if self.bank else 0.0


def due(
    accounts: Annotated[int, typer.Option(help="How many accounts are due.", min=1_000)] = 100_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Bring accounts to the present that are due, with one worker and with two, beside pgbench with as many clients."""
    console = Console(stderr=True)
    with console.status(_("Measuring")) as status:
        found = measured(accounts, lambda stage: status.update(f"{_('Measuring')}: {stage}"))
    load = os.getloadavg()[0]
    if as_json:
        told = [{**msgspec.to_builtins(one), "ratio": round(one.ratio, 3)} for one in found]
        typer.echo(msgspec.json.format(msgspec.json.encode({"load": load, "stages": told}), indent=2).decode())
        return
    Console().print(_table(found))
    typer.echo(_("Of each account points mature, under the tea-house program. pgbench: tpcb-like, prepared."))
    typer.echo(_("Processes that wanted to run, these among them, at the end: %(load)s.") % {"load": f"{load:.1f}"})


def measured(accounts: int, progress: Callable[[str], None]) -> list[Stage]:
    """Raises typer.Exit where a program is missing."""
    with installation() as (folder, place), running(place):
        progress("pgbench -i")
        bank(place)
        return [_stage(folder, place, workers, accounts, progress) for workers in WORKERS]


def _stage(folder: Path, place: Layout, workers: int, accounts: int, progress: Callable[[str], None]) -> Stage:
    env = environment(folder)
    progress("shop")
    run([*SHOP, "fill", str(accounts)], env)
    progress(f"pgbench -c {workers}")
    theirs = tpcb(place, workers, BANK_SECONDS)
    progress(_("%(workers)s workers") % {"workers": workers})
    words = [[*SHOP, "walk", *(["backwards"] if number else [])] for number in range(workers)]
    walks = [subprocess.Popen(one, env=env, stdout=subprocess.PIPE, text=True) for one in words]
    said = [walk.communicate()[0] for walk in walks]
    if any(walk.returncode for walk in walks):
        raise typer.Exit(1)
    found = [json.loads(one) for one in said]
    times = sorted(took for one in found for touched, took in one if touched)
    done = sum(touched for one in found for touched, _ in one)
    # The longest walk, without the start of its process.
    seconds = max(sum(took for _, took in one) for one in found)
    return Stage(workers, done, seconds, theirs, _at(times, 0.5), _at(times, 0.99), times[-1])


def _at(times: Sequence[float], share: float) -> float:
    return times[min(int(len(times) * share), len(times) - 1)]


def _table(found: Sequence[Stage]) -> Table:
    table = Table()
    names = (
        _("Workers"), _("Accounts"), _("pgbench, a second"), _("accounts, a second"), _("ratio"), _("a chunk, p50 ms"),
        "p99 ms", _("longest, ms"),
    )  # fmt: skip
    for name in names:
        table.add_column(name, justify="right")
    for one in found:
        rates = [f"{one.accounts:,}", f"{one.bank:,.0f}", f"{one.per_second:,.0f}", f"{one.ratio:.2f}"]
        took = [f"{seconds * 1000:,.0f}" for seconds in (one.p50, one.p99, one.worst)]
        table.add_row(str(one.workers), *rates, *took)
    return table

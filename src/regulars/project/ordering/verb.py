"""The verb: an installation of its own, filled, served by both doors and measured, and gone afterwards."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import psycopg
import typer
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.cli.screen import Console, Table
from regulars.project.measured import DOORS, Bank, bank, banked, cpu_each, environment, installation, run, served
from regulars.project.ordering.load import Done, Work
from regulars.project.postgres.access import OWNER, address
from regulars.project.postgres.cluster import running
from regulars.project.postgres.layout import Layout

CLIENTS = (1, 16, 64, 256)
BATCH = 500
BATCH_CLIENTS = 4


class Stage(Struct, frozen=True):
    """So many clients of one door, beside the bank. CPU in microseconds an order."""

    door: str
    clients: int
    many: int
    bank: Bank
    done: Done
    python: float
    postgres: float

    @property
    def ratio(self) -> float:
        return self.done.per_second / self.bank.per_second if self.bank.per_second else 0.0


class Measured(Struct, frozen=True):
    """`load`: processes that wanted to run at the end, ours among them, over the last minute."""

    stages: list[Stage]
    load: float


def orders(
    seconds: Annotated[int, typer.Option(help="How long each measurement takes.", min=1, max=60)] = 5,
    clients: Annotated[list[int] | None, typer.Option(help="How many clients; again for more.", min=1)] = None,
    door: Annotated[list[str] | None, typer.Option(help="gateway or api; both, if not said.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Put orders over HTTP through gateway and API, one by one and in batches, beside pgbench with as many clients."""
    console = Console(stderr=True)
    doors = [one for one in DOORS if not door or one in door]
    with console.status(_("Measuring")) as status:
        found = measured(seconds, clients or CLIENTS, doors, lambda stage: status.update(f"{_('Measuring')}: {stage}"))
    if as_json:
        told = [{**msgspec.to_builtins(one), "ratio": round(one.ratio, 3)} for one in found.stages]
        typer.echo(msgspec.json.format(msgspec.json.encode({"load": found.load, "stages": told}), indent=2).decode())
        return
    Console().print(_table(found.stages))
    typer.echo(_("An order has three lines, under the tea-house program. pgbench: tpcb-like, prepared."))
    typer.echo(
        _("Processes that wanted to run, these among them, at the end: %(load)s.") % {"load": f"{found.load:.1f}"}
    )


def measured(seconds: int, clients: Sequence[int], doors: Sequence[str], progress: Callable[[str], None]) -> Measured:
    """Raises typer.Exit where a program is missing."""
    with installation() as (folder, place):
        with running(place), psycopg.connect(address(place, OWNER, "postgres"), autocommit=True) as conn:
            conn.execute("ALTER SYSTEM SET max_connections = 400")  # pgbench has one for each client
        with running(place):
            return _measured(folder, place, seconds, clients, doors, progress)


def _measured(
    folder: Path, place: Layout, seconds: int, clients: Sequence[int], doors: Sequence[str],
    progress: Callable[[str], None],
) -> Measured:  # fmt: skip
    progress("pgbench -i")
    bank(place)
    env = environment(folder)
    progress("shop")
    key = json.loads(run([sys.executable, "-m", "regulars.project.ordering.shop"], env))["key"]
    found = []
    for door in doors:
        with served(env, DOORS[door]) as (port, process):
            _stage(env, place, process, door, Work(port, key, 4, 1, 1, f"{door}-warm"), Bank(0, 0))
            for count in clients:
                progress(f"pgbench -c {count}")
                theirs = banked(place, count, seconds)
                progress(_("%(door)s, %(count)s clients") % {"door": door, "count": count})
                work = Work(port, key, count, seconds, 1, f"{door}-{count}")
                found.append(_stage(env, place, process, door, work, theirs))
            progress(_("%(door)s, batches") % {"door": door})
            theirs = banked(place, BATCH_CLIENTS, seconds)
            work = Work(port, key, BATCH_CLIENTS, seconds, BATCH, f"{door}-batch")
            found.append(_stage(env, place, process, door, work, theirs))
    return Measured(found, os.getloadavg()[0])


def _stage(env: dict[str, str], place: Layout, process: int, door: str, work: Work, theirs: Bank) -> Stage:
    words = [sys.executable, "-m", "regulars.project.ordering.load", msgspec.json.encode(work).decode()]
    done, python, postgres = cpu_each(
        place, process, lambda: msgspec.json.decode(run(words, env), type=Done), lambda done: done.orders
    )
    return Stage(door, work.clients, work.many, theirs, done, python, postgres)


def _table(found: Sequence[Stage]) -> Table:
    table = Table()
    names = (
        _("Door"), _("Clients"), _("pgbench, a second"), _("orders, a second"), _("ratio"), "p50 ms", "p99 ms",
        _("CPU µs, Python"), _("CPU µs, PostgreSQL"), _("CPU µs, PostgreSQL for pgbench"),
    )  # fmt: skip
    for place, name in enumerate(names):
        table.add_column(name, justify="right" if place else "left")
    for one in found:
        door = one.door if one.many == 1 else _("%(door)s, batches of %(many)s") % {"door": one.door, "many": one.many}
        rates = [f"{one.bank.per_second:,.0f}", f"{one.done.per_second:,.0f}", f"{one.ratio:.2f}"]
        took = [f"{one.done.p50:,.1f}", f"{one.done.p99:,.1f}", f"{one.python:,.0f}"]
        took += [f"{one.postgres:,.0f}", f"{one.bank.postgres:,.0f}"]
        table.add_row(door, str(one.clients), *rates, *took)
    return table

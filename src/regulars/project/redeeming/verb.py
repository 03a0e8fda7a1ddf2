"""The verb: an installation of its own, filled, served and measured, and gone afterwards however it ends."""

import json
import sys
from collections.abc import Callable, Sequence
from typing import Annotated

import msgspec
import typer
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.cli.screen import Console, Table
from regulars.project.measured import DOORS, Bank, bank, banked, cpu_each, environment, installation, run, served
from regulars.project.postgres.cluster import running
from regulars.project.postgres.layout import Layout
from regulars.project.redeeming.load import Paired, Work

CLIENTS = (1, 8, 32)


class Stage(Struct, frozen=True):
    """So many clients of one door: what pgbench did, and what we did. CPU in microseconds a pair."""

    door: str
    clients: int
    bank: Bank
    ours: Paired
    python: float = 0.0
    postgres: float = 0.0

    @property
    def ratio(self) -> float:
        return self.ours.per_second / self.bank.per_second if self.bank.per_second else 0.0


def redeem(
    seconds: Annotated[int, typer.Option(help="How long each measurement takes.", min=1, max=60)] = 5,
    clients: Annotated[list[int] | None, typer.Option(help="How many tills; again for more.", min=1)] = None,
    door: Annotated[list[str] | None, typer.Option(help="gateway or api; both, if not said.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Hold and capture a reward over HTTP, at 1, 8 and 32 tills, beside pgbench on the same database."""
    console = Console(stderr=True)
    doors = [one for one in DOORS if not door or one in door]
    with console.status(_("Measuring")) as status:
        found = measured(seconds, clients or CLIENTS, doors, lambda stage: status.update(f"{_('Measuring')}: {stage}"))
    if as_json:
        told = [{**msgspec.to_builtins(one), "ratio": round(one.ratio, 3)} for one in found]
        typer.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
        return
    Console().print(_table(found))
    typer.echo(_("A pair is one hold and one capture: two requests. pgbench: tpcb-like, prepared."))


def measured(
    seconds: int, clients: Sequence[int], doors: Sequence[str], progress: Callable[[str], None]
) -> list[Stage]:
    """Raises typer.Exit where a program is missing."""
    with installation() as (folder, place), running(place):
        progress("pgbench -i")
        bank(place)
        env = environment(folder)
        progress("shop")
        shop = json.loads(run([sys.executable, "-m", "regulars.project.redeeming.shop"], env))
        found = []
        for door in doors:
            with served(env, DOORS[door]) as (port, process):
                _stage(env, place, process, door, Work(port, shop["key"], shop["members"], 4, 1), Bank(0, 0))
                for count in clients:
                    progress(f"pgbench -c {count}")
                    theirs = banked(place, count, seconds)
                    progress(_("%(door)s, %(count)s tills") % {"door": door, "count": count})
                    work = Work(port, shop["key"], shop["members"], count, seconds)
                    found.append(_stage(env, place, process, door, work, theirs))
        return found


def _stage(env: dict[str, str], place: Layout, process: int, door: str, work: Work, theirs: Bank) -> Stage:
    words, said = [sys.executable, "-m", "regulars.project.redeeming.load"], msgspec.json.encode(work)

    def act() -> Paired:
        return msgspec.json.decode(run(words, env, said), type=Paired)

    done, python, postgres = cpu_each(place, process, act, lambda done: done.pairs)
    return Stage(door, work.clients, theirs, done, python, postgres)


def _table(found: Sequence[Stage]) -> Table:
    table = Table()
    names = (
        _("Door"), _("Tills"), _("pgbench, a second"), _("pairs, a second"), _("ratio"), "p50 ms", "p99 ms",
        _("CPU µs, Python"), _("CPU µs, PostgreSQL"), _("CPU µs, PostgreSQL for pgbench"),
    )  # fmt: skip
    for place, name in enumerate(names):
        table.add_column(name, justify="right" if place else "left")
    for one in found:
        rates = [f"{one.bank.per_second:,.0f}", f"{one.ours.per_second:,.0f}", f"{one.ratio:.2f}"]
        took = [f"{one.ours.p50:,.1f}", f"{one.ours.p99:,.1f}", f"{one.python:,.0f}"]
        table.add_row(one.door, str(one.clients), *rates, *took, f"{one.postgres:,.0f}", f"{one.bank.postgres:,.0f}")
    return table

"""`regulars bench`: what the engine and a plan cost on this machine."""

import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from regulars.intake.mappings import found_mapping
from regulars.intake.planning import Question, drafted, fold_file
from regulars.intake.reading.customers import summing_seconds
from regulars.intake.reading.mapping import read_mapping
from regulars.programs.benching import LENGTHS, Bench, bench_engine

bench = typer.Typer(no_args_is_help=True, help="Measure, as ratios within one run.")


@bench.callback()
def _group() -> None:
    """What is measured is a verb of its own."""


@bench.command()
def engine(as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False) -> None:
    """Fold orders of three lines under the tea-house program, from memory, on one core."""
    console = Console(stderr=True)
    with console.status(_("Measuring")) as status:
        found = bench_engine(lambda stage: status.update(f"{_('Measuring')}: {stage}"))
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        return
    Console().print(_table(found))
    said = {
        "rate": f"{found.orders_per_second:,.0f}",
        "bytes": f"{found.account_bytes:,}",
        "call": f"{found.call_nanoseconds:.0f}",
    }
    typer.echo(_("%(rate)s orders a second on one core; an account with 50 live lots has %(bytes)s bytes.") % said)
    typer.echo(_("A call of an empty function took %(call)s ns.") % said)


@bench.command()
def plan(
    draft: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The document of a program.")],
    orders: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="CSV, NDJSON or Parquet.")],
    mapping: Annotated[str, typer.Option(help="The mapping file (docs/import.md), or the name of one of ours.")],
) -> None:
    """Fold a draft over a file of orders, beside DuckDB adding up the same file's money by customer."""
    how, text = read_mapping(found_mapping(mapping)), draft.read_text(encoding="utf-8")
    with Console(stderr=True).status(_("Measuring")):
        sums = summing_seconds(orders, how)
        begun = time.monotonic()
        found = fold_file(Question(text), drafted(text), orders, how, lambda _done, _total: None)
        seconds = time.monotonic() - begun
    said = {
        "orders": f"{found.orders:,}",
        "seconds": f"{seconds:.1f}",
        "reading": f"{found.reading_seconds:.1f}",
        "rate": f"{found.orders / seconds:,.0f}",
        "ratio": f"{seconds / sums:,.0f}",
        "sums": f"{sums:.2f}",
    }
    typer.echo(_("%(orders)s orders in %(seconds)s s (%(reading)s s of it reading): %(rate)s a second.") % said)
    typer.echo(_("%(ratio)s times as long as DuckDB adding up money by customer (%(sums)s s).") % said)


def _table(found: Bench) -> Table:
    told = {
        "order": _("an order of three lines"),
        "rules x2": _("the same with twice the rules"),
        "rules x4": _("the same with four times the rules"),
        "late": _("a late order, three weeks back, in the longest of these histories"),
    }
    told |= {f"history {length}": _("one more order after %(count)s") % {"count": f"{length:,}"} for length in LENGTHS}
    table = Table()
    table.add_column(_("Step"))
    table.add_column(_("µs of CPU"), justify="right")
    table.add_column(_("in empty calls"), justify="right")
    for step in found.steps:
        table.add_row(told[step.name], f"{step.microseconds:,.1f}", f"{step.calls:,.0f}")
    return table

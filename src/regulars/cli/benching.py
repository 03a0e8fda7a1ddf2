"""`regulars bench`: what the engine and a plan cost on this machine."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from django.utils.translation import gettext as _

from regulars.cli.folding import STOPPED_BY_HAND, bar, document_in, mapping_named, programs_in, stop
from regulars.cli.screen import Console, Table
from regulars.intake.benching import Measured, bench_plan
from regulars.intake.made_history import MAPPING as MADE
from regulars.intake.made_history import ORDERS_EACH, Wish, write_made_history
from regulars.intake.planning import drafted
from regulars.intake.reading.faults import Unreadable
from regulars.intake.scratching import scratch_folder
from regulars.programs.benching import LENGTHS, Bench, bench_engine
from regulars.programs.presets import preset

TEA_HOUSE = "tea-house"

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
    typer.echo(_("Compiled modules: %(count)s (regulars compile).") % {"count": found.compiled})


@bench.command()
def plan(  # every option of a verb is a parameter
    draft: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, help="Else the tea house.")] = None,
    orders: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="CSV, NDJSON or Parquet.")] = None,
    mapping: Annotated[str, typer.Option(help="The mapping file (docs/import.md), or the name of one of ours.")] = "",
    made: Annotated[list[int] | None, typer.Option(min=1_000, help="Make so many orders; again for growth.")] = None,
    members: Annotated[int, typer.Option(min=0, help="Of so many customers at most; 0: one for 20 orders.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Other orders.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Fold a draft over a file of orders, or over made ones, beside DuckDB adding up money by customer."""
    text = preset(TEA_HOUSE) if draft is None else document_in(draft)
    if (orders is None) == (not made) or (orders is not None and not mapping):
        stop([_("Say a file with --orders and --mapping, or how many orders to make with --made.")])
    if draft is not None:
        programs_in(draft, text)
    found: list[Measured] = []
    try:
        if orders is not None:
            found.append(_measured(text, orders, mapping))
        for wished in made or ():
            with scratch_folder() as folder:
                path = folder / "made.parquet"
                with bar(_("Making orders")):
                    write_made_history(path, Wish(wished, members or -(-wished // ORDERS_EACH), seed))
                found.append(_measured(text, path, MADE))
    except (Unreadable, OSError) as problem:
        stop([str(problem)])
    except KeyboardInterrupt:
        raise typer.Exit(STOPPED_BY_HAND) from None
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        return
    typer.echo(_("The program is %(program)s.") % {"program": drafted(text).versions[0].slug})
    for one in found:
        _tell(one, found[0])


def _measured(text: str, orders: Path, mapping: str) -> Measured:
    with bar(_("Reading the file")) as progress:
        return bench_plan(text, orders, mapping_named(mapping), progress, progress.read)


def _tell(found: Measured, first: Measured) -> None:
    said = {
        "orders": f"{found.orders:,}",
        "seconds": f"{found.seconds:.1f}",
        "reading": f"{found.reading_seconds:.1f}",
        "rate": f"{found.orders_per_second:,.0f}",
        "cpu": f"{found.cpu_microseconds:.1f}",
        "memory": f"{found.peak_bytes / 1e9:.2f}",
        "ratio": f"{found.seconds / found.sums_seconds:,.0f}",
        "sums": f"{found.sums_seconds:.2f}",
        "load": f"{found.load:.1f}",
        "more": f"{found.orders / first.orders:.1f}",
        "longer": f"{found.cpu_seconds / first.cpu_seconds:.1f}",
    }
    typer.echo(_("%(orders)s orders in %(seconds)s s (%(reading)s s of it reading): %(rate)s a second.") % said)
    typer.echo(_("%(cpu)s µs of CPU an order, %(memory)s GB of memory at most, all processes together.") % said)
    typer.echo(_("%(ratio)s times as long as DuckDB adding up money by customer (%(sums)s s).") % said)
    typer.echo(_("Processes that wanted to run, this among them, at the end: %(load)s.") % said)
    typer.echo(_("Compiled modules: %(count)s (regulars compile).") % {"count": found.compiled})
    if found is not first:
        typer.echo(_("%(more)s times as many orders as the first took %(longer)s times the CPU.") % said)


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

"""`regulars import orders FILE`: a shop's order history from a file."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer
from django.utils.translation import gettext as _
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from regulars.cli.import_guess import mapping_file, proposal_of, questions, readings
from regulars.cli.import_tables import preview_tables, refused_for, summary_table
from regulars.cli.screen import Console
from regulars.cli.speaking import no_program
from regulars.intake.import_processes import Failed
from regulars.intake.importing import BATCH, Progress, Request, Result, import_file
from regulars.intake.mappings import found_mapping
from regulars.intake.previewing import preview
from regulars.intake.queries import reasons
from regulars.intake.reading.arranging import PARTS
from regulars.intake.reading.faults import Unreadable
from regulars.intake.reading.mapping import mapping_of, read_mapping
from regulars.programs.models import Program
from regulars.programs.queries import Published, published

imports = typer.Typer(no_args_is_help=True, help="Take in what a shop already has.")

STOPPED_BY_HAND = 130


@imports.command()
def orders(
    file: Annotated[Path, typer.Argument(help="CSV, NDJSON or Parquet: one record for each line of an order.")],
    program: Annotated[str, typer.Option(help="The program's slug.")],
    mapping: Annotated[
        str, typer.Option(help="The mapping file (docs/import.md), or the name of one of ours. Without: proposes one.")
    ] = "",
    show: Annotated[bool, typer.Option("--preview", help="Show the first orders as understood; keep none.")] = False,
    batch: Annotated[int, typer.Option(min=1, max=20_000, help="Orders per transaction.")] = BATCH,
    rejects: Annotated[Path | None, typer.Option(help="Write what was not taken to this CSV file.")] = None,
    processes: Annotated[int, typer.Option(min=1, max=PARTS, help="Processes that keep orders.")] = PARTS,
) -> None:
    """Import orders. Safe to stop at any point and to run twice. Ends with 1 where nothing could be taken."""
    try:
        shop = published(program)
        if not mapping:
            propose(shop, file)
            return
        request = Request(file, read_mapping(found_mapping(mapping)), batch, processes, rejects)
        if show:
            Console().print(*preview_tables(preview(shop, request), shop.currency))
        else:
            result = import_with_bar(shop, request)
            show_result(Console(), result, rejects)
            if result.imported.took_nothing:
                stop(_("Nothing of this file was taken."))
    except Program.DoesNotExist:
        stop(no_program(program))
    except (Unreadable, OSError) as problem:
        stop(str(problem))
    except Failed as problem:
        stop(str(problem), _("Nothing is lost: the same command goes on from the last batch."))
    except KeyboardInterrupt:
        typer.echo(_("Stopped. The same command goes on from here."), err=True)
        raise typer.Exit(STOPPED_BY_HAND) from None


def propose(shop: Published, file: Path) -> None:
    """Nothing is kept. Raises Unreadable, OSError."""
    proposal = proposal_of(file)
    for line in mapping_file(proposal):
        typer.echo(line)
    if asked := list(questions(proposal, shop.programs.zone)):
        stop(*asked)
    Console().print(*preview_tables(preview(shop, Request(file, mapping_of(proposal.said))), shop.currency))
    for name in ("time_format", "numbers"):
        for way in readings(proposal, name, shop.programs.zone):
            typer.echo(way, err=True)
    typer.echo(_("Nothing was kept. Save the first lines as a mapping file, and name it with --mapping."), err=True)


def stop(*said: str) -> NoReturn:
    for text in said:
        typer.echo(text, err=True)
    raise typer.Exit(1)


def import_with_bar(shop: Published, request: Request) -> Result:
    shown = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))
    with Bar(*shown, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(_("Reading the file"), total=None, rate="")

        def report(progress: Progress) -> None:
            if progress.stage != "keeping":
                return
            if not progress.lines:  # what an earlier call did says nothing about the speed of this one
                bar.reset(task, description=_("Keeping orders"), completed=progress.done, total=progress.total)
            speed = bar.tasks[0].speed
            rate = _("%(rate)s orders/s") % {"rate": f"{speed:,.0f}"} if speed else ""
            bar.update(task, completed=progress.done, rate=rate)

        return import_file(shop, request, report)


def show_result(console: Console, result: Result, rejects: Path | None) -> None:
    known = result.imported
    if result.is_known:
        when = {"when": f"{known.finished_at:%Y-%m-%d %H:%M} UTC"}
        console.print(_("This file was imported with this mapping on %(when)s. Nothing was changed.") % when)
    console.print(summary_table(known.counts, known.tally))
    for said in refused_for(reasons(known.run_id)):
        console.print(said, markup=False, highlight=False)
    if known.has_rejects and result.is_known:
        console.print(_("Rejects are written down while a file is imported, not afterwards."))
    elif known.has_rejects:
        where = _("They are in %(path)s.") % {"path": rejects} if rejects else _("--rejects FILE writes them down.")
        console.print(where, markup=False, highlight=False)
    if not result.is_known:
        console.print(speed(result), highlight=False)


def speed(result: Result) -> str:
    """The whole path, from opening the file to the last commit."""
    seconds = result.reading_seconds + result.keeping_seconds
    said = _("%(taken)s orders and refunds in %(seconds)s s (%(reading)s s of it reading): %(rate)s a second.")
    return said % {
        "taken": f"{result.taken_now:,}",
        "seconds": f"{seconds:.1f}",
        "reading": f"{result.reading_seconds:.1f}",
        "rate": f"{result.taken_now / seconds:,.0f}",
    }

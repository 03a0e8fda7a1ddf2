"""`regulars import members|balances|reconcile|check`: the first load of a shop that has members already."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from django.db import DatabaseError
from django.utils.translation import gettext as _
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from regulars.cli.imports import STOPPED_BY_HAND, stop
from regulars.cli.load_tables import report_tables, totals_table
from regulars.cli.screen import Console
from regulars.cli.speaking import no_program
from regulars.engine.calendar import day_of
from regulars.intake.loading.balances import load_balances
from regulars.intake.loading.layouts import Balances, Members, read_layout
from regulars.intake.loading.members import load_members
from regulars.intake.loading.reconciling import NotOurs, Report, checked, reconcile, signed
from regulars.intake.loading.totals import Totals
from regulars.intake.reading.faults import Unreadable
from regulars.programs.models import Program
from regulars.programs.queries import Published, now, published

ListFile = Annotated[Path, typer.Argument(help="CSV, NDJSON or Parquet.")]
LayoutFile = Annotated[Path, typer.Option("--mapping", help="The mapping file (docs/import.md).")]
Slug = Annotated[str, typer.Option("--program", help="The program's slug.")]
RejectsFile = Annotated[Path | None, typer.Option("--rejects", help="Write what was not taken to this CSV file.")]


def members(file: ListFile, mapping: LayoutFile, program: Slug, rejects: RejectsFile = None) -> None:
    """Bring in members, one line for each. Safe to stop at any point and to run twice."""
    with _said():
        shop, layout = published(program), read_layout(mapping, Members)
        with _progress() as progress:
            totals = load_members(shop, file, layout, rejects, progress)
        _show(totals, shop, rejects)


def balances(
    file: ListFile,
    mapping: LayoutFile,
    program: Slug,
    as_of: Annotated[str, typer.Option(help="The day at whose beginning members had this, such as 2026-05-01.")],
    rejects: RejectsFile = None,
) -> None:
    """Open what members have, one line for each lot. Safe to stop at any point and to run twice."""
    with _said():
        shop, layout = published(program), read_layout(mapping, Balances)
        at = _beginning(shop, as_of)
        with _progress() as progress:
            totals = load_balances(shop, file, layout, at, rejects, progress)
        _show(totals, shop, rejects)


def reconcile_loads(
    program: Slug, out: Annotated[Path | None, typer.Option(help="Write the signed report to this file.")] = None
) -> None:
    """Compare what stood in the lists with what the ledger holds. Ends with 1 where they differ."""
    with _said():
        report = reconcile(published(program), datetime.now(UTC).isoformat(timespec="seconds"))
        _tell(report)
        if out is not None:
            out.write_bytes(signed(report))
            typer.echo(_("The signed report is in %(path)s.") % {"path": out})
        raise typer.Exit(0 if report.agrees else 1)


def check_report(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A signed report.")]) -> None:
    """Check that a report came from this installation, and that nothing of it was changed."""
    try:
        report = checked(file.read_bytes())
    except NotOurs:
        stop(_("This is no report of this installation, or it was changed."))
    _tell(report)
    typer.echo(_("The signature is this installation's, and the report is as it was written."))


def add_to(imports: typer.Typer) -> None:
    imports.command()(members)
    imports.command()(balances)
    imports.command("reconcile")(reconcile_loads)
    imports.command("check")(check_report)


def _tell(report: Report) -> None:
    console = Console()
    for table in report_tables(report):
        console.print(table)
    console.print(_("Everything agrees.") if report.agrees else _("Lists and ledger differ."))


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except Program.DoesNotExist as missing:
        stop(no_program(missing.args[0] if missing.args else ""))
    except (Unreadable, OSError) as problem:
        stop(str(problem))
    except DatabaseError as problem:
        stop(str(problem), _("Nothing is lost: run the same command again."))
    except KeyboardInterrupt:
        typer.echo(_("Stopped. Run the same command again: what is there stays as it is."), err=True)
        raise typer.Exit(STOPPED_BY_HAND) from None


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task(_("Reading the file"), total=None)
        yield lambda lines: shown.update(task, description=_("%(lines)s lines") % {"lines": f"{lines:,}"})


def _beginning(shop: Published, day: str) -> int:
    try:
        at = shop.programs.calendar.midnight(day_of(date.fromisoformat(day)))
    except ValueError:
        raise typer.BadParameter(_("a day is needed, such as 2026-05-01"), param_hint="--as-of") from None
    if at > now(shop):
        raise typer.BadParameter(_("this day has not come yet"), param_hint="--as-of")
    return at


def _show(totals: Totals, shop: Published, rejects: Path | None) -> None:
    console = Console()
    console.print(totals_table(totals, shop))
    if totals.rejected:
        where = _("They are in %(path)s.") % {"path": rejects} if rejects else _("--rejects FILE writes them down.")
        console.print(where, markup=False, highlight=False)
    if totals.took_nothing:
        stop(_("Nothing of this file was taken."))

"""`regulars periods`: what moved in each accounting period, and closing one."""

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from regulars.ledger.connect import raw
from regulars.ledger.periods import end_of, open_from, totals
from regulars.programs.closing import ClosingRefused, close_period
from regulars.programs.models import Program
from regulars.programs.queries import Published, published

console = Console()
periods = typer.Typer(no_args_is_help=True, help="Accounting periods: months of the program's time zone.")
SAID = {
    "closed": "it is closed already.",
    "not_over": "it is not over yet.",
}
ProgramArgument = Annotated[str, typer.Argument(help="The program's slug.")]


@periods.command("list")
def every(program: ProgramArgument) -> None:
    """Print what moved in every period, and which are closed."""
    chosen = _chosen(program)
    since = open_from(raw(), chosen.id)
    table = Table("period", "", "wallet", "kind", "from", "to", "points", "of earlier periods")
    for column in (6, 7):
        table.columns[column].justify = "right"
    for one in totals(raw(), chosen.programs):
        is_closed = since is not None and end_of(chosen.programs.calendar, one.starts_on) <= since
        said = (
            f"{one.starts_on:%Y-%m}",
            "closed" if is_closed else "open",
            one.wallet,
            one.kind,
            one.source,
            one.target,
        )
        table.add_row(*said, f"{one.points:,}", f"{one.late:,}" if one.late else "")
    console.print(table)


@periods.command()
def close(
    program: ProgramArgument,
    month: Annotated[datetime, typer.Argument(formats=["%Y-%m"], help="The month, such as 2026-01.")],
) -> None:
    """Close a month and all before it: what is learned about them later is posted to the oldest open one."""
    chosen = _chosen(program)
    try:
        advanced = close_period(chosen, month.date())
    except ClosingRefused as refused:
        console.print(f"{month:%Y-%m} cannot be closed: {SAID[refused.code]}")
        raise typer.Exit(1) from None
    console.print(f"{chosen.slug}: {month:%Y-%m} is closed; {advanced:,} accounts were advanced to its end.")


def _chosen(slug: str) -> Published:
    try:
        return published(slug)
    except Program.DoesNotExist:
        raise typer.BadParameter(f"there is no program {slug!r}") from None

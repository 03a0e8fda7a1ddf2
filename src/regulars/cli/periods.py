"""`regulars periods`: what moved in each accounting period, and closing one."""

from datetime import datetime
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regulars.cli.screen import Console, Table
from regulars.cli.speaking import no_program
from regulars.ledger.connect import raw
from regulars.ledger.periods import end_of, open_from, totals
from regulars.programs import moves, wording
from regulars.programs.closing import ClosingRefused, close_period
from regulars.programs.models import Program
from regulars.programs.queries import Published, published

console = Console()
periods = typer.Typer(no_args_is_help=True, help="Accounting periods: months of the program's time zone.")
SAID = {
    "closed": gettext_lazy("%(month)s cannot be closed: it is closed already."),
    "not_over": gettext_lazy("%(month)s cannot be closed: it is not over yet."),
}
ProgramArgument = Annotated[str, typer.Argument(help="The program's slug.")]


@periods.command("list")
def every(program: ProgramArgument) -> None:
    """Print what moved in every period, and which are closed."""
    chosen = _chosen(program)
    since = open_from(raw(), chosen.id)
    heads = (_("Period"), "", _("Wallet"), _("Kind"), _("From"), _("To"), _("Points"), _("of earlier periods"))
    table = Table(*heads)
    for column in (6, 7):
        table.columns[column].justify = "right"
    for one in totals(raw(), chosen.programs):
        is_closed = since is not None and end_of(chosen.programs.calendar, one.starts_on) <= since
        said = (
            f"{one.starts_on:%Y-%m}",
            _("closed") if is_closed else _("open"),
            one.wallet,
            moves.kind(one.kind),
            moves.place(one.source),
            moves.place(one.target),
        )
        amounts = [wording.amount(count, one.wallet, chosen.programs) for count in (one.points, one.late)]
        table.add_row(*said, amounts[0], amounts[1] if one.late else "")
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
        console.print(str(SAID[refused.code]) % {"month": f"{month:%Y-%m}"})
        raise typer.Exit(1) from None
    said = ngettext(
        "%(program)s: %(month)s is closed; %(count)s account was advanced to its end.",
        "%(program)s: %(month)s is closed; %(count)s accounts were advanced to its end.",
        advanced,
    )
    console.print(said % {"program": chosen.slug, "month": f"{month:%Y-%m}", "count": f"{advanced:,}"})


def _chosen(slug: str) -> Published:
    try:
        return published(slug)
    except Program.DoesNotExist:
        raise typer.BadParameter(no_program(slug)) from None

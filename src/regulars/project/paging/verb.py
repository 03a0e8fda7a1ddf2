"""The verb: an installation of its own, filled with many members, opened page by page, and gone afterwards."""

import sys
from typing import Annotated

import msgspec
import typer
from django.utils.translation import gettext as _

from regulars.cli.screen import Console, Table
from regulars.project.measured import environment, installation, run
from regulars.project.paging.outcome import Opened, Page

BOUND_MS = 150


def pages(
    members: Annotated[int, typer.Option(min=100, help="So many made-up members.")] = 100_000,
    rounds: Annotated[int, typer.Option(min=2, help="How often each page is opened.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Open every main page of console and portal with many members, beside an empty one. Exits with 1 beyond 150 ms."""
    console = Console(stderr=True)
    with (
        console.status(_("Making members and their orders, then opening pages: some minutes")),
        installation() as (folder, _place),
    ):
        words = [sys.executable, "-m", "regulars.project.paging.shop", str(members), str(rounds)]
        found = msgspec.json.decode(run(words, environment(folder)), type=Opened)
    slow = [page for page in found.pages if page.p95 > BOUND_MS]
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        Console().print(_table(found))
        told = {"slow": len(slow), "count": len(found.pages), "bound": BOUND_MS, "load": f"{found.load:.1f}"}
        typer.echo(_("%(slow)s of %(count)s pages are slower than %(bound)s ms at the 95th percentile.") % told)
        typer.echo(_("Processes that wanted to run, this among them, at the end: %(load)s.") % told)
    raise typer.Exit(1 if slow else 0)


def _table(found: Opened) -> Table:
    table = Table(title=_("%(count)s members") % {"count": f"{found.members:,}"})
    table.add_column(_("Page"))
    for name in ("p50 ms", "p95 ms", _("in empty pages"), _("questions"), _("bytes")):
        table.add_column(name, justify="right")
    for page in [found.empty, *sorted(found.pages, key=lambda page: -page.p95)]:
        table.add_row(*_row(page, found.empty), style="red" if page.p95 > BOUND_MS else "")
    return table


def _row(page: Page, empty: Page) -> list[str]:
    times = [f"{page.p50:,.1f}", f"{page.p95:,.1f}", f"{page.p50 / empty.p50:,.0f}"]
    return [page.name, *times, str(page.questions), f"{page.size:,}"]

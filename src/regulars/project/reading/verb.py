"""The verb: an installation of its own, filled, read, and gone afterwards."""

import sys
from collections.abc import Sequence
from typing import Annotated

import msgspec
import typer
from django.utils.translation import gettext as _

from regulars.cli.screen import Console, Table
from regulars.project.measured import environment, installation, run
from regulars.project.reading.shop import Read


def reads(
    rounds: Annotated[int, typer.Option(min=100, help="How often each is asked.")] = 2_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Read a member and quote a cart by the API, beside one row by its key through the same door."""
    console = Console(stderr=True)
    with console.status(_("Measuring")), installation() as (folder, _place):
        words = [sys.executable, "-m", "regulars.project.reading.shop", str(rounds)]
        found = msgspec.json.decode(run(words, environment(folder)), type=list[Read])
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        Console().print(_table(found))


def _table(found: Sequence[Read]) -> Table:
    names = {"row": _("one row by its key"), "member": _("a member"), "quote": _("a cart's quote")}
    table = Table(_("Read"))
    for name in ("p50 ms", "p99 ms", _("in rows, p50"), _("in rows, p99"), _("questions")):
        table.add_column(name, justify="right")
    row = found[0]
    for one in found:
        ratios = [f"{one.p50 / row.p50:.1f}", f"{one.p99 / row.p99:.1f}"]
        table.add_row(names[one.name], f"{one.p50:.1f}", f"{one.p99:.1f}", *ratios, str(one.questions))
    return table

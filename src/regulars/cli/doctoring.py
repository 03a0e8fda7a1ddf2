"""`regulars doctor`: what is amiss with this installation, and what to do."""

from typing import Annotated

import msgspec
import typer
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.text import Text

from regulars.cli.checkup import looked_over
from regulars.cli.screen import Console

# A sign besides the colour, for whoever sees none.
SIGNS = {"good": ("✓", "green"), "doubtful": ("!", "yellow"), "bad": ("✗", "red")}
console = Console()


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Look at database, job worker, clock, disk, mail, and a sample of each ledger. Exits with 1 when something is
    wrong, not when something is only doubtful."""
    found = []
    for one in looked_over():
        found.append(one)
        if not as_json:
            sign, colour = SIGNS[one.state]
            console.print(Text(f"{sign} ", colour) + Text(one.said, "default"), soft_wrap=True)
            if one.todo:
                console.print(f"  {one.todo}", soft_wrap=True, highlight=False)
    bad = sum(one.state == "bad" for one in found)
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    elif bad:
        said = ngettext("%(count)s thing is wrong.", "%(count)s things are wrong.", bad) % {"count": bad}
        console.print(Text(said, "red"))
    else:
        console.print(Text(_("Nothing is wrong."), "green"))
    raise typer.Exit(1 if bad else 0)

"""The verbs for whoever writes a program: they need no database, and start without one."""

import typer

from regulars.cli.attacking import attack
from regulars.cli.checking import check
from regulars.cli.formatting import fmt
from regulars.cli.schemas import schema
from regulars.cli.speaking import OfSystem, speak
from regulars.cli.starting import new

VERBS = {"attack": attack, "check": check, "fmt": fmt, "new": new, "schema": schema}


def add_to(app: typer.Typer) -> None:
    for name, verb in VERBS.items():
        app.command(name)(verb)


app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False)
add_to(app)


@app.callback()
def regulars(context: typer.Context, language: OfSystem = "en") -> None:
    """The loyalty platform that shops run themselves."""
    speak(context, language)

"""The terminal's door: `regulars VERB`. A verb translates its words into one action or query and prints the outcome."""

import typer

from regulars import __version__
from regulars.cli import authoring, loads, proofs
from regulars.cli.applying import apply, export
from regulars.cli.benching import bench
from regulars.cli.codes import codes
from regulars.cli.doctoring import doctor
from regulars.cli.draws import draws
from regulars.cli.fitting import fit
from regulars.cli.imports import imports
from regulars.cli.people import keys, staff
from regulars.cli.periods import periods
from regulars.cli.planning import plan
from regulars.cli.segments import segments
from regulars.cli.speaking import OfSystem, speak

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False)
loads.add_to(imports)
app.add_typer(imports, name="import")
app.add_typer(codes, name="codes")
app.add_typer(draws, name="draws")
app.add_typer(keys, name="keys")
app.add_typer(staff, name="staff")
app.add_typer(periods, name="periods")
app.add_typer(segments, name="segments")
authoring.add_to(app)
app.add_typer(bench, name="bench")
app.command()(plan)
app.command()(fit)
app.command()(apply)
app.command()(export)
app.command()(proofs.verify)
app.command()(proofs.digest)
app.command()(doctor)


@app.callback()
def regulars(context: typer.Context, language: OfSystem = "en") -> None:
    """The loyalty platform that shops run themselves."""
    speak(context, language)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(f"regulars {__version__}")

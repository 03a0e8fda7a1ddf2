"""`regulars publish FILE`: a program document becomes the next version of its program."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.cli.checking import AsJson
from regulars.engine.calendar import datetime_of, instant_of
from regulars.programs import actions
from regulars.programs.document import DocumentProblem, DocumentRefused, placed
from regulars.programs.tree import grown


def publish(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The program document (YAML).")],
    starts: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%dT%H:%M:%S%z"], help="With its offset; without it as soon as it may."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Publish a program, or its next version. All that is wrong with a document is said at once.

    What makes no sense is refused as well; what is probably not meant is a warning.
    """
    said = _published(file.read_text(), instant_of(starts) if starts else None)
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(said), indent=2).decode())
    else:
        _tell(said)
    raise typer.Exit(1 if said.problems else 0)


class Said(Struct):
    """What came of it; a version only where there are no problems. `begins` is in the program's own time."""

    program: str = ""
    number: int | None = None
    begins: str | None = None
    problems: list[DocumentProblem] = []
    warnings: list[DocumentProblem] = []


def _published(text: str, starts_at: int | None) -> Said:
    try:
        read = actions.reviewed(text)
        published = actions.publish(read.version.slug, text, starts_at, "terminal")
    except DocumentRefused as refused:
        return Said(problems=refused.problems)
    except actions.PublishRefused as refused:
        return Said(problems=placed(grown(text), [refused.problem]))
    newest = published.programs.versions[-1]
    begins = datetime_of(newest.starts_at).astimezone(published.programs.zone)
    return Said(published.slug, newest.number, begins.isoformat(timespec="seconds"), [], read.warnings)


def _tell(said: Said) -> None:
    for problem in said.problems:
        typer.echo(str(problem), err=True)
    for warning in said.warnings:
        typer.echo(_("Warning: %(warning)s") % {"warning": warning}, err=True)
    if not said.problems:
        words = {"program": said.program, "number": said.number, "begins": said.begins}
        typer.echo(_("%(program)s: version %(number)s, in force from %(begins)s") % words)

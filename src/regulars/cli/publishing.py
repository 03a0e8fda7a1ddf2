"""`regulars publish FILE`: a program document becomes the next version of its program."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from regulars.engine.calendar import datetime_of, instant_of
from regulars.programs import actions
from regulars.programs.document import DocumentRefused


def publish(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The program document (YAML).")],
    starts: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%dT%H:%M:%S%z"], help="With its offset; without it as soon as it may."),
    ] = None,
) -> None:
    """Publish a program, or its next version. All that is wrong with a document is said at once.

    What makes no sense is refused as well; what is probably not meant is a warning.
    """
    text = file.read_text()
    try:
        read = actions.reviewed(text)
        slug = read.version.slug
        published = actions.publish(slug, text, instant_of(starts) if starts else None, "terminal")
    except (DocumentRefused, actions.PublishRefused) as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(1) from None
    for warning in read.warnings:
        typer.echo(_("Warning: %(warning)s") % {"warning": warning}, err=True)
    newest = published.programs.versions[-1]
    begins = datetime_of(newest.starts_at).astimezone(published.programs.zone)
    words = {"program": slug, "number": newest.number, "begins": begins.isoformat(timespec="seconds")}
    typer.echo(_("%(program)s: version %(number)s, in force from %(begins)s") % words)

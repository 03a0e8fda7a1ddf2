"""`regulars fmt FILE...`: writes programs and stories in their canonical form."""

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from regulars.cli.speaking import Language, speaking
from regulars.programs.canonical import canonical
from regulars.programs.document import in_line
from regulars.programs.tree import Unreadable

Files = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Programs and stories.")]
Check = Annotated[bool, typer.Option("--check", help="Change nothing; exit with 1 when a file would change.")]


def fmt(files: Files, check: Check = False, language: Language = "") -> None:
    """Put documents into their canonical form. Meaning and comments stay."""
    with speaking(language):
        fine = [_formatted(path, check) for path in files]
    raise typer.Exit(0 if all(fine) else 1)


def _formatted(path: Path, check: bool) -> bool:
    text = path.read_text(encoding="utf-8")
    try:
        form = canonical(text)
    except Unreadable as error:
        typer.echo(f"{path}: {in_line(error.line, error.problem)}", err=True)
        return False
    if form == text:
        return True
    if check:
        typer.echo(_("%(file)s is not in its canonical form") % {"file": path})
        return False
    path.write_text(form, encoding="utf-8")
    typer.echo(_("%(file)s was rewritten") % {"file": path})
    return True

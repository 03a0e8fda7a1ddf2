"""`regulars fmt FILE...`: writes programs and stories in their canonical form."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.cli.checking import AsJson
from regulars.cli.speaking import Language, speaking
from regulars.programs.canonical import canonical
from regulars.programs.document import DocumentProblem, DocumentRefused, in_line, text_of
from regulars.programs.tree import Unreadable

Files = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Programs and stories.")]
Check = Annotated[bool, typer.Option("--check", help="Change nothing; exit with 1 when a file would change.")]


def fmt(files: Files, check: Check = False, as_json: AsJson = False, language: Language = "") -> None:
    """Put documents into their canonical form. Meaning and comments stay."""
    with speaking(language):
        found = [_formatted(path, check) for path in files]
        if as_json:
            typer.echo(msgspec.json.format(msgspec.json.encode({"files": found}), indent=2).decode())
        else:
            _tell(found, check)
    raise typer.Exit(1 if any(one.problems or (check and not one.canonical) for one in found) else 0)


class Formatted(Struct):
    """What came of a file: whether it had its canonical form before, and why it cannot have one."""

    file: str
    canonical: bool
    problems: list[DocumentProblem] = []


def _formatted(path: Path, check: bool) -> Formatted:
    try:
        text = text_of(path)
        form = canonical(text)
    except DocumentRefused as refused:
        return Formatted(str(path), False, refused.problems)
    except Unreadable as error:
        return Formatted(str(path), False, [in_line(error.line, error.problem)])
    if form != text and not check:
        path.write_text(form, encoding="utf-8")
    return Formatted(str(path), form == text)


def _tell(found: list[Formatted], check: bool) -> None:
    for one in found:
        for problem in one.problems:
            typer.echo(f"{one.file}: {problem}", err=True)
        if not one.canonical and not one.problems:
            said = _("%(file)s is not in its canonical form") if check else _("%(file)s was rewritten")
            typer.echo(said % {"file": one.file})

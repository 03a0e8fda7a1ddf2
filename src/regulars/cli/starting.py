"""`regulars new FILE`: a preset made a merchant's own, with its story beside it; without a preset, all there are."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer
from django.conf import settings
from django.utils.translation import gettext as _

from regulars.cli.speaking import Language, speaking
from regulars.programs.document import DocumentRefused, publishable
from regulars.programs.presets import TYPES
from regulars.programs.presets.starting import CURRENCY, INSTEAD_OF_A_DOLLAR, ZONE, Own, started
from regulars.programs.presets.summaries import summary

REFUSED = 2
PROGRAM, STORY = ".yaml", ".story.yaml"

File = Annotated[Path | None, typer.Argument(dir_okay=False, help="Where to write the program: my-shop.yaml")]
Preset = Annotated[str, typer.Option(help="Which one; without it all are listed.")]
Currency = Annotated[str, typer.Option(help="What the shop counts in (ISO 4217).")]
Zone = Annotated[str, typer.Option("--time-zone", help="Where its days begin, such as Asia/Taipei.")]
Name = Annotated[str, typer.Option(help="What members call the program.")]


def new(
    file: File = None,
    preset: Preset = "",
    currency: Currency = CURRENCY,
    zone: Zone = ZONE,
    name: Name = "",
    language: Language = "",
) -> None:
    """Begin a program from a preset; writes it and a story that proves it."""
    with speaking(language):
        if not preset:
            _list()
        elif preset not in TYPES:
            _stop([_("There is no preset “%(name)s”: %(known)s") % {"name": preset, "known": ", ".join(TYPES)}])
        elif file is None or file.suffix != PROGRAM or file.name.endswith(STORY):
            _stop([_("Say where to write it, as a file such as %(file)s.") % {"file": f"{preset}{PROGRAM}"}])
        else:
            _write(file, preset, Own(file.stem, currency, zone, name))


def _list() -> None:
    wide = max(map(len, TYPES))
    for preset in TYPES:
        typer.echo(f"{preset:<{wide}}  {summary(preset)}")
    typer.echo(_("Begin one: %(words)s") % {"words": f"{settings.COMMAND} new --preset points my-shop.yaml"})


def _write(file: Path, preset: str, own: Own) -> None:
    """Both files, or none. Nothing that is there is written over."""
    beside = file.with_name(f"{file.stem}{STORY}")
    if there := [str(path) for path in (file, beside) if path.exists()]:
        _stop([_("%(file)s is there already and was left as it is.") % {"file": path} for path in there])
    if not file.parent.is_dir():
        _stop([_("There is no folder %(folder)s: make it first.") % {"folder": file.parent}])
    found = started(preset, own)
    try:
        publishable(found.program)
    except DocumentRefused as refused:
        _stop([str(problem) for problem in refused.problems])
    try:
        file.write_text(found.program, encoding="utf-8")
        beside.write_text(found.story, encoding="utf-8")
    except OSError as problem:
        _stop([str(problem)])
    typer.echo(_("%(file)s was written, and %(story)s beside it.") % {"file": file, "story": beside})
    if own.currency != CURRENCY:
        said = {"units": f"{INSTEAD_OF_A_DOLLAR.get(own.currency, 1):,}", "currency": own.currency}
        typer.echo(_("%(units)s %(currency)s stand where the preset says a dollar: look all amounts over.") % said)
    typer.echo(_("Next: %(words)s") % {"words": f"{settings.COMMAND} check {beside}"})


def _stop(said: list[str]) -> NoReturn:
    for text in said:
        typer.echo(text, err=True)
    raise typer.Exit(REFUSED)

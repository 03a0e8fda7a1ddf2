"""`regulars apply FILE`: a document becomes the next version of its program; `regulars export` gives it back."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.cli.checking import AsJson
from regulars.cli.speaking import no_program
from regulars.engine.calendar import datetime_of, instant_of
from regulars.engine.problems import Problem
from regulars.programs import actions, drafting
from regulars.programs.changes import changes, told
from regulars.programs.changes.earlier import earlier_orders
from regulars.programs.changes.swaying import who_moves
from regulars.programs.document import DocumentProblem, DocumentRefused, in_line, placed, text_of
from regulars.programs.models import Program
from regulars.programs.planned import PlanOf, unplanned
from regulars.programs.queries import published
from regulars.programs.tree import grown
from regulars.programs.version_list import VersionLine, newest_version, version_numbered
from regulars.segments import naming

ACTOR = "terminal"

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The program document (YAML).")]
Starts = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z"], help="With its offset; without it as soon as it may."
    ),
]
Note = Annotated[str, typer.Option(help="Why, for whoever reads the versions later.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
PlanFile = Annotated[
    Path | None,
    typer.Option(
        "--planned",
        exists=True,
        dir_okay=False,
        help="What 'plan --json' said of it: asks nothing, and applies nothing else.",
    ),
]


class Said(Struct):
    """What came of it; a version only where there are no problems. `begins` is in the program's own time.

    Where two people are required, `draft` is what somebody else may publish now.
    """

    program: str = ""
    number: int | None = None
    begins: str | None = None
    changes: list[str] = []
    moves: list[str] = []
    draft: int | None = None
    problems: list[DocumentProblem] = []
    warnings: list[DocumentProblem] = []


class Wanted(Struct, frozen=True):
    """A document, from when on it should be in force, why, and the version that it is meant to follow."""

    text: str
    starts_at: int | None
    note: str
    onto: int


def apply(
    file: File,
    starts: Starts = None,
    note: Note = "",
    planned: PlanFile = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Publish a program, or its next version, after showing what changes and asking. Faults are said all together.

    What makes no sense is refused as well; what is probably not meant is a warning.
    """
    text = ""
    try:
        text = text_of(file)
        said, before = _reviewed(text)
        onto = _onto(planned, text, before)
        if before is not None and not said.changes:
            _finish(said, as_json)
        if before is not None and not (yes or planned):
            _ask(said, as_json)
        _publish(said, Wanted(text, instant_of(starts) if starts else None, note, onto))
    except DocumentRefused as refused:
        said = Said(problems=refused.problems)
    except actions.PublishRefused as refused:
        said = Said(problems=_refused(text, refused.problem))
    _finish(said, as_json)


def export(
    program: Annotated[str, typer.Argument(help="The program's short name.")],
    number: Annotated[int | None, typer.Option("--version", help="Which version; the newest unless said.")] = None,
) -> None:
    """Print a program's document as it was published."""
    found = version_numbered(program, number) if number else newest_version(program)
    if found is None:
        typer.echo(no_program(program) if number is None else _no_version(program, number), err=True)
        raise typer.Exit(1)
    typer.echo(found.document, nl=not found.document.endswith("\n"))


def _reviewed(text: str) -> tuple[Said, VersionLine | None]:
    read = actions.reviewed(text)
    before = newest_version(read.version.slug)
    said = Said(program=read.version.slug, warnings=[*read.warnings, *naming.warnings(read.version.slug, text)])
    if before:
        said.changes = [told(change) for change in changes(before.document, text)]
        program = published(said.program)
        said.moves = [
            *earlier_orders(program, read.version),
            *(one.sentence for one in who_moves(program, read.version)),
        ]
    return said, before


def _onto(planned: Path | None, text: str, before: VersionLine | None) -> int:
    """The version that this follows: what its plan was made against, or what is shown now."""
    if planned is None:
        return before.number if before else 0
    try:
        found = msgspec.json.decode(planned.read_bytes(), type=dict[str, object]).get("plan_of")
        plan = msgspec.convert(found, PlanOf)
    except msgspec.MsgspecError:
        typer.echo(_("%(file)s is not what 'plan --json' prints.") % {"file": planned}, err=True)
        raise typer.Exit(1) from None
    if problem := unplanned(plan, text):
        raise actions.PublishRefused(problem)
    return plan.newest if plan.newest is not None else (before.number if before else 0)


def _ask(said: Said, as_json: bool) -> None:
    if as_json:
        typer.echo(_("Say --yes, or --planned with a plan: --json asks nothing."), err=True)
        raise typer.Exit(1)
    _show(said)
    typer.confirm(_("Publish this?"), abort=True, err=True)
    said.changes, said.moves, said.warnings = [], [], []


def _publish(said: Said, wanted: Wanted) -> None:
    if Program.objects.filter(slug=said.program, four_eyes=True).exists():
        number = drafting.begin_draft(
            said.program,
            ACTOR,
            document=wanted.text,
            note=wanted.note,
            onto=wanted.onto,
            starts_at=wanted.starts_at,
        )
        drafting.ask_for_review(said.program, number, 1)
        said.draft = number
        return
    newly = actions.publish(said.program, wanted.text, wanted.starts_at, ACTOR, onto=wanted.onto, note=wanted.note)
    newest = newly.programs.versions[-1]
    said.number = newest.number
    begins = datetime_of(newest.starts_at).astimezone(newly.programs.zone)
    said.begins = begins.isoformat(timespec="seconds")


def _refused(text: str, problem: Problem) -> list[DocumentProblem]:
    """With its line; none where it is about no place in the document."""
    return placed(grown(text), [problem]) if problem.path else [in_line(0, problem)]


def _finish(said: Said, as_json: bool) -> NoReturn:
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(said), indent=2).decode())
    else:
        _tell(said)
    raise typer.Exit(1 if said.problems else 0)


def _tell(said: Said) -> None:
    for problem in said.problems:
        typer.echo(str(problem), err=True)
    _show(said)
    if said.problems:
        return
    words = {"program": said.program, "number": said.number, "begins": said.begins, "draft": said.draft}
    if said.draft:
        sentence = _("%(program)s: draft %(draft)s waits for somebody else to publish it")
    elif said.number:
        sentence = _("%(program)s: version %(number)s, in force from %(begins)s")
    else:
        sentence = _("%(program)s: the newest version says the same; nothing was published")
    typer.echo(sentence % words)
    if said.number:
        typer.echo(_("Members go to /m/%(program)s/, staff to /programs/%(program)s/.") % words)


def _show(said: Said) -> None:
    for sentence in [*said.changes, *said.moves]:
        typer.echo(f"  {sentence}")
    for warning in said.warnings:
        typer.echo(_("Warning: %(warning)s") % {"warning": warning}, err=True)


def _no_version(program: str, number: int) -> str:
    return _("“%(program)s” has no version %(number)s.") % {"program": program, "number": number}

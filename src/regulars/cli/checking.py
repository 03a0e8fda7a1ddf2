"""`regulars check FILE...`: runs stories, and shows the first step of each that does not hold."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.progress import track
from rich.text import Text

from regulars.cli.screen import Console, Table
from regulars.cli.speaking import Language, speaking
from regulars.programs.stories.telling import Failure, LedgerLine, Verdict
from regulars.programs.stories.telling import check as verdict_of

ENDING = "*.story.yaml"
MANY = 10

Files = Annotated[list[Path], typer.Argument(help="Stories, programs, or folders of stories (*.story.yaml).")]
Show = Annotated[bool, typer.Option("--show", help="Print every member's ledger after each story that holds, too.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON, for machines.")]


def check(files: Files, show: Show = False, as_json: AsJson = False, language: Language = "") -> None:
    """Run stories. Exits with 0 only if all of them hold."""
    with speaking(language):
        paths = list(_stories(files))
        verdicts = [verdict_of(path, show) for path in _shown_as_progress(paths)]
        if as_json:
            typer.echo(msgspec.json.format(msgspec.json.encode(_plain(verdicts)), indent=2).decode())
        else:
            _tell(verdicts)
    raise typer.Exit(0 if verdicts and all(verdict.holds for verdict in verdicts) else 1)


def _stories(files: Sequence[Path]) -> Iterator[Path]:
    for path in files:
        if path.is_dir():
            yield from sorted(path.rglob(ENDING))
        else:
            yield path
            if (beside := _beside(path)) and beside not in files:
                yield beside


def _beside(path: Path) -> Path | None:
    """The story that lies beside a program and is called like it, as `new` writes it."""
    named = path.name.endswith(ENDING.removeprefix("*"))
    found = path.with_name(f"{path.stem}{ENDING.removeprefix('*')}")
    return found if not named and found.is_file() else None


def _shown_as_progress(paths: list[Path]) -> Iterable[Path]:
    console = Console(stderr=True)
    return track(
        paths, _("Stories"), console=console, transient=True, disable=len(paths) < MANY or not console.is_terminal
    )


def _plain(verdicts: list[Verdict]) -> dict[str, object]:
    stories = [{"holds": verdict.holds} | msgspec.to_builtins(verdict) for verdict in verdicts]
    return {"holds": all(verdict.holds for verdict in verdicts), "stories": stories}


def _tell(verdicts: list[Verdict]) -> None:
    console = Console(soft_wrap=not sys.stdout.isatty(), width=None if sys.stdout.isatty() else 160)
    for verdict in verdicts:
        for problem in verdict.problems:
            console.print(Text(f"{verdict.file}: {problem}"), soft_wrap=True)
        for warning in verdict.warnings:
            said = _("Warning: %(warning)s") % {"warning": f"{verdict.file}: {warning}"}
            console.print(Text(said, "yellow"), soft_wrap=True)
        if verdict.failure:
            _tell_failure(console, verdict, verdict.failure)
        if verdict.ledgers:
            console.print(Text(verdict.file, "bold green"), soft_wrap=True)
        for ledger in verdict.ledgers:
            console.print(_ledger(ledger.member, ledger.lines))
    programs = [verdict.holds for verdict in verdicts if verdict.is_program]
    stories = [verdict.holds for verdict in verdicts if not verdict.is_program]
    if programs:
        said = ngettext(
            "%(held)s of %(count)s program may be published.",
            "%(held)s of %(count)s programs may be published.",
            len(programs),
        )
        _count(console, said, programs)
        if not stories:
            console.print(_storyless(next(verdict.file for verdict in verdicts if verdict.is_program)), soft_wrap=True)
    if stories or not programs:
        said = ngettext("%(held)s of %(count)s story holds.", "%(held)s of %(count)s stories hold.", len(stories))
        _count(console, said, stories)


def _storyless(program: str) -> str:
    path = Path(program)
    beside = path.with_name(f"{path.stem}{ENDING.removeprefix('*')}")
    return _("No story was run: write %(file)s beside it, or name stories (docs/stories.md).") % {"file": beside}


def _count(console: Console, said: str, holds: list[bool]) -> None:
    numbers = {"held": sum(holds), "count": len(holds)}
    console.print(Text(said % numbers, "green" if all(holds) else "red"))


def _tell_failure(console: Console, verdict: Verdict, failure: Failure) -> None:
    where = {"file": verdict.file, "line": failure.line, "step": failure.step, "at": failure.at, "title": failure.title}
    console.print(Text(_("%(file)s:%(line)s: step %(step)s, %(at)s %(title)s") % where, "bold red"), soft_wrap=True)
    differences = Table(_("Line"), "", _("Expected"), _("Found"))
    for one in failure.differences:
        differences.add_row(str(one.line), one.what, Text(one.expected, "green"), Text(one.found, "red"))
    console.print(differences)
    if failure.unearned:
        unearned = {"rules": _("; ").join(failure.unearned)}
        console.print(Text(_("Rules that gave nothing for this order: %(rules)s") % unearned), soft_wrap=True)
    console.print(_ledger(failure.member, failure.ledger))


def _ledger(member: str, lines: list[LedgerLine]) -> Table:
    table = Table(_("When"), _("Wallet"), _("Points"), _("From"), _("To"), _("Why"))
    table.title = _("The ledger of %(member)s") % {"member": member}
    table.columns[2].justify = "right"
    for line in lines:
        source = f"{line.source} ({line.funder})" if line.funder and line.source == "issued" else line.source
        table.add_row(line.at, line.wallet, line.amount, source, line.target, Text(line.sentence))
    return table

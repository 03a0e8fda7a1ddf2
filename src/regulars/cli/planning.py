"""`regulars plan DRAFT --orders FILE`: what a program would have cost on a shop's own orders, before it is launched."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from regulars.cli.checking import AsJson
from regulars.cli.plan_tables import tell
from regulars.cli.speaking import Language, speaking
from regulars.engine.money import parse_major
from regulars.engine.problems import Wrong
from regulars.engine.program import Programs
from regulars.intake.mappings import found_mapping
from regulars.intake.planning import Folded, Question, drafted, fold_file
from regulars.intake.reading.faults import Unreadable
from regulars.intake.reading.mapping import Mapping, read_mapping
from regulars.programs.document import DocumentRefused
from regulars.programs.planning.assuming import BEHAVIOURS, Assumed, Behaviour
from regulars.programs.planning.report import Report, report

STOPPED_BY_HAND = 130
REFUSED = 2

Draft = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The document of a program.")]
Orders = Annotated[Path, typer.Option(exists=True, dir_okay=False, help="CSV, NDJSON or Parquet: a record a line.")]
MappingName = Annotated[str, typer.Option(help="The mapping file (docs/import.md), or the name of one of ours.")]
InForce = Annotated[
    Path | None, typer.Option("--against", exists=True, dir_okay=False, help="The program in force, to compare with.")
]
Manner = Annotated[str, typer.Option("--behaviour", help=f"How members spend points: {', '.join(BEHAVIOURS)}.")]
Redeemed = Annotated[float | None, typer.Option(min=0, max=100, help="Per cent of all points that are ever spent.")]
Waiting = Annotated[int | None, typer.Option("--after", min=0, max=60, help="Months until they are spent.")]
Margin = Annotated[float, typer.Option(min=0, max=100, help="Per cent of revenue left after what the goods cost.")]
Budget = Annotated[str | None, typer.Option(help="What points may cost in all, in the program's currency: 5000.00")]
Often = Annotated[float, typer.Option("--more-often", min=0, help="Members buy so many per cent more often.")]
Each = Annotated[float, typer.Option("--more-each", min=0, help="They buy so many per cent more each time.")]
Html = Annotated[Path | None, typer.Option(dir_okay=False, help="Write the report as one page to this file.")]


def plan(  # noqa: PLR0913, PLR0917  # every option of a verb is a parameter
    draft: Draft,
    orders: Orders,
    mapping: MappingName,
    against: InForce = None,
    behaviour: Manner = "usual",
    redeemed: Redeemed = None,
    after: Waiting = None,
    margin: Margin = 30,
    budget: Budget = None,
    more_often: Often = 0,
    more_each: Each = 0,
    html: Html = None,
    as_json: AsJson = False,
    language: Language = "",
) -> None:
    """Fold a draft over a shop's orders, and say what it would have cost. Nothing is kept."""
    with speaking(language):
        try:
            programs, in_force, question = _understood(draft, against)
            manner = _manner(behaviour, redeemed, after)
            more = (round(more_often * 100), round(more_each * 100))
            named = behaviour if BEHAVIOURS[behaviour] == manner else ""
            assumed = Assumed(manner, round(margin * 100), _money(budget, programs), *more, named)
            with _bar() as tell_progress:
                found = fold_file(question, programs, orders, _mapping(mapping), tell_progress)
        except (Unreadable, OSError) as problem:
            _stop([str(problem)])
        except KeyboardInterrupt:
            raise typer.Exit(STOPPED_BY_HAND) from None
        told = report(programs, found.outcome, assumed, in_force)
        if html is not None:
            _write(html, programs, told, found)
        _print(programs, told, found, as_json)


def _write(path: Path, programs: Programs, told: Report, found: Folded) -> None:
    """The page; none where nothing was folded."""
    from regulars.insight.plans.page import page

    if told.months:
        path.write_text(page(told, programs, found.counts.guest_orders), encoding="utf-8")
        typer.echo(_("The report is in %(path)s.") % {"path": path}, err=True)


def _print(programs: Programs, told: Report, found: Folded, as_json: bool) -> None:
    if as_json:
        plain = msgspec.to_builtins(told) | {"file": msgspec.to_builtins(found.counts)}
        typer.echo(msgspec.json.format(msgspec.json.encode(plain), indent=2).decode())
        return
    tell(Console(soft_wrap=not sys.stdout.isatty(), width=None if sys.stdout.isatty() else 160), programs, told, found)


def _mapping(name: str) -> Mapping:
    path = found_mapping(name)
    if not path.is_file():
        _stop([_("There is no mapping “%(name)s”.") % {"name": name}])
    return read_mapping(path)


def _understood(draft: Path, against: Path | None) -> tuple[Programs, Programs | None, Question]:
    """The draft, the program in force, and the texts of both. They must be about the same money and days."""
    text, other = draft.read_text(encoding="utf-8"), against.read_text(encoding="utf-8") if against else ""
    programs, in_force = _programs(draft, text), _programs(against, other) if against else None
    if in_force and in_force.versions[0].for_ever != programs.versions[0].for_ever:
        _stop([_("Both programs need the same currency, time zone and first wallet.")])
    return programs, in_force, Question(text, other)


def _programs(path: Path, text: str) -> Programs:
    try:
        return drafted(text)
    except DocumentRefused as refused:
        _stop([f"{path}: {problem}" for problem in refused.problems])


def _manner(name: str, redeemed: float | None, after: int | None) -> Behaviour:
    if name not in BEHAVIOURS:
        _stop([_("There is no behaviour “%(name)s”: %(known)s") % {"name": name, "known": ", ".join(BEHAVIOURS)}])
    usual = BEHAVIOURS[name]
    share = usual.redeemed if redeemed is None else round(redeemed * 100)
    return Behaviour(share, usual.months if after is None else after)


def _money(text: str | None, programs: Programs) -> int | None:
    """Minor units of an amount that is not below nothing."""
    if text is None:
        return None
    try:
        minor = parse_major(text, programs.currency)
    except Wrong:
        minor = -1
    if minor < 0:
        _stop([_("“%(text)s” is no amount of %(currency)s.") % {"text": text, "currency": programs.currency}])
    return minor


def _stop(said: list[str]) -> NoReturn:
    for text in said:
        typer.echo(text, err=True)
    raise typer.Exit(REFUSED)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    console = Console(stderr=True)
    shown = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*shown, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(_("Reading the file"), total=None)
        yield lambda done, total: bar.update(task, description=_("Folding orders"), completed=done, total=total)

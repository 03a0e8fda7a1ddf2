"""What the verbs share that fold a shop's orders: their options, the bar, the mapping, and how they end."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import tzinfo
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from django.utils.translation import gettext as _
from msgspec import structs
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from regulars.cli.import_guess import mapping_file, proposal_of, questions
from regulars.cli.import_tables import summary_table
from regulars.cli.screen import Console
from regulars.engine.program import Programs
from regulars.intake.mappings import found_mapping
from regulars.intake.planning import drafted
from regulars.intake.reading.counting import Counts
from regulars.intake.reading.mapping import Mapping, read_mapping
from regulars.programs.document import DocumentRefused, text_of
from regulars.programs.planning.assuming import BEHAVIOURS, Assumed, Behaviour

STOPPED_BY_HAND = 130
REFUSED = 2

MappingName = Annotated[str, typer.Option(help="The mapping file (docs/import.md), or the name of one of ours.")]
Manner = Annotated[str, typer.Option("--behaviour", help=f"How members spend points: {', '.join(BEHAVIOURS)}.")]
Redeemed = Annotated[float | None, typer.Option(min=0, max=100, help="Per cent of all points that are ever spent.")]
Waiting = Annotated[int | None, typer.Option("--after", min=0, max=60, help="Months until they are spent.")]
Margin = Annotated[float, typer.Option(min=0, max=100, help="Per cent of revenue left after what the goods cost.")]


def known(behaviour: str) -> None:
    """Stops where somebody names a behaviour that there is none of."""
    if behaviour and behaviour not in BEHAVIOURS:
        words = {"name": behaviour, "known": ", ".join(BEHAVIOURS)}
        stop([_("There is no behaviour “%(name)s”: %(known)s") % words])


def by_hand(assumed: Assumed, redeemed: float | None, after: int | None) -> Assumed:
    """With what is said of the behaviour itself."""
    if redeemed is None and after is None:
        return assumed
    was = assumed.behaviour
    share = was.redeemed if redeemed is None else round(redeemed * 100)
    return structs.replace(assumed, behaviour=Behaviour(share, was.months if after is None else after), manner="")


def document_in(path: Path) -> str:
    try:
        return text_of(path)
    except DocumentRefused as refused:
        stop([f"{path}: {problem}" for problem in refused.problems])


def programs_in(path: Path, text: str) -> Programs:
    try:
        return drafted(text)
    except DocumentRefused as refused:
        stop([f"{path}: {problem}" for problem in refused.problems])


def mapping_named(name: str) -> Mapping:
    path = found_mapping(name)
    if not path.is_file():
        said = _("There is no mapping “%(name)s”: it is no file, and none that comes along (docs/import.md).")
        stop([said % {"name": name}])
    return read_mapping(path)


def mapping_of(name: str, orders: Path, zone: tzinfo) -> Mapping:
    """What is named; else one is proposed for the file, to be saved, and nothing is folded. Raises Unreadable, OSError.
    `zone` is where the shop's days begin.
    """
    if not name:
        _propose(orders, zone)
    return mapping_named(name)


def _propose(orders: Path, zone: tzinfo) -> NoReturn:
    proposal = proposal_of(orders)
    for line in mapping_file(proposal):
        typer.echo(line)
    save = _("Nothing was folded. Save these lines as a mapping file, and name it with --mapping (docs/import.md).")
    stop([*questions(proposal, zone), save])


def nothing_to_fold(counts: Counts | None) -> NoReturn:
    """With what became of the lines of a file, which says why."""
    if counts:
        Console(stderr=True).print(summary_table(counts, None))
        if counts.guest_orders:
            orders = {"orders": f"{counts.guest_orders:,}"}
            typer.echo(_("Orders of guests, which are not in it: %(orders)s") % orders, err=True)
    stop([_("There is no order of a known customer: there is nothing to fold.")])


def stop(said: list[str]) -> NoReturn:
    for text in said:
        typer.echo(text, err=True)
    raise typer.Exit(REFUSED)


class Bar:
    """How far a fold is: lines that are read, then orders that are folded."""

    def __init__(self, progress: Progress, begins: str) -> None:
        self._progress, self._begins = progress, begins
        self._task = progress.add_task(begins, total=None)

    def __call__(self, done: int, total: int) -> None:
        self._progress.update(self._task, description=_("Folding"), completed=done, total=total)

    def read(self, done: int, total: int) -> None:
        self._progress.update(self._task, description=self._begins, completed=done, total=total)


@contextmanager
def bar(begins: str) -> Iterator[Bar]:
    """On a terminal only."""
    shown_on = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=shown_on, transient=True, disable=not shown_on.is_terminal) as progress:
        yield Bar(progress, begins)


def console() -> Console:
    """As wide as the terminal, and wide where there is none."""
    return Console(soft_wrap=not sys.stdout.isatty(), width=None if sys.stdout.isatty() else 160)

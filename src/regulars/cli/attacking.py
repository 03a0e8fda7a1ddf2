"""`regulars attack PROGRAM`: looks for value from nothing, and prints what it found as stories."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from rich.progress import Progress
from rich.text import Text

from regulars.cli.checking import AsJson
from regulars.cli.screen import Console, Table
from regulars.cli.speaking import Language, speaking
from regulars.engine.program import Programs
from regulars.programs import wording
from regulars.programs.attack.ground import ground
from regulars.programs.attack.searching import Found, Report
from regulars.programs.attack.searching import attack as attacked
from regulars.programs.document import DocumentRefused, text_of

Document = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The document of a program.")]
Seconds = Annotated[float, typer.Option(min=0.1, help="How long to search.")]
Seed = Annotated[int, typer.Option(help="Another seed tries other sequences.")]
Attempts = Annotated[int | None, typer.Option(help="Stop after so many sequences, too.")]
Folder = Annotated[Path | None, typer.Option("--out", file_okay=False, help="Write every story into this folder.")]

KINDS = {
    "bonus": gettext_lazy("%(rule)s: gives more than it costs, as often as its limits let"),
    "free_referral": gettext_lazy("%(rule)s: also for an order that no money paid for"),
    "gift": gettext_lazy("%(rule)s: given for something other than buying"),
    "grace": gettext_lazy("points that come back after their last day may still be used (grace_on_return)"),
    "kept": gettext_lazy("%(rule)s: stays although everything came back"),
    "minted": gettext_lazy("%(rule)s: gives more than it costs, as often as anybody likes"),
    "oneself": gettext_lazy("%(rule)s: somebody brought themselves"),
    "overdue": gettext_lazy("points can be used after their last day"),
    "paid_with_points": gettext_lazy("%(rule)s: earned by what points paid for"),
    "per_order": gettext_lazy("%(rule)s: given for every order, so that it pays to split one"),
    "remains": gettext_lazy("%(rule)s: keeps more than what is left would earn"),
    "renewed": gettext_lazy("points last longer than they were given for"),
    "spent": gettext_lazy(
        "%(rule)s: what its reward put into the account stays where it is spent before everything comes back"
    ),
    "split": gettext_lazy("%(rule)s: more for the same goods in many orders or lines than in one"),
    "unbooked": gettext_lazy("points that no entry gave"),
    "unpaid_goods": gettext_lazy("%(rule)s: also for goods that no money paid for"),
    "write_off": gettext_lazy("points taken back that are already spent are let go (when_short: write_off)"),
}


def attack(
    document: Document,
    seconds: Seconds = 20,
    seed: Seed = 1,
    attempts: Attempts = None,
    out: Folder = None,
    as_json: AsJson = False,
    language: Language = "",
) -> None:
    """Look for value from nothing. Exits with 0 when only what the program gives away on purpose was found."""
    with speaking(language):
        named = os.path.relpath(document, out) if out else str(document)
        try:
            text = text_of(document)
            programs = ground(text).programs
            report = _searched(text, named, (seed, seconds, attempts))
        except DocumentRefused as refused:
            for problem in refused.problems:
                typer.echo(f"{document}: {problem}", err=True)
            raise typer.Exit(2) from None
        if out:
            _write(report, out)
        if as_json:
            plain = {"sound": not report.flaws and not report.errors} | msgspec.to_builtins(report)
            typer.echo(msgspec.json.format(msgspec.json.encode(plain), indent=2).decode())
        else:
            tell_of(report, programs)
    raise typer.Exit(1 if report.flaws or report.errors else 0)


def _searched(text: str, path: str, budget: tuple[int, float, int | None]) -> Report:
    seed, seconds, attempts = budget
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        shown = progress.add_task("", total=seconds)

        def tell(tried: int, found: int, taken: float) -> None:
            said = _("%(tried)s sequences, %(found)s gains") % {"tried": f"{tried:,}", "found": found}
            progress.update(shown, description=said, completed=taken)

        return attacked(text, path, seed, seconds, attempts, tell)


def _write(report: Report, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for one in (one for one in report.found if one.story):
        (folder / f"{one.kind}-{one.wallet}-{one.name}.story.yaml").write_text(one.story, encoding="utf-8")


def tell_of(report: Report, programs: Programs) -> None:
    console = Console(soft_wrap=not sys.stdout.isatty(), width=None if sys.stdout.isatty() else 160)
    if report.policies:
        console.print(_table(_("What the program gives away on purpose"), report.policies, programs))
    if report.flaws:
        console.print(_table(_("What nothing in the program explains"), report.flaws, programs))
    if report.errors:
        console.print(_table(_("What the search saw, and its story does not show"), report.errors, programs))
    for one in (one for one in (*report.flaws, *report.errors) if one.story):
        console.print(Text(one.story), soft_wrap=True)
    said = ngettext("%(count)s sequence", "%(count)s sequences", report.tried) % {"count": f"{report.tried:,}"}
    words = {"tried": said, "seconds": f"{report.seconds:g}", "seed": report.seed}
    console.print(_("%(tried)s in %(seconds)s s, seed %(seed)s.") % words)
    if report.unreached:
        rules = ", ".join(_called(name, programs) for name in report.unreached)
        said = _("Not reached, so that nothing is known of them: %(rules)s") % {"rules": rules}
        console.print(Text(said, "yellow"))
    if report.untried:
        names = ", ".join(wording.reward(name, programs) for name in report.untried)
        said = _("Draws are not tried, only reckoned up by their odds and what credit they give: %(rewards)s")
        console.print(Text(said % {"rewards": names}, "yellow"))
    for verdict in _verdicts(report):
        console.print(verdict)


def _verdicts(report: Report) -> Iterator[Text]:
    if report.errors:
        said = _("A story, folded from nothing, ends otherwise: this is an error of Regulars, not of the program.")
        yield Text(said, "bold red")
    if report.flaws:
        yield Text(_("There is value from nothing."), "bold red")
    elif (report.unreached or report.untried) and not report.errors:
        yield Text(_("Of what was reached, nothing was found but what the program gives away by name."))
    elif not report.errors:
        yield Text(_("Nothing was found but what the program gives away on purpose."), "green")


def _called(name: str, programs: Programs) -> str:
    """A rule, or a reward."""
    rule = wording.rule(name, 1, programs)
    return rule if rule != name else wording.reward(name, programs)


def _table(title: str, found: list[Found], programs: Programs) -> Table:
    table = Table(_("What"), _("Gain"), _("Worth"), _("Steps"), title=title)
    for one in found:
        rule = _called(one.name, programs)
        worth = "" if one.worth is None else wording.money(one.worth, programs.currency)
        points = wording.points(one.points, one.wallet, programs)
        table.add_row(Text(str(KINDS[one.kind]) % {"rule": rule}), points, worth, str(one.steps))
    return table

"""`regulars plan DRAFT --orders FILE`: what a program would have cost on a shop's own orders, before it is launched."""

import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from django.utils.translation import gettext as _
from msgspec import Struct, structs

from regulars.cli import tuning
from regulars.cli.checking import AsJson
from regulars.cli.engines import PROCESSES, Engine, Settings, hired, lacking
from regulars.cli.folding import (
    STOPPED_BY_HAND,
    Manner,
    MappingName,
    Margin,
    Redeemed,
    Waiting,
    bar,
    by_hand,
    console,
    document_in,
    known,
    mapping_of,
    nothing_to_fold,
    programs_in,
    stop,
)
from regulars.cli.import_tables import summary
from regulars.cli.plan_tables import tell
from regulars.cli.speaking import Language, no_program, speaking
from regulars.engine.money import parse_major
from regulars.engine.problems import Wrong
from regulars.engine.program import Programs
from regulars.intake.crews import Hired
from regulars.intake.planning import Question, drafted, fold_file
from regulars.intake.reading.counting import Counts
from regulars.intake.reading.faults import Unreadable
from regulars.intake.spark import Missing
from regulars.intake.tuning import Wanted, tune_file
from regulars.programs.planned import PlanOf, plan_of
from regulars.programs.planning.assuming import BEHAVIOURS, HISTORY, USUAL, Assumed, Behaviour, margin_in
from regulars.programs.planning.comparing import Outcome
from regulars.programs.planning.replaying import is_joining_told
from regulars.programs.planning.report import Ground, Report, report

# As the extra `tune` of the package asks for it.
SCIPY = ">=1.17,<2"

Draft = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The document of a program.")]
Orders = Annotated[Path | None, typer.Option(exists=True, help="CSV, NDJSON or Parquet; without it the ledger.")]
InForce = Annotated[
    Path | None, typer.Option("--against", exists=True, dir_okay=False, help="The program in force, to compare with.")
]
Margins = Annotated[list[str] | None, typer.Option("--margin-of", help="Another margin of a category: PRODUCE=25")]
Budget = Annotated[str | None, typer.Option(help="What points may cost in all, in the program's currency: 5000.00")]
Often = Annotated[float, typer.Option("--more-often", min=0, help="Members buy so many per cent more often.")]
Each = Annotated[float, typer.Option("--more-each", min=0, help="They buy so many per cent more each time.")]
Html = Annotated[Path | None, typer.Option(dir_okay=False, help="Write the report as one page to this file.")]


Since = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m"], help="The first month to tell of.")]
Until = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m"], help="The last month to tell of.")]
Tune = Annotated[bool, typer.Option("--tune", help="Look for numbers of the draft that meet aims.")]
Vary = Annotated[list[str] | None, typer.Option(help="A number that may move: silver.reach=500..900, base.give=1..3")]
Aims = Annotated[list[str] | None, typer.Option("--aim", help="What is to be reached: cost <= 2 %, silver >= 15 %")]
Seconds = Annotated[float, typer.Option(min=1, help="How long to look.")]
Seed = Annotated[int, typer.Option(min=0, help="Another seed looks at other customers, in another order.")]
Out = Annotated[Path | None, typer.Option("--out", dir_okay=False, help="Write the document that was found here.")]


class Planned(Struct, frozen=True):
    """What a plan came to, and what it stands on. `newest` is the version in force, `own` how members have spent points
    so far, where the ledger shows it; `counts` says what a file held.
    """

    programs: Programs
    in_force: Programs | None
    outcome: Outcome
    ground: Ground
    counts: Counts | None = None
    newest: int | None = None
    own: Behaviour | None = None


def plan(  # noqa: PLR0913, PLR0917  # every option of a verb is a parameter
    draft: Draft,
    orders: Orders = None,
    mapping: MappingName = "",
    against: InForce = None,
    since: Since = None,
    until: Until = None,
    behaviour: Manner = "",
    redeemed: Redeemed = None,
    after: Waiting = None,
    margin: Margin = 30,
    margin_of: Margins = None,
    budget: Budget = None,
    more_often: Often = 0,
    more_each: Each = 0,
    html: Html = None,
    is_tuned: Tune = False,
    vary: Vary = None,
    aims: Aims = None,
    seconds: Seconds = 60,
    seed: Seed = 1,
    out: Out = None,
    engine: Engine = PROCESSES,
    settings: Settings = None,
    as_json: AsJson = False,
    language: Language = "",
) -> None:
    """Fold a draft over a shop's orders, and say what it would have cost. Nothing is kept.

    Over a file with --orders and --mapping; without them over the ledger, beside the program in force. With --tune look
    for numbers that meet aims: --tune --vary silver.reach=500..900 --aim "cost <= 2 %".
    """
    with speaking(language):
        known(behaviour)
        _writable(html, out)
        _heeded(is_tuned, (vary, aims, out), (against, since, until))
        months = _months(since, until)
        crew = hired(engine, settings or [], orders is not None and not is_tuned)
        text = document_in(draft)
        programs = programs_in(draft, text)
        assumed = Assumed(
            BEHAVIOURS[behaviour or USUAL],
            round(margin * 100),
            _money(budget, programs),
            round(more_often * 100),
            round(more_each * 100),
            behaviour or USUAL,
            _margins(margin_of or []),
        )
        if is_tuned:
            asked = _asked(text, programs, (vary or [], aims or []), by_hand(assumed, redeemed, after), (seed, seconds))
            _tune(asked, programs, orders, mapping, (html, out, as_json))
            return
        chosen = partial(_chosen, assumed, behaviour, (redeemed, after))
        question = Question(text, _in_force(against), months, tuple(dict(assumed.margins)), chosen(None).behaviour)
        found = _found(programs, question, orders, mapping, crew, lambda own: chosen(own).behaviour)
        told = report(programs, found.outcome, chosen(found.own), found.in_force)
        _anything(told, found, months)
        _write(html, told, found)
        _print(told, found, plan_of(text, found.newest), as_json)


def _writable(*paths: Path | None) -> None:
    """Before anybody waits for what is to be written there."""
    for path in paths:
        if path is not None and not path.parent.is_dir():
            stop([_("There is no folder %(folder)s: make it first.") % {"folder": path.parent}])


def _heeded(is_tuned: bool, searched: tuple[object, ...], told: tuple[object, ...]) -> None:
    """Stops where something is said that would be passed over."""
    alone = _("%(option)s says what a search looks for: add --tune.")
    beside = _("--tune looks at all of the history, and at the draft alone: leave out %(option)s.")
    names = ("--vary", "--aim", "--out") if not is_tuned else ("--against", "--from", "--to")
    for name, said in zip(names, told if is_tuned else searched, strict=True):
        if said:
            stop([(beside if is_tuned else alone) % {"option": name}])


def _months(since: datetime | None, until: datetime | None) -> tuple[str, str]:
    if since and until and until < since:
        words = {"since": f"{since:%Y-%m}", "until": f"{until:%Y-%m}"}
        stop([_("--to %(until)s comes before --from %(since)s.") % words])
    return f"{since:%Y-%m}" if since else "", f"{until:%Y-%m}" if until else ""


def _anything(told: Report, found: Planned, months: tuple[str, str]) -> None:
    """Stops where there is nothing to tell, and says why."""
    if any(months) and not (told.months and (told.members or any(month.orders for month in told.trade))):
        stop([_("Nothing happened in these months: leave out --from and --to to see all that there are.")])
    if not told.months:
        nothing_to_fold(found.counts)


def _chosen(assumed: Assumed, manner: str, hand: tuple[float | None, int | None], own: Behaviour | None) -> Assumed:
    """`own` is how members have spent points so far; they go on where nobody says otherwise."""
    as_so_far = own and not manner
    return by_hand(structs.replace(assumed, behaviour=own, manner=HISTORY) if as_so_far else assumed, *hand)


def _found(
    programs: Programs,
    question: Question,
    orders: Path | None,
    mapping: str,
    crew: Hired,
    choose: Callable[[Behaviour | None], Behaviour],
) -> Planned:
    try:
        if orders is None:
            return _over_ledger(programs, question, choose)
        return _over_file(programs, question, orders, mapping, crew)
    except Missing as missing:
        stop([lacking(missing)])
    except (Unreadable, OSError) as problem:
        stop([str(problem)])
    except KeyboardInterrupt:
        raise typer.Exit(STOPPED_BY_HAND) from None


def _asked(
    text: str, programs: Programs, words: tuple[list[str], list[str]], assumed: Assumed, how: tuple[int, float]
) -> Wanted:
    try:
        return tuning.wanted(text, programs, *words, assumed, how)
    except tuning.Refused as refused:
        stop([refused.said])


def _tune(
    asked: Wanted, programs: Programs, orders: Path | None, mapping: str, to: tuple[Path | None, Path | None, bool]
) -> None:
    if orders is None:
        stop([_("Say with --orders and --mapping over which file to look.")])
    html, out, as_json = to
    try:
        how = mapping_of(mapping, orders, programs.zone)
        with bar(_("Looking for numbers")) as tell_progress:
            tuned = tune_file(asked, programs, orders, how, tell_progress)
    except ImportError:
        stop([_("The search needs scipy: %(words)s") % {"words": f"{sys.executable} -m pip install 'scipy{SCIPY}'"}])
    except (Unreadable, OSError) as problem:
        stop([str(problem)])
    if tuned is None:
        stop([_("There is no order of a known customer: there is nothing to fold.")])
    _write(html, tuned.told, Planned(drafted(tuned.text), None, Outcome(), Ground()))
    if out is not None:
        tuning.write(out, tuned)
    if as_json:
        tuning.print_json(tuned, asked)
    else:
        tuning.tell(console(), tuned, asked)
    raise typer.Exit(0 if tuned.is_met else 1)


def _over_file(programs: Programs, question: Question, orders: Path, mapping: str, crew: Hired) -> Planned:
    how = mapping_of(mapping, orders, programs.zone)
    in_force = _always(question.in_force)
    if in_force and in_force.versions[0].for_ever != programs.versions[0].for_ever:
        stop([_("Both programs need the same currency, time zone and first wallet.")])
    with bar(_("Reading the file")) as tell_progress:
        found = fold_file(question, programs, orders, how, tell_progress, tell_progress.read, crew)
    return Planned(programs, in_force, found.outcome, Ground(found.counts.guest_orders), found.counts)


def _over_ledger(programs: Programs, question: Question, choose: Callable[[Behaviour | None], Behaviour]) -> Planned:
    from regulars.intake.planning_ledger import fold_ledger
    from regulars.programs.models import Program

    slug = programs.versions[-1].slug
    try:
        with bar(_("Reading the ledger")) as tell_progress:
            found = fold_ledger(programs, question.months, question.categories, choose, tell_progress)
    except Program.DoesNotExist:
        stop([no_program(slug), _("Over orders of a shop that is not here yet: --orders FILE.")])
    if found is None:
        stop([_("Both programs need the same currency, time zone and first wallet.")])
    replayed, in_force = found.replayed, found.in_force
    ground = Ground(replayed.guests, replayed.members, replayed.exact, is_joining_told(in_force))
    newest = in_force.versions[-1].number
    return Planned(programs, in_force, replayed.outcome, ground, None, newest, found.own)


def _write(path: Path | None, told: Report, found: Planned) -> None:
    if path is None:
        return
    from regulars.insight.plans.page import page

    try:
        file = summary(found.counts) if found.counts else ()
        path.write_text(page(told, found.programs, found.ground, file), encoding="utf-8")
    except OSError as problem:
        stop([str(problem)])
    typer.echo(_("The report is in %(path)s.") % {"path": path}, err=True)


def _print(told: Report, found: Planned, of: PlanOf, as_json: bool) -> None:
    if not as_json:
        tell(console(), found.programs, told, found.ground, found.counts)
        return
    plain = msgspec.to_builtins(told) | {
        "ground": msgspec.to_builtins(found.ground),
        "plan_of": msgspec.to_builtins(of),
    }
    if found.counts:
        plain["file"] = msgspec.to_builtins(found.counts)
    typer.echo(msgspec.json.format(msgspec.json.encode(plain), indent=2).decode())


def _in_force(against: Path | None) -> str:
    if against is None:
        return ""
    text = document_in(against)
    programs_in(against, text)
    return text


def _always(text: str) -> Programs | None:
    return drafted(text) if text else None


def _margins(said: list[str]) -> tuple[tuple[str, int], ...]:
    """Hundredths of a per cent by category."""
    found = {}
    for one in said:
        said_of = margin_in(one)
        if said_of is None:
            stop([_("“%(said)s” is no margin of a category. Write one such as PRODUCE=25.") % {"said": one}])
        found[said_of[0]] = said_of[1]
    return tuple(found.items())


def _money(text: str | None, programs: Programs) -> int | None:
    """Minor units of an amount that is not below nothing."""
    if text is None:
        return None
    try:
        minor = parse_major(text, programs.currency)
    except Wrong:
        minor = -1
    if minor < 0:
        stop(
            [
                _("“%(text)s” is no amount of %(currency)s. Write one such as 5000.")
                % {"text": text, "currency": programs.currency}
            ]
        )
    return minor

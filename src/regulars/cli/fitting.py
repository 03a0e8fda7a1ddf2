"""`regulars fit --orders FILE`: every preset over a shop's own orders, side by side. Which type fits?"""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from django.utils.translation import gettext as _
from rich.table import Table
from rich.text import Text

from regulars.cli.checking import AsJson
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
    known,
    mapping_named,
    stop,
)
from regulars.cli.speaking import Language, speaking
from regulars.cli.starting import Currency, Zone
from regulars.engine.document import shape
from regulars.intake.fitting import Fitted, fit_file
from regulars.intake.planning import drafted
from regulars.intake.reading.faults import Unreadable
from regulars.programs import wording
from regulars.programs.document import DocumentRefused
from regulars.programs.planning.assuming import BEHAVIOURS, USUAL, Assumed
from regulars.programs.planning.fitting import Candidate, Place, ranked
from regulars.programs.planning.fitting_words import reasons
from regulars.programs.planning.saying import percent
from regulars.programs.presets import TYPES
from regulars.programs.presets.starting import CURRENCY, ZONE, Own, started
from regulars.programs.presets.summaries import summary
from regulars.programs.tree import grown

Orders = Annotated[Path, typer.Option(exists=True, dir_okay=False, help="CSV, NDJSON or Parquet: a record a line.")]
Only = Annotated[list[str] | None, typer.Option("--preset", help="Only these presets; said once for each.")]


def fit(  # noqa: PLR0913, PLR0917  # every option of a verb is a parameter
    orders: Orders,
    mapping: MappingName,
    currency: Currency = CURRENCY,
    zone: Zone = ZONE,
    preset: Only = None,
    behaviour: Manner = USUAL,
    redeemed: Redeemed = None,
    after: Waiting = None,
    margin: Margin = 30,
    as_json: AsJson = False,
    language: Language = "",
) -> None:
    """Fold every preset over a shop's orders, and rank them by margin and reach. Nothing is kept."""
    with speaking(language):
        try:
            known(behaviour)
            assumed = by_hand(Assumed(BEHAVIOURS[behaviour], round(margin * 100), manner=behaviour), redeemed, after)
            candidates = _candidates(preset or list(TYPES), currency, zone)
            read_by = mapping_named(mapping)
            with bar(_("Reading the file")) as progress:
                texts, first = [one.text for one in candidates], candidates[0].programs
                found = fit_file(texts, first, orders, read_by, progress)
        except (Unreadable, OSError) as problem:
            stop([str(problem)])
        except KeyboardInterrupt:
            raise typer.Exit(STOPPED_BY_HAND) from None
        _print(ranked(candidates, found.fits, assumed), found, assumed, currency, as_json)


def _candidates(names: list[str], currency: str, zone: str) -> list[Candidate]:
    """The presets in the shop's currency."""
    found = []
    for name in names:
        if name not in TYPES:
            stop([_("There is no preset “%(name)s”: %(known)s") % {"name": name, "known": ", ".join(TYPES)}])
        text = started(name, Own(name, currency, zone)).program
        try:
            found.append(Candidate(name, text, drafted(text), shape(grown(text).tree).earn))
        except DocumentRefused as refused:
            stop([str(problem) for problem in refused.problems])
    return found


def _print(places: list[Place], found: Fitted, assumed: Assumed, currency: str, as_json: bool) -> None:
    if as_json:
        plain = {"places": msgspec.to_builtins(places), "orders": found.orders, "active": found.fits[0].active}
        told = plain | {"assumed": msgspec.to_builtins(assumed), "file": msgspec.to_builtins(found.counts)}
        typer.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
        return
    to = console()
    if not found.orders:
        to.print(_("There is no order of a known customer: there is nothing to fold."))
        return
    counts = {"orders": f"{found.orders:,}", "active": f"{found.fits[0].active:,}"}
    to.print(_("Orders: %(orders)s. Active customers: %(active)s.") % counts)
    to.print(_table(places, currency))
    for number, place in enumerate(places, 1):
        to.print(Text(f"{number}. {place.name}: {summary(place.name)}", "bold"))
        for sentence in reasons(place):
            to.print(f"   {sentence}")
    to.print(Text(_assumed(assumed), "dim"))


def _table(places: list[Place], currency: str) -> Table:
    table = Table(_("Program"))
    for name in (_("Cost"), _("Margin left"), _("Must buy more"), _("Earn"), _("Reach a reward"), _("Owed at the end")):
        table.add_column(name, justify="right")
    for place in places:
        more = "–" if place.break_even is None else percent(place.break_even)
        shares = (place.cost, place.left), (place.earn, place.reach)
        first, second = ([percent(share) for share in pair] for pair in shares)
        table.add_row(place.name, *first, more, *second, wording.money(place.owed, currency))
    return table


def _assumed(assumed: Assumed) -> str:
    words = {
        "redeemed": percent(assumed.behaviour.redeemed),
        "months": assumed.behaviour.months,
        "margin": percent(assumed.margin),
    }
    return (
        _(
            "Assumed, not measured: %(redeemed)s of all points are spent, months until then: %(months)s; %(margin)s of "
            "revenue are margin; customers buy as they did."
        )
        % words
    )

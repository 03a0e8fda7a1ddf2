"""`regulars fit`: every preset over a shop's own orders, side by side. Which type fits?"""

from datetime import UTC
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from django.utils.translation import gettext as _
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
    mapping_of,
    nothing_to_fold,
    stop,
)
from regulars.cli.screen import Table
from regulars.cli.speaking import Language, no_program, speaking
from regulars.intake.fitting import Fitted, candidates, fit_file
from regulars.intake.reading.faults import Unreadable
from regulars.programs import wording
from regulars.programs.document import DocumentRefused
from regulars.programs.planning.assuming import BEHAVIOURS, USUAL, Assumed
from regulars.programs.planning.fitting import Candidate, Place, ranked
from regulars.programs.planning.fitting_words import assumed_in_words, reasons
from regulars.programs.planning.saying import percent
from regulars.programs.presets import TYPES
from regulars.programs.presets.starting import Own
from regulars.programs.presets.summaries import summary

Orders = Annotated[
    Path | None, typer.Option(exists=True, dir_okay=False, help="CSV, NDJSON or Parquet; without it the ledger.")
]
Program = Annotated[str, typer.Option("--program", help="Whose ledger; needed where there are several programs.")]
Currency = Annotated[str, typer.Option(help="What a file counts in (ISO 4217).")]
Zone = Annotated[str, typer.Option("--time-zone", help="Where its days begin, where the mapping does not say.")]
Only = Annotated[list[str] | None, typer.Option("--preset", help="Only these presets; said once for each.")]


def fit(  # noqa: PLR0913, PLR0917  # every option of a verb is a parameter
    orders: Orders = None,
    mapping: MappingName = "",
    currency: Currency = "",
    zone: Zone = "",
    program: Program = "",
    preset: Only = None,
    behaviour: Manner = USUAL,
    redeemed: Redeemed = None,
    after: Waiting = None,
    margin: Margin = 30,
    as_json: AsJson = False,
    language: Language = "",
) -> None:
    """Fold every preset over a shop's orders, and rank them by margin and reach. Nothing is kept.

    Over a file with --orders and --mapping; without them over the ledger.
    """
    with speaking(language):
        known(behaviour)
        assumed = by_hand(Assumed(BEHAVIOURS[behaviour], round(margin * 100), manner=behaviour), redeemed, after)
        names = preset or list(TYPES)
        for name in names:
            if name not in TYPES:
                stop([_("There is no preset “%(name)s”: %(known)s") % {"name": name, "known": ", ".join(TYPES)}])
        try:
            over = (
                _over_ledger(names, program) if orders is None else _over_file(names, orders, mapping, currency, zone)
            )
        except DocumentRefused as refused:
            stop([str(problem) for problem in refused.problems])
        except (Unreadable, OSError) as problem:
            stop([str(problem)])
        except KeyboardInterrupt:
            raise typer.Exit(STOPPED_BY_HAND) from None
        some, found = over
        _print(ranked(some, found.fits, assumed), found, assumed, some[0].programs.currency, as_json)


def _over_file(
    names: list[str], orders: Path, mapping: str, currency: str, zone: str
) -> tuple[list[Candidate], Fitted]:
    """A file says neither what it counts in nor, by itself, where its days begin."""
    read_by = mapping_of(mapping, orders, UTC)
    if not currency:
        stop([_("Say with --currency what the file counts in, such as TWD.")])
    if not (zone or read_by.time_zone):
        stop([_("Say with --time-zone where the shop's days begin, such as Asia/Taipei: the mapping does not.")])
    some = candidates(names, Own("", currency, zone or read_by.time_zone))
    with bar(_("Reading the file")) as progress:
        found = fit_file([one.text for one in some], some[0].programs, orders, read_by, progress)
    return some, found


def _over_ledger(names: list[str], slug: str) -> tuple[list[Candidate], Fitted]:
    """In the program's own currency and days."""
    from regulars.intake.fitting_ledger import fit_ledger
    from regulars.programs.models import Program
    from regulars.programs.queries import all_programs, published

    try:
        shops = [published(slug)] if slug else all_programs()
    except Program.DoesNotExist:
        stop([no_program(slug)])
    if len(shops) != 1:
        known_by = ", ".join(one.slug for one in shops) or "–"
        stop([_("Say with --program whose ledger (%(known)s), or with --orders which file.") % {"known": known_by}])
    some = candidates(names, Own("", shops[0].currency, shops[0].zone))
    with bar(_("Reading the ledger")) as progress:
        return some, fit_ledger(some, shops[0], progress)


def _print(places: list[Place], found: Fitted, assumed: Assumed, currency: str, as_json: bool) -> None:
    if as_json:
        plain = {"places": msgspec.to_builtins(places), "orders": found.orders, "active": found.active}
        told = plain | {"assumed": msgspec.to_builtins(assumed)}
        if found.counts:
            told["file"] = msgspec.to_builtins(found.counts)
        typer.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
        return
    to = console()
    if not found.orders:
        nothing_to_fold(found.counts)
    counts = {"orders": f"{found.orders:,}", "active": f"{found.active:,}"}
    to.print(_("Orders: %(orders)s. Active customers: %(active)s.") % counts)
    to.print(_table(places, currency))
    for number, place in enumerate(places, 1):
        to.print(Text(f"{number}. {place.name}: {summary(place.name)}", "bold"))
        for sentence in reasons(place):
            to.print(f"   {sentence}")
    to.print(Text(assumed_in_words(assumed), "dim"))


def _table(places: list[Place], currency: str) -> Table:
    table = Table(_("Program"))
    for name in (_("Cost"), _("Margin left"), _("Must buy more"), _("Earn"), _("Reach a reward"), _("Owed at the end")):
        table.add_column(name, justify="right")
    for place in places:
        more = "–" if place.break_even is None else percent(place.break_even)
        shares = (place.cost, place.left), (place.earn, place.reach)
        first, second = ([percent(share) for share in pair] for pair in shares)
        table.add_row(place.name, *first, more, *second, wording.reckoned(place.owed, currency))
    return table

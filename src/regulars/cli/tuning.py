"""`regulars plan --tune`: what the search for better numbers found, and what it costs to ask for more."""

from fractions import Fraction
from pathlib import Path

import msgspec
import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.text import Text

from regulars.cli.screen import Console, Table
from regulars.engine.program import Programs
from regulars.intake.tuning import Tuned, Wanted
from regulars.programs import wording
from regulars.programs.planning import saying
from regulars.programs.planning.assuming import Assumed
from regulars.programs.planning.report import main_tiers
from regulars.programs.planning.tuning.aims import MONEY, Aim, NoSuchAim
from regulars.programs.planning.tuning.aims import aim as aim_of
from regulars.programs.planning.tuning.numbers import NoSuchNumber, plain
from regulars.programs.planning.tuning.numbers import number as number_of
from regulars.programs.planning.tuning.searching import Tried, curve
from regulars.programs.tree import grown

SHOWN = 12
WRONG = {
    "not_understood": gettext_lazy(
        "“%(asked)s” is not understood. Write NAME.WORD=LOW..HIGH, such as silver.reach=500..900."
    ),
    "unknown": gettext_lazy("“%(asked)s”: the draft has no such part."),
    "no_number": gettext_lazy("“%(asked)s”: there is no such number."),
    "bounds": gettext_lazy("“%(asked)s”: the bounds leave nothing to choose from."),
}


class Refused(Exception):
    """What was asked for is not possible; `said` says why."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def wanted(
    text: str, programs: Programs, vary: list[str], aims: list[str], assumed: Assumed, how: tuple[int, float]
) -> Wanted:
    """Raises Refused."""
    if not vary or not aims:
        raise Refused(_("Say with --vary which numbers may move, and with --aim what is to be reached."))
    tree = grown(text).tree
    try:
        numbers = tuple(number_of(tree, one) for one in vary)
    except NoSuchNumber as problem:
        raise Refused(str(WRONG[problem.code]) % {"asked": problem.asked}) from None
    tiers = [tier for tier in main_tiers(programs.versions[-1]) if tier]
    try:
        found = tuple(aim_of(one, programs.currency, tiers) for one in aims)
    except NoSuchAim as problem:
        known = {"asked": str(problem), "known": ", ".join([*MONEY, *tiers])}
        said = _("“%(asked)s” is no aim. Write one such as “cost <= 2 %%”, of: %(known)s")
        raise Refused(said % known) from None
    if all(one.name == "cost" for one in found) and len(tiers) > 1:
        # Always met: what the cost is traded against.
        found += (Aim(tiers[1], False, Fraction(0), True, ""),)
    return Wanted(tree, numbers, found, assumed, *how)


def print_json(tuned: Tuned, asked: Wanted) -> None:
    told = {
        "numbers": [
            {"name": one.name, "written": plain(one.written), "found": plain(one.at(step))}
            for one, step in zip(asked.numbers, tuned.steps, strict=True)
        ],
        "aims": [
            {"aim": one.asked, "value": float(value), "is_met": not one.missed_by(value)}
            for one, value in zip(asked.aims, tuned.values, strict=True)
            if one.asked
        ],
        "is_met": tuned.is_met,
        "search": {
            "candidates": len(tuned.found.tried),
            "customers": tuned.customers,
            "orders": tuned.orders,
            "seed": asked.seed,
            "is_over": tuned.found.is_over,
        },
        "curve": [
            {"steps": [plain(n.at(step)) for n, step in zip(asked.numbers, one.steps, strict=True)],
             "cost": float(one.cost), "values": [float(value) for value in one.values]}
            for one in _curve(tuned, asked)
        ],
        "document": tuned.text,
    }  # fmt: skip
    plan = msgspec.to_builtins(tuned.told)
    typer.echo(msgspec.json.format(msgspec.json.encode(plan | {"tuned": told}), indent=2).decode())


def tell(console: Console, tuned: Tuned, asked: Wanted) -> None:
    found = tuned.found
    words = {
        "candidates": f"{len(found.tried):,}",
        "customers": f"{tuned.customers:,}",
        "orders": f"{tuned.orders:,}",
        "seed": asked.seed,
        "seconds": f"{found.seconds:.0f}",
    }
    said = _(
        "%(candidates)s candidates over a sample of %(customers)s customers with %(orders)s orders (seed %(seed)s), in "
        "%(seconds)s s."
    )
    console.print(said % words)
    if not found.is_over:
        console.print(_("The time was up: a longer search may find better, and another machine something else."))
    met, missed = _("All aims are met, over all customers."), _("Nothing was found that meets all aims.")
    console.print(Text(met if tuned.is_met else missed, "bold"))
    console.print(_numbers(tuned, asked))
    console.print(_aims(tuned, asked))
    if shown := _curve(tuned, asked):
        console.print(_trade_off(shown, asked))
    console.print(Text(saying.headline(tuned.told.verdict, tuned.told.currency), "bold"))


def _numbers(tuned: Tuned, asked: Wanted) -> Table:
    table = Table(_("Number"))
    for name in (_("Now"), _("Proposed")):
        table.add_column(name, justify="right")
    for one, step in zip(asked.numbers, tuned.steps, strict=True):
        table.add_row(one.name, plain(one.written), plain(one.at(step)))
    return table


def _aims(tuned: Tuned, asked: Wanted) -> Table:
    table = Table(_("Aim"))
    for name in (_("In the sample"), _("All customers")):
        table.add_column(name, justify="right")
    table.add_column(_("Met"))
    best = next(one for one in tuned.found.tried if one.steps == tuned.steps)
    scale = Fraction(sum(month.orders for month in tuned.told.trade), max(tuned.orders, 1))
    for one, in_sample, value in zip(asked.aims, best.values, tuned.values, strict=True):
        if not one.asked:
            continue
        grown_up = in_sample if one.is_share else in_sample * scale
        is_met = _("no") if one.missed_by(value) else _("yes")
        table.add_row(one.asked, _value(one, grown_up, tuned), _value(one, value, tuned), is_met)
    return table


def _value(one: Aim, value: Fraction, tuned: Tuned) -> str:
    return saying.percent(round(value * 10_000)) if one.is_share else wording.money(round(value), tuned.told.currency)


def _curve(tuned: Tuned, asked: Wanted) -> list[Tried]:
    """What each step of the first aim that is not the cost itself costs; spread evenly where there are many."""
    place = next((place for place, one in enumerate(asked.aims) if one.name != "cost"), 0)
    found = curve(tuned.found.tried, asked.aims, place)
    if len(found) <= SHOWN:
        return found
    return [found[round(number * (len(found) - 1) / (SHOWN - 1))] for number in range(SHOWN)]


def _trade_off(shown: list[Tried], asked: Wanted) -> Table:
    table = Table(title=_("Trade-off, in the sample"), title_justify="left")
    table.add_column(_("Cost"), justify="right")
    named = [(place, aim.name) for place, aim in enumerate(asked.aims) if aim.is_share and aim.name != "cost"]
    for name in (*(name for _place, name in named), *(number.name for number in asked.numbers)):
        table.add_column(name, justify="right")
    for one in shown:
        shares = (saying.percent(round(one.values[place] * 10_000)) for place, _name in named)
        numbers = (plain(number.at(step)) for number, step in zip(asked.numbers, one.steps, strict=True))
        # Candidates that cost little differ in hundredths of a per cent.
        table.add_row(saying.percent(round(one.cost * 10_000), 2), *shares, *numbers)
    return table


def write(path: Path, tuned: Tuned) -> None:
    path.write_text(tuned.text, encoding="utf-8")
    typer.echo(_("The document with these numbers is in %(path)s.") % {"path": path}, err=True)

"""`regulars draws`: the digests of seeds, to be published elsewhere as well, and the proof of every draw."""

from typing import Annotated

import typer
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.cli.speaking import no_program
from regulars.ledger.connect import one_moment, raw
from regulars.programs.models import Program
from regulars.programs.queries import Published, now, published
from regulars.rewards import seeds
from regulars.rewards.proving import Finding, prove

draws = typer.Typer(no_args_is_help=True, help="Lucky draws: seeds, and proofs that nothing was changed.")

Slug = Annotated[str, typer.Argument(help="The program's slug.")]
SENTENCES = {
    "again_differs": gettext_lazy("it says that it repeats a draw, and does not"),
    "digest_differs": gettext_lazy("its seed is not the one whose digest was published"),
    "gap": gettext_lazy("its draws are not numbered one after the other"),
    "late": gettext_lazy("its digest was published when the day had begun"),
    "prize_differs": gettext_lazy("its seed says another prize"),
    "prize_earlier": gettext_lazy("a better prize was given than was drawn"),
    "seed_missing": gettext_lazy("its seed cannot be read: the installation's secret was lost"),
    "version_unknown": gettext_lazy("the program has no such version, or not this draw in it"),
}


@draws.command("seeds")
def list_seeds(program: Slug) -> None:
    """A day a line: its digest and, when it is over, its seed. Publish the digests where you cannot change them."""
    known = _known(program)
    with transaction.atomic():
        seeds.keep_up(raw(), known.programs, now(known))
    for one in seeds.days(raw(), known.programs, now(known)):
        typer.echo(f"{one.day} {one.digest.hex()} {one.seed.hex()}".rstrip())


@draws.command("verify")
def verify_draws(
    program: Slug, day: Annotated[str, typer.Option(help="Only of this local day, such as 2026-03-01.")] = ""
) -> None:
    """Make every draw again from its seed, and compare it with what was written down."""
    known = _known(program)
    with one_moment(raw()):
        proof = prove(raw(), known.programs, day or None)
    for finding in proof.findings:
        typer.echo(_line(finding))
    counted = {"program": known.slug, "draws": f"{proof.draws:,}", "days": f"{proof.days:,}"}
    typer.echo(_("%(program)s: %(draws)s draws of %(days)s days made again.") % counted)
    typer.echo(_("Every draw is as its seed says.") if proof.holds else _("Not every draw is as its seed says."))
    raise typer.Exit(0 if proof.holds else 1)


def _line(finding: Finding) -> str:
    return f"{finding.code}: {finding.about}: {SENTENCES[finding.code]}"


def _known(slug: str) -> Published:
    try:
        return published(slug)
    except Program.DoesNotExist:
        raise typer.BadParameter(no_program(slug)) from None

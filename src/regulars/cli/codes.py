"""`regulars codes`: codes of coupons by the million, one a line, as they are made."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _

from regulars.cli.speaking import no_program
from regulars.programs.models import Program
from regulars.programs.queries import now, published
from regulars.rewards import offers
from regulars.rewards.actions import batches
from regulars.rewards.actions.batches import Wanted
from regulars.rewards.queries import batch, codes_of
from regulars.rewards.refusing import Refused
from regulars.rewards.titles import TITLES

codes = typer.Typer(no_args_is_help=True, help="Codes of coupons, in batches.")

Slug = Annotated[str, typer.Argument(help="The program's slug.")]


@codes.command("make")
def make_codes(
    program: Slug,
    coupon: Annotated[str, typer.Argument(help="The coupon that they are for.")],
    quantity: Annotated[int, typer.Argument(help="How many.", min=1, max=batches.WANTED_LIMIT)],
    prefix: Annotated[str | None, typer.Option(help="How they begin, if not as the coupon says.")] = None,
    length: Annotated[
        int | None, typer.Option(help="How many characters are drawn for each, if not as many as the coupon says.")
    ] = None,
) -> None:
    """Make codes, each used once, and print them. The batch's number goes to standard error: whoever was cut short
    goes on with `codes print`."""
    try:
        known = published(program)
    except Program.DoesNotExist:
        raise typer.BadParameter(no_program(program)) from None
    offer = offers.coupon(known.programs, coupon, now(known))
    if offer is None:
        raise typer.BadParameter(str(TITLES["coupon_unknown"]))
    try:
        wanted = Wanted(coupon, "", quantity, *batches.as_written(offer, prefix, length))
        number = batches.begin_batch(known.id, wanted, "terminal", now(known))
    except Refused as refused:
        raise typer.BadParameter(str(TITLES[refused.code])) from None
    typer.echo(_("batch %(number)s") % {"number": number}, err=True)
    for some in batches.make_codes(known.id, number):
        typer.echo("\n".join(some))


@codes.command("print")
def print_codes(program: Slug, number: Annotated[int, typer.Argument(help="The batch, as `codes make` said.")]) -> None:
    """Make what a batch still lacks, and print all of it."""
    try:
        known = published(program)
    except Program.DoesNotExist:
        raise typer.BadParameter(no_program(program)) from None
    if batch(known.id, number) is None:
        raise typer.BadParameter(str(TITLES["batch_unknown"]))
    for _some in batches.make_codes(known.id, number):
        pass
    for code in codes_of(known.id, number):
        typer.echo(code)

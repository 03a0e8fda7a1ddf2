"""`regulars segments`: which there are, who is in one, and its members by their ids."""

from typing import Annotated

import msgspec
import typer
from django.utils.translation import gettext as _

from regulars.cli.screen import Console, Table
from regulars.cli.speaking import no_program
from regulars.programs.models import Program
from regulars.programs.queries import Published, now, published
from regulars.segments import queries, saying
from regulars.segments.definition import ground, written
from regulars.segments.queries import Line

segments = typer.Typer(no_args_is_help=True, help="Named sets of members.")

Slug = Annotated[str, typer.Argument(help="The program's slug.")]
Key = Annotated[str, typer.Argument(help="What programs call the segment.")]


@segments.command("list")
def list_segments(program: Slug) -> None:
    """Show a program's segments, with how many were in each when it was last counted."""
    found = _program(program)
    known = ground(found.programs)
    table = Table(_("Segment"), _("Name"), _("Members"), _("Who is in it"))
    for line in queries.every(found):
        size = "" if line.size is None else f"{line.size:,}"
        table.add_row(line.key, line.name, size, saying.definition(line.definition, known, found.programs))
    Console().print(table)


@segments.command("show")
def show(program: Slug, segment: Key) -> None:
    """Say what a segment asks, as data, and count who is in it now."""
    found = _program(program)
    line = _segment(found, segment)
    known = ground(found.programs)
    typer.echo(msgspec.json.format(msgspec.json.encode(written(line.definition)), indent=2).decode())
    typer.echo(saying.definition(line.definition, known, found.programs), err=True)
    typer.echo(str(len(queries.members_of(found, line.definition, now(found)))))


@segments.command("export")
def export(program: Slug, segment: Key) -> None:
    """Print the ids of everybody who is in a segment now, one a line, and nothing about them."""
    found = _program(program)
    for member_id in queries.members_of(found, _segment(found, segment).definition, now(found)):
        typer.echo(str(member_id))


def _program(slug: str) -> Published:
    try:
        return published(slug)
    except Program.DoesNotExist:
        typer.echo(f"regulars: {no_program(slug)}", err=True)
        raise typer.Exit(1) from None


def _segment(found: Published, key: str) -> Line:
    line = queries.get(found.id, key)
    if line is None or line.archived_at is not None:
        said = _("%(program)s has no segment %(name)s") % {"program": found.slug, "name": key}
        typer.echo(f"regulars: {said}", err=True)
        raise typer.Exit(1)
    return line

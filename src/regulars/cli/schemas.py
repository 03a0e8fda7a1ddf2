"""`regulars schema`: the JSON Schema of a program, or of a story, for editors."""

from typing import Annotated

import msgspec
import typer

from regulars.programs.reference import problems, reference
from regulars.programs.schema import program_schema, story_schema


def schema(
    story: Annotated[bool, typer.Option("--story", help="Of a story instead of a program.")] = False,
    page: Annotated[bool, typer.Option("--page", help="The same as a page to be read, of a program.")] = False,
    codes: Annotated[bool, typer.Option("--problems", help="A page of all that may be wrong with either.")] = False,
) -> None:
    """Print the JSON Schema of a program document."""
    if page or codes:
        typer.echo(problems() if codes else reference(), nl=False)
        return
    found = story_schema() if story else program_schema()
    typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())

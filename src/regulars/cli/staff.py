"""`regulars staff ...`: who may sign in. Passwords are made, shown once, and never taken from the command line."""

import secrets
from typing import Annotated

import typer
from django.db import IntegrityError

from regulars.access.actions import create_staff, set_password
from regulars.access.models import Staff
from regulars.access.permissions import ROLES

staff = typer.Typer(no_args_is_help=True, help="Who may sign in to the console.")

Name = Annotated[str, typer.Argument(help="The name to sign in with.")]
Role = Annotated[str, typer.Option(help=f"One of: {', '.join(sorted(ROLES))}.")]


@staff.command()
def add(name: Name, role: Role) -> None:
    """Let a person sign in, with a new password."""
    word = new_password()
    try:
        create_staff(name, word, role)
    except IntegrityError:
        raise typer.BadParameter(f"the name {name} is taken") from None
    except ValueError as refusal:
        raise typer.BadParameter(str(refusal)) from None
    typer.echo(f"{name} may sign in as {role}.\nPassword {word}   (shown once)")


@staff.command()
def password(name: Name) -> None:
    """Give a person a new password; sessions made with the old one end."""
    word = new_password()
    try:
        set_password(name, word)
    except Staff.DoesNotExist:
        raise typer.BadParameter(f"nobody signs in as {name}") from None
    typer.echo(f"Password {word}   (shown once)")


def new_password() -> str:
    """16 characters, 96 bits."""
    return secrets.token_urlsafe(12)

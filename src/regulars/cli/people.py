"""`regulars staff` and `regulars keys`: who may come in, and with which key. What is shown is shown once."""

from typing import Annotated, NoReturn
from uuid import uuid4

import typer
from django.utils.translation import gettext as _

from regulars.access import changing
from regulars.access.permissions import ROLES, SCOPES
from regulars.access.queries import keys as listed
from regulars.cli.screen import Console, Table
from regulars.cli.speaking import no_program
from regulars.programs.models import Program
from regulars.programs.queries import Published, published

staff = typer.Typer(no_args_is_help=True, help="The people who sign in to the console.")
keys = typer.Typer(no_args_is_help=True, help="The keys with which machines use the API.")

# Who did it, as the log says.
TERMINAL = "terminal"

Username = Annotated[str, typer.Argument(help="The name to sign in with.")]
Slug = Annotated[str, typer.Argument(help="The program's slug.")]


@staff.command("add")
def add_staff(
    username: Username,
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")],
    name: Annotated[str, typer.Option(help="What colleagues call the person.")] = "",
    email: Annotated[str, typer.Option(help="Where mail reaches the person.")] = "",
) -> None:
    """Let somebody sign in; prints a new password."""
    try:
        password = changing.let_in(username, name, email, role, TERMINAL, uuid4())
    except changing.ChangeRefused as no:
        refusals = {
            "name_taken": _("there is a %(name)s already") % {"name": username},
            "role_unknown": _("no such role: %(role)s; there are %(roles)s")
            % {"role": role, "roles": ", ".join(ROLES)},
        }
        _refuse(refusals[no.code])
    _show_once(_("Password, shown once:"), password)


@staff.command("password")
def new_password(username: Username) -> None:
    """Give somebody a new password; prints it."""
    try:
        password = changing.new_password_of(username, TERMINAL, uuid4())
    except changing.ChangeRefused:
        _refuse(_("nobody signs in as %(name)s") % {"name": username})
    _show_once(_("Password, shown once:"), password)


@staff.command("reset-second-step")
def reset_second_step(username: Username) -> None:
    """Take away somebody's passkeys, app and recovery codes: they sign in by the password alone, and set up others."""
    try:
        changing.reset_second_factor_of(username, TERMINAL, uuid4())
    except changing.ChangeRefused as no:
        said = _("%(name)s has no second step") if no.code == "no_second_factor" else _("nobody signs in as %(name)s")
        _refuse(said % {"name": username})
    typer.echo(_("Reset. %(name)s signs in by the password alone.") % {"name": username}, err=True)


@keys.command("issue")
def issue_key(
    program: Slug,
    name: Annotated[str, typer.Argument(help="What the key is for, such as the till's name.")],
    scope: Annotated[list[str], typer.Option(help=f"What it may do; several: {', '.join(SCOPES)}.")],
) -> None:
    """Make a key; prints it."""
    try:
        key = changing.make_key(_program(program).id, name, scope, TERMINAL, uuid4())
    except changing.ChangeRefused:
        unknown = {"scopes": ", ".join(sorted(set(scope) - set(SCOPES))), "possible": ", ".join(SCOPES)}
        _refuse(_("no such scope: %(scopes)s; there are %(possible)s") % unknown)
    _show_once(_("Key, shown once:"), key)


@keys.command("list")
def list_keys(program: Slug) -> None:
    """Show a program's keys, without their secrets."""
    table = Table(_("Key"), _("Name"), _("Scopes"), _("Made"), _("Last used"), _("Revoked"))
    for line in listed(_program(program).id):
        moments = [f"{at:%Y-%m-%d %H:%M}" if at else "" for at in (line.made_at, line.last_used_at, line.revoked_at)]
        table.add_row(line.prefix, line.name, " ".join(line.scopes), *moments)
    Console().print(table)


@keys.command("revoke")
def revoke_key(program: Slug, key: Annotated[str, typer.Argument(help="Its eight characters, as listed.")]) -> None:
    """Close a key for ever."""
    try:
        changing.end_key(_program(program).id, key, TERMINAL, uuid4())
    except changing.ChangeRefused:
        _refuse(_("%(program)s has no living key %(key)s") % {"program": program, "key": key})


def _program(slug: str) -> Published:
    try:
        return published(slug)
    except Program.DoesNotExist:
        _refuse(no_program(slug))


def _show_once(what: str, secret: str) -> None:
    """The secret alone is printed; what it is goes to people, and not into a script's variable."""
    typer.echo(what, err=True)
    typer.echo(secret)


def _refuse(said: str) -> NoReturn:
    typer.echo(f"regulars: {said}", err=True)
    raise typer.Exit(1)

"""`regulars demo`: a year of a grocer's baskets to look at, then the same as `serve`.

The baskets are *The Complete Journey*: anonymised, possibly simulated grocery data (CC0 and MIT).
"""

import shutil
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer
from django.conf import settings
from django.db import connection
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from regulars.cli.screen import Console
from regulars.project.database import embedded
from regulars.project.migration import migrate_when_needed
from regulars.project.postgres.access import drop_database, make_role_and_database
from regulars.project.presence import Presence
from regulars.project.serve import LOOPBACK, Host, Port, serve_until_stopped

if TYPE_CHECKING:
    from regulars.intake.importing import Progress

OWNER = "owner"
KEY_NAME = "demo"

Fresh = Annotated[bool, typer.Option("--fresh", help="Throw the database away and begin again.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before throwing away.")]
Members = Annotated[int, typer.Option(help="Also make this many members, seeded and marked as made.", min=0)]


def demo(
    fresh: Fresh = False, yes: Yes = False, members: Members = 0, host: Host = LOOPBACK, port: Port = None
) -> None:
    """Load a year of a grocer's baskets, then serve, until Ctrl-C."""
    if fresh and not yes:
        typer.confirm("Throw away everything in the database and begin again?", abort=True)

    def greet(presence: Presence, by_us: bool) -> None:
        _greet(presence, by_us)
        if fresh and not by_us:
            sys.exit("Nothing was thrown away. Stop it with Ctrl-C where it runs, then begin again.")

    def prepare() -> None:
        if fresh:
            _begin_again()
        _load(members)

    serve_until_stopped(host, port, greet, prepare)


def _begin_again() -> None:
    place = embedded()
    if place is None:
        raise typer.BadParameter("--fresh empties the embedded database only, not the one that DATABASE_URL names.")
    connection.close()
    drop_database(place)
    make_role_and_database(place)
    shutil.rmtree(settings.DATA_FOLDER / "lake", ignore_errors=True)
    migrate_when_needed()


def _load(members: int) -> None:
    """What is loaded already stays; a load that was interrupted goes on where it stopped."""
    from regulars.intake.demo import load
    from regulars.intake.import_processes import Failed
    from regulars.intake.importing import Interrupted
    from regulars.intake.reading.faults import Unreadable
    from regulars.jobs.upkeep import keep_up

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    try:
        with Bar(*columns, console=Console(stderr=True)) as bar:
            loaded = load(_reporter(bar), members)
    except (Interrupted, KeyboardInterrupt):
        sys.exit("Stopped. What was loaded stays; the next start goes on from there.")
    except (Failed, Unreadable) as fault:
        sys.exit(f"regulars: {fault}")
    with Console(stderr=True).status("Working out balances and figures: a minute or two"):
        keep_up(loaded.published)


def _reporter(bar: Bar) -> Callable[["Progress"], None]:
    """A line for each file, when there is one to load."""
    tasks: list[TaskID] = []

    def report(progress: "Progress") -> None:
        if progress.stage == "keeping":
            bar.update(tasks[-1], description="Keeping orders", completed=progress.done, total=progress.total)
        elif not tasks or bar.tasks[-1].total is not None:
            tasks.append(bar.add_task("Reading orders", total=None))

    return report


def _greet(presence: Presence, by_us: bool) -> None:
    print(f"\nConsole  {presence.url}")
    if not by_us:
        print(f"It is already running (process {presence.pid}).")
        return
    _show_sign_in()
    print(f"API      {presence.url}v1/docs\n\nCtrl-C stops everything; the data stay.", flush=True)


def _show_sign_in() -> None:
    """Made when somebody is there to read it, since neither is ever shown again."""
    from regulars.access import changing
    from regulars.access.models import Staff
    from regulars.access.permissions import SCOPES
    from regulars.intake.demo import SLUG
    from regulars.programs.queries import published

    if known := Staff.objects.filter(role="owner", is_active=True).order_by("pk").first():
        name = known.username
        print(f"Sign-in  {name} (`{settings.COMMAND} staff password {name}` sets a new password)")
        print(f"API key  `{settings.COMMAND} keys issue {SLUG} NAME --scope orders:write` makes one")
        return
    key = changing.make_key(published(SLUG).id, KEY_NAME, SCOPES, "terminal", uuid4())
    password = changing.let_in(OWNER, "", "", "owner", "terminal", uuid4())
    print(f"Sign-in  {OWNER}\nPassword {password}   (shown once)\nAPI key  {key}   (shown once)")

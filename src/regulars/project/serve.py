"""`regulars serve`: one parent for the web server, the job worker and the embedded database.

Ctrl-C or TERM stops all of them in order and leaves the data. A child that dies is started again; PostgreSQL as well.
"""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Annotated

import typer

from regulars.project.children import Child
from regulars.project.database import revive_database
from regulars.project.draining import Draining
from regulars.project.health import RUN
from regulars.project.leaving import leaving
from regulars.project.metrics import metrics_served
from regulars.project.presence import Presence, announce, new_run, serving_alone, the_one_serving, wait_until_ready

LOOPBACK = "127.0.0.1"
PORT = 8000
LOOK_SECONDS, SLOW_SECONDS = 1.0, 30.0

Host = Annotated[str, typer.Option(help="Address to listen on. The default is this machine only.")]
Port = Annotated[int | None, typer.Option(help=f"Port; by default {PORT}, or a free one when it is taken.")]

Greet = Callable[[Presence, bool], None]
Without = Annotated[bool, typer.Option("--without-worker", help="Leave jobs to `regulars worker`, elsewhere.")]


def serve(host: Host = LOOPBACK, port: Port = None, without_worker: Without = False) -> None:
    """Serve console and API and work off jobs, until Ctrl-C."""
    serve_until_stopped(host, port, _greet, works=not without_worker)


def worker() -> None:
    """Work off jobs alone, beside `regulars serve --without-worker`, until Ctrl-C."""

    def say() -> bool:
        print("Regulars works off jobs.", flush=True)
        return True

    run([_worker()], Draining("worker"), stopping_when_asked(), say)


def serve_until_stopped(
    host: str,
    port: int | None,
    greet: Greet,
    prepare: Callable[[], None] = lambda: None,
    works: bool = True,
) -> None:
    """Call `prepare()` unless another process serves already, serve, and call `greet(where, by_us)` when pages open."""
    with serving_alone() as alone:
        if alone:
            prepare()
            _supervise(host, _usable_port(host, port), greet, works)
            return
    other = the_one_serving()
    if other is None:
        sys.exit("regulars: another process serves this installation but does not answer. Stop it and start again.")
    greet(other, False)


def _supervise(host: str, port: int, greet: Greet, works: bool) -> None:
    presence = Presence(os.getpid(), f"http://{_shown(host)}:{port}/", new_run())
    # Before the first child starts, so that no signal finds us unprepared.
    stopping = stopping_when_asked()
    draining = Draining("serve")
    with metrics_served("serve") as counting:
        env = {RUN: presence.run, **counting, **draining.env}
        web = Child("the web server", "regulars.project.web", host, str(port), env=env)
        children = [web, _worker()] if works else [web]
        run(children, draining, stopping, _ready(presence, stopping, greet))


def _worker() -> Child:
    return Child("the job worker", "regulars.project.worker")


def stopping_when_asked() -> threading.Event:
    """Set once somebody asks us to go."""
    stopping = threading.Event()
    for number in (signal.SIGINT, *leaving()):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def run(children: list[Child], draining: Draining, stopping: threading.Event, is_up: Callable[[], bool]) -> None:
    """Until somebody asks us to stop; then in order. `is_up` is asked until it says so, and tells whoever waits."""
    try:
        watch(children, stopping, is_up)
        draining.wait()
    finally:
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.wait()


def watch(children: list[Child], stopping: threading.Event, is_up: Callable[[], bool]) -> None:
    up = False
    while not stopping.is_set():
        revive_database()
        for child in children:
            if not child.revive():
                sys.exit(f"regulars: {child.name} does not stay up; see the messages above.")
        up = up or is_up()
        stopping.wait(LOOK_SECONDS)


def _ready(presence: Presence, stopping: threading.Event, greet: Greet) -> Callable[[], bool]:
    """However long the first page takes, whoever waits is greeted then, and after `SLOW_SECONDS` told why not yet."""
    slow_from, unsaid = time.monotonic() + SLOW_SECONDS, True

    def is_up() -> bool:
        nonlocal unsaid
        if wait_until_ready(presence, LOOK_SECONDS):
            announce(presence)
            greet(presence, True)
            return True
        if unsaid and time.monotonic() > slow_from and not stopping.is_set():
            unsaid = False
            print("regulars: the web server is slow to answer; still waiting.", file=sys.stderr, flush=True)
        return False

    return is_up


def _greet(presence: Presence, by_us: bool) -> None:
    if by_us:
        print(f"Regulars serves at {presence.url}\nCtrl-C stops it; the data stay.", flush=True)
    else:
        print(f"Regulars is already running at {presence.url} (process {presence.pid}).")


def _usable_port(host: str, wanted: int | None) -> int:
    if _free(host, wanted or PORT):
        return wanted or PORT
    if wanted:
        sys.exit(f"regulars: port {wanted} is taken. Choose another, or leave --port out.")
    with socket.socket() as probe:
        probe.bind((host, 0))
        free = int(probe.getsockname()[1])
    print(f"Port {PORT} is taken by something else; using {free}.")
    return free


def _free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        # A port whose last connections are still fading out counts as free, as it does for the server.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def _shown(host: str) -> str:
    return LOOPBACK if host in ("0.0.0.0", "") else host  # noqa: S104

"""`regulars gateway`: orders and checkouts in volume, over HTTP, beside `regulars serve` or on a machine of its own.

TERM or Ctrl-C ends it in order: nothing new is let in, and what was let in is answered. What dies is started again.
"""

import socket
import sys
from typing import Annotated

import typer

from regulars.project.children import Child
from regulars.project.draining import Draining
from regulars.project.metrics import metrics_served
from regulars.project.serve import LOOPBACK, run, stopping_when_asked

PORT = 8001

Host = Annotated[str, typer.Option(help="Address to listen on. The default is this machine only.")]
Port = Annotated[int, typer.Option(help="Port.", min=1, max=65_535)]
Processes = Annotated[int, typer.Option(help="How many processes; 0: one for each processor, up to 8.", min=0, max=64)]


def gateway(host: Host = LOOPBACK, port: Port = PORT, processes: Processes = 0) -> None:
    """Take in orders and checkouts in volume: what arrives together is committed together."""
    stopping = stopping_when_asked()
    _look_at_port(host, port)
    name = f"gateway-{port}"
    draining = Draining(name)
    with metrics_served(name) as counting:
        env = {**counting, **draining.env}
        serving = Child("the gateway", "regulars.project.gating", host, str(port), str(processes), env=env)
        run([serving], draining, stopping, lambda: _greet(host, port))


def _greet(host: str, port: int) -> bool:
    print(
        f"The gateway takes orders, activities and checkouts at http://{host}:{port}/v1/\n"
        "Ctrl-C stops it; the data stay.",
        flush=True,
    )
    return True


def _look_at_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        # A port whose last connections are still fading out counts as free, as it does for the server.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sys.exit(f"regulars: nobody can listen on {host}:{port}: {error.strerror}.")

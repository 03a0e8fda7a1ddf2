"""The gateway's process: `python -m regulars.project.gating ADDRESS PORT PROCESSES`, a child of `regulars gateway`."""

import os
import sys

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from regulars.project.children import end_with_parent
from regulars.project.database import database_running

# A little longer than a process takes to answer what it let in.
STOP_SECONDS = 9
# While a process waits for PostgreSQL another one works. Each has connections of its own, of which there are not many.
PROCESSES_MOST = 8


def workers(said: int) -> int:
    """As many as is said; 0: one for each processor, up to PROCESSES_MOST."""
    return said or min(os.cpu_count() or 1, PROCESSES_MOST)


def main(address: str, port: int, processes: int) -> None:
    end_with_parent()
    with database_running():
        Server(
            "regulars.project.gateway_application:application",
            address=address,
            port=port,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,
            workers=workers(processes),
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_SECONDS,
            log_level=LogLevels.warning,
            websockets=False,
        ).serve()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

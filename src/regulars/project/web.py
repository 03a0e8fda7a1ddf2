"""The web server's process: `python -m regulars.project.web ADDRESS PORT`, a child of `regulars serve`."""

import os
import sys

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from regulars.insight.charts.bundle import write_bundle
from regulars.project.children import end_with_parent
from regulars.project.database import database_running

# A process computes one request at a time, and they share nothing but the database: so one for each processor.
WORKERS_MOST = 8
# A little longer than a process takes to answer what it let in. One that is told to stop while it starts may miss it,
# and with `serve` dead nobody else would end it.
STOP_SECONDS = 9


def workers() -> int:
    """As many as REGULARS_WORKERS says, else one for each processor, up to WORKERS_MOST."""
    said = os.environ.get("REGULARS_WORKERS", "")
    if said.isascii() and said.isdigit() and int(said):
        return int(said)
    return min(os.cpu_count() or 1, WORKERS_MOST)


def main(address: str, port: int) -> None:
    end_with_parent()
    write_bundle()
    with database_running():
        Server(
            "regulars.project.web_application:application",
            address=address,
            port=port,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,
            workers=workers(),
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_SECONDS,
            log_level=LogLevels.warning,
            websockets=False,
        ).serve()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

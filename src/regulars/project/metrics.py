"""Figures for Prometheus, on an address of their own: REGULARS_METRICS, by default nowhere.

On this machine they are open; on an address that others reach a key is asked for, and without one nothing starts. The
supervisor serves them: it adds up the files of its children, the dead ones' too, and asks the database how late it is.
"""

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hmac import compare_digest
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from socket import AF_INET, AF_INET6

from django.db import connection

from regulars.observing.figures import FOLDER
from regulars.project.place import data_folder

MISSING = "regulars: REGULARS_METRICS needs the extra `regulars[observe]` (requirements/observe.txt)."
OPEN = "regulars: REGULARS_METRICS names an address that others reach: set REGULARS_METRICS_KEY as well."
UNREADABLE = "regulars: REGULARS_METRICS must look like 127.0.0.1:9464."


@contextmanager
def metrics_served(name: str) -> Iterator[dict[str, str]]:
    """The environment in which children of `name` count; nothing where nobody asked for figures. Ends the program where
    they would be open to everybody."""
    wanted = os.environ.get("REGULARS_METRICS", "")
    if not wanted:
        yield {}
        return
    address, key = _address(wanted), os.environ.get("REGULARS_METRICS_KEY", "")
    if not key and not ip_address(address[0]).is_loopback:
        sys.exit(OPEN)
    folder = data_folder() / f"figures-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        server = Figures(address, folder, key)
    except ImportError:
        sys.exit(MISSING)
    except OSError as error:
        sys.exit(f"regulars: nobody can listen on {wanted}: {error.strerror}.")
    threading.Thread(target=server.serve_forever, name="figures", daemon=True).start()
    try:
        yield {FOLDER: str(folder)}
    finally:
        server.shutdown()
        server.server_close()
        shutil.rmtree(folder, ignore_errors=True)


def _address(said: str) -> tuple[str, int]:
    host, _, port = said.rpartition(":")
    try:
        return str(ip_address(host.strip("[]"))), int(port)
    except ValueError:
        sys.exit(UNREADABLE)


class Figures(ThreadingHTTPServer):
    """Raises ImportError without prometheus-client, OSError where the address is taken."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], folder: Path, key: str) -> None:
        import prometheus_client.multiprocess  # noqa: F401  # so that who lacks it hears of it now

        self.folder, self.key = folder, key
        self.address_family = AF_INET6 if ip_address(address[0]).version == 6 else AF_INET
        super().__init__(address, Asked)

    def told(self) -> bytes:
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        # As above; and this module is imported before Django is set up.
        from regulars.project.lags import Lags

        self._forget_the_dead()
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(self.folder))  # type: ignore[no-untyped-call]
        try:
            registry.register(Lags())
            return generate_latest(registry)
        finally:
            connection.close()

    def _forget_the_dead(self) -> None:
        """What waited in a process that is gone waits no more; what it had counted stays counted."""
        for path in self.folder.glob("gauge_live*.db"):
            pid = path.stem.rpartition("_")[2]
            if not Path("/proc", pid).exists() and Path("/proc/self").exists():
                path.unlink(missing_ok=True)


class Asked(BaseHTTPRequestHandler):
    server: Figures

    def do_GET(self) -> None:  # its name is http.server's
        if self.path.partition("?")[0] != "/metrics":
            self.send_error(HTTPStatus.NOT_FOUND)
        elif not self._is_let_in():
            self.send_error(HTTPStatus.UNAUTHORIZED)
        else:
            body = self.server.told()
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)

    def _is_let_in(self) -> bool:
        said = self.headers.get("Authorization", "")
        return not self.server.key or compare_digest(said.encode(), f"Bearer {self.server.key}".encode())

    def log_message(self, *_said: object) -> None:
        """Nothing: somebody collects every few seconds."""

"""Tills: each holds a reward and captures it, over a connection of its own, again and again until the time is over."""

import json
import socket
import threading
import time
from collections.abc import Sequence
from itertools import count
from random import Random
from uuid import uuid4

from msgspec import Struct

PATIENCE_SECONDS = 30


class Paired(Struct, frozen=True):
    """Pairs of hold and capture a second, and how long they took in milliseconds; `busy` answers were tried again."""

    per_second: float
    p50: float
    p99: float
    pairs: int
    busy: int


class Till:
    """Speaks as little HTTP as is needed, so that what is measured is the other side."""

    def __init__(self, port: int, key: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._head = f"Host: localhost\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"

    def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Status and body of the answer."""
        head = (
            f"POST /v1{path} HTTP/1.1\r\n{self._head}Idempotency-Key: {uuid4()}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._socket.sendall(head.encode() + body)
        came = b""
        while (end := came.find(b"\r\n\r\n")) < 0:
            came += self._more()
        length = int(came[:end].lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(came) < end + 4 + length:
            came += self._more()
        return int(came[9:12]), came[end + 4 :]

    def close(self) -> None:
        self._socket.close()

    def _more(self) -> bytes:
        found = self._socket.recv(65_536)
        if not found:
            raise ConnectionError("the server closed the connection")
        return found


def paired(port: int, key: str, members: Sequence[str], clients: int, seconds: float) -> Paired:
    """So many tills at once for so long. Raises what a till raised."""
    took: list[float] = []
    busy = count()
    failed: list[BaseException] = []
    deadline = time.monotonic() + seconds

    def work(number: int) -> None:
        till, choose, mine = Till(port, key), Random(number), list[float]()  # noqa: S311  # the same members each run
        try:
            while time.monotonic() < deadline:
                mine.append(_pair(till, choose.choice(members), busy))
        except BaseException as error:  # noqa: BLE001  # told by whoever waits
            failed.append(error)
        finally:
            till.close()
            took.extend(mine)

    begun = time.monotonic()
    threads = [threading.Thread(target=work, args=[number]) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.monotonic() - begun
    if failed:
        raise failed[0]
    took.sort()
    return Paired(len(took) / spent, _at(took, 50), _at(took, 99), len(took), next(busy))


def _pair(till: Till, member: str, busy: "count[int]") -> float:
    """Milliseconds."""
    begun = time.monotonic()
    cart = {
        "currency": "TWD", "member": member, "hold_minutes": 10, "lay": [{"id": "1", "reward": "cup"}],
        "lines": [{"line": "1", "sku": "OOL-1", "quantity": 2, "total": "998"}],
    }  # fmt: skip
    held = json.loads(_granted(till, "/checkouts", json.dumps(cart).encode(), busy))
    _granted(till, f"/checkouts/{held['id']}:capture", b"{}", busy)
    return (time.monotonic() - begun) * 1000


def _granted(till: Till, path: str, body: bytes, busy: "count[int]") -> bytes:
    while True:
        status, said = till.post(path, body)
        if status in (200, 201):
            return said
        if status != 409 or b'"busy"' not in said:
            raise AssertionError(said.decode(errors="replace"))
        next(busy)


def _at(took: Sequence[float], percent: int) -> float:
    return took[min(len(took) * percent // 100, len(took) - 1)] if took else 0.0

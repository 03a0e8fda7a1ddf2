"""Tills: each holds a reward and captures it, over a connection of its own, again and again until the time is over.

`python -m regulars.project.redeeming.load` is told what to do in JSON and answers in JSON. It is a process of its own,
and speaks as little HTTP as is needed, so that what is measured is the other side.
"""

import json
import selectors
import socket
import sys
import time
from collections.abc import Callable, Sequence
from random import Random
from uuid import uuid4

import msgspec
from msgspec import Struct

from regulars.project.answering import is_whole

PATIENCE_SECONDS = 30
CART = (
    '{"currency":"TWD","member":"%s","hold_minutes":10,"lay":[{"id":"1","reward":"cup"}],'
    '"lines":[{"line":"1","sku":"OOL-1","quantity":2,"total":"998"}]}'
)


class Work(Struct, frozen=True):
    """So many `clients` for so many seconds; the members lay rewards."""

    port: int
    key: str
    members: list[str]
    clients: int
    seconds: float


class Paired(Struct, frozen=True):
    """Pairs of hold and capture a second, and how long they took in milliseconds; `busy` answers were tried again."""

    per_second: float
    p50: float
    p99: float
    pairs: int
    busy: int


class Till:
    """One connection: what it asked, and what came so far. `held` is the checkout that is to be captured next."""

    def __init__(self, work: Work, number: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", work.port), PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._head = f"Host: localhost\r\nAuthorization: Bearer {work.key}\r\nContent-Type: application/json\r\n"
        self._members, self._choose = work.members, Random(number)  # noqa: S311  # the same members each run
        self._asked, self._came = b"", b""
        self.held, self.begun = "", 0.0

    def hold(self) -> None:
        self.held, self.begun = "", time.monotonic()
        self._ask("/checkouts", CART % self._choose.choice(self._members))

    def capture(self, answer: bytes) -> None:
        self.held = json.loads(answer.partition(b"\r\n\r\n")[2])["id"]
        self._ask(f"/checkouts/{self.held}:capture", "{}")

    def again(self) -> None:
        """The same, under the same key."""
        self._came = b""
        self.socket.sendall(self._asked)

    def _ask(self, path: str, body: str) -> None:
        said = f"POST /v1{path} HTTP/1.1\r\n{self._head}Idempotency-Key: {uuid4()}\r\nContent-Length: {len(body)}\r\n"
        self._asked = f"{said}\r\n{body}".encode()
        self.again()

    def answered(self) -> bytes | None:
        """The whole answer, once it is there."""
        found = self.socket.recv(65_536)
        if not found:
            raise ConnectionError("the server closed the connection")
        self._came += found
        return self._came if is_whole(self._came) else None


def paired(work: Work, refused: Callable[[bytes], None]) -> Paired:
    """Calls `refused` with every answer that is none of those that may be tried again."""
    took: list[float] = []
    busy = 0
    selector = selectors.DefaultSelector()
    begun = time.monotonic()
    deadline = begun + work.seconds
    for number in range(work.clients):
        till = Till(work, number)
        selector.register(till.socket, selectors.EVENT_READ, till)
        till.hold()
    while selector.get_map():
        for key, _ in selector.select(PATIENCE_SECONDS):
            till = key.data
            answer = till.answered()
            if answer is None:
                continue
            status = answer[9:12]
            if status == b"201":
                till.capture(answer)
            elif status in (b"409", b"429", b"503") and b'"retry":true' in answer.replace(b" ", b""):
                busy += 1
                till.again()
            elif status != b"200":
                refused(answer)
            else:
                took.append((time.monotonic() - till.begun) * 1000)
                if time.monotonic() < deadline:
                    till.hold()
                else:
                    selector.unregister(till.socket)
                    till.socket.close()
    spent = time.monotonic() - begun
    took.sort()
    return Paired(len(took) / spent, _at(took, 50), _at(took, 99), len(took), busy)


def _at(took: Sequence[float], percent: int) -> float:
    return took[min(len(took) * percent // 100, len(took) - 1)] if took else 0.0


def main() -> None:
    def stop(answer: bytes) -> None:
        sys.exit(answer.decode(errors="replace"))

    work = msgspec.json.decode(sys.stdin.buffer.read(), type=Work)
    json.dump(msgspec.to_builtins(paired(work, stop)), sys.stdout)


if __name__ == "__main__":
    main()

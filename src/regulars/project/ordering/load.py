"""Callers: each puts orders over a connection of its own, one after the other, until the time is over.

`python -m regulars.project.ordering.load` is told what to do in JSON and answers in JSON. It is a process of its own,
and speaks as little HTTP as is needed, so that what is measured is the other side.
"""

import json
import selectors
import socket
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

import msgspec
from msgspec import Struct

from regulars.project.answering import is_whole

CUSTOMERS = 20_000


class Work(Struct, frozen=True):
    """So many `clients` for so many seconds; a request puts one order, or a batch of `many`."""

    port: int
    key: str
    clients: int
    seconds: float
    many: int = 1
    mark: str = ""


class Done(Struct, frozen=True):
    """Orders a second, and how long a request took in milliseconds. `turned_away` ones were tried again."""

    per_second: float
    p50: float
    p99: float
    orders: int
    turned_away: int


class Caller:
    """One connection: what it asked, and what came so far."""

    def __init__(self, work: Work, number: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", work.port), 30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._work, self._number, self._choose = work, number, Random(f"{work.mark}{number}")  # noqa: S311
        self._count = 0
        self._asked = b""
        self._came = b""
        self.begun = 0.0

    def ask(self, again: bool = False) -> None:
        if not again:
            self._asked = self._request()
        self._came = b""
        self.begun = time.monotonic()
        self.socket.sendall(self._asked)

    def answered(self) -> bytes | None:
        """The whole answer, once it is there."""
        found = self.socket.recv(1_000_000)
        if not found:
            raise ConnectionError("the server closed the connection")
        self._came += found
        return self._came if is_whole(self._came) else None

    def _request(self) -> bytes:
        work = self._work
        if work.many == 1:
            return self._message(f"PUT /v1/orders/bench/{self._next()}", self._order())
        orders = b",".join(b'{"source":"bench","id":"' + self._next().encode() + b'",' + self._order()[1:]
                           for _ in range(work.many))  # fmt: skip
        return self._message("POST /v1/orders:batch", b'{"orders":[' + orders + b"]}")

    def _next(self) -> str:
        self._count += 1
        return f"{self._work.mark}-{self._number}-{self._count}"

    def _order(self) -> bytes:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        said = (
            '{"currency":"TWD","customer":"C-%d","paid_at":"%s","channel":"web","lines":['
            '{"line":"1","sku":"OOL-1","quantity":1,"total":"480","category":"oolong"},'
            '{"line":"2","sku":"CAKE-2","quantity":2,"total":"240","category":"cake"},'
            '{"line":"3","sku":"CUP-7","quantity":1,"total":"350","category":"ware"}]}'
        )
        return (said % (self._customer(), now)).encode()

    def _customer(self) -> int:
        """One of this caller's own: nobody buys in two places in the same second."""
        clients = self._work.clients
        return self._choose.randrange(CUSTOMERS // clients) * clients + self._number

    def _message(self, what: str, body: bytes) -> bytes:
        head = (
            f"{what} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self._work.key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def put(work: Work, refused: Callable[[bytes], None]) -> Done:
    """Calls `refused` with every answer that is none of those that may be tried again."""
    took: list[float] = []
    turned_away = 0
    selector = selectors.DefaultSelector()
    callers = [Caller(work, number) for number in range(work.clients)]
    for caller in callers:
        selector.register(caller.socket, selectors.EVENT_READ, caller)
        caller.ask()
    begun = time.monotonic()
    deadline, busy = begun + work.seconds, len(callers)
    while busy:
        for key, _ in selector.select(30):
            caller = key.data
            answer = caller.answered()
            if answer is None:
                continue
            kept, again = answer[9:12] == b"200", answer[9:12] in (b"409", b"429", b"503")
            if kept:
                took.append((time.monotonic() - caller.begun) * 1000)
            elif not again:
                refused(answer)
            turned_away += again
            if time.monotonic() < deadline:
                caller.ask(again)
            else:
                selector.unregister(caller.socket)
                caller.socket.close()
                busy -= 1
    spent = time.monotonic() - begun
    orders = len(took) * work.many
    took.sort()
    return Done(orders / spent, _at(took, 50), _at(took, 99), orders, turned_away)


def _at(took: list[float], percent: int) -> float:
    return took[min(len(took) * percent // 100, len(took) - 1)] if took else 0.0


def main() -> None:
    def stop(answer: bytes) -> None:
        sys.exit(answer.decode(errors="replace"))

    work = msgspec.json.decode(sys.argv[1], type=Work)
    json.dump(msgspec.to_builtins(put(work, stop)), sys.stdout)


if __name__ == "__main__":
    main()

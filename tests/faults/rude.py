"""Callers that mean no good, over real connections: they are refused, hold nobody up, and fill no memory."""

import json
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.faults.leaving import put

SLOW = 24
TEN_MEGABYTES = 10_000_000
GROWN_MOST = 150_000_000
PATIENCE_SECONDS = 30
HUNG_UP = "hung up"
TRIES = 5


def be_rude(port: int, key: str, processes: Sequence[int]) -> dict[str, str]:
    """At one door; `processes` are those that answer there. The one order that was meant well, and whose it is."""
    before = memory(processes)
    with ExitStack() as slow:
        # Some have a key and send half of a body, some none and send half of a head.
        for number in range(SLOW):
            line = slow.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS))
            line.sendall(
                head(f"slow-{number}", key, 500) + b"{" if number % 2 else b"PUT /v1/orders/web/x HTTP/1.1\r\nHo"
            )
        # Nobody is held up by those who are slow.
        taken = dict([put(port, f"beside-{port}", key)])
    large = b" " * TEN_MEGABYTES
    assert told(port, head("large", key, len(large)), large) == "413 body_too_large"
    chunked = head("large", key, None) + b"%x\r\n" % len(large)
    assert told(port, chunked, large + b"\r\n0\r\n\r\n") in ("413 body_too_large", "411 length_required")
    assert told(port, head("large", "rk_nobody", 900_000), b" " * 900_000) == "401 key_unknown"
    assert told(port, b"\x00\xff\x16\x03 nonsense\r\n\r\n").startswith(("400", HUNG_UP))
    assert told(port, b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n\r\n").startswith(
        ("400", "404", "414", "431", HUNG_UP)
    )
    lines = [{"line": str(number), "sku": "A", "quantity": 1, "total": "1"} for number in range(100_000)]
    many = json.dumps({"currency": "TWD", "lines": lines}).encode()
    assert told(port, head("many", key, len(many)), many) == "413 body_too_large"
    assert memory(processes) - before < GROWN_MOST
    return taken


def head(name: str, key: str, length: int | None) -> bytes:
    size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    lines = (f"PUT /v1/orders/web/{name} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {key}", size)
    return "\r\n".join((*lines, "Content-Type: application/json", "", "")).encode()


def told(port: int, *sent: bytes) -> str:
    """Status and code. A server may answer, and hang up, before it has been told everything; then the end of the
    connection may overtake the answer, so it is asked again."""
    return next((said for _ in range(TRIES) if (said := told_once(port, *sent)) != HUNG_UP), HUNG_UP)


def told_once(port: int, *sent: bytes) -> str:
    came = b""
    with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as line:
        try:
            for part in sent:
                line.sendall(part)
        except OSError:
            came = b""
        try:
            while b"\r\n\r\n" not in came or not came.rstrip().endswith(b"}"):
                if not (more := line.recv(65_536)):
                    break
                came += more
        except OSError:
            pass
    if not came.startswith(b"HTTP/1.1 "):
        return HUNG_UP
    body = came.partition(b"\r\n\r\n")[2]
    code = json.loads(body).get("code", "") if body.startswith(b"{") else ""
    return f"{came[9:12].decode()} {code}".strip()


def memory(processes: Sequence[int]) -> int:
    """Bytes that are resident."""
    found = 0
    for pid in processes:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        found += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))
    return found

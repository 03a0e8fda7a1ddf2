"""What goes over the wire to the database, as libpq itself writes it down."""

import tempfile
from collections.abc import Callable
from typing import TypeVar

from regulars.ledger.connect import raw

T = TypeVar("T")


def asked(act: Callable[[], T]) -> tuple[T, list[str]]:
    """What came of it, and how each statement was sent."""
    pgconn = raw().pgconn
    with tempfile.TemporaryFile("w+", errors="replace") as trace:
        pgconn.trace(trace.fileno())
        try:
            done = act()
        finally:
            pgconn.untrace()
        trace.seek(0)
        # A statement of several lines goes on below.
        lines = [parts for line in trace if len(parts := line.split("\t")) > 3 and parts[1] == "F"]
    return done, [kind for _, _, _, kind, *_ in lines if kind.strip() in ("CopyDone", "Execute", "Query")]

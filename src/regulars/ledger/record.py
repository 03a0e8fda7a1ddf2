"""The only way into the ledger."""

from collections.abc import Sequence

import psycopg

from regulars.engine.program import Programs
from regulars.ledger.receipt import Incoming, Receipt


def record(conn: psycopg.Connection, programs: Programs, incoming: Sequence[Incoming], now: int) -> list[Receipt]:
    """Keep facts and write the difference they make, in the caller's transaction. One receipt per fact, in order.

    `now` is the program's clock in microseconds. The caller opens the transaction, and commits it.
    """
    raise NotImplementedError

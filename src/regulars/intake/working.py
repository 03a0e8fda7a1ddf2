"""One part of a staged file taken into the ledger, batch by batch; also the process that does it beside others.

A process is started with its Assignment as JSON in its first argument, gets ready, begins when a line comes in, and
says after each batch what it brought, a line of JSON. It stops after the batch in hand when it is told to (SIGTERM) or
when whoever started it is gone.
"""

import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django.db
import duckdb
import msgspec
import psycopg
from msgspec import Struct

from regulars.intake.reading.building import read_batch
from regulars.ledger.claims import BUSY, is_busy

# The database is gone or busy: what was committed stays, and the same import goes on from there.
UNAVAILABLE = (*BUSY, django.db.OperationalError, psycopg.OperationalError)
TRIES = 5
STOPPED = 3
BEGIN = b"begin\n"


class Assignment(Struct, frozen=True):
    """Which part of which staged file goes where; `by_card`: who bought is said by their card. `parent`: the process
    to work for; 0 for oneself."""

    run_id: int
    program_id: int
    source: str
    staged: str
    part: int
    size: int
    announces: bool
    by_card: bool
    parent: int = 0


def work(assignment: Assignment, report: Callable[[Any], None], is_stopped: Callable[[], bool]) -> bool:
    """Take the part from where it stands to its end. False when it was stopped before."""
    from regulars.intake.queries import position

    with without_cycle_search(), duckdb.connect(assignment.staged, read_only=True) as conn:
        conn.execute("SET threads = 1")
        at = position(assignment.run_id, assignment.part)
        while not is_stopped():
            batch = read_batch(
                conn, assignment.source, assignment.part, at, assignment.size, by_card=assignment.by_card
            )
            if not batch.arrivals:
                return True
            report(_take(assignment, at, batch))
            at += len(batch.arrivals)
            del batch
            gc.collect()
    return False


@contextmanager
def without_cycle_search() -> Iterator[None]:
    """Orders are many small values that live for one batch: looking for cycles among them takes a fifth of the time.

    Whoever works in this block collects between batches, when hardly anything is left to look at.
    """
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def _take(assignment: Assignment, at: int, batch: Any) -> Any:
    """Another transaction may be in the way (the API records the same order): nothing was written, so try again."""
    from regulars.intake.actions import take_batch
    from regulars.programs.queries import now, published_by_id

    for tries_left in reversed(range(TRIES)):
        published = published_by_id(assignment.program_id)
        try:
            return take_batch(
                published, assignment.run_id, assignment.part, at, batch, now(published), assignment.announces
            )
        except Exception as problem:
            if not (is_busy(problem) and tries_left):
                raise
        time.sleep(0.2)
    raise AssertionError("the last try returns or raises")


def main() -> int:
    django.setup()
    from regulars.intake.actions import Overtaken

    assignment = msgspec.json.decode(sys.argv[1], type=Assignment)
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: told.append(number))
    if sys.stdin.buffer.readline() != BEGIN:
        return STOPPED
    try:
        done = work(assignment, _say, lambda: bool(told) or os.getppid() != assignment.parent)
    except (*UNAVAILABLE, Overtaken) as problem:
        print(f"{type(problem).__name__}: {problem}", file=sys.stderr)
        return 1
    return 0 if done else STOPPED


def _say(taken: Any) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(taken) + b"\n")
    sys.stdout.flush()


def command(assignment: Assignment) -> list[str]:
    return [sys.executable, "-m", "regulars.intake.working", msgspec.json.encode(assignment).decode()]


if __name__ == "__main__":
    sys.exit(main())

"""Who reads a file of orders and folds its customers, bucket by bucket: here processes of this machine.

What is done to a bucket is a pure function, the same for every crew; what comes of buckets is added up, in any order.
"""

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol, TypeVar

import duckdb
import pyarrow.parquet as pq
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.intake.reading.buckets import Manner, understood
from regulars.intake.reading.counting import Counts
from regulars.intake.reading.cutting import cut
from regulars.intake.reading.faults import Fault, Unreadable
from regulars.intake.reading.mapping import Mapping
from regulars.intake.reading.staging import Shop, scratch
from regulars.intake.scratching import scratch_folder
from regulars.intake.working import without_cycle_search

# More are of no use to the disk that all of them read.
PROCESSES_MAX = 16
# Lines in memory at once in each process.
BUCKET_LINES = 200_000
T, R = TypeVar("T"), TypeVar("R")
Told = Callable[[int, int], None]
# What is made of the columns of buckets (`buckets.Bucket`).
Work = Callable[[Iterable[bytes]], R]


class Part(Struct, frozen=True):
    """What a bucket holds: of `buckets.Bucket` all but its columns, and its number."""

    number: int
    counts: Counts
    orders: int
    last: int | None


class Crew(Protocol):
    """It holds the columns of what it has read for as long as it is there."""

    def read(self, path: Path, mapping: Mapping, shop: Shop, told: Told) -> list[Part]:
        """`told`: lines done, of how many. The parts are in order of their numbers. Raises Unreadable."""

    def fold(self, work: "Work[R]", is_together: bool) -> Iterator[R]:
        """What comes of each bucket, as they come; `is_together`: of all of them as one."""

    def columns(self, number: int) -> bytes:
        """Of one bucket."""


# Who reads and folds, for as long as the block lasts.
Hired = Callable[[], AbstractContextManager[Crew]]


class Processes:
    """Processes of this machine, and files in a folder of theirs. One bucket needs none of them."""

    def __init__(self, folder: Path, pool: ProcessPoolExecutor) -> None:
        self._folder, self._pool = folder, pool
        self._columns: list[str] = []

    def read(self, path: Path, mapping: Mapping, shop: Shop, told: Told) -> list[Part]:
        try:
            with scratch(self._folder) as conn:
                found = cut(conn, self._folder / "cut", path, mapping, BUCKET_LINES)
        except duckdb.Error as problem:
            raise Unreadable(Fault(path.name, str(problem))) from problem
        manner = Manner(found.source, mapping, shop)
        self._columns = [str(self._folder / f"{number}.columns") for number in range(len(found.buckets))]
        tasks = [
            (number, files, to) for number, (files, to) in enumerate(zip(found.buckets, self._columns, strict=True))
        ]
        parts = [Part(-1, found.counts, 0, None)]
        for part in self._done(partial(read_bucket, manner), tasks):
            parts.append(part)
            told(found.lines * (len(parts) - 1) // len(tasks), found.lines)
        return sorted(parts, key=lambda part: part.number)

    def fold(self, work: "Work[R]", is_together: bool) -> Iterator[R]:
        shares = [self._columns] if is_together else [[path] for path in self._columns]
        return self._done(partial(_on_files, work), shares)

    def columns(self, number: int) -> bytes:
        return Path(self._columns[number]).read_bytes()

    def _done(self, work: Callable[[T], R], tasks: Sequence[T]) -> Iterator[R]:
        """In any order, as they come. Raises Unreadable."""
        try:
            if len(tasks) == 1:
                yield work(tasks[0])
                return
            waiting: list[Future[R]] = [self._pool.submit(work, task) for task in tasks]
            for done in as_completed(waiting):
                yield done.result()
        except duckdb.Error as problem:
            said = _("Some lines of the file could not be worked out: %(problem)s (bucket_failed)")
            raise Unreadable(Fault("", said % {"problem": problem})) from problem
        except BrokenProcessPool as problem:
            said = _(
                "A process that read or folded the file was ended from outside; memory may be short (process_killed)"
            )
            raise Unreadable(Fault("", said)) from problem


@contextmanager
def processes() -> Iterator[Processes]:
    """What is not begun when somebody stops it never is."""
    how_many = min(PROCESSES_MAX, os.cpu_count() or 1)
    pool = ProcessPoolExecutor(how_many, mp_context=get_context("spawn"), initializer=_leave_stopping_to_the_parent)
    with scratch_folder() as folder:
        try:
            yield Processes(folder, pool)
        finally:
            pool.shutdown(cancel_futures=True)


def read_bucket(manner: Manner, task: tuple[int, list[str], str]) -> Part:
    """Understand the lines of these files, and write the columns to another."""
    number, files, to = task
    found = understood(pq.read_table(files, partitioning=None), manner)
    Path(to).write_bytes(found.columns)
    for path in files:
        Path(path).unlink()
    return Part(number, found.counts, found.orders, found.last)


def _on_files(work: "Work[R]", paths: list[str]) -> R:
    with without_cycle_search():
        return work(Path(path).read_bytes() for path in paths)


def _leave_stopping_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)

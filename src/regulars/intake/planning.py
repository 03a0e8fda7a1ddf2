"""A draft folded over a file of orders, by two processes, each some customers at a time. No database is asked.

What a bucket of customers comes to is a sum that does not depend on the others, so buckets may be folded in any order
and anywhere. Customers who share budgets are one bucket.
"""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import duckdb
from msgspec import Struct, structs

from regulars.engine.calendar import Calendar, date_of, day_of, plus_months
from regulars.engine.facts import Fact
from regulars.engine.money import minor_digits
from regulars.engine.program import Programs
from regulars.intake.reading.counting import Counts, count
from regulars.intake.reading.customers import customers, span
from regulars.intake.reading.faults import Fault, Unreadable
from regulars.intake.reading.mapping import Mapping
from regulars.intake.reading.staging import STAGED, Shop, scratch, stage
from regulars.intake.scratching import scratch_folder
from regulars.intake.working import without_cycle_search
from regulars.programs.document import draft, version
from regulars.programs.planning.comparing import Outcome, outcome
from regulars.programs.planning.tallying import Span

PROCESSES = 2
# Orders in memory at once in each process.
BUCKET_ORDERS = 25_000
T, R = TypeVar("T"), TypeVar("R")
# The draft is in force from before anything happened.
ALWAYS = -(2**53)


class Question(Struct, frozen=True):
    """The text of a draft, and of the program in force that it is compared with; "": there is none. `months` are the
    first and the last to tell of, as 2026-07; "": the first and the last there is. Of `categories` it is asked what
    was sold of them.
    """

    draft: str
    in_force: str = ""
    months: tuple[str, str] = ("", "")
    categories: tuple[str, ...] = ()


class Task(Struct, frozen=True):
    """A bucket of the customers of a staged file, under a draft."""

    question: Question
    staged: str
    source: str
    bucket: int
    buckets: int
    span: Span


class Folded(Struct, frozen=True):
    """What came of it: sums, what the file held, the orders of known customers, and seconds that reading took."""

    outcome: Outcome
    counts: Counts
    orders: int
    reading_seconds: float = 0


def drafted(text: str) -> Programs:
    """A draft as the only version there is. Raises DocumentRefused, also for what must not be published."""
    return Programs(1, [draft(text, 1, ALWAYS).version])


class Staged(Struct, frozen=True):
    """A file as it was read: where, what it held, its orders of known customers, what to tell of it; no span: none."""

    path: str
    source: str
    counts: Counts
    orders: int
    span: Span | None
    reading_seconds: float


def fold_file(
    question: Question, programs: Programs, path: Path, mapping: Mapping, progress: Callable[[int, int], None]
) -> Folded:
    """Fold a draft over a file's orders, up to the end of the last month in it. `progress`: orders done, of how many.

    `programs` is the draft as it was understood. Raises Unreadable.
    """
    with staged(path, mapping, programs, question.months) as read:
        return Folded(fold_staged(read, question, progress), read.counts, read.orders, read.reading_seconds)


@contextmanager
def staged(path: Path, mapping: Mapping, programs: Programs, months: tuple[str, str]) -> Iterator[Staged]:
    """Kept for as long as it is needed. Raises Unreadable."""
    begun = time.monotonic()
    with scratch_folder() as folder:
        counts, reach = _staged(folder, path, mapping, Shop(programs.versions[0].zone, minor_digits(programs.currency)))
        _first, last, orders = reach or (0, 0, 0)
        span = span_of(programs.calendar, months, end_of_month(programs.calendar, last)) if reach else None
        yield Staged(str(folder / STAGED), mapping.source, counts, orders, span, time.monotonic() - begun)


def fold_staged(read: Staged, question: Question, progress: Callable[[int, int], None]) -> Outcome:
    """All of its customers."""
    found = Outcome()
    if read.span is None:
        return found
    buckets = 1 if _share_budgets(question) else max(-(-read.orders // BUCKET_ORDERS), 1)
    span = structs.replace(read.span, categories=question.categories)
    tasks = [Task(question, read.path, read.source, bucket, buckets, span) for bucket in range(buckets)]
    for done, part in enumerate(results(run, tasks), 1):
        found.add(part)
        progress(read.orders * done // buckets, read.orders)
    return found


def _share_budgets(question: Question) -> bool:
    """Then no customer can be folded without the others."""
    return any(always(text).has_budgets for text in (question.draft, question.in_force) if text)


def sampled(read: Staged, orders: int, seed: int) -> list[tuple[str, list[Fact]]]:
    """Customers with about so many orders together, and all they did: another share of all for each seed."""
    buckets = max(-(-read.orders // orders), 1)
    with duckdb.connect(read.path, read_only=True) as conn:
        return list(customers(conn, read.source, seed % buckets, buckets))


def _staged(folder: Path, path: Path, mapping: Mapping, shop: Shop) -> tuple[Counts, tuple[int, int, int] | None]:
    try:
        with scratch(folder) as conn:
            stage(conn, path, mapping, shop)
            return count(conn), span(conn)
    except duckdb.Error as problem:
        raise Unreadable(Fault(path.name, str(problem))) from problem


def results(fold: Callable[[T], R], tasks: list[T]) -> Iterator[R]:
    """Of each task, in any order, as they come."""
    if len(tasks) == 1:
        yield fold(tasks[0])
        return
    with _pool() as pool:
        waiting: list[Future[R]] = [pool.submit(fold, task) for task in tasks]
        for done in as_completed(waiting):
            yield done.result()


@contextmanager
def _pool() -> Iterator[ProcessPoolExecutor]:
    """What is not begun when somebody stops it never is."""
    pool = ProcessPoolExecutor(min(PROCESSES, os.cpu_count() or 1), mp_context=get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def run(task: Task) -> Outcome:
    """Fold a bucket."""
    with without_cycle_search(), duckdb.connect(task.staged, read_only=True) as conn:
        conn.execute("SET threads = 1; SET enable_progress_bar = false")
        mine = customers(conn, task.source, task.bucket, task.buckets)
        draft, in_force = always(task.question.draft), task.question.in_force
        return outcome(draft, always(in_force) if in_force else None, mine, task.span)


def always(text: str) -> Programs:
    """A program that was understood before, as its only version."""
    return Programs(1, [version(text, 1, ALWAYS)])


def span_of(calendar: Calendar, months: tuple[str, str], last: int) -> Span:
    """These months as far as there are any; `last` is the last instant there is."""
    first, until = (date.fromisoformat(f"{month}-01") if month else None for month in months)
    end = last if until is None else min(last, calendar.midnight(day_of(plus_months(until, 1))) - 1)
    return Span(end) if first is None else Span(end, calendar.midnight(day_of(first)))


def end_of_month(calendar: Calendar, instant: int) -> int:
    """The last instant of the local month."""
    local = date_of(calendar.day(instant))
    return calendar.midnight(day_of(plus_months(local.replace(day=1), 1))) - 1

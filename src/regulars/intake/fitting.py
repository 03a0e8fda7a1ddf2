"""Several drafts folded over a file of orders: it is read once, and each customer is folded by all of them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
from msgspec import Struct, structs

from regulars.engine.document import shape
from regulars.engine.program import Programs
from regulars.intake.planning import BUCKET_ORDERS, always, drafted, results, staged
from regulars.intake.reading.counting import Counts
from regulars.intake.reading.customers import customers
from regulars.intake.reading.mapping import Mapping
from regulars.intake.working import without_cycle_search
from regulars.programs.planning.fitting import Candidate, Fit, fits
from regulars.programs.presets.starting import Own, started
from regulars.programs.tree import grown


class Task(Struct, frozen=True):
    """A bucket of the customers of a staged file, under several drafts, up to an instant."""

    drafts: tuple[str, ...]
    staged: str
    source: str
    bucket: int
    buckets: int
    until: int


class Fitted(Struct, frozen=True):
    """What came of each draft, the orders of known customers, and what a file held; None: it was the ledger."""

    fits: list[Fit]
    orders: int
    counts: Counts | None = None

    @property
    def active(self) -> int:
        return self.fits[0].active


def candidates(names: Sequence[str], own: Own) -> list[Candidate]:
    """These presets in the shop's currency and days. Raises DocumentRefused: there is no such currency or zone."""
    found = []
    for name in names:
        text = started(name, structs.replace(own, slug=own.slug or name)).program
        found.append(Candidate(name, text, drafted(text), shape(grown(text).tree).earn))
    return found


def fit_file(
    drafts: Sequence[str], programs: Programs, path: Path, mapping: Mapping, progress: Callable[[int, int], None]
) -> Fitted:
    """Up to the end of the last month in the file. The drafts count in the same money and days as `programs`.

    `progress`: orders done, of how many. Raises Unreadable.
    """
    found = [Fit() for _ in drafts]
    with staged(path, mapping, programs, ("", "")) as read:
        if read.span is None:
            return Fitted(found, 0, read.counts)
        buckets, until = max(-(-read.orders // BUCKET_ORDERS), 1), read.span.until
        tasks = [Task(tuple(drafts), read.path, read.source, bucket, buckets, until) for bucket in range(buckets)]
        for done, part in enumerate(results(run, tasks), 1):
            for whole, one in zip(found, part, strict=True):
                whole.add(one)
            progress(read.orders * done // buckets, read.orders)
        return Fitted(found, read.orders, read.counts)


def run(task: Task) -> list[Fit]:
    """Fold a bucket."""
    with without_cycle_search(), duckdb.connect(task.staged, read_only=True) as conn:
        conn.execute("SET threads = 1; SET enable_progress_bar = false")
        mine = customers(conn, task.source, task.bucket, task.buckets)
        return fits([always(text) for text in task.drafts], mine, task.until)

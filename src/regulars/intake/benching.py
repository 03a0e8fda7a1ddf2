"""A plan over a file, measured: how long, how much CPU and memory of all processes together, beside a plain query.

Machines are shared: what the same file takes DuckDB to add up is measured in the same run.
"""

import os
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from regulars.compiled import in_use
from regulars.intake.crews import Told
from regulars.intake.planning import Question, drafted, fold_file
from regulars.intake.reading.customers import summing_seconds
from regulars.intake.reading.mapping import Mapping
from regulars.programs.planning.assuming import Assumed
from regulars.programs.planning.report import report

LOOK_EVERY_SECONDS = 0.2


class Measured(Struct, frozen=True):
    """`seconds` to the report, reading among them; `cpu_seconds` and `peak_bytes` are of all processes together, 0
    where that is not known; DuckDB took `sums_seconds`. `load`: processes that wanted to run, at the end.
    `compiled`: how many modules ran as machine code (`regulars compile`).
    """

    orders: int
    seconds: float
    reading_seconds: float
    cpu_seconds: float
    peak_bytes: int
    sums_seconds: float
    load: float
    compiled: int

    @property
    def orders_per_second(self) -> float:
        return self.orders / self.seconds

    @property
    def cpu_microseconds(self) -> float:
        """An order."""
        return self.cpu_seconds / max(self.orders, 1) * 1e6


def bench_plan(draft: str, path: Path, mapping: Mapping, progress: Told, reading: Told) -> Measured:
    """Raises Unreadable."""
    programs = drafted(draft)
    sums = summing_seconds(path, mapping)
    begun, cpu = time.monotonic(), _cpu()
    with _peak() as peak:
        found = fold_file(Question(draft, behaviour=Assumed().behaviour), programs, path, mapping, progress, reading)
        report(programs, found.outcome, Assumed())
    seconds = time.monotonic() - begun
    cpu, load = _cpu() - cpu, os.getloadavg()[0]
    return Measured(found.orders, seconds, found.reading_seconds, cpu, max(peak), sums, load, in_use())


def _cpu() -> float:
    """Of this process and of those that it started and that have ended."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@contextmanager
def _peak() -> Iterator[list[int]]:
    """Bytes of this process and all below it, looked at all the time; what they share is counted once."""
    seen, is_over = [0], threading.Event()

    def look() -> None:
        while not is_over.wait(LOOK_EVERY_SECONDS):
            seen.append(sum(_bytes(process) for process in _family(os.getpid())))
            seen[:] = [max(seen)]

    watching = threading.Thread(target=look, daemon=True)
    watching.start()
    try:
        yield seen
    finally:
        is_over.set()
        watching.join()


def _family(process: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []
    return [process, *(one for child in children for one in _family(child))]


def _bytes(process: int) -> int:
    """What is this process's own, and its share of the rest; 0 where there is no /proc or it has gone."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)

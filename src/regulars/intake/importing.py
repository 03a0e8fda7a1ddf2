"""A file taken in from end to end: understood, put in order, handed to the ledger by one or two processes.

Nothing of it is lost or doubled when any process dies at any point: the ledger and the position move in one
transaction, and reading the same file again puts everything in the same order.
"""

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
from msgspec import Struct

from regulars.engine.money import minor_digits
from regulars.intake.actions import Taken, begin_import, finish_import, note_counts
from regulars.intake.import_processes import Crew, Failed
from regulars.intake.queries import Imported, imported, refusals
from regulars.intake.reading.arranging import PARTS
from regulars.intake.reading.counting import Counts, count
from regulars.intake.reading.faults import Fault, Unreadable
from regulars.intake.reading.mapping import Mapping
from regulars.intake.reading.rejects import write_rejects
from regulars.intake.reading.staging import STAGED, Shop, scratch, stage
from regulars.intake.scratching import scratch_folder
from regulars.intake.working import UNAVAILABLE, Assignment, work
from regulars.programs.queries import Published

BATCH = 5_000
# Below this a second process costs more than it brings.
ALONE_BELOW = 5_000
# A file of this size is worth a second process: they get ready while it is read.
LARGE = 1_000_000


class Progress(Struct, frozen=True):
    """How far an import is. `stage`: reading or keeping; `done` of `total` orders and refunds, `lines` so far."""

    stage: str
    done: int = 0
    total: int = 0
    lines: int = 0


class Result(Struct, frozen=True):
    """`is_known`: the file had been imported before, nothing was read. Seconds are those of this call."""

    imported: Imported
    is_known: bool = False
    reading_seconds: float = 0
    keeping_seconds: float = 0
    taken_now: int = 0


class Interrupted(KeyboardInterrupt):
    """The import was stopped in order; whatever was committed stays, and the same call goes on from there."""


class Request(Struct, frozen=True):
    """What to import. `processes` 0: in this process. `name` is what people call the file, its own unless said."""

    path: Path
    mapping: Mapping
    size: int = BATCH
    processes: int = PARTS
    rejects: Path | None = None
    name: str = ""


def import_file(published: Published, request: Request, progress: Callable[[Progress], None]) -> Result:
    """Raises Unreadable, Interrupted, or Failed; each may be followed by the same call again."""
    begun = time.monotonic()
    run = begin_import(
        published.id, request.name or request.path.name, digest(request.path), request.mapping.fingerprint()
    )
    if run.finished_at is not None:
        return Result(imported(run.id), is_known=True)
    progress(Progress("reading"))
    with scratch_folder() as folder, _Keeping(published, request, run.id, folder) as keeping:
        counts = understand(folder, published, request)
        note_counts(run, counts)
        read = time.monotonic()
        before = imported(run.id).position
        try:
            keeping.keep(_Meter(progress, counts, before))
        except KeyboardInterrupt as stopped:
            raise Interrupted from stopped
        finally:
            _report_rejects(folder, request, run.id)
    finish_import(run)
    return Result(imported(run.id), False, read - begun, time.monotonic() - read, counts.arrivals - before)


def understand(folder: Path, published: Published, request: Request) -> Counts:
    """Stage the file in `folder`. Raises Unreadable."""
    try:
        with scratch(folder) as conn:
            stage(conn, request.path, request.mapping, Shop(published.zone, minor_digits(published.currency)))
            return count(conn)
    except duckdb.Error as problem:  # a time format that is none, a disk that is full
        raise Unreadable(Fault(request.path.name, str(problem))) from problem


def _report_rejects(folder: Path, request: Request, run_id: int) -> None:
    if request.rejects:
        with duckdb.connect(str(folder / STAGED), read_only=True) as conn:
            write_rejects(conn, refusals(run_id), request.rejects)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Meter:
    """Adds up what the parts report."""

    def __init__(self, progress: Callable[[Progress], None], counts: Counts, done: int) -> None:
        self._progress, self._total, self._done, self._lines = progress, counts.arrivals, done, 0
        self._progress(Progress("keeping", done, counts.arrivals))

    def __call__(self, taken: Taken) -> None:
        self._done += taken.orders + taken.refunds
        self._lines += taken.lines
        self._progress(Progress("keeping", self._done, self._total, self._lines))

    @property
    def left(self) -> int:
        return self._total - self._done


class _Keeping:
    """Who keeps what was read: this process, or a crew, which gets ready at once for a large file."""

    def __init__(self, published: Published, request: Request, run_id: int, folder: Path) -> None:
        self._folder = folder
        self._may_share = request.processes >= PARTS
        self._crew: Crew | None = None
        self._assignments = [
            Assignment(
                run_id,
                published.id,
                request.mapping.source,
                str(folder / STAGED),
                part,
                request.size,
                request.mapping.announce,
                request.mapping.columns.card is not None,
                os.getpid(),
            )
            for part in range(PARTS)
        ]
        if self._may_share and request.path.stat().st_size >= LARGE:
            self._crew = Crew(self._assignments, folder)

    def __enter__(self) -> "_Keeping":
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._crew is not None:
            self._crew.stop()

    def keep(self, meter: _Meter) -> None:
        if self._may_share and meter.left >= ALONE_BELOW:
            self._crew = self._crew or Crew(self._assignments, self._folder)
            if not self._crew.run(meter):
                raise Interrupted
            return
        try:
            for assignment in self._assignments:
                work(assignment, meter, lambda: False)
        except UNAVAILABLE as problem:
            raise Failed(str(problem)) from problem

"""What both lists need while they are taken in: batches, patience, and a row that says what stood in them."""

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

from django.utils import timezone
from msgspec import to_builtins

from regulars.engine.calendar import datetime_of
from regulars.intake.importing import digest
from regulars.intake.loading.layouts import Layout
from regulars.intake.loading.totals import Totals
from regulars.intake.models import Load
from regulars.ledger.claims import is_busy

BATCH = 5_000
TRIES = 5
PAUSE = 0.2
T = TypeVar("T")


def batches(found: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(found)
    while batch := list(islice(rest, size)):
        yield batch


def patiently(act: Callable[[], T]) -> T:
    """A transaction that another one may be in the way of: nothing was written then, so it is tried again."""
    for tries_left in reversed(range(TRIES)):
        try:
            return act()
        except Exception as error:
            if not (is_busy(error) and tries_left):
                raise
        time.sleep(PAUSE)
    raise AssertionError("the last try returns or raises")


def remember(program_id: int, kind: str, path: Path, layout: Layout, totals: Totals, as_of: int | None = None) -> None:
    Load.objects.update_or_create(
        program_id=program_id,
        kind=kind,
        file_digest=digest(path),
        layout_digest=layout.fingerprint(),
        as_of=None if as_of is None else datetime_of(as_of),
        defaults={
            "file_name": path.name,
            "source": layout.source,
            "totals": to_builtins(totals),
            "finished_at": timezone.now(),
        },
    )

"""What both lists need while they are taken in: batches, patience, and a row that says what stood in them."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from msgspec import Struct, convert, to_builtins

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


class List(Struct, frozen=True):
    """One list, read one way: `key` is what it is known by, `said` what else is told of it."""

    key: dict[str, Any]
    said: dict[str, Any]


def list_of(program_id: int, kind: str, path: Path, layout: Layout, as_of: int | None = None) -> List:
    key = {
        "program_id": program_id,
        "kind": kind,
        "file_digest": digest(path),
        "layout_digest": layout.fingerprint(),
        "as_of": None if as_of is None else datetime_of(as_of),
    }
    return List(key, {"file_name": path.name, "source": layout.source})


@contextmanager
def counting(one: List) -> Iterator[Totals]:
    """What the list brought until now, to be counted on in the transaction that brings more: it is right wherever the
    list is stopped. Before any other lock, so that two runs of a list wait for each other here."""
    load, _ = Load.objects.select_for_update().get_or_create(**one.key, defaults=one.said)
    totals = convert(load.totals, Totals)
    yield totals
    load.totals = to_builtins(totals)
    load.save(update_fields=["totals"])


@transaction.atomic
def finish(one: List, totals: Totals) -> None:
    """The list was read to its end, which `totals` are of; they are settled."""
    with counting(one) as counted:
        totals.settle(counted)
    told = {**one.said, "totals": to_builtins(totals), "finished_at": timezone.now()}
    Load.objects.update_or_create(**one.key, defaults=told)

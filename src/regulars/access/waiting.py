"""Transactions of somebody who stands there meanwhile, at a till or before a screen: they wait a little for others,
never for long. Whoever is told to come back (`claims.is_busy`) has changed nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

from django.db import transaction

from regulars.ledger.connect import raw, run

LIMITS: LiteralString = "SELECT set_config('lock_timeout', '2s', true), set_config('statement_timeout', '20s', true)"


@contextmanager
def bounded() -> Iterator[None]:
    """One transaction in which no wait is longer than LIMITS says."""
    with transaction.atomic():
        run(raw(), LIMITS)
        yield

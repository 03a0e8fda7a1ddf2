"""Close an accounting period: all accounts are advanced to its end, then nothing is posted to it any more."""

from datetime import date

from django.db import transaction

from regulars.ledger import periods
from regulars.ledger.claims import Contended
from regulars.ledger.connect import raw
from regulars.ledger.record import advance_due
from regulars.programs.queries import Published, now

# Accounts per transaction: orders of the same members wait as long.
BATCH = 500
TRIES = 20


class ClosingRefused(Exception):
    """Nothing was changed; `code` is one of `periods.CODES`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def close_period(published: Published, month: date) -> int:
    """Close a month, and all before it; how many accounts time had touched. Raises ClosingRefused, or Contended."""
    present = now(published)
    if code := periods.refusal(raw(), published.programs, month, present):
        raise ClosingRefused(code)
    advanced = 0
    while touched := _advance(published, month, present):
        advanced += touched
    for attempt in range(TRIES):
        try:
            return advanced + _seal(published, month, present)
        except Contended:
            if attempt == TRIES - 1:
                raise
    return advanced


@transaction.atomic
def _advance(published: Published, month: date, present: int) -> int:
    until = periods.end_of(published.programs.calendar, month) - 1
    return advance_due(raw(), published.programs, present, BATCH, until)


@transaction.atomic
def _seal(published: Published, month: date, present: int) -> int:
    """While nobody else writes: what was still due, and the closing itself."""
    periods.lock(raw(), published.id)
    if code := periods.refusal(raw(), published.programs, month, present):
        raise ClosingRefused(code)
    advanced = 0
    while touched := _advance(published, month, present):
        advanced += touched
    periods.close(raw(), published.programs, month, present)
    return advanced

"""Close an accounting period: all accounts are advanced to its end, then nothing is posted to it any more."""

from datetime import date

from django.db import transaction

from regulars.ledger import periods
from regulars.ledger.claims import Contended
from regulars.ledger.connect import raw
from regulars.ledger.due import walk
from regulars.programs.queries import Published, now

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
    until = periods.end_of(published.programs.calendar, month) - 1
    advanced = sum(walk(raw(), published.programs, lambda: present, until))
    for attempt in range(TRIES):
        try:
            return advanced + _seal(published, month, present)
        except Contended:
            if attempt == TRIES - 1:
                raise
    return advanced


@transaction.atomic
def _seal(published: Published, month: date, present: int) -> int:
    """While nobody else writes: what was still due, and the closing itself."""
    periods.lock(raw(), published.id)
    if code := periods.refusal(raw(), published.programs, month, present):
        raise ClosingRefused(code)
    until = periods.end_of(published.programs.calendar, month) - 1
    advanced = sum(walk(raw(), published.programs, lambda: present, until))
    periods.close(raw(), published.programs, month, present)
    return advanced

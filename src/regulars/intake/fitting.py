"""Several drafts folded over a file of orders: it is read once, and each customer is folded by all of them."""

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct, structs

from regulars.engine.document import shape
from regulars.engine.program import Programs
from regulars.intake.crews import Told
from regulars.intake.planning import always, drafted, staged, unheard
from regulars.intake.reading.counting import Counts
from regulars.intake.reading.customers import customers
from regulars.intake.reading.mapping import Mapping
from regulars.programs.planning.fitting import Candidate, Fit, fits
from regulars.programs.presets.starting import Own, started
from regulars.programs.tree import grown


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
    drafts: Sequence[str], programs: Programs, path: Path, mapping: Mapping, progress: Told, reading: Told = unheard
) -> Fitted:
    """Up to the end of the last month in the file. The drafts count in the same money and days as `programs`.

    `progress`: orders done, of how many; `reading`: lines before that. Raises Unreadable.
    """
    found = [Fit() for _ in drafts]
    with staged(path, mapping, programs, ("", ""), reading) as read:
        if read.span is None:
            return Fitted(found, 0, read.counts)
        work = partial(run, tuple(drafts), read.source, read.span.until)
        for done, part in enumerate(read.crew.fold(work, is_together=False), 1):
            for whole, one in zip(found, part, strict=True):
                whole.add(one)
            progress(read.orders * done // len(read.orders_by_bucket), read.orders)
        return Fitted(found, read.orders, read.counts)


def run(drafts: Sequence[str], source: str, until: int, buckets: Iterable[bytes]) -> list[Fit]:
    """Fold the customers of some buckets, up to an instant."""
    mine = (customer for columns in buckets for customer in customers(source, columns))
    return fits([always(text) for text in drafts], mine, until)

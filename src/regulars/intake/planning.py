"""A draft folded over a file of orders by a crew, some customers at a time. No database is asked.

What a bucket of customers comes to is a sum that does not depend on the others, so buckets may be folded in any order
and anywhere. Customers who share budgets are folded together.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache, partial, reduce
from operator import add
from pathlib import Path

from msgspec import Struct, structs

from regulars.engine.calendar import Calendar, date_of, day_of, plus_months
from regulars.engine.facts import Fact
from regulars.engine.money import minor_digits
from regulars.engine.program import Programs
from regulars.intake.crews import Crew, Hired, Told, processes
from regulars.intake.reading.counting import Counts
from regulars.intake.reading.customers import customers
from regulars.intake.reading.mapping import Mapping
from regulars.intake.reading.staging import Shop
from regulars.programs.document import draft, version
from regulars.programs.planning.assuming import Behaviour
from regulars.programs.planning.comparing import Outcome, outcome
from regulars.programs.planning.tallying import Span

# The draft is in force from before anything happened.
ALWAYS = -(2**53)


class Question(Struct, frozen=True):
    """The text of a draft, and of the program in force that it is compared with; "": there is none. `months` are the
    first and the last to tell of, as 2026-07; "": the first and the last there is. Of `categories` it is asked what
    was sold of them. By the `behaviour` members redeem points; None: nobody does, and what is redeemed is a share.
    """

    draft: str
    in_force: str = ""
    months: tuple[str, str] = ("", "")
    categories: tuple[str, ...] = ()
    behaviour: Behaviour | None = None


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
    """A file as it was read: by whom, what it held, its orders of known customers by bucket, what to tell of it; no
    span: of nothing.
    """

    crew: Crew
    source: str
    counts: Counts
    orders_by_bucket: list[int]
    span: Span | None
    reading_seconds: float

    @property
    def orders(self) -> int:
        return sum(self.orders_by_bucket)


def unheard(_done: int, _total: int) -> None:
    """Nobody is told how far it is."""


def fold_file(
    question: Question,
    programs: Programs,
    path: Path,
    mapping: Mapping,
    progress: Told,
    reading: Told = unheard,
    hired: Hired = processes,
) -> Folded:
    """Fold a draft over a file's orders, up to the end of the last month in it. `progress`: orders done, of how many;
    `reading`: lines before that.

    `programs` is the draft as it was understood. Raises Unreadable.
    """
    with staged(path, mapping, programs, question.months, reading, hired) as read:
        return Folded(fold_staged(read, question, progress), read.counts, read.orders, read.reading_seconds)


@contextmanager
def staged(
    path: Path,
    mapping: Mapping,
    programs: Programs,
    months: tuple[str, str],
    reading: Told = unheard,
    hired: Hired = processes,
) -> Iterator[Staged]:
    """Kept for as long as it is needed. Raises Unreadable."""
    begun = time.monotonic()
    with hired() as crew:
        shop = Shop(programs.versions[0].zone, minor_digits(programs.currency))
        parts = crew.read(path, mapping, shop, reading)
        reached = [part.last for part in parts if part.last is not None]
        end = end_of_month(programs.calendar, max(reached)) if reached else None
        span = None if end is None else span_of(programs.calendar, months, end)
        counts = reduce(add, (part.counts for part in parts))
        orders = [part.orders for part in parts if part.number >= 0]
        yield Staged(crew, mapping.source, counts, orders, span, time.monotonic() - begun)


def fold_staged(read: Staged, question: Question, progress: Told) -> Outcome:
    """All of its customers."""
    found = Outcome()
    if read.span is None:
        return found
    span = structs.replace(read.span, categories=question.categories, behaviour=question.behaviour)
    is_together, buckets = _share_budgets(question), len(read.orders_by_bucket)
    for done, part in enumerate(read.crew.fold(partial(run, question, read.source, span), is_together), 1):
        found.add(part)
        progress(read.orders if is_together else read.orders * done // buckets, read.orders)
    return found


def _share_budgets(question: Question) -> bool:
    """Then no customer can be folded without the others."""
    return any(always(text).has_budgets for text in (question.draft, question.in_force) if text)


def sampled(read: Staged, orders: int, seed: int) -> list[tuple[str, list[Fact]]]:
    """Customers with about so many orders together, and all they did: another share of all for each seed.

    Any bucket that is not empty is a share of all: who is in which is settled by a hash.
    """
    full = [number for number, count in enumerate(read.orders_by_bucket) if count]
    number, turn = full[seed % len(full)], seed // len(full)
    step = max(-(-read.orders_by_bucket[number] // orders), 1)
    return list(customers(read.source, read.crew.columns(number)))[turn % step :: step]


def run(question: Question, source: str, span: Span, buckets: Iterable[bytes]) -> Outcome:
    """Fold the customers of some buckets."""
    mine = (customer for columns in buckets for customer in customers(source, columns))
    draft, in_force = always(question.draft), question.in_force
    return outcome(draft, always(in_force) if in_force else None, mine, span)


@lru_cache(32)
def always(text: str) -> Programs:
    """A program that was understood before, as its only version; what it works out for a day is kept with it."""
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

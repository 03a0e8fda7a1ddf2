"""A list of members taken in: each customer a line, with the day on which they joined."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from django.db import transaction

from regulars.engine.calendar import datetime_of
from regulars.engine.money import minor_digits
from regulars.intake.loading.keeping import BATCH, List, batches, counting, finish, list_of, patiently
from regulars.intake.loading.layouts import Members
from regulars.intake.loading.records import Record, Rejects, customers, rejects_in
from regulars.intake.loading.totals import Totals
from regulars.intake.loading.values import Values
from regulars.intake.models import Load
from regulars.ledger import openings
from regulars.ledger.clocks import CLOCK_SKEW
from regulars.ledger.connect import raw
from regulars.members.actions import Newcomer
from regulars.members.gathering import Gathered, gather
from regulars.programs.queries import Published, now

LANGUAGE_MAX = 10


def load_members(
    published: Published,
    path: Path,
    layout: Members,
    rejects: Path | None = None,
    progress: Callable[[int], None] = lambda _: None,
    size: int = BATCH,
) -> Totals:
    """Safe to stop at any point and to run again: whoever is a member stays as they are. Raises Unreadable."""
    values = Values(layout, published.zone, minor_digits(published.currency))
    totals, one = Totals(), list_of(published.id, Load.MEMBERS, path, layout)
    with rejects_in(rejects, layout) as found:
        newcomers = _newcomers(path, layout, values, found, totals, now(published) + CLOCK_SKEW)
        for batch in batches(newcomers, size):
            by_number = {newcomer.external_id: record for record, newcomer in batch}
            some = [newcomer for _, newcomer in batch]
            done = patiently(partial(_gathered, published, one, some))
            for number, code in done.refused.items():
                found.reject(by_number[number], "card" if code == "card_taken" else "joined", code)
            totals.known += len(done.members) + len(done.known)
            progress(totals.lines)
        totals.lines += found.broken
        totals.rejected = dict(sorted(found.counts.items()))
    finish(one, totals)
    return totals


@transaction.atomic
def _gathered(published: Published, one: List, newcomers: list[Newcomer]) -> Gathered:
    with counting(one) as totals:
        done = gather(published.programs, newcomers, one.said["source"], now(published))
        totals.members += len(done.members)
        totals.joined += openings.enrolled(raw(), published.id, list(done.members.values()))
    return done


def _newcomers(
    path: Path, layout: Members, values: Values, rejects: Rejects, totals: Totals, latest: int
) -> Iterator[tuple[Record, Newcomer]]:
    for group in customers(path, layout, rejects):
        totals.lines += len(group)
        for again in group[1:]:
            rejects.reject(again, "customer", "double_member")
        if newcomer := _newcomer(group[0], values, rejects, latest):
            yield group[0], newcomer


def _newcomer(record: Record, values: Values, rejects: Rejects, latest: int) -> Newcomer | None:
    """None where something of it cannot be read; the first such thing is told."""
    number = rejects.tried(record, "customer", values.needed)
    if number is None:
        return None
    joined = rejects.tried(record, "joined", lambda said: values.since(values.needed(said)))
    if joined is None or joined > latest:
        if joined is not None:
            rejects.reject(record, "joined", "joins_in_future")
        return None
    said: dict[str, str] = {}
    for name in ("card", "name", "email", "phone", "language"):
        text = rejects.tried(record, name, values.text)
        if text is None:
            return None
        said[name] = text
    if len(said["language"]) > LANGUAGE_MAX:
        rejects.reject(record, "language", "too_long")
        return None
    return Newcomer(external_id=number, joined_at=datetime_of(joined), **said)

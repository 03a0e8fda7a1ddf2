"""Readings of the segments: frozen values out.

A count that somebody waits for is bounded in time: whoever asks too much is told so, and nobody else waits.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

import msgspec
import psycopg
from django.db import transaction
from msgspec import Struct

from regulars.engine.calendar import date_of
from regulars.insight.figures.rfm import rfm
from regulars.insight.periods import DAY
from regulars.insight.queries import lake_of
from regulars.ledger.connect import raw
from regulars.programs.queries import Published
from regulars.segments.definition import Definition, ground
from regulars.segments.evaluating import Now, statement
from regulars.segments.models import Segment, SegmentSize
from regulars.segments.traits import TOLD

# Conditions that ask for the classes of the figure, which is asked only then.
OF_CLASSES = frozenset(("rfm", "recency_class", "frequency_class", "money_class"))
WAIT_MS = 3_000
SUGGEST_MS = 1_000
# Sets of a hundred thousand members are joined in memory, never one by one: how many fit is hard to guess beforehand.
MEMORY = """
    SELECT set_config('work_mem', '64MB', true), set_config('enable_nestloop', 'off', true),
        set_config('jit', 'off', true), set_config('statement_timeout', %s, true)
"""
SAMPLE = 8
DAYS_DRAWN = 90
SUGGESTIONS = 50
SUGGESTED = """
    SELECT kind, value FROM (
        SELECT kind, value, row_number() OVER (PARTITION BY kind ORDER BY count(*) DESC, value) AS place
        FROM segments_trait WHERE program_id = %s AND kind = ANY(%s) GROUP BY kind, value
    ) AS known WHERE place <= %s ORDER BY kind, place
"""

# What both have is not fetched.
DIFFERING = """
    WITH
        chosen (id) AS MATERIALIZED ({chosen}),
        known (id) AS (
            SELECT member_id FROM segments_trait
            WHERE program_id = %(program)s AND kind = %(told)s AND value = %(key)s
        )
    SELECT NULL::uuid, TRUE, count(*) FROM chosen
    UNION ALL
    SELECT coalesce(chosen.id, known.id), known.id IS NULL, 0 FROM chosen FULL JOIN known ON chosen.id = known.id
    WHERE chosen.id IS NULL OR known.id IS NULL
"""
HOW_MANY = "SELECT count(*) FROM ({chosen}) AS everybody"
COUNTED = """
    WITH chosen (id) AS MATERIALIZED ({chosen})
    SELECT
        (SELECT count(*) FROM chosen),
        ARRAY(SELECT id FROM chosen ORDER BY uuid_hash_extended(id, 0) LIMIT %(sample)s)
"""


class TooLong(Exception):
    """It could not be counted within the time that a reader waits."""


class Line(Struct, frozen=True):
    """A segment; `edition` counts what was saved. `size` is as of `counted_at`."""

    id: int
    key: str
    name: str
    definition: Definition
    tells: bool
    edition: int
    size: int | None
    counted_at: datetime | None
    archived_at: datetime | None
    changed_at: datetime


class Found(Struct, frozen=True):
    """How many are in it of how many members, and some of them."""

    members: int
    of: int
    sample: tuple[UUID, ...]

    @property
    def share(self) -> float:
        return self.members / self.of if self.of else 0.0


class Differing(Struct, frozen=True):
    """How many are in it, and who came and left since the ledger was told; by their ids."""

    members: int
    came: list[UUID]
    left: list[UUID]


def every(published: Published, *, archived: bool = False) -> list[Line]:
    """By name; those that are archived instead, when asked for."""
    found = Segment.objects.filter(program_id=published.id, archived_at__isnull=not archived).order_by("name", "id")
    return [line(one) for one in found]


def get(program_id: int, key: str) -> Line | None:
    one = Segment.objects.filter(program_id=program_id, key=key).first()
    return line(one) if one else None


def told(program_id: int) -> frozenset[str]:
    """The names of the segments that programs may use."""
    found = Segment.objects.filter(program_id=program_id, tells=True, archived_at=None)
    return frozenset(found.values_list("key", flat=True))


def sizes(segment_id: int) -> list[tuple[date, int]]:
    """The latest days on which it was counted, oldest first."""
    found = SegmentSize.objects.filter(segment_id=segment_id).order_by("-day")[:DAYS_DRAWN]
    return sorted(found.values_list("day", "members"))


def suggestions(program_id: int, kinds: Sequence[str]) -> dict[str, list[str]]:
    """What members have by kind of trait, the most frequent first; nothing where that takes too long."""
    found: dict[str, list[str]] = {}
    if not kinds:
        return found
    try:
        with transaction.atomic():
            _limits(SUGGEST_MS)
            for kind, value in _asked(SUGGESTED, [program_id, list(kinds), SUGGESTIONS]):
                found.setdefault(kind, []).append(value)
    except psycopg.errors.QueryCanceled:
        return {}
    return found


def members_of(published: Published, definition: Definition, now: int) -> list[UUID]:
    """Exactly who is in it, in order of their ids."""
    text, values = _statement(published, definition, now)
    with transaction.atomic():
        _limits(0)
        return [member for (member,) in _asked(f"{text} ORDER BY m.id", values)]


def differing(published: Published, definition: Definition, key: str, now: int, wait_ms: int) -> Differing:
    """Who is in it compared with whom the accounts have in it. Raises TooLong."""
    text, values = _statement(published, definition, now)
    asked = {**values, "key": key, "told": TOLD}
    [(_, _, members), *differ] = _in_time(DIFFERING.format(chosen=text), asked, wait_ms)
    came, left = (sorted(one for one, has_come, _ in differ if has_come is which) for which in (True, False))
    return Differing(members, came, left)


def number(published: Published, definition: Definition, now: int, wait_ms: int) -> int:
    """How many are in it. Raises TooLong."""
    text, values = _statement(published, definition, now)
    [(members,)] = _in_time(HOW_MANY.format(chosen=text), values, wait_ms)
    return int(members)


def is_in(published: Published, definition: Definition, member_id: UUID, now: int) -> bool:
    text, values = _statement(published, definition, now)
    with transaction.atomic():
        _limits(0)
        return bool(_asked(f"{text} AND m.id = %(member)s", {**values, "member": member_id}))


def found(published: Published, definition: Definition, now: int, *, sample: int = SAMPLE) -> Found:
    """Count it, for somebody who waits. The sample is by chance of the members' ids. Raises TooLong."""
    text, values = _statement(published, definition, now)
    every_text, every_values = _statement(published, Definition(()), now)
    try:
        with transaction.atomic():
            _limits(WAIT_MS)
            [(members, ids)] = _asked(COUNTED.format(chosen=text), {**values, "sample": sample})
            [(of,)] = _asked(HOW_MANY.format(chosen=every_text), every_values)
    except psycopg.errors.QueryCanceled:
        raise TooLong from None
    return Found(members, of, tuple(ids))


def moment_of(published: Published, definition: Definition, now: int) -> Now:
    calendar = published.programs.calendar
    today = calendar.day(now)
    lake = lake_of(published) if any(one.about in OF_CLASSES for one in definition.conditions) else None
    classes = rfm(lake, date_of(today) + DAY) if lake else None
    return Now(published.id, now, today, calendar.midnight, classes)


def _statement(published: Published, definition: Definition, now: int) -> tuple[str, dict[str, Any]]:
    return statement(definition, ground(published.programs), moment_of(published, definition, now))


def _in_time(text: str, values: Any, wait_ms: int) -> list[tuple[Any, ...]]:
    try:
        with transaction.atomic():
            _limits(wait_ms)
            return _asked(text, values)
    except psycopg.errors.QueryCanceled:
        raise TooLong from None


def _limits(wait_ms: int) -> None:
    _asked(MEMORY, [str(wait_ms)])


def _asked(text: str, values: Any) -> list[tuple[Any, ...]]:
    """`text` is of our own words."""
    with psycopg.Cursor(raw()) as cursor:
        cursor.execute(cast(Any, text), values)
        return cursor.fetchall()


def line(one: Segment) -> Line:
    definition = msgspec.convert(one.definition, Definition)
    return Line(
        one.pk, one.key, one.name, definition, one.tells, one.edition, one.size, one.counted_at, one.archived_at,
        one.changed_at,
    )  # fmt: skip

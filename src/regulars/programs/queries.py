"""Readings of the programs: published versions, compiled, and what time it is in them."""

from datetime import date, datetime
from typing import LiteralString

from msgspec import Struct

from regulars.engine.calendar import date_of, instant_of
from regulars.engine.program import Programs
from regulars.ledger.connect import raw, rows
from regulars.programs.clock import real_now
from regulars.programs.document import version
from regulars.programs.models import Program
from regulars.programs.wording import worded

STAMP = """
    SELECT p.id, p.clock_offset_us, v.id, v.published_at, p.accent FROM programs_program AS p
    JOIN LATERAL (
        SELECT max(id) AS id, max(published_at) AS published_at FROM programs_programversion WHERE program_id = p.id
    ) AS v ON v.id IS NOT NULL WHERE p.id = %s
"""
STAMP_BY_SLUG = """
    SELECT p.id, p.clock_offset_us, v.id, v.published_at, p.accent FROM programs_program AS p
    JOIN LATERAL (
        SELECT max(id) AS id, max(published_at) AS published_at FROM programs_programversion WHERE program_id = p.id
    ) AS v ON v.id IS NOT NULL WHERE p.slug = %s
"""


class Published(Struct, frozen=True):
    """A program with all its versions. `programs` is what the engine folds by."""

    id: int
    slug: str
    names: dict[str, str]
    programs: Programs
    clock_offset_us: int
    accent: str = "jade"

    @property
    def currency(self) -> str:
        return self.programs.currency

    @property
    def zone(self) -> str:
        """The IANA name of the program's time zone."""
        return self.programs.versions[-1].zone

    def name(self, language: str) -> str:
        return worded(self.names, language) or self.slug


class Stamp(Struct, frozen=True):
    """What must be the same for a compiled program to be still true.

    `newest` is the id of its newest version's row, `published_at` its time: a database that was emptied counts anew.
    """

    id: int
    clock_offset_us: int
    newest: int
    published_at: datetime
    accent: str


# Compiled programs of this process. Versions are never edited, so the newest one says whether this is out of date;
# looking that up at each use keeps several processes in step.
_compiled: dict[int, tuple[Stamp, Published]] = {}


def published(slug: str) -> Published:
    """Raises Program.DoesNotExist, also while a program has no version."""
    return _current(_stamp(STAMP_BY_SLUG, slug))


def published_by_id(program_id: int) -> Published:
    """Raises Program.DoesNotExist, also while a program has no version."""
    return _current(_stamp(STAMP, program_id))


def all_programs() -> list[Published]:
    """All programs in order of their slugs."""
    return [published_by_id(number) for number in Program.objects.order_by("slug").values_list("id", flat=True)]


def now(published: Published) -> int:
    """What time it is in the program, in microseconds."""
    return real_now() + published.clock_offset_us


def local_today(published: Published) -> date:
    """Which day it is where the program's shop is."""
    return date_of(published.programs.calendar.day(now(published)))


def _stamp(statement: LiteralString, which: object) -> Stamp:
    """At every request: so not by the ORM, which takes ten times as long to say the same."""
    found = rows(raw(), statement, [which])
    if not found:
        raise Program.DoesNotExist(which)
    return Stamp(*found[0])


def _current(stamp: Stamp) -> Published:
    known = _compiled.get(stamp.id)
    if known is None or known[0] != stamp:
        known = _compiled[stamp.id] = (stamp, _compile(stamp.id))
    return known[1]


def _compile(program_id: int) -> Published:
    program = Program.objects.prefetch_related("versions").get(id=program_id)
    versions = [version(v.document, v.number, instant_of(v.starts_at)) for v in program.versions.all()]
    programs = Programs(program.id, versions)
    return Published(program.id, program.slug, program.name, programs, program.clock_offset_us, program.accent)

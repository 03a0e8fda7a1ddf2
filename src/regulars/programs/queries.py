"""Readings of the programs: published versions, compiled, and what time it is in them."""

from datetime import date, datetime
from typing import Any

from django.db.models import Max
from msgspec import Struct

from regulars.engine.calendar import date_of, instant_of
from regulars.engine.program import Programs
from regulars.programs.clock import real_now
from regulars.programs.document import version
from regulars.programs.models import Program
from regulars.programs.wording import worded


class Published(Struct, frozen=True):
    """A program with all its versions. `programs` is what the engine folds by."""

    id: int
    slug: str
    names: dict[str, str]
    programs: Programs
    clock_offset_us: int

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


# Compiled programs of this process. Versions are never edited, so the newest one says whether this is out of date;
# looking that up at each use keeps several processes in step.
_compiled: dict[int, tuple[Stamp, Published]] = {}


def published(slug: str) -> Published:
    """Raises Program.DoesNotExist, also while a program has no version."""
    return _current(_stamp(slug=slug))


def published_by_id(program_id: int) -> Published:
    """Raises Program.DoesNotExist, also while a program has no version."""
    return _current(_stamp(id=program_id))


def all_programs() -> list[Published]:
    """All programs in order of their slugs."""
    return [published_by_id(number) for number in Program.objects.order_by("slug").values_list("id", flat=True)]


def now(published: Published) -> int:
    """What time it is in the program, in microseconds."""
    return real_now() + published.clock_offset_us


def local_today(published: Published) -> date:
    """Which day it is where the program's shop is."""
    return date_of(published.programs.calendar.day(now(published)))


def _stamp(**which: Any) -> Stamp:
    programs = Program.objects.annotate(newest=Max("versions__id"), published_at=Max("versions__published_at"))
    found = programs.exclude(newest=None).get(**which)
    return Stamp(found.id, found.clock_offset_us, found.newest, found.published_at)


def _current(stamp: Stamp) -> Published:
    known = _compiled.get(stamp.id)
    if known is None or known[0] != stamp:
        known = _compiled[stamp.id] = (stamp, _compile(stamp.id))
    return known[1]


def _compile(program_id: int) -> Published:
    program = Program.objects.prefetch_related("versions").get(id=program_id)
    versions = [version(v.document, v.number, instant_of(v.starts_at)) for v in program.versions.all()]
    return Published(program.id, program.slug, program.name, Programs(program.id, versions), program.clock_offset_us)

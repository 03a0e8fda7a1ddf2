"""The versions of a program as they were published, newest first."""

from datetime import datetime

from msgspec import Struct

from regulars.programs.models import ProgramVersion


class VersionLine(Struct, frozen=True):
    number: int
    document: str
    starts_at: datetime
    published_at: datetime
    published_by: str


def versions(program_id: int) -> list[VersionLine]:
    found = ProgramVersion.objects.filter(program_id=program_id).order_by("-number")
    return [VersionLine(v.number, v.document, v.starts_at, v.published_at, v.published_by) for v in found]

"""The versions of a program as they were published, and the drafts of the next one; newest first."""

from datetime import datetime

from msgspec import Struct

from regulars.programs.models import Program, ProgramDraft, ProgramVersion, TwoPeople
from regulars.programs.wording import worded


class VersionLine(Struct, frozen=True):
    number: int
    document: str
    starts_at: datetime
    published_at: datetime
    published_by: str
    written_by: tuple[str, ...]
    note: str
    stories: str


class DraftLine(Struct, frozen=True):
    """`edition` is what whoever changes it says they saw; `version` the one that it became."""

    number: int
    document: str
    note: str
    based_on: int
    state: str
    edition: int
    written_by: tuple[str, ...]
    answer: str
    answered_by: str
    version: int | None
    changed_at: datetime
    starts_at: datetime | None
    stories: str


class SwitchLine(Struct, frozen=True):
    """Who said that a version needs two people, or does not; or only asked for the latter."""

    required: bool
    is_asked: bool
    said_by: str
    said_at: datetime


def two_people(program_id: int) -> list[SwitchLine]:
    found = TwoPeople.objects.filter(program_id=program_id).order_by("-id")
    return [SwitchLine(one.required, one.is_asked, one.said_by, one.said_at) for one in found]


def asked_to_let_one(program_id: int) -> str:
    """Who asked that one person be enough, as long as nobody has answered; else nothing."""
    newest = TwoPeople.objects.filter(program_id=program_id).order_by("-id").first()
    return newest.said_by if newest and newest.is_asked else ""


def titles(language: str) -> list[tuple[str, str]]:
    """(slug, name) of the programs that were published, in order of their slugs."""
    found = Program.objects.filter(versions__isnull=False).distinct().order_by("slug").values_list("slug", "name")
    return [(slug, worded(names, language) or slug) for slug, names in found]


def versions(program_id: int) -> list[VersionLine]:
    return [_version(found) for found in ProgramVersion.objects.filter(program_id=program_id).order_by("-number")]


def newest_version(slug: str) -> VersionLine | None:
    found = ProgramVersion.objects.filter(program__slug=slug).order_by("-number").first()
    return _version(found) if found else None


def version_numbered(slug: str, number: int) -> VersionLine | None:
    found = ProgramVersion.objects.filter(program__slug=slug, number=number).first()
    return _version(found) if found else None


def open_drafts(program_id: int) -> list[DraftLine]:
    found = ProgramDraft.objects.filter(program_id=program_id, state__in=ProgramDraft.OPEN)
    return [_draft(draft) for draft in found.select_related("version").order_by("-changed_at", "-id")]


def draft_numbered(program_id: int, number: int) -> DraftLine | None:
    found = ProgramDraft.objects.filter(program_id=program_id, pk=number).select_related("version").first()
    return _draft(found) if found else None


def _version(v: ProgramVersion) -> VersionLine:
    return VersionLine(
        v.number, v.document, v.starts_at, v.published_at, v.published_by, tuple(v.written_by), v.note, v.stories
    )


def _draft(d: ProgramDraft) -> DraftLine:
    return DraftLine(
        number=d.pk,
        document=d.document,
        note=d.note,
        based_on=d.based_on,
        state=d.state,
        edition=d.edition,
        written_by=tuple(d.written_by),
        answer=d.answer,
        answered_by=d.answered_by,
        version=d.version.number if d.version else None,
        changed_at=d.changed_at,
        starts_at=d.starts_at,
        stories=d.stories,
    )

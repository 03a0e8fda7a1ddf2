"""What the staff write about a member: added, struck out, never edited; gone with the member."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from msgspec import Struct

from regulars.members.models import Member, Note

# Why nothing was written. Stable for ever.
REFUSALS = ("done_already", "member_unknown", "note_unknown")


class NoteRefused(Exception):
    """Nothing was changed; `code` is one of REFUSALS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Noted(Struct, frozen=True):
    id: int
    words: str
    author: str
    at: datetime
    struck_by: str
    struck_at: datetime | None


@transaction.atomic
def write(program_id: int, member_id: UUID, words: str, author: str, at: datetime, number: UUID) -> None:
    """Raises NoteRefused; the same number is written once."""
    if not Member.objects.filter(program_id=program_id, id=member_id).exists():
        raise NoteRefused("member_unknown")
    try:
        with transaction.atomic():
            Note.objects.create(number=number, member_id=member_id, words=words, author=author, at=at)
    except IntegrityError:
        raise NoteRefused("done_already") from None


@transaction.atomic
def strike(program_id: int, people: Collection[UUID], note_id: int, by: str, at: datetime) -> None:
    """A note about one of these people, that was not struck out before. Raises NoteRefused."""
    found = Note.objects.filter(member__program_id=program_id, member__in=people, id=note_id, struck_at=None)
    if not found.update(struck_by=by, struck_at=at):
        raise NoteRefused("note_unknown")


def of(people: Collection[UUID]) -> list[Noted]:
    """About any of these, newest first."""
    return [
        Noted(one.pk, one.words, one.author, one.at, one.struck_by, one.struck_at)
        for one in Note.objects.filter(member__in=people).order_by("-id")
    ]

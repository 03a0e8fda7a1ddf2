"""What members agreed to: in which words, when, and what they took back. Nothing is ever edited."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from regulars.members.models import Consent


class Agreed(Struct, frozen=True):
    """The newest word of a member on a kind of consent."""

    kind: str
    version: int
    words: str
    given: bool
    at: datetime


def say(member_id: UUID, kind: str, version: int, words: str, given: bool, at: datetime) -> None:
    """Add a word where it is another one than before; `words` are those that were read, `version` is theirs."""
    if kind not in Consent.KINDS:
        raise ValueError(f"no such consent: {kind}; there are {', '.join(Consent.KINDS)}")
    known = newest(member_id).get(kind)
    if known is None or (known.given, known.version) != (given, version):
        Consent.objects.create(member_id=member_id, kind=kind, version=version, words=words, given=given, at=at)


def newest(member_id: UUID) -> dict[str, Agreed]:
    """By kind; what was never asked is missing."""
    return {one.kind: one for one in every(member_id)}


def every(member_id: UUID) -> list[Agreed]:
    """All of it, oldest first."""
    found = Consent.objects.filter(member_id=member_id).order_by("id")
    return [Agreed(one.kind, one.version, one.words, one.given, one.at) for one in found]

"""Somebody whose address is proven becomes a member, in one transaction with all that they said."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from msgspec import Struct

from regulars.engine.program import Programs
from regulars.ledger.connect import raw, rows
from regulars.members import consenting, entering
from regulars.members.actions import Newcomer, enrol
from regulars.members.models import Member
from regulars.members.referring import ReferralRefused, refer

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(%s)"


class NotProven(Exception):
    """The code was too long ago, or was used: nothing was changed."""


class KnownAlready(Exception):
    """Somebody joined by this address meanwhile: they come in as members do."""


class Agreed(Struct, frozen=True):
    """An answer to a question in these words, whose number is the version."""

    kind: str
    version: int
    words: str
    given: bool


class Joiner(Struct, frozen=True):
    """Who joins: by the token that their code was sent for, and whose invitation they followed."""

    newcomer: Newcomer
    token: str
    invitation: str
    agreed: Sequence[Agreed]


@transaction.atomic
def join(programs: Programs, joiner: Joiner, now: int, at: datetime) -> UUID:
    """`now` by the program's clock, `at` by the world's. Raises NotProven, KnownAlready, EnrolmentRefused."""
    program_id, email = programs.program_id, joiner.newcomer.email
    rows(raw(), ONE_AT_A_TIME, [_lock_of(program_id, email)])
    if entering.by_email(program_id, email) is not None:
        raise KnownAlready
    if not entering.is_proven(program_id, joiner.token, email, at):
        raise NotProven
    member_id = enrol(programs, joiner.newcomer, now, "portal", now).member_id
    note_proven(member_id, at)
    agree(member_id, joiner.agreed, at)
    _bring(programs, member_id, joiner.invitation, now)
    entering.forget(joiner.token)
    return member_id


@transaction.atomic
def agree(member_id: UUID, agreed: Sequence[Agreed], at: datetime) -> None:
    """Keep what a member answered."""
    for one in agreed:
        consenting.say(member_id, one.kind, one.version, one.words, one.given, at)


def _lock_of(program_id: int, email: str) -> int:
    """One address joins once, from however many browsers."""
    return int.from_bytes(sha256(f"join {program_id} {entering.plain(email)}".encode()).digest()[:8], signed=True)


def note_proven(member_id: UUID, at: datetime) -> None:
    """They read letters at their address."""
    Member.objects.filter(id=member_id).update(proven_at=at)


def _bring(programs: Programs, friend_id: UUID, invitation: str, now: int) -> None:
    """An invitation that leads to nobody, or to oneself, brings nobody."""
    if not invitation or programs.at(now).referral is None:
        return
    found = Member.objects.filter(program_id=programs.program_id, invitation=invitation)
    by = found.values_list("id", flat=True).first()
    if by is None:
        return
    try:
        with transaction.atomic():
            refer(programs, friend_id, by, now, now)
    except ReferralRefused:
        return

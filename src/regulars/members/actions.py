"""Members come to be known, and enrol."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction
from msgspec import Struct

from regulars.engine.calendar import datetime_of
from regulars.engine.earlier import enrolment
from regulars.engine.facts import Enrolment
from regulars.engine.program import Programs
from regulars.ledger.connect import raw
from regulars.ledger.queries import account_at
from regulars.ledger.receipt import Incoming, Receipt
from regulars.ledger.record import record
from regulars.members.models import Member
from regulars.members.queries import carded, ids_of
from regulars.members.sql import statement

# Why somebody could not be enrolled, besides what the ledger refuses. Stable for ever.
REFUSALS = ("already_enrolled", "card_taken")


class EnrolmentRefused(Exception):
    """Nothing was changed; `code` is one of REFUSALS or of the ledger's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Newcomer(Struct, frozen=True):
    """What is known of somebody who enrols. `external_id` is the shop's own number for the customer."""

    external_id: str = ""
    card: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    joined_at: datetime | None = None


class Enrolled(Struct, frozen=True):
    """`enrolled_at` is the ledger's: an order may have enrolled them before, a clock may run ahead."""

    member_id: UUID
    enrolled_at: int
    receipt: Receipt


@transaction.atomic(savepoint=False)
def resolve(program_id: int, external_ids: Iterable[str]) -> dict[str, UUID]:
    """The members behind these numbers of the shop; whoever was unknown becomes known. Set-based, safe in a race."""
    wanted, found = _known(program_id, external_ids)
    return _resolved(program_id, wanted, found)[0]


@transaction.atomic(savepoint=False)
def introduce(program_id: int, external_ids: Iterable[str]) -> tuple[dict[str, UUID], set[UUID]]:
    """As `resolve`, and which of them were unknown until now. Numbers that are no customer's but a card's are left out:
    whoever was made known by one would stand beside the member who has the card."""
    wanted, found = _known(program_id, external_ids)
    if len(found) < len(wanted):
        cards = carded(program_id, wanted.keys() - found.keys())
        wanted = dict.fromkeys(number for number in wanted if number in found or number not in cards)
    return _resolved(program_id, wanted, found)


def _known(program_id: int, external_ids: Iterable[str]) -> tuple[dict[str, None], dict[str, UUID]]:
    wanted = dict.fromkeys(external_id for external_id in external_ids if external_id)
    return wanted, ids_of(program_id, wanted)


def _resolved(program_id: int, wanted: Collection[str], found: dict[str, UUID]) -> tuple[dict[str, UUID], set[UUID]]:
    missing = [external_id for external_id in wanted if external_id not in found]
    new = _insert("resolve", program_id, external_ids=missing, ids=[uuid4() for _ in missing]) if missing else {}
    found |= new
    if len(found) < len(wanted):  # another transaction was quicker with some
        found |= ids_of(program_id, set(wanted) - found.keys())
    return found, set(new.values())


@transaction.atomic
def drop_strangers(program_id: int, members: Iterable[UUID]) -> None:
    """Of members introduced in this transaction, keep only those of whom the ledger has a fact, and who joined."""
    with connection.cursor() as cursor:
        cursor.execute(statement("strangers"), {"program_id": program_id, "ids": list(members)})


@transaction.atomic
def register(program_id: int, newcomers: Sequence[Newcomer], *, made: bool = False) -> dict[str, UUID]:
    """Make many members known at once, with numbers of the shop. Answers only those who were new."""
    return _insert(
        "register",
        program_id,
        made=made,
        ids=[uuid4() for _ in newcomers],
        external_ids=[newcomer.external_id for newcomer in newcomers],
        cards=[newcomer.card for newcomer in newcomers],
        names=[newcomer.name for newcomer in newcomers],
        emails=[newcomer.email for newcomer in newcomers],
        phones=[newcomer.phone for newcomer in newcomers],
        languages=[newcomer.language for newcomer in newcomers],
        joined_at=[newcomer.joined_at for newcomer in newcomers],
    )


@transaction.atomic
def enrol(programs: Programs, newcomer: Newcomer, enrolled_at: int, channel: str, now: int) -> Enrolled:
    """Somebody becomes a member: known under a random id, and told to the ledger. Raises EnrolmentRefused.

    A customer known from orders keeps what the ledger has of them.
    """
    member = _candidate(programs.program_id, newcomer)
    fact = enrolment(programs.at(enrolled_at), programs.calendar, Enrolment(str(member.id), enrolled_at, channel))
    [receipt] = record(raw(), programs, [Incoming(member.id, fact)], now)
    if receipt.outcome == "refused":
        raise EnrolmentRefused(receipt.code)
    since = _enrolled_at(programs, member.id, now)
    _describe(member, newcomer, datetime_of(since))
    return Enrolled(member.id, since, receipt)


def _enrolled_at(programs: Programs, member_id: UUID, now: int) -> int:
    account = account_at(raw(), programs, member_id, now)
    assert account is not None
    assert account.enrolled_at is not None
    return account.enrolled_at


def _candidate(program_id: int, newcomer: Newcomer) -> Member:
    if not newcomer.external_id:
        return Member(program_id=program_id)
    known = resolve(program_id, [newcomer.external_id])
    member = Member.objects.select_for_update().get(id=known[newcomer.external_id])
    if member.joined_at is not None:
        raise EnrolmentRefused("already_enrolled")
    return member


def _describe(member: Member, newcomer: Newcomer, joined_at: datetime) -> None:
    member.external_id = newcomer.external_id
    member.card, member.language = newcomer.card, newcomer.language
    member.name, member.email, member.phone = newcomer.name, newcomer.email, newcomer.phone
    member.joined_at = joined_at
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError:  # the number is ours by now, so it can only be the card
        raise EnrolmentRefused("card_taken") from None


def _insert(name: str, program_id: int, **values: Any) -> dict[str, UUID]:
    with connection.cursor() as cursor:
        cursor.execute(statement(name), {"program_id": program_id, **values})
        return dict(cursor.fetchall())

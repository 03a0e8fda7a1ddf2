"""Many become members at once, as a shop brings them along: made known, described, and told to the ledger."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction
from msgspec import Struct

from regulars.engine.calendar import instant_of
from regulars.engine.earlier import enrolment
from regulars.engine.facts import Enrolment
from regulars.engine.program import Programs
from regulars.ledger.connect import raw
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.members.actions import Newcomer, drop_strangers, register
from regulars.members.models import Member
from regulars.members.sql import statement


class Gathered(Struct, frozen=True):
    """By the shop's numbers: who joined, who was a member already, and who is none, each with a code: `card_taken`, or
    one of the ledger's."""

    members: dict[str, UUID]
    known: dict[str, UUID]
    refused: dict[str, str]


@transaction.atomic
def gather(programs: Programs, newcomers: Sequence[Newcomer], channel: str, now: int) -> Gathered:
    """Each with a number of the shop's and a time of joining, and no number twice. Whoever is a member already stays as
    they are. Nobody hears of it."""
    program_id = programs.program_id
    new = register(program_id, newcomers)
    new |= _describe(program_id, [one for one in newcomers if one.external_id not in new])
    joining = [one for one in newcomers if one.external_id in new]
    receipts = record(raw(), programs, [_fact(programs, one, new, channel) for one in joining], now, sends=False)
    refused = {
        one.external_id: receipt.code
        for one, receipt in zip(joining, receipts, strict=True)
        if receipt.outcome == "refused"
    }
    if refused:
        strangers = [new.pop(number) for number in refused]
        Member.objects.filter(id__in=strangers).update(joined_at=None)
        drop_strangers(program_id, strangers)
    rest = [one.external_id for one in newcomers if one.external_id not in new and one.external_id not in refused]
    already = Member.objects.filter(program_id=program_id, external_id__in=rest).exclude(joined_at=None)
    known = dict(already.values_list("external_id", "id"))
    return Gathered(new, known, refused | {number: "card_taken" for number in rest if number not in known})


def _describe(program_id: int, newcomers: Sequence[Newcomer]) -> dict[str, UUID]:
    """Those who were known from orders alone, and have not joined before."""
    if not newcomers:
        return {}
    said = {
        "external_ids": [one.external_id for one in newcomers],
        "cards": [one.card for one in newcomers],
        "names": [one.name for one in newcomers],
        "emails": [one.email for one in newcomers],
        "phones": [one.phone for one in newcomers],
        "languages": [one.language for one in newcomers],
        "joined_at": [one.joined_at for one in newcomers],
    }
    with connection.cursor() as cursor:
        cursor.execute(statement("describe"), {"program_id": program_id, **said})
        return dict(cursor.fetchall())


def _fact(programs: Programs, one: Newcomer, ids: dict[str, UUID], channel: str) -> Incoming:
    assert one.joined_at is not None
    member_id, at = ids[one.external_id], instant_of(one.joined_at)
    return Incoming(member_id, enrolment(programs.at(at), programs.calendar, Enrolment(str(member_id), at, channel)))

"""Members come to be known."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from msgspec import Struct

from regulars.members.sql import statement


class Newcomer(Struct, frozen=True):
    """What is known of somebody who enrols. `external_id` is the shop's own number for the customer."""

    external_id: str = ""
    card: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    joined_at: datetime | None = None


@transaction.atomic
def resolve(program_id: int, external_ids: Iterable[str]) -> dict[str, UUID]:
    """The members behind these numbers of the shop; whoever was unknown becomes known. Set-based, safe in a race."""
    wanted = {external_id for external_id in external_ids if external_id}
    found = _known(program_id, wanted)
    missing = sorted(wanted - found.keys())
    if missing:
        found |= _insert("resolve", program_id, external_ids=missing, ids=[uuid4() for _ in missing])
    if len(found) < len(wanted):  # another transaction was quicker with some
        found |= _known(program_id, wanted - found.keys())
    return found


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


def _known(program_id: int, external_ids: Iterable[str]) -> dict[str, UUID]:
    with connection.cursor() as cursor:
        cursor.execute(statement("known"), {"program_id": program_id, "external_ids": list(external_ids)})
        return dict(cursor.fetchall())


def _insert(name: str, program_id: int, **values: Any) -> dict[str, UUID]:
    with connection.cursor() as cursor:
        cursor.execute(statement(name), {"program_id": program_id, **values})
        return dict(cursor.fetchall())

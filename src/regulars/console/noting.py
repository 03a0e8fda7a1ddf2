"""Notes about a member, as their page shows them."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from regulars.console import actors
from regulars.members import noting
from regulars.storefront.shop import Shop

REFUSED = {
    "done_already": _("This note stands there already."),
    "member_unknown": _("Nobody was found."),
    "note_unknown": _("This note was struck out already."),
}


class Written(Struct, frozen=True):
    """`at` by the wall clock of the shop's zone: people wrote it, whatever time the program lives at."""

    id: int
    words: str
    who: str
    at: datetime
    struck_by: str
    struck_at: datetime | None


def written(shop: Shop, people: set[UUID]) -> list[Written]:
    found = noting.of(people)
    called = actors.names(shop.id, {who for one in found for who in (one.author, one.struck_by)})
    return [
        Written(
            one.id,
            one.words,
            called.get(one.author, ""),
            shop.local(one.at),
            called.get(one.struck_by, ""),
            shop.local(one.struck_at) if one.struck_at else None,
        )
        for one in found
    ]

"""Notes about a member, as their page shows them."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from regulars.members.noting import Noted
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


def written(shop: Shop, found: list[Noted], called: Mapping[str, str]) -> list[Written]:
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

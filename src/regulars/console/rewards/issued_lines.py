"""Issued rewards as the list shows them, and where its next page begins."""

import re
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from msgspec import Struct

from regulars.console import people
from regulars.members import queries as members
from regulars.programs import wording
from regulars.rewards import registers
from regulars.rewards.registers import Filters, Position
from regulars.storefront import words
from regulars.storefront.shop import Shop
from regulars.storefront.words import Badge

PAGE_SIZE = 50
# No more digits than an instant of the calendar has.
AFTER = re.compile(r"([0-9]{1,17})\.([0-9a-f-]{36})")


class Row(Struct, frozen=True):
    id: UUID
    title: str
    url: str
    state: Badge
    fulfilment: str
    who: str
    who_url: str
    at: datetime
    until: datetime | None


class Page(Struct, frozen=True):
    rows: list[Row]
    after: str


def page(shop: Shop, filters: Filters, after: str, limit: int = PAGE_SIZE, *, personal: bool) -> Page:
    found = registers.issued_list(shop.id, filters, shop.now, position(after), limit + 1)
    shown = found[:limit]
    known = members.several(shop.id, {row.owned.member_id for row in shown}, personal=personal)
    rows = [_row(shop, row, known.get(row.owned.member_id)) for row in shown]
    last = shown[-1].owned if len(found) > limit else None
    return Page(rows, f"{last.issued_at}.{last.id}" if last else "")


def position(token: str) -> Position | None:
    """Reads `INSTANT.ID`; anything else is the first page."""
    found = AFTER.fullmatch(token)
    try:
        return Position(int(found[1]), UUID(found[2])) if found else None
    except ValueError:
        return None


def _row(shop: Shop, row: registers.Row, member: members.MemberLine | None) -> Row:
    owned = row.owned
    return Row(
        id=owned.id,
        title=wording.reward(owned.reward, shop.published.programs),
        url=reverse("issued", args=[shop.slug, owned.id]),
        state=words.state(owned.state),
        fulfilment=str(words.FULFILMENT.get(row.fulfilment, "")),
        who=people.called(member) if member else "",
        who_url=reverse("member", args=[shop.slug, member.id]) if member else "",
        at=shop.local(owned.issued_at),
        until=shop.local(owned.expires_at - 1) if owned.expires_at is not None else None,
    )

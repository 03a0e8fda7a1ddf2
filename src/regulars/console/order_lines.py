"""Orders as the list shows them, and where its next page begins."""

import re
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.console import people
from regulars.engine.calendar import datetime_of, instant_of
from regulars.ledger.connect import raw
from regulars.ledger.order_list import Last, Listed, newest
from regulars.members import queries as members
from regulars.programs import wording
from regulars.storefront.shop import Shop
from regulars.storefront.timeline import place_of

PAGE_SIZE = 50
# No more digits than an instant of the calendar has, and no character that PostgreSQL's text cannot hold.
LAST = re.compile(r"([0-9]{1,17})\.([^\0]*)")


class Row(Struct, frozen=True):
    number: str
    url: str
    at: datetime
    who: str
    who_url: str
    place: str
    lines: int
    amount: str
    returned: str
    points: int


class Page(Struct, frozen=True):
    rows: list[Row]
    after: str


def page(shop: Shop, token: str, *, personal: bool) -> Page:
    found = newest(raw(), shop.id, last(token), PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    known = members.several(shop.id, {order.member_id for order in shown if not order.guest}, personal=personal)
    rows = [_row(shop, order, known.get(order.member_id)) for order in shown]
    return Page(rows, _token(shown[-1]) if len(found) > PAGE_SIZE else "")


def last(token: str) -> Last | None:
    """Reads `INSTANT.KEY`; anything else is the first page."""
    found = LAST.fullmatch(token)
    return Last(datetime_of(int(found[1])), found[2]) if found else None


def _token(order: Listed) -> str:
    return f"{instant_of(order.paid_at)}.{order.key}"


def _row(shop: Shop, order: Listed, member: members.MemberLine | None) -> Row:
    return Row(
        number=wording.order(order.key),
        url=reverse("order", args=[shop.slug, order.key]),
        at=shop.local(order.paid_at),
        who=people.called(member) if member else _("Guest"),
        who_url=reverse("member", args=[shop.slug, member.id]) if member else "",
        place=place_of(order.store, order.channel),
        lines=order.lines,
        amount=shop.money(order.gross_minor),
        returned=shop.money(order.refunded_minor) if order.refunded_minor else "",
        points=order.points,
    )

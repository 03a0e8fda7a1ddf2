"""How a member is called on screens. Where the role may not see names, the shop's own number stands in."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.members.queries import MemberLine
from regulars.storefront.shop import Shop


class Row(Struct, frozen=True):
    """One line of the member list; instants are local."""

    id: UUID
    title: str
    number: str
    tier: str
    available: int
    pending: int
    orders: int
    spend: str
    last_order: datetime | None


class Header(Struct, frozen=True):
    """Who a member is and what they did, above their page; instants are local. `lines` are what the reader may know."""

    title: str
    initial: str
    lines: tuple[str, ...]
    orders: int
    spend: str
    first_order: datetime | None
    last_order: datetime | None
    enrolled: datetime | None


def header(member: MemberLine, shop: Shop) -> Header:
    first, last, enrolled = (
        shop.local(moment) if moment else None
        for moment in (member.first_order_at, member.last_order_at, member.enrolled_at)
    )
    made = _("Made for the demonstration") if member.made else ""
    return Header(
        title=called(member),
        initial=initial(member),
        lines=tuple(filter(None, (number(member), member.email, member.phone, made))),
        orders=member.orders,
        spend=shop.money(member.spend_minor),
        first_order=first,
        last_order=last,
        enrolled=enrolled,
    )


def row(member: MemberLine, shop: Shop) -> Row:
    return Row(
        id=member.id,
        title=called(member),
        number=number(member),
        tier=shop.tier(member.tier),
        available=member.available,
        pending=member.pending,
        orders=member.orders,
        spend=shop.money(member.spend_minor),
        last_order=shop.local(member.last_order_at) if member.last_order_at else None,
    )


def called(member: MemberLine) -> str:
    return member.name or _("Customer %(number)s") % {"number": known_as(member)}


def number(member: MemberLine) -> str:
    """The number below a name; nothing where it is already in the title."""
    return known_as(member) if member.name else ""


def initial(member: MemberLine) -> str:
    """Nothing for somebody without a name; a picture stands there then."""
    return member.name[:1].upper()


def known_as(member: MemberLine) -> str:
    """The shop's number of them, or their card; where they have neither, the beginning of ours."""
    return member.external_id or member.card or str(member.id)[:8]

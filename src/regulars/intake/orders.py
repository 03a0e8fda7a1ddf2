"""The shape in which every door hands over orders, and what else customers do: API, file import and demo alike.

Instants are microseconds since 1970 in UTC, money is an integer in the currency's minor unit. A door has translated its
own notation before it builds these; what they mean for the ledger is decided in `facts` and `actions`.
"""

from typing import TypeAlias
from uuid import UUID

from msgspec import Struct

from regulars.engine.facts import Exchange, Line, Payment, RefundLine


class RefundIn(Struct, frozen=True, gc=False):
    """Goods or money given back. `refunded_at` None: dated when it is first seen.

    With `lines` the shop says what came back; with `amount` alone the money is spread over what is left of the lines.
    `so_far`: that much altogether, of which what was given back before is a part.
    """

    id: str
    refunded_at: int | None = None
    lines: tuple[RefundLine, ...] = ()
    amount: int | None = None
    so_far: bool = False


class OrderIn(Struct, frozen=True):
    """A purchase as the shop sees it now, with the refunds it has seen so far.

    `customer` is the shop's own number for the customer, `card` the number on a member's card; with neither of them nor
    `member_id` it is a guest's order.
    `version_at` None: the snapshot is as old as its payment, or as its arrival. `lines` are as ordered, before refunds.
    With `exchange` all money is in that currency.
    """

    source: str
    id: str
    lines: tuple[Line, ...]
    customer: str | None = None
    member_id: UUID | None = None
    version_at: int | None = None
    paid_at: int | None = None
    refunds: tuple[RefundIn, ...] = ()
    channel: str = ""
    store: str = ""
    codes: tuple[str, ...] = ()
    cancelled: bool = False
    corrects: bool = False
    exchange: Exchange | None = None
    payments: tuple[Payment, ...] = ()
    partner: str = ""
    country: str = ""
    card: str | None = None


class LateRefund(Struct, frozen=True):
    """A refund that arrives by itself, of an order handed over before or still to come."""

    source: str
    order: str
    refund: RefundIn


class ActivityIn(Struct, frozen=True):
    """Something done other than buying, by whoever `customer`, `card` or `member_id` names. `happened_at` None: dated
    when it is first seen."""

    source: str
    id: str
    name: str
    customer: str | None = None
    member_id: UUID | None = None
    happened_at: int | None = None
    channel: str = ""
    store: str = ""
    partner: str = ""
    country: str = ""
    card: str | None = None


# What files hold, and what all doors together do.
Filed: TypeAlias = OrderIn | LateRefund
Arrival: TypeAlias = Filed | ActivityIn


def order_key(source: str, order: str) -> str:
    """The key of an order or an activity in the ledger: unique whatever the shop writes into its numbers."""
    return f"{_part(source)}/{_part(order)}"


def refund_key(source: str, order: str, refund: str) -> str:
    return f"{order_key(source, order)}/{_part(refund)}"


def _part(text: str) -> str:
    """Slashes separate the parts of a key, so those of the shop are written as in an address."""
    if "/" in text or "%" in text:
        return text.replace("%", "%25").replace("/", "%2F")
    return text

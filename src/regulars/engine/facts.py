"""What happened, as facts that are kept for ever.

Facts are plain values. Instants are microseconds since 1970 in UTC, money is an integer in the currency's minor unit,
quantities are whole units. A fact's key is unique within its kind and program: `source/id`, and `source/order/refund`
for a refund. Nothing here rounds.
"""

from typing import TypeAlias

from msgspec import Struct


class Line(Struct, frozen=True, array_like=True, gc=False):
    """One line of an order. `total` is what the customer pays for the whole line, after `discount` was taken off."""

    line: str
    sku: str
    quantity: int
    total: int
    category: str = ""
    brand: str = ""
    discount: int = 0


class Order(Struct, frozen=True, array_like=True, tag="order"):
    """A purchase as the shop saw it at `version_at`; the newest (version_at, number) wins.

    `paid_at` is None until it is paid; `lines` are as ordered, before refunds. Only a snapshot that `corrects` changes
    the past; any other that contains less than the one before is a refund dated by its version.
    """

    key: str
    version_at: int
    lines: tuple[Line, ...]
    paid_at: int | None = None
    number: int = 0
    channel: str = ""
    store: str = ""
    codes: tuple[str, ...] = ()
    cancelled: bool = False
    corrects: bool = False


class RefundLine(Struct, frozen=True, array_like=True, gc=False):
    """How much of a line came back. `total` in minor units where the shop states it, else the line's share."""

    line: str
    quantity: int
    total: int | None = None


class Refund(Struct, frozen=True, array_like=True, tag="refund"):
    """Goods or money given back for an order; a one-off fact."""

    key: str
    order: str
    refunded_at: int
    lines: tuple[RefundLine, ...]


class Enrolment(Struct, frozen=True, array_like=True, tag="enrolment"):
    """The customer became a member."""

    key: str
    enrolled_at: int
    channel: str = ""


Fact: TypeAlias = Order | Refund | Enrolment

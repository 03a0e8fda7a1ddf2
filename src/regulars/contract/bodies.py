"""What callers send: closed shapes, nothing coerced, unknown fields refused."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.config import JsonDict

from regulars.contract import fields
from regulars.contract.fields import Currency, Id, Instant, Money, PositiveMoney, Quantity, Text, Word


def _member_id(value: object) -> object:
    try:
        return UUID(value) if isinstance(value, str) and len(value) == 36 else value
    except ValueError:
        return value


NOTHING: JsonDict = {"default": []}
MemberId = Annotated[
    UUID, BeforeValidator(_member_id), WithJsonSchema({"type": "string", "format": "uuid", "minLength": 36})
]


class Body(BaseModel):
    # Not ninja's Schema: that reads objects of any kind, at ten times the cost.
    model_config = ConfigDict(extra="forbid", strict=True)


def Many(description: str = "", most: int = fields.LINES_LIMIT) -> Any:  # noqa: N802  # as pydantic names its own
    """A list that may be left out. A list given as the default would be copied deeply for each body."""
    return Field(default_factory=list, max_length=most, description=description or None, json_schema_extra=NOTHING)


class LineBody(Body):
    """One line, with an id that stays the same in every version of the order."""

    line: Id
    sku: Word
    quantity: Quantity
    total: Money = Field(description="What the customer pays for the whole line, after discounts.")
    category: Word = ""
    brand: Word = ""
    discount: PositiveMoney = Field("0", description="What was taken off already. For reports; earns nothing.")
    kind: Literal["goods", "shipping", "gift_card", "fee"] = Field("goods", description="Only goods are merchandise.")
    tags: list[Word] = Many(most=fields.TAGS_LIMIT)
    tax: PositiveMoney = Field("0", description="What of the total is tax; for rules that count without it.")


class RefundLineBody(Body):
    line: Id
    quantity: Quantity
    total: PositiveMoney | None = Field(None, description="Without it, the line's share by quantity.")


class RefundBody(Body):
    """Goods or money given back: lines, or an amount that is spread over what is left."""

    id: Id
    refunded_at: Instant | None = Field(None, description="Without it, when it is first seen.")
    lines: list[RefundLineBody] = Many()
    amount: PositiveMoney | None = None


class ExchangeBody(Body):
    """What one unit of the order's currency was worth in the program's; the first one stated for an order stays."""

    rate: Annotated[str, Field(pattern=r"^\d{1,9}(\.\d{1,9})?$", examples=["31.505"])]
    on: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2026-01-10"])] = Field(description="A day.")


class PaymentBody(Body):
    """A part of what was paid. `redemption`: of the checkout by which points or a reward paid it."""

    method: Word
    amount: PositiveMoney
    redemption: Word = ""


class CartBody(Body):
    """An order that is only being thought about. With none of `customer`, `member` and `card` it is a guest's."""

    currency: Currency
    lines: list[LineBody] = Field(max_length=fields.LINES_LIMIT)
    customer: Id | None = Field(None, description="The shop's own number for the customer.")
    member: MemberId | None = Field(None, description="Our id of the member, in place of `customer`.")
    card: Id | None = Field(None, description="The number on the member's card, in place of `customer`.")
    paid_at: Instant | None = None
    channel: Word = ""
    store: Word = ""
    partner: Word = Field("", description="Which merchant of a coalition sold it.")
    country: Word = Field("", description="Where it was bought, if rules ask; else the member's counts.")
    codes: list[Word] = Many(most=100)
    payments: list[PaymentBody] = Many("Needed where points or rewards paid a part, or rules ask how it was paid.", 100)
    exchange: ExchangeBody | None = Field(None, description="Needed where the currency is not the program's.")


class OrderBody(CartBody):
    """An order as the shop sees it now: its lines as ordered, and the refunds so far."""

    version_at: Instant | None = Field(
        None, description="When this version was made; the newest wins. Without it, when it was paid."
    )
    refunds: list[RefundBody] = Many()
    cancelled: bool = False
    corrects: bool = Field(False, description="This version says what was true all along, so the past is changed.")


class BatchOrderBody(OrderBody):
    source: Id
    id: Id


class BatchBody(Body):
    orders: list[BatchOrderBody] = Field(min_length=1, max_length=fields.ORDERS_LIMIT)


class ActivityBody(Body):
    """Something that somebody did other than buying: a review, a visit. `customer`, `member` or `card` says who."""

    name: Annotated[str, Field(max_length=100, pattern=fields.NAME, examples=["review"])] = Field(
        description="As the program's rules call it. One that they do not know is kept, and gives nothing."
    )
    customer: Id | None = Field(None, description="The shop's own number for the customer.")
    member: MemberId | None = Field(None, description="Our id of the member, in place of `customer`.")
    card: Id | None = Field(None, description="The number on the member's card, in place of `customer`.")
    happened_at: Instant | None = Field(None, description="Without it, when it is first seen.")
    channel: Word = ""
    store: Word = ""
    partner: Word = Field("", description="Where in a coalition it happened.")
    country: Word = Field("", description="Where it happened, if rules ask; else the member's counts.")


class BatchActivityBody(ActivityBody):
    source: Id
    id: Id


class ActivitiesBody(Body):
    activities: list[BatchActivityBody] = Field(min_length=1, max_length=fields.ORDERS_LIMIT)


class EnrolmentBody(Body):
    """Somebody who becomes a member. Everything may be left out; what is left out is not known."""

    customer: Id | None = Field(None, description="The shop's own number for the customer.")
    card: Word = ""
    name: Text = ""
    email: Text = ""
    phone: Word = ""
    language: Annotated[str, Field(max_length=10, pattern=r"^[A-Za-z0-9-]*$", examples=["zh-Hant"])] = ""
    channel: Word = ""
    enrolled_at: Instant | None = Field(None, description="Without it, now.")

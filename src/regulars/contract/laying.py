"""What a till sends about spending, read into what the rewards room understands."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import Field

from regulars.contract import fields
from regulars.contract.bodies import Body, LineBody, MemberId
from regulars.contract.fields import NO_CONTROL, Currency, Id, Word
from regulars.contract.problems import KINDS, Fault, Problem
from regulars.contract.reading import Naming, Reading
from regulars.intake.facts import Known
from regulars.intake.orders import order_key
from regulars.members.cards import is_mistyped
from regulars.members.queries import carded, ids_of
from regulars.programs.queries import Published
from regulars.rewards.counter import ITEMS_LIMIT, Asked, Item
from regulars.rewards.pricing import Cart

MINUTES_LIMIT = 24 * 60

Points = Annotated[int, Field(ge=1, le=1_000_000_000)]
CodeText = Annotated[str, Field(min_length=1, max_length=100, pattern=NO_CONTROL, examples=["TEA-7K3M-XQ2A-4PZ"])]


class LaidBody(Body):
    """One thing laid on the counter: a reward to be paid with points now, a code, a reward that is owned, or points."""

    id: Id = Field(description="Your own name for it; the answer says by it what applied.")
    reward: Word = ""
    code: CodeText | None = None
    issued: MemberId | None = Field(None, description="Our id of a reward that the member owns.")
    wallet: Word = ""
    points: Points | None = Field(
        None, description="Of the wallet; or, of a reward that money may pay a part of, how many of its points."
    )
    choice: Word = Field("", description="The SKU, where one of several products may be chosen.")


class OrderPlace(Body):
    """Where the order is, or will be, put."""

    source: Id
    id: Id


class CounterBody(Body):
    """A cart and what is laid beside it. With none of `customer`, `member` and `card` it is a guest's."""

    currency: Currency
    lines: list[LineBody] = Field(min_length=1, max_length=fields.LINES_LIMIT)
    lay: list[LaidBody] = Field(min_length=1, max_length=ITEMS_LIMIT)
    customer: Id | None = Field(None, description="The shop's own number for the customer.")
    member: MemberId | None = Field(None, description="Our id of the member, in place of `customer`.")
    card: Id | None = Field(None, description="The number on the member's card, in place of `customer`.")
    channel: Word = ""
    store: Word = ""
    country: Word = ""
    client: Word = Field(
        "",
        description="Your own name for the guest's session, device or till: wrong codes are counted by it, so that who"
        " guesses does not stop other guests.",
    )
    order: OrderPlace | None = None


class CheckoutBody(CounterBody):
    hold_minutes: Annotated[int, Field(ge=1, le=MINUTES_LIMIT)] | None = Field(
        None, description="Reserve for so long; without it everything is used at once."
    )


class CaptureBody(Body):
    order: OrderPlace | None = Field(None, description="Where it was not known yet when it was held.")
    store: Word = ""


class EndBody(Body):
    store: Word = ""
    reason: Word = Field("", description="A code of yours for why.")


def asked_of(published: Published, body: CounterBody, actor: str, now: int, known: Known) -> Asked:
    """Raises Problem."""
    reading = Reading(published.currency, now)
    reading.whose(body)
    reading.once((f"/lay/{place}/id", laid.id) for place, laid in enumerate(body.lay))
    for place, laid in enumerate(body.lay):
        points = laid.points if not laid.reward else None
        if sum([bool(laid.reward), laid.code is not None, laid.issued is not None, points is not None]) != 1:
            reading.blame(f"/lay/{place}", _("exactly one of reward, code, issued and points is needed"))
        if (points is None) == bool(laid.wallet):
            reading.blame(f"/lay/{place}/wallet", _("points are of a wallet, and nothing else is"))
    # Money is read in the cart's own currency; whether it is the program's is decided with the rest of the cart.
    reading.currency = body.currency if body.currency != published.currency else reading.currency
    lines = reading.lines(body.lines, None)
    if reading.faults:
        raise Problem("invalid", faults=reading.faults)
    cart = Cart(body.currency, lines, body.channel, body.store, country=body.country)
    key = order_key(body.order.source, body.order.id) if body.order else ""
    items, member_id = tuple(map(_item, body.lay)), member_of(body, known)
    return Asked(cart, items, member_id, key, actor, body.store, client=body.client)


def members_of(published: Published, bodies: Sequence[Naming]) -> Known:
    """Whom the shop knows by the numbers that these name, and whose the cards are."""
    numbers = {body.customer for body in bodies if body.customer is not None}
    known = ids_of(published.id, numbers) if numbers else {}
    cards = {body.card for body in bodies if body.card is not None} | (numbers - known.keys())
    return Known(known, carded(published.id, cards) if cards else {})


def member_of(body: Naming, known: Known) -> UUID | None:
    """The member named; whether there is one by that id is seen with their account. None for a guest. Raises
    Problem."""
    if body.card is not None:
        if body.card not in known.cards:
            raise no_card(body.card)
        return known.cards[body.card]
    if body.customer is None:
        return body.member
    if body.customer in known.numbers:
        return known.numbers[body.customer]
    if body.customer in known.cards:
        raise Problem("customer_is_card", faults=[Fault(str(KINDS["customer_is_card"].title), "/customer")])
    raise nobody("/customer")


def no_card(number: str) -> Problem:
    """Nobody has the card of this number."""
    if not is_mistyped(number):
        return nobody("/card")
    return Problem("card_mistyped", faults=[Fault(str(KINDS["card_mistyped"].title), "/card")])


def nobody(pointer: str) -> Problem:
    return Problem("member_unknown", faults=[Fault(_("there is no such member"), pointer)])


def _item(laid: LaidBody) -> Item:
    return Item(laid.id, laid.reward, laid.code or "", laid.issued, laid.wallet, laid.points or 0, laid.choice)

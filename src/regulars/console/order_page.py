"""One order: its lines, what came back, and what it earned."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from regulars.intake.entering import stands_by_hand
from regulars.ledger import orders as ledger
from regulars.ledger.connect import raw
from regulars.programs import wording
from regulars.storefront import timeline
from regulars.storefront.shop import Shop
from regulars.storefront.unearned import Unearned, unearned


class Good(Struct, frozen=True):
    """A line of the order. `returned` is how many units came back, `returned_amount` their money."""

    name: str
    category: str
    quantity: int
    amount: str
    returned: int
    returned_amount: str


class OrderPage(Struct, frozen=True):
    key: str
    number: str
    at: datetime | None
    member_id: UUID
    place: str
    codes: tuple[str, ...]
    goods: list[Good]
    gross: str
    returned: str
    net: str
    points: int
    cancelled: bool
    by_hand: bool
    months: list[timeline.Month]
    unearned: list[Unearned]


def order_page(shop: Shop, key: str) -> OrderPage | None:
    # PostgreSQL's text cannot even be asked for it.
    found = None if "\0" in key else ledger.order(raw(), shop.id, key)
    if found is None:
        return None
    member_id, line = found
    order = line.order
    return OrderPage(
        key=key,
        number=wording.order(key),
        at=shop.local(order.paid_at) if order.paid_at is not None else None,
        member_id=member_id,
        place=timeline.place_of(order.store, order.channel),
        codes=order.codes,
        goods=[_good(shop, line, place) for place in range(len(order.lines))],
        gross=shop.money(line.net_minor + line.refunded_minor),
        returned=shop.money(-line.refunded_minor) if line.refunded_minor else "",
        net=shop.money(line.net_minor),
        points=line.points,
        cancelled=order.cancelled,
        by_hand=stands_by_hand(order),
        months=timeline.months(_earned(shop, key)),
        unearned=unearned(shop, line),
    )


def _good(shop: Shop, line: ledger.OrderLine, place: int) -> Good:
    good = line.order.lines[place]
    returned, minor = line.returned.get(good.line, (0, 0))
    return Good(
        name=good.sku,
        category=good.category,
        quantity=good.quantity,
        amount=shop.money(good.total),
        returned=returned,
        returned_amount=shop.money(-minor) if minor else "",
    )


def _earned(shop: Shop, key: str) -> list[timeline.Slip]:
    """Newest first, on whoever's account; as on the member's page, but without naming the order again and again."""
    about = ledger.entries_about(raw(), shop.id, key)
    told = timeline.timeline(shop, about, [], [])
    return [replace(slip, title="") if slip.order == key else slip for slip in told]

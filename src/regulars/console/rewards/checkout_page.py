"""One redemption: what it consisted of, who did it, and what would go back if it were undone."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from regulars.console import actors
from regulars.engine.calendar import DAY
from regulars.engine.catalogue import Supply
from regulars.programs import wording
from regulars.rewards import books, deeds
from regulars.rewards.actions.undoing import RESTORED_FOR
from regulars.rewards.books import CheckoutLine
from regulars.rewards.parts import Part
from regulars.storefront import words
from regulars.storefront.shop import Shop
from regulars.storefront.words import Badge

DEEDS: dict[str, Promise] = {
    "approved": gettext_lazy("Approved"),
    "declined": gettext_lazy("Declined"),
    "released": gettext_lazy("Given back"),
    "voided": gettext_lazy("Undone"),
}


class PartLine(Struct, frozen=True):
    title: str
    off: str
    costs: str
    cash: str
    adds: str
    issued_url: str


class Deed(Struct, frozen=True):
    at: datetime
    what: str | Promise
    who: str
    reason: str


class CheckoutPage(Struct, frozen=True):
    id: UUID
    member_id: UUID | None
    state: Badge
    is_held: bool
    is_done: bool
    asks_approval: bool
    at: datetime
    until: datetime | None
    ended: datetime | None
    who: str
    where: str
    order: str
    order_url: str
    parts: list[PartLine]
    off: str
    costs: str
    deeds: list[Deed]
    back: list[str]


class Row(Struct, frozen=True):
    """A redemption in a list."""

    id: UUID
    title: str
    url: str
    at: datetime
    until: datetime | None
    state: Badge
    off: str
    costs: str
    member_id: UUID | None
    actor: str
    who: str


def checkout_page(shop: Shop, checkout_id: UUID, *, personal: bool) -> CheckoutPage | None:
    """`personal`: with what people wrote, which may name somebody."""
    line = books.checkout(shop.id, checkout_id, shop.now)
    if line is None:
        return None
    told = deeds.told(shop.id, deeds.about_checkout(checkout_id))
    called = actors.names(shop.id, {line.actor, *(one.actor for one in told)})
    return CheckoutPage(
        id=line.id,
        member_id=line.member_id,
        state=words.checkout_state(line.state),
        is_held=line.state == "held",
        is_done=line.state == "captured",
        asks_approval=line.asks_approval,
        at=shop.local(line.made_at),
        until=shop.local(line.until) if line.until is not None else None,
        ended=shop.local(line.ended_at) if line.ended_at is not None else None,
        who=called[line.actor],
        where=line.place,
        order=wording.order(line.order_key),
        order_url=reverse("order", args=[shop.slug, line.order_key]) if line.order_key else "",
        parts=[_part(shop, part, line) for part in line.parts],
        off=_off(shop, line.parts),
        costs=costs(shop, line.parts),
        deeds=[
            Deed(shop.local(one.at), DEEDS[one.what], called[one.actor], one.reason if personal else "") for one in told
        ],
        back=list(_back(shop, line)),
    )


def row(shop: Shop, line: CheckoutLine, called: dict[str, str]) -> Row:
    return Row(
        id=line.id,
        title=wording.listed(title(shop, part) for part in line.parts),
        url=reverse("checkout", args=[shop.slug, line.id]),
        at=shop.local(line.made_at),
        until=shop.local(line.until) if line.until is not None else None,
        state=words.checkout_state(line.state),
        off=_off(shop, line.parts),
        costs=costs(shop, line.parts),
        member_id=line.member_id,
        actor=line.actor,
        who=called.get(line.actor, ""),
    )


def title(shop: Shop, part: Part) -> str:
    """What a part is called: the reward, the coupon, or points as money."""
    if part.kind == "points":
        return _("Points as money")
    if part.kind != "coupon":
        return wording.reward(part.name, shop.published.programs)
    offer = shop.rules.coupons.get(part.name)
    return words.title(offer) if offer else part.name


def costs(shop: Shop, parts: list[Part]) -> str:
    """All points of a redemption, by wallet."""
    spent: dict[str, int] = {}
    for part in parts:
        for wallet, points in part.costs:
            spent[wallet] = spent.get(wallet, 0) + points
    said = [wording.points(points, wallet, shop.published.programs) for wallet, points in spent.items() if points]
    return " + ".join(said)


def _off(shop: Shop, parts: list[Part]) -> str:
    minor = sum(part.minor for part in parts)
    return words.money(shop, minor) if minor else ""


def _part(shop: Shop, part: Part, line: CheckoutLine) -> PartLine:
    is_there = part.issued_id is not None and (not part.is_bought or line.state in ("captured", "voided"))
    return PartLine(
        title=title(shop, part),
        off=words.money(shop, part.minor) if part.minor else "",
        costs=costs(shop, [part]),
        cash=words.money(shop, part.cash) if part.cash else "",
        adds=wording.listed(f"{quantity} × {sku}" for sku, quantity in part.adds),
        issued_url=reverse("issued", args=[shop.slug, part.issued_id]) if is_there else "",
    )


def _back(shop: Shop, line: CheckoutLine) -> Iterator[str]:
    """What undoing it brings back besides points, and what it ends."""
    for part in line.parts:
        named = {"name": title(shop, part), "days": RESTORED_FOR // DAY}
        if part.kind == "coupon":
            yield _("The coupon “%(name)s” can be used again.") % named
        elif part.is_bought and line.state == "captured":
            has_stock = any(thing.key.startswith("stock:") for thing in _supply(shop, part))
            stocked = _("“%(name)s” is cancelled, and its piece is in stock again.") % named
            yield stocked if has_stock else _("“%(name)s” is cancelled: it cannot be used any more.") % named
        elif part.kind == "issued" and line.state == "captured":
            yield _("“%(name)s” can be used again, for %(days)s days at least.") % named
        elif part.kind == "issued":
            yield _("“%(name)s” can be used again.") % named
    if off := _off(shop, line.parts):
        yield _("%(money)s that were taken off are to be paid again: collect them, or correct the order.") % {
            "money": off
        }
    if cash := sum(part.cash for part in line.parts):
        yield _("%(money)s that were paid besides are to be paid back.") % {"money": words.money(shop, cash)}


def _supply(shop: Shop, part: Part) -> tuple[Supply, ...]:
    offer = shop.rules.rewards.get(part.name)
    return offer.supply if offer else ()

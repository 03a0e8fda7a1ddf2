"""A code by itself at the till: what it is, for whom, and whether it is good, before there is an amount."""

from uuid import UUID

from msgspec import Struct

from regulars.engine.catalogue import Offer
from regulars.engine.facts import Line
from regulars.rewards import looking
from regulars.rewards.actions import checkouts
from regulars.rewards.counter import Asked, Item
from regulars.rewards.finding import CouponCode
from regulars.rewards.looking import Owned
from regulars.rewards.pricing import Cart
from regulars.rewards.refusing import Refused
from regulars.storefront import refused, words
from regulars.storefront.shop import Shop

# What only a cart decides: nothing is wrong with the code.
OF_THE_CART = {
    "nothing_left", "nothing_matches", "order_discount_reached", "order_too_small", "too_few_units",
}  # fmt: skip
NO_CART = (Line("1", "", 1, 0),)


class Shown(Struct, frozen=True):
    """`whose` is the member it is only for, `asks` what a member must have besides; `why_not` is empty where it is
    good as far as can be said without a cart."""

    title: str
    gives: str
    whose: UUID | None
    asks: tuple[str, ...]
    why_not: str


def shown(shop: Shop, typed: str, what: Owned | CouponCode, member_id: UUID | None, actor: str) -> Shown:
    """What was found by its code, for this member or before anybody is found."""
    offer: Offer | None
    if isinstance(what, CouponCode):
        offer, whose = shop.rules.coupons.get(what.coupon.name), what.coupon.owner_id
    else:
        offer, whose = shop.published.programs.at(what.issued_at).rewards.get(what.reward), what.member_id
    return Shown(
        title=words.title(offer) if offer else typed,
        gives=words.gives(shop, offer.gives) if offer else "",
        whose=whose,
        asks=tuple(words.who(shop, offer)) if offer else (),
        why_not=_for(shop, typed, member_id, actor) if member_id else _for_anybody(shop, what, whose),
    )


def _for(shop: Shop, typed: str, member_id: UUID, actor: str) -> str:
    asked = Asked(Cart(shop.currency, NO_CART), (Item("code", code=typed),), member_id, actor=actor)
    _quoted, noes = checkouts.quote(shop.published.programs, asked, shop.now)
    return next((refused.said(shop, no) for no in noes if no.code not in OF_THE_CART), "")


def _for_anybody(shop: Shop, what: Owned | CouponCode, whose: UUID | None) -> str:
    people = frozenset((whose,)) if whose else frozenset()
    try:
        looking.check(what.coupon if isinstance(what, CouponCode) else what, people, shop.now)
        if isinstance(what, CouponCode) and what.coupon.uses is not None and what.used >= what.coupon.uses:
            raise Refused("code_used")
    except Refused as no:
        return refused.said(shop, no)
    return ""

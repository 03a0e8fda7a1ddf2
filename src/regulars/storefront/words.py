"""Rewards in people's words: what kind they are, what they give, who may have them, what became of them."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from msgspec import Struct

from regulars.engine.calendar import date_of
from regulars.engine.catalogue import Cost, Gives, Offer, Prize, Reward
from regulars.engine.luck import MILLION
from regulars.engine.program import Cap
from regulars.insight.wording import count, percent
from regulars.programs import wording
from regulars.programs.wording import AT_MOST, language, worded
from regulars.storefront.promise import lasting, span
from regulars.storefront.shop import Shop
from regulars.storefront.writing import short_day

WHOLE = 10_000
KINDS: dict[str, Promise] = {
    "amount": gettext_lazy("Discount"),
    "buy_get": gettext_lazy("Buy some, get some"),
    "cheapest": gettext_lazy("Cheapest one free"),
    "credit": gettext_lazy("Store credit"),
    "donation": gettext_lazy("Donation"),
    "draw": gettext_lazy("Lucky draw"),
    "early_access": gettext_lazy("Early access"),
    "gift_card": gettext_lazy("Gift card"),
    "other": gettext_lazy("Something else"),
    "percent": gettext_lazy("Discount"),
    "plan": gettext_lazy("Months of a plan"),
    "product": gettext_lazy("Free product"),
    "seat": gettext_lazy("Seat at an event"),
    "shipping": gettext_lazy("Free shipping"),
    "voucher": gettext_lazy("Partner’s voucher"),
}
STATES: dict[str, Promise] = {
    "issued": pgettext_lazy("reward", "Ready to use"),
    "held": pgettext_lazy("reward", "Reserved"),
    "used": pgettext_lazy("reward", "Used"),
    "expired": pgettext_lazy("reward", "Expired"),
    "cancelled": pgettext_lazy("reward", "Cancelled"),
}
CHECKOUT_STATES: dict[str, Promise] = {
    "captured": pgettext_lazy("checkout", "Done"),
    "held": pgettext_lazy("checkout", "Reserved"),
    "lapsed": pgettext_lazy("checkout", "Time ran out"),
    "released": pgettext_lazy("checkout", "Given back"),
    "voided": pgettext_lazy("checkout", "Undone"),
}
# How a state looks: what is open stands out, what is over is quiet.
TONES = {"issued": "is-accent", "captured": "is-accent", "held": "is-attention"}
FULFILMENT: dict[str, Promise] = {
    "ordered": pgettext_lazy("goods", "Ordered"),
    "shipped": pgettext_lazy("goods", "Shipped"),
    "delivered": pgettext_lazy("goods", "Delivered"),
}
PERIODS: dict[str, Promise] = {
    "day": gettext_lazy("today"),
    "week": gettext_lazy("this week"),
    "month": gettext_lazy("this month"),
    "year": gettext_lazy("this year"),
}


class Badge(Struct, frozen=True):
    """`tone` is a class of the style sheet, or nothing."""

    words: str | Promise
    tone: str = ""


def state(name: str) -> Badge:
    return Badge(STATES[name], TONES.get(name, ""))


def checkout_state(name: str) -> Badge:
    return Badge(CHECKOUT_STATES[name], TONES.get(name, ""))


def money(shop: Shop, minor: int) -> str:
    return wording.money(minor, shop.currency)


def costs(shop: Shop, given: Sequence[Cost]) -> str:
    """ "150 points", "10 stamps + 50 points", "free"."""
    said = [wording.points(cost.points, cost.wallet, shop.published.programs) for cost in given if cost.points]
    return " + ".join(said) or _("free")


def cheaper(shop: Shop, offer: Reward) -> list[str]:
    """What it costs on tiers that pay another price."""
    return [
        _("%(tier)s: %(cost)s") % {"tier": shop.tier(tier), "cost": costs(shop, found)}
        for tier, found in offer.costs_for.items()
    ]


def title(offer: Offer) -> str:
    return worded(offer.title, language()) or offer.name


def terms(offer: Offer) -> str:
    return worded(offer.terms, language())


def gives(shop: Shop, given: Gives) -> str:
    """What it gives, in a few words; nothing where the name has to say it."""
    said = _given(shop, given)
    if given.at_most is not None:
        said = _("%(gift)s, at most %(money)s") % {"gift": said, "money": money(shop, given.at_most)}
    if given.order_at_least:
        least = money(shop, given.order_at_least)
        said = _("%(gift)s, on orders of %(money)s or more") % {"gift": said, "money": least}
    return said


def _given(shop: Shop, given: Gives) -> str:
    share = percent(given.hundredths / WHOLE, 0 if given.hundredths % 100 == 0 else 2)
    numbers = {"buy": given.buy, "get": given.get, "of": given.of, "share": share, "money": money(shop, given.minor)}
    sentences = {
        "amount": _("%(money)s off"),
        "percent": _("%(share)s off"),
        "buy_get": _("buy %(buy)s, get %(get)s at %(share)s off"),
        "cheapest": _("%(get)s of %(of)s free, the cheapest"),
    }
    if given.kind == "buy_get" and given.hundredths == WHOLE:
        return _("buy %(buy)s, get %(get)s free") % numbers
    return sentences[given.kind] % numbers if given.kind in sentences else _thing(shop, given)


def _thing(shop: Shop, given: Gives) -> str:
    """What leaves the sum of a cart alone, and products."""
    if given.kind == "product":
        return _product(given)
    if given.kind == "plan":
        count = ngettext("%(count)s month", "%(count)s months", given.months) % {"count": given.months}
        return _("%(time)s of %(plan)s") % {"time": count, "plan": given.named}
    if given.kind == "draw":
        return ngettext("%(count)s prize", "%(count)s prizes", len(given.prizes)) % {"count": len(given.prizes)}
    if given.cost is not None:
        return costs(shop, [given.cost])
    return money(shop, given.minor) if given.minor else given.named


def chance(odds: int) -> str:
    """ "1 in 50", else "0.3%" with as many digits as it takes."""
    if 0 < odds < MILLION and not MILLION % odds:
        return _("1 in %(count)s") % {"count": count(MILLION // odds)}
    return percent(odds / MILLION, next(digits for digits in range(5) if not odds % 10 ** (4 - digits)))


def prize(one: Prize) -> str:
    """What it is called."""
    return worded(one.title, language()) or one.name


def prize_gives(shop: Shop, one: Prize) -> str:
    """What somebody gets who wins it; nothing of a blank."""
    if one.cost is not None:
        return costs(shop, [one.cost])
    return wording.reward(one.reward, shop.published.programs) if one.reward else ""


def _product(given: Gives) -> str:
    what = wording.one_of(given.products) or _("anything of %(category)s") % {"category": given.category}
    return f"{given.quantity} × {what}" if given.quantity > 1 else what


def who(shop: Shop, offer: Offer) -> list[str]:
    """Who may have it: nothing where everybody may."""
    said = _named(shop, offer)
    if offer.asks and not said:
        said.append(_("On conditions, as the program’s document says"))
    return [*said, *_of_long(offer)]


def who_may(shop: Shop, offer: Offer) -> list[str]:
    """The same for members: without the shop's own names for groups of people."""
    return [*_named(shop, offer, hidden=("wrong_segment",)), *_of_long(offer)]


def _named(shop: Shop, offer: Offer, hidden: Sequence[str] = ()) -> list[str]:
    names = {
        "wrong_tier": (_("Tier: %(names)s"), shop.tier),
        "wrong_plan": (_("With the plan: %(names)s"), str),
        "wrong_segment": (_("In the segment: %(names)s"), str),
    }
    said = []
    for ask in offer.asks:
        if ask.code in names and ask.code not in hidden:
            words, named = names[ask.code]
            said.append(words % {"names": wording.one_of([named(name) for name in ask.named.split(", ")])})
    return said


def _of_long(offer: Offer) -> list[str]:
    if offer.member_for is None:
        return []
    return [_("Members for %(time)s or longer") % {"time": span(offer.member_for)}]


def limits(caps: Sequence[Cap]) -> list[str]:
    """How often a member may have it."""
    return [str(AT_MOST[cap.per]) % {"most": wording.times(cap.at_most)} for cap in caps]


def days(since: int | None, until: int | None) -> str:
    """ "1 Apr 2026 – 30 Apr 2026", "from 1 Apr 2026", "until 30 Apr 2026", or nothing."""
    if since is not None and until is not None:
        return f"{short_day(date_of(since))} – {short_day(date_of(until))}"
    if since is not None:
        return _("from %(day)s") % {"day": short_day(date_of(since))}
    return _("until %(day)s") % {"day": short_day(date_of(until))} if until is not None else ""


def valid(offer: Offer) -> str:
    """For how long an issued one can be used."""
    return lasting(offer.valid) if offer.valid is not None else ""


def badges(shop: Shop, offer: Offer) -> list[Badge]:
    """What somebody who asks for it today should know first."""
    today = shop.published.programs.calendar.day(shop.now)
    found = []
    if offer.since is not None and today < offer.since:
        found.append(Badge(_("From %(day)s") % {"day": short_day(date_of(offer.since))}, "is-attention"))
    if offer.until is not None and today > offer.until:
        found.append(Badge(_("Over")))
    if isinstance(offer, Reward) and not offer.is_shown(today):
        found.append(Badge(_("Not shown")))
    if isinstance(offer, Reward) and offer.needs_approval:
        found.append(Badge(_("Needs approval")))
    return found

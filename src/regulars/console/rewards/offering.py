"""The catalogue as the staff see it: rewards and coupons of the program in force, what is left of them, how they go."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.engine.catalogue import Coupon, Offer, Reward
from regulars.insight.wording import count
from regulars.rewards import browsing, registers
from regulars.rewards.browsing import Left
from regulars.rewards.registers import Tally
from regulars.storefront import words
from regulars.storefront.shop import Shop
from regulars.storefront.words import Badge

# Below a fifth it is time to look after it.
LOW = 5


class Bar(Struct, frozen=True):
    """What is left of so much, in numbers for the bar and in words."""

    kind: str
    left: int
    whole: int
    words: str
    is_low: bool


class Line(Struct, frozen=True):
    """A reward or a coupon in the list. `code` is how a coupon's codes come about."""

    name: str
    title: str
    url: str
    kind: str
    gives: str
    cost: str
    cheaper: list[str]
    code: str
    when: list[str]
    badges: list[Badge]
    bars: list[Bar]
    issued: int
    used: int


class Fact(Struct, frozen=True):
    name: str
    said: list[str]


class Page(Struct, frozen=True):
    """One reward or coupon, with everything that its terms say."""

    line: Line
    terms: str
    facts: list[Fact]
    tally: Tally


def rewards(shop: Shop) -> list[Line]:
    offers = list(shop.rules.rewards.values())
    left, tallies = browsing.left_of(shop.published.programs, offers, shop.now), registers.tallies(shop.id, shop.now)
    return [_line(shop, offer, left[offer.name], tallies.get(offer.name, Tally())) for offer in offers]


def coupons(shop: Shop) -> list[Line]:
    offers = list(shop.rules.coupons.values())
    left = browsing.left_of(shop.published.programs, offers, shop.now)
    uses = registers.coupon_uses(shop.id) if offers else {}
    return [_line(shop, offer, left[offer.name], Tally(used=uses.get(offer.name, 0))) for offer in offers]


def page(shop: Shop, offer: Offer) -> Page:
    left = browsing.left_of(shop.published.programs, [offer], shop.now)[offer.name]
    if isinstance(offer, Reward):
        tally = registers.tallies(shop.id, shop.now).get(offer.name, Tally())
    else:
        tally = Tally(used=registers.coupon_uses(shop.id).get(offer.name, 0))
    facts = [Fact(name, said) for name, said in _facts(shop, offer) if said]
    return Page(_line(shop, offer, left, tally), words.terms(offer), facts, tally)


def _line(shop: Shop, offer: Offer, left: Iterable[Left], tally: Tally) -> Line:
    is_reward = isinstance(offer, Reward)
    lasts = words.valid(offer)
    validity = _("%(time)s from issue") % {"time": lasts} if lasts else ""
    return Line(
        name=offer.name,
        title=words.title(offer),
        url=reverse("reward" if is_reward else "coupon", args=[shop.slug, offer.name]),
        kind=str(words.KINDS[offer.gives.kind]),
        gives=words.gives(shop, offer.gives),
        cost=words.costs(shop, offer.costs) if isinstance(offer, Reward) else "",
        cheaper=words.cheaper(shop, offer) if isinstance(offer, Reward) else [],
        code=_code(offer) if isinstance(offer, Coupon) else "",
        when=list(filter(None, (words.days(offer.since, offer.until), validity))),
        badges=words.badges(shop, offer),
        bars=[bar(shop, one) for one in left],
        issued=tally.all,
        used=tally.used,
    )


def bar(shop: Shop, left: Left) -> Bar:
    said = {"left": count(left.left), "whole": count(left.whole)}
    if left.kind == "budget":
        said = {"left": words.money(shop, left.left), "whole": words.money(shop, left.whole)}
    sentence = {
        "budget": _("%(left)s of %(whole)s budget left"),
        "stock": _("%(left)s of %(whole)s in stock"),
        "uses": _("%(left)s of %(whole)s uses left"),
    }[left.kind] % said
    if left.per in words.PERIODS:
        sentence = _("%(what)s %(period)s") % {"what": sentence, "period": words.PERIODS[left.per]}
    return Bar(left.kind, left.left, max(left.whole, 1), sentence, left.left * LOW <= left.whole)


def _code(offer: Coupon) -> str:
    if offer.code:
        return offer.code
    return _("codes in batches") if offer.codes == "batch" else _("a code for each member")


def _facts(shop: Shop, offer: Offer) -> list[tuple[str, list[str]]]:
    everybody = _("Every member") if isinstance(offer, Reward) else _("Everybody")
    found = [
        (_("Gives"), [words.gives(shop, offer.gives) or words.KINDS[offer.gives.kind]]),
        (_("Who may have it"), words.who(shop, offer) or [everybody]),
        (_("How often"), words.limits(offer.limits)),
        (_("Offered"), [words.days(offer.since, offer.until)]),
        (_("Lasts"), [words.valid(offer)]),
        (_("Goes with others"), [_goes_with(offer)]),
    ]
    if isinstance(offer, Reward):
        found[1:1] = [
            (_("Costs"), [words.costs(shop, offer.costs), *words.cheaper(shop, offer)]),
            (_("Or"), [_cash(shop, offer)]),
        ]
        found.append((_("Shown to members"), [words.days(offer.shown_since, offer.shown_until)]))
        found.append((_("Approval"), [_("a second person lets each one pass")] if offer.needs_approval else []))
        found.append((_("Category"), [offer.category]))
    if isinstance(offer, Coupon):
        found[1:1] = [(_("Code"), [_code(offer)])]
        found.append((_("First orders"), [_("only for a first order")] if offer.first_order_only else []))
        found.append((_("Brings friends"), [_("whoever gave the code is rewarded")] if offer.refers else []))
    return [(name, [str(one) for one in said if one]) for name, said in found]


def _cash(shop: Shop, offer: Reward) -> str:
    """Points and money at any split."""
    if not offer.cash or not offer.costs:
        return ""
    wallet = offer.costs[0].wallet
    least = words.wording.points(max(offer.points_at_least, 1), wallet, shop.published.programs)
    return _("from %(points)s on, the rest in money (all of it: %(money)s)") % {
        "points": least, "money": words.money(shop, offer.cash),
    }  # fmt: skip


def _goes_with(offer: Offer) -> str:
    if offer.group == "alone":
        return _("nothing else on the same order")
    return _("one of the group “%(group)s” on an order") % {"group": offer.group} if offer.group else ""

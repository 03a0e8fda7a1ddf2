"""What a member has and could have: balances beside the main one, rewards to take, rewards taken."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from msgspec import Struct
from msgspec.structs import asdict

from regulars.engine.catalogue import Cost, Offer, Reward
from regulars.ledger.queries import Balance
from regulars.portal.visiting import Visit
from regulars.programs import wording
from regulars.rewards import browsing, queries
from regulars.rewards.pricing import Usable
from regulars.rewards.queries import IssuedLine
from regulars.storefront import refused, words
from regulars.storefront.drawn import PrizeRow, prizes
from regulars.storefront.shop import Shop

WITHIN_REACH = 3


class Other(Struct, frozen=True):
    """A balance beside the main one: "3 stamps"."""

    words: str
    balance: Balance


class Displayed(Struct, frozen=True):
    """A reward of the catalogue as everyone sees it."""

    name: str
    title: str
    terms: str
    gives: str
    costs: str
    facts: list[str]
    chances: list[PrizeRow]


class Offered(Displayed, frozen=True):
    """The same for one member. `missing` says why they cannot have it now; `share` how much of its points they have, in
    hundredths, where that is all that is missing."""

    missing: str
    share: int
    can_take: bool


class Owned(Struct, frozen=True):
    """`expires_on` is the last day on which it can be used."""

    line: IssuedLine
    expires_on: date | None
    title: str
    terms: str
    gives: str
    state: words.Badge


def others(visit: Visit) -> list[Other]:
    programs = visit.shop.published.programs
    known = visit.statement.balances if visit.statement else {}
    return [
        Other(wording.points(balance.available, name, programs), balance)
        for name, balance in known.items()
        if name != programs.main_wallet and (balance.available or balance.pending)
    ]


def on_display(shop: Shop) -> list[Displayed]:
    """What everyone is shown, in the program's order, with what it costs on tiers that pay another price."""
    day = shop.published.programs.calendar.day(shop.now)
    shown = [one for one in shop.rules.rewards.values() if one.is_shown(day)]
    return [_displayed(shop, one, one.costs, words.cheaper(shop, one)) for one in shown]


def offered(visit: Visit) -> list[Offered]:
    """What members are shown, in the program's order."""
    found = browsing.catalogue(visit.shop.published.programs, visit.member_id, visit.shop.now)
    return [_offered(visit, one, visit.shop.rules.rewards[one.name]) for one in found]


def within_reach(visit: Visit) -> list[Offered]:
    """The first few that could be taken now."""
    return [one for one in offered(visit) if one.can_take][:WITHIN_REACH]


def ready(visit: Visit) -> list[Owned]:
    """What the member can use, newest first."""
    return [_owned(visit.shop, line) for line in queries.good_of(visit.shop.id, people(visit), visit.shop.now)]


def over(visit: Visit) -> list[Owned]:
    """The newest of what they used, or cannot use any more."""
    return [_owned(visit.shop, line) for line in queries.over_of(visit.shop.id, people(visit), visit.shop.now)]


def one_taken(visit: Visit, issued_id: UUID) -> Owned | None:
    """This one, if it is theirs."""
    line = queries.issued(visit.shop.id, issued_id, visit.shop.now)
    return _owned(visit.shop, line) if line and line.member_id in people(visit) else None


def people(visit: Visit) -> set[UUID]:
    """The member, and those who became part of them."""
    return visit.statement.people if visit.statement else {visit.member_id}


def _offered(visit: Visit, one: Usable, offer: Reward) -> Offered:
    return Offered(
        **asdict(_displayed(visit.shop, offer, one.costs)),
        missing=_missing(visit, one, offer),
        share=_share(visit, one),
        can_take=one.refused is None and not offer.needs_approval,
    )


def _displayed(shop: Shop, offer: Reward, costs: Sequence[Cost], prices: Sequence[str] = ()) -> Displayed:
    return Displayed(
        name=offer.name,
        title=words.title(offer),
        terms=words.terms(offer),
        gives=_said(shop, offer),
        costs=words.costs(shop, costs),
        facts=[*prices, *words.who_may(shop, offer), *words.limits(offer.limits), *_valid(offer)],
        chances=prizes(shop, offer.gives, {}) if offer.gives.is_draw else [],
    )


def _valid(offer: Offer) -> list[str]:
    """For how long a copy is good, or until when."""
    if offer.valid is None:
        return []
    is_span = offer.valid.until is None and offer.valid.span.count
    said = _("Valid for %(time)s") if is_span else _("Valid until %(time)s")
    return [said % {"time": words.valid(offer)}]


def _said(shop: Shop, offer: Offer) -> str:
    """What it takes off a cart; of all else the name says it, for the document knows only numbers and keys of it."""
    is_told = offer.gives.changes_cart and offer.gives.kind != "product"
    return words.gives(shop, offer.gives) if is_told else ""


def _missing(visit: Visit, one: Usable, offer: Reward) -> str:
    if one.refused is not None and one.refused.code == "not_enough_points":
        programs = visit.shop.published.programs
        short = [(cost.points - _had(visit, cost.wallet), cost.wallet) for cost in one.costs]
        missing = [wording.points(points, wallet, programs) for points, wallet in short if points > 0]
        return _("%(points)s are missing.") % {"points": wording.listed(missing)}
    if one.refused is not None:
        return refused.said(visit.shop, one.refused)
    return _("Please ask for it in the shop.") if offer.needs_approval else ""


def _share(visit: Visit, one: Usable) -> int:
    """Of the first cost, where only points are missing; else nothing."""
    if one.refused is None or one.refused.code != "not_enough_points" or not one.costs:
        return 0
    cost = one.costs[0]
    return min(_had(visit, cost.wallet) * 100 // cost.points, 100) if cost.points else 0


def _had(visit: Visit, wallet: str) -> int:
    return visit.statement.balances[wallet].available if visit.statement else 0


def _owned(shop: Shop, line: IssuedLine) -> Owned:
    version = shop.published.programs.at(line.issued_at)
    offer = version.rewards.get(line.reward) or shop.rules.rewards.get(line.reward)
    last_on = None if line.expires_at is None else shop.local(line.expires_at - 1).date()
    state = words.state(line.state)
    if offer is None:
        return Owned(line, last_on, line.reward, "", "", state)
    return Owned(line, last_on, words.title(offer), words.terms(offer), _said(shop, offer), state)

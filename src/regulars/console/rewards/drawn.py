"""Lucky draws for the staff: how a draw goes, who drew what, and the seeds of all days."""

from collections.abc import Sequence
from datetime import date, datetime

from django.urls import reverse
from msgspec import Struct

from regulars.console import people
from regulars.engine.calendar import date_of
from regulars.engine.catalogue import Reward
from regulars.insight.wording import count
from regulars.ledger.connect import raw
from regulars.members import queries as members
from regulars.programs import wording
from regulars.rewards import draws, seeds
from regulars.rewards.draws import Draw
from regulars.rewards.pricing.expecting import expected
from regulars.storefront import words
from regulars.storefront.drawn import Outcome, PrizeRow, outcome, prizes
from regulars.storefront.shop import Shop


class Chances(Struct, frozen=True):
    """All prizes and what is left for nothing; what a draw gives on `average`, without those of `unknown` worth."""

    prizes: list[PrizeRow]
    average: str
    unknown: str
    draws: int


class Row(Struct, frozen=True):
    """A draw in the list, and who drew."""

    outcome: Outcome
    url: str
    who: str
    who_url: str


class DayRow(Struct, frozen=True):
    """`seed` is empty until it is told."""

    day: date
    digest: str
    seed: str
    draws: str
    published_at: datetime
    is_ahead: bool


def chances(shop: Shop, offer: Reward) -> Chances:
    known = draws.tally(raw(), shop.id, offer.name)
    worth = expected(shop.rules, offer.gives)
    titles = {one.name: words.prize(one) for one in offer.gives.prizes}
    average = words.money(shop, round(worth.minor)) if worth.minor else ""
    unknown = wording.one_of([titles[name] for name in worth.unknown]) if worth.unknown else ""
    return Chances(prizes(shop, offer.gives, known), average, unknown, sum(known.values()))


def rows(shop: Shop, found: Sequence[Draw], *, personal: bool) -> list[Row]:
    known = members.several(shop.id, {one.member_id for one in found}, personal=personal)
    return [_row(shop, one, known.get(one.member_id)) for one in found]


def _row(shop: Shop, one: Draw, member: members.MemberLine | None) -> Row:
    return Row(
        outcome=outcome(shop, one),
        url=reverse("issued", args=[shop.slug, one.ticket_id]),
        who=people.called(member) if member else "",
        who_url=reverse("member", args=[shop.slug, member.id]) if member else "",
    )


def days(shop: Shop) -> list[DayRow]:
    today = date_of(shop.published.programs.calendar.day(shop.now))
    return [
        DayRow(
            day=on,
            digest=one.digest.hex(),
            seed=one.seed.hex(),
            draws=count(one.draws),
            published_at=shop.local(one.published_at),
            is_ahead=on > today,
        )
        for one in seeds.days(raw(), shop.published.programs, shop.now)
        for on in [date.fromisoformat(one.day)]
    ]

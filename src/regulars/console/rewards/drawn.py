"""Lucky draws: the chances of one, what members drew, and what is needed to check it."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.console import actors, people
from regulars.engine.calendar import date_of
from regulars.engine.catalogue import Gives, Reward
from regulars.engine.luck import MILLION, number_drawn
from regulars.insight.wording import count
from regulars.ledger.connect import raw
from regulars.members import queries as members
from regulars.programs import wording
from regulars.rewards import draws, seeds
from regulars.rewards.draws import Draw
from regulars.rewards.pricing.expecting import expected
from regulars.rewards.queries import IssuedLine
from regulars.storefront import words
from regulars.storefront.shop import Shop


class PrizeRow(Struct, frozen=True):
    """A prize of a draw: how likely it is, and how often it was drawn."""

    title: str
    gives: str
    chance: str
    drawn: int


class Chances(Struct, frozen=True):
    """All prizes and what is left for nothing; what a draw gives on `average`, without those of `unknown` worth."""

    prizes: list[PrizeRow]
    average: str
    unknown: str
    draws: int


class Row(Struct, frozen=True):
    """A draw in the list. `name` is its public name, "" for one that repeats another; `note` what is special of it."""

    name: str
    title: str
    prize: str
    is_won: bool
    note: str
    url: str
    who: str
    who_url: str
    at: datetime


class DayRow(Struct, frozen=True):
    """`seed` is empty until it is told."""

    day: date
    digest: str
    seed: str
    draws: str
    published_at: datetime
    is_ahead: bool


class Slip(Struct, frozen=True):
    """A ticket. `row` is None until it is drawn; `number`, `digest` and `seed` are the proof, as far as it is known."""

    may_win: list[PrizeRow]
    row: Row | None
    chance: str
    prize_url: str
    digest: str
    seed: str
    number: str
    who: str


def chances(shop: Shop, offer: Reward) -> Chances:
    known = draws.tally(raw(), shop.id, offer.name)
    worth = expected(shop.rules, offer.gives)
    titles = {one.name: words.prize(one) for one in offer.gives.prizes}
    average = words.money(shop, round(worth.minor)) if worth.minor else ""
    unknown = wording.one_of([titles[name] for name in worth.unknown]) if worth.unknown else ""
    return Chances(_prizes(shop, offer.gives, known), average, unknown, sum(known.values()))


def _prizes(shop: Shop, gives: Gives, known: dict[str, int]) -> list[PrizeRow]:
    found = [
        PrizeRow(words.prize(one), words.prize_gives(shop, one), words.chance(one.odds), known.get(one.name, 0))
        for one in gives.prizes
    ]
    rest = MILLION - sum(one.odds for one in gives.prizes)
    return [*found, PrizeRow(_("No prize"), "", words.chance(rest), known.get("", 0))] if rest else found


def rows(shop: Shop, found: Sequence[Draw], *, personal: bool) -> list[Row]:
    known = members.several(shop.id, {one.member_id for one in found}, personal=personal)
    return [_row(shop, one, known.get(one.member_id)) for one in found]


def _row(shop: Shop, one: Draw, member: members.MemberLine | None) -> Row:
    prize = draws.prize_called(shop.published.programs, one, one.prize)
    note = ""
    if one.again_of is not None:
        note = _("as the ticket that was taken back")
    elif one.drawn != one.prize:
        drawn = draws.prize_called(shop.published.programs, one, one.drawn)
        note = _("instead of %(prize)s, of which there was none") % {"prize": words.prize(drawn) if drawn else ""}
    return Row(
        name=one.name,
        title=wording.reward(one.reward, shop.published.programs),
        prize=words.prize(prize) if prize else _("No prize"),
        is_won=prize is not None and not prize.is_blank,
        note=note,
        url=reverse("issued", args=[shop.slug, one.ticket_id]),
        who=people.called(member) if member else "",
        who_url=reverse("member", args=[shop.slug, member.id]) if member else "",
        at=shop.local(one.at),
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


def slip(shop: Shop, line: IssuedLine) -> Slip | None:
    """None for what is no draw."""
    offer = shop.published.programs.at(line.issued_at).rewards.get(line.reward)
    if offer is None or not offer.gives.is_draw:
        return None
    one = draws.of_ticket(raw(), shop.id, line.id)
    may_win = _prizes(shop, offer.gives, {})
    if one is None:
        return Slip(may_win, None, "", "", "", "", "", "")
    drawn = draws.prize_called(shop.published.programs, one, one.drawn)
    [day] = seeds.days(raw(), shop.published.programs, shop.now, str(date_of(one.day))) if one.name else [None]
    prize = draws.prize_called(shop.published.programs, one, one.prize)
    return Slip(
        may_win=may_win,
        row=_row(shop, one, None),
        chance=words.chance(drawn.odds) if drawn else "",
        prize_url=reverse("issued", args=[shop.slug, one.prize_id]) if prize and prize.reward else "",
        digest=day.digest.hex() if day else "",
        seed=day.seed.hex() if day else "",
        number=count(number_drawn(day.seed, one.name)) if day and day.seed else "",
        who=actors.names(shop.id, {one.actor})[one.actor],
    )


def won_with(shop: Shop, issued_id: UUID) -> Row | None:
    """The draw by which a member has this copy."""
    found = draws.that_won(raw(), shop.id, issued_id)
    return _row(shop, found, None) if found and found.ticket_id != issued_id else None

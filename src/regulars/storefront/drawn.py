"""Lucky draws as people see them: what may be won and how likely it is, what was won, and what proves it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.engine.calendar import date_of
from regulars.engine.catalogue import Gives
from regulars.engine.luck import MILLION, number_drawn
from regulars.insight.wording import count
from regulars.ledger.connect import raw
from regulars.programs import wording
from regulars.rewards import draws, seeds
from regulars.rewards.draws import Draw
from regulars.rewards.queries import IssuedLine
from regulars.storefront import words
from regulars.storefront.shop import Shop


class PrizeRow(Struct, frozen=True):
    """A prize of a draw: how likely it is, and how often it was drawn."""

    title: str
    gives: str
    chance: str
    drawn: int


class Outcome(Struct, frozen=True):
    """What a ticket won. `name` is the draw's public name, "" of one that repeats another; `note` what is special of
    it; `copy_id` the reward that was won."""

    name: str
    title: str
    prize: str
    chance: str
    is_won: bool
    note: str
    at: datetime
    copy_id: UUID | None


class Slip(Struct, frozen=True):
    """A ticket: what it may win, or won. `number`, `digest` and `seed` are the proof, as far as it is known."""

    may_win: list[PrizeRow]
    outcome: Outcome | None = None
    digest: str = ""
    seed: str = ""
    number: str = ""


def prizes(shop: Shop, gives: Gives, drawn: Mapping[str, int]) -> list[PrizeRow]:
    """In the program's order, and what is left for nothing."""
    found = [
        PrizeRow(words.prize(one), words.prize_gives(shop, one), words.chance(one.odds), drawn.get(one.name, 0))
        for one in gives.prizes
    ]
    rest = MILLION - sum(one.odds for one in gives.prizes)
    return [*found, PrizeRow(_("No prize"), "", words.chance(rest), drawn.get("", 0))] if rest else found


def outcome(shop: Shop, one: Draw) -> Outcome:
    programs = shop.published.programs
    prize, drawn = draws.prize_called(programs, one, one.prize), draws.prize_called(programs, one, one.drawn)
    note = ""
    if one.again_of is not None:
        note = _("as the ticket that was taken back")
    elif drawn is not None and one.drawn != one.prize:
        note = _("instead of %(prize)s, of which there was none") % {"prize": words.prize(drawn)}
    return Outcome(
        name=one.name,
        title=wording.reward(one.reward, programs),
        prize=words.prize(prize) if prize else _("No prize"),
        chance=words.chance(drawn.odds) if drawn else "",
        is_won=prize is not None and not prize.is_blank,
        note=note,
        at=shop.local(one.at),
        copy_id=one.prize_id if prize and prize.reward else None,
    )


def slip(shop: Shop, line: IssuedLine) -> Slip | None:
    """None for what is no draw."""
    offer = shop.published.programs.at(line.issued_at).rewards.get(line.reward)
    if offer is None or not offer.gives.is_draw:
        return None
    may_win, one = prizes(shop, offer.gives, {}), draws.of_ticket(raw(), shop.id, line.id)
    if one is None or not one.name:
        return Slip(may_win, outcome(shop, one) if one else None)
    [day] = seeds.days(raw(), shop.published.programs, shop.now, str(date_of(one.day)))
    number = count(number_drawn(day.seed, one.name)) if day.seed else ""
    return Slip(may_win, outcome(shop, one), day.digest.hex(), day.seed.hex(), number)


def won_with(shop: Shop, issued_id: UUID) -> Draw | None:
    """The draw by which a member has this copy."""
    found = draws.that_won(raw(), shop.id, issued_id)
    return found if found and found.ticket_id != issued_id else None

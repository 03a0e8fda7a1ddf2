"""Draws as members see them: what may be won and how likely it is, before they pay; then what they won."""

from uuid import UUID

from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.engine.catalogue import Offer
from regulars.engine.luck import MILLION
from regulars.ledger.connect import raw
from regulars.rewards import draws
from regulars.rewards.queries import IssuedLine
from regulars.storefront import words
from regulars.storefront.shop import Shop


class Chance(Struct, frozen=True):
    prize: str
    chance: str


class Ticket(Struct, frozen=True):
    """`won` is empty until it is opened. `prize_id` is the copy that was won, where there is one."""

    chances: list[Chance]
    won: str = ""
    is_blank: bool = False
    prize_id: UUID | None = None


def chances(offer: Offer) -> list[Chance]:
    """Every prize, and what is left for nothing; nothing at all where it is no draw."""
    found = [Chance(words.prize(one), words.chance(one.odds)) for one in offer.gives.prizes]
    rest = MILLION - sum(one.odds for one in offer.gives.prizes)
    return [*found, Chance(_("No prize"), words.chance(rest))] if found and rest else found


def ticket(shop: Shop, line: IssuedLine) -> Ticket | None:
    """None for what is no draw."""
    offer = shop.published.programs.at(line.issued_at).rewards.get(line.reward)
    if offer is None or not offer.gives.is_draw:
        return None
    one = draws.of_ticket(raw(), shop.id, line.id)
    if one is None:
        return Ticket(chances(offer))
    prize = draws.prize_called(shop.published.programs, one, one.prize)
    if prize is None or prize.is_blank:
        return Ticket(chances(offer), _("No prize"), is_blank=True)
    return Ticket(chances(offer), words.prize(prize), prize_id=one.prize_id if prize.reward else None)

"""What goes with a member who leaves, and what the shop would owe them: said before anything is done."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import Struct

from regulars.portal import having
from regulars.portal.visiting import Visit
from regulars.programs.wording import points
from regulars.storefront.parting import parting


class Going(Struct, frozen=True):
    """What is lost, a sentence for each wallet and one for rewards; `owed` in minor units, by what they have now."""

    lost: list[str]
    owed: int


def going(visit: Visit) -> Going:
    found = parting(visit.shop, visit.statement)
    return Going(list(_lost(visit, found.lost)) or [_("You have nothing that is lost.")], found.owed)


def asks_in_shop(visit: Visit, owed: int) -> str:
    return _("Please ask in the shop: we owe you %(money)s.") % {"money": visit.shop.money(owed)}


def gone() -> str:
    return _(
        "You have left, and what named you is deleted. Your orders and points stay in the shop’s books, under a number "
        "that leads to nobody."
    )


def _lost(visit: Visit, lost: Mapping[str, int]) -> Iterator[str]:
    for name, gone in lost.items():
        yield _("You lose %(points)s.") % {"points": points(gone, name, visit.shop.published.programs)}
    if unused := len(having.ready(visit)):
        yield ngettext(
            "You lose %(count)s reward that you have not used.", "You lose %(count)s rewards that you have not used.",
            unused,
        ) % {"count": unused}  # fmt: skip

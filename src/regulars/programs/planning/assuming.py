"""What nobody can read from a shop's orders and a plan has to assume: how members spend points, margins, what they
buy more because of the program, the budget.

Every figure that rests on it is shown with it.
"""

import re
from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct

WHOLE = 10_000


class Behaviour(Struct, frozen=True):
    """`redeemed`: hundredths of a per cent of all points that are ever spent; `months` they wait until then."""

    redeemed: int
    months: int


# Named so that a merchant can choose; none of them was measured.
BEHAVIOURS = {
    "eager": Behaviour(8_500, 2),
    "usual": Behaviour(7_000, 4),
    "idle": Behaviour(4_000, 6),
}


USUAL = "usual"
# What a behaviour is called that the shop's own history shows.
HISTORY = "history"
# A category and the margin of it in per cent, as people write it.
MARGIN = re.compile(r"\s*(\S.*?)\s*[=:＝：]\s*(\d{1,3}(?:\.\d{1,2})?)\s*[%％]?\s*")


class Assumed(Struct, frozen=True):
    """`margin`: hundredths of a per cent of revenue that are left after what the goods cost; `margins` those of
    categories that have another one. `budget`: what points may cost in all, in minor units; None: nobody said.
    `more_orders`, `more_per_order`: by so many hundredths of a per cent members buy more often, and more each time,
    because of the program. `manner` names the behaviour; "": said by hand.
    """

    behaviour: Behaviour = BEHAVIOURS["usual"]
    margin: int = 3_000
    budget: int | None = None
    more_orders: int = 0
    more_per_order: int = 0
    manner: str = ""
    margins: tuple[tuple[str, int], ...] = ()

    def gross_of(self, revenue: int, sold: Mapping[str, int]) -> int:
        """What is left of revenue after what the goods cost; `sold` is the part of it that each category has."""
        named = sum(sold.get(category, 0) for category, _ in self.margins)
        parts = sum(sold.get(category, 0) * margin for category, margin in self.margins)
        return ((revenue - named) * self.margin + parts) // WHOLE

    def more_of(self, amount: int) -> int:
        """What is added to an amount of all orders when members buy more; rounded down."""
        return amount * ((WHOLE + self.more_orders) * (WHOLE + self.more_per_order) - WHOLE**2) // WHOLE**2

    @property
    def more(self) -> int:
        """Both together, in hundredths of a per cent."""
        return self.more_of(WHOLE)


def margin_in(said: str) -> tuple[str, int] | None:
    """A category and its margin in hundredths of a per cent, from “PRODUCE=25”; None: it says neither."""
    found = MARGIN.fullmatch(said)
    if found is None or Decimal(found[2]) > 100:
        return None
    return found[1], int(Decimal(found[2]) * 100)

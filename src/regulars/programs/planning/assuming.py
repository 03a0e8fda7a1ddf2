"""What nobody can read from a shop's orders and a plan has to assume: how members spend points, margins, the budget.

Every figure that rests on it is shown with it.
"""

from msgspec import Struct


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


class Assumed(Struct, frozen=True):
    """`margin`: hundredths of a per cent of revenue that are left after what the goods cost. `budget`: what points may
    cost in all, in minor units; None: nobody said.
    """

    behaviour: Behaviour = BEHAVIOURS["usual"]
    margin: int = 3_000
    budget: int | None = None

"""What a merchant states of what nobody can read from orders, as a form or a job hands it on."""

from msgspec import Struct

from regulars.programs.planning.assuming import BEHAVIOURS, HISTORY, USUAL, Assumed, Behaviour

MARGIN = 3_000


class Stated(Struct, frozen=True):
    """`manner` names a behaviour; "": as members have spent points so far, where that can be seen. `redeemed` and
    `months` say something else by hand. Shares are hundredths of a per cent; `budget` in minor units;
    `margins` are those of categories that have another one.
    """

    manner: str = ""
    redeemed: int | None = None
    months: int | None = None
    margin: int = MARGIN
    budget: int | None = None
    more_orders: int = 0
    more_per_order: int = 0
    margins: tuple[tuple[str, int], ...] = ()

    @property
    def categories(self) -> tuple[str, ...]:
        return tuple(category for category, _margin in self.margins)


def assumed_by(stated: Stated, own: Behaviour | None) -> Assumed:
    """`own` is how members have spent points so far; None: nobody knows."""
    if own and not stated.manner:
        behaviour, manner = own, HISTORY
    else:
        manner = stated.manner or USUAL
        behaviour = BEHAVIOURS[manner]
    if stated.redeemed is not None or stated.months is not None:
        redeemed = behaviour.redeemed if stated.redeemed is None else stated.redeemed
        months = behaviour.months if stated.months is None else stated.months
        behaviour, manner = Behaviour(redeemed, months), ""
    more = (stated.more_orders, stated.more_per_order)
    return Assumed(behaviour, stated.margin, stated.budget, *more, manner, stated.margins)

"""Take orders in: the one use case behind the API, the file import and the demo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from regulars.intake.orders import Arrival
from regulars.ledger.receipt import Receipt

if TYPE_CHECKING:
    from regulars.programs.queries import Published


def take_orders(
    published: Published, orders: Sequence[Arrival], now: int, *, rereads: bool = False
) -> list[Receipt]:
    """Keep orders and refunds, in one transaction. One receipt per fact: an order's first, then its refunds'.

    `now` is the program's clock in microseconds. `rereads`: the door reads orders again from a source that dates
    versions coarsely, so other content under a known version is a newer reading of it; for any other door it is refused
    with `version_conflict` (RULES 1).
    """
    raise NotImplementedError

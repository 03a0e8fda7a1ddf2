"""Take orders in: the one use case behind the API, the file import and the demo."""

from collections.abc import Sequence

from django.db import transaction

from regulars.intake.facts import facts
from regulars.intake.orders import Arrival, OrderIn
from regulars.intake.spreading import spreading
from regulars.ledger.connect import raw
from regulars.ledger.receipt import Incoming, Receipt
from regulars.ledger.record import record
from regulars.members.actions import resolve
from regulars.programs.queries import Published


@transaction.atomic
def take_orders(published: Published, orders: Sequence[Arrival], now: int, *, rereads: bool = False) -> list[Receipt]:
    """Keep orders and refunds, in one transaction. One receipt per fact: an order's first, then its refunds'.

    `now` is the program's clock in microseconds. `rereads`: the door reads orders again from a source that dates
    versions coarsely, so other content under a known version is a newer reading of it; for any other door it is refused
    with `version_conflict` (RULES 1). Raises the ledger's `Contended` when another request is recording the same fact.
    """
    conn = raw()
    customers = {order.customer for order in orders if isinstance(order, OrderIn) and order.customer}
    members = resolve(published.id, customers)
    found = list(facts(orders, members, spreading(conn, published.id, orders), now, rereads))
    incoming = [one for one in found if isinstance(one, Incoming)]
    recorded = iter(record(conn, published.programs, incoming, now))
    return [one if isinstance(one, Receipt) else next(recorded) for one in found]

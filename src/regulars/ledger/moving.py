"""An order is corrected from one member to another: both are told, in one transaction and with the order's key locked.

Who had it learns that it is gone, as a snapshot without anything in it that corrects; who has it now learns of
everything that happened to it so far. Their keys find the new member from now on. Worked examples:
docs/rules/snapshots.md.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import psycopg

from regulars.engine.facts import Order
from regulars.engine.moving import happened_to, left_behind
from regulars.ledger import codec, load
from regulars.ledger.claims import Claim
from regulars.ledger.connect import run
from regulars.ledger.sharing import HAND_ON, NOWHERE, bodies, keys_of


def tell(
    conn: psycopg.Connection[Any], program_id: int, kept: Iterable[Claim], claims: dict[UUID, list[Claim]]
) -> None:
    """Add what both learn besides to the claims of a batch."""
    for item in kept:
        if item.moved_from is not None and isinstance(item.fact, Order):
            before, now, order = item.moved_from, item.member_id, item.fact
            recorded = [fact for _, fact in load.recorded(conn, program_id, before)]
            happened = happened_to(order.key, [*recorded, *(other.fact for other in claims[before])])
            known = bodies(conn, program_id, now, claims)
            claims[before].append(Claim(NOWHERE, before, False, left_behind(order, str(now)), True))
            new = [fact for fact in happened if codec.encode(fact) not in known]
            claims[now] += [Claim(NOWHERE, now, False, fact, True) for fact in new]
            kinds, keys = keys_of(happened)
            run(conn, HAND_ON, [now, [*kinds, codec.KIND_AWAITED], [*keys, order.key], program_id, before])

"""An order is corrected from one member to another: both are told, in one transaction and with the order's key locked.

Who had it learns that it is gone, as a snapshot without anything in it that corrects; who has it now learns of
everything that happened to it so far. Their keys find the new member from now on. Worked examples:
docs/rules/snapshots.md.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import psycopg

from regulars.engine.facts import Fact, Fulfilment, Order, Refund
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
            happened = about(conn, program_id, before, order.key, claims)
            known = bodies(conn, program_id, now, claims)
            claims[before].append(Claim(NOWHERE, before, False, gone(order, str(now)), True))
            new = [fact for fact in happened if codec.encode(fact) not in known]
            claims[now] += [Claim(NOWHERE, now, False, fact, True) for fact in new]
            kinds, keys = keys_of(happened)
            run(conn, HAND_ON, [now, [*kinds, codec.KIND_AWAITED], [*keys, order.key], program_id, before])


def about(
    conn: psycopg.Connection[Any], program_id: int, member: UUID, key: str, claims: dict[UUID, list[Claim]]
) -> list[Fact]:
    """What happened to an order, as far as a member's own history tells."""
    recorded = [fact for _, fact in load.recorded(conn, program_id, member)]
    told = [*recorded, *(item.fact for item in claims.get(member, ()))]
    return [fact for fact in told if isinstance(fact, Refund | Fulfilment) and fact.order == key]


def gone(order: Order, to: str) -> Order:
    return Order(order.key, order.version_at, (), None, order.number, corrects=True, moved_to=to)


def has_moved(fact: Fact) -> bool:
    return isinstance(fact, Order) and bool(fact.moved_to)

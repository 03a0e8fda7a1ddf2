"""What the redemptions are that orders name as payments: only one that we made ourselves pays, for one order, and only
as long as its points have not gone back."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

import psycopg

from regulars.engine.facts import Fact, Merge, Order, Release, Restoration, Theirs
from regulars.engine.timeline import version_of
from regulars.ledger import codec, load
from regulars.ledger.codec import KIND_HOLD, KIND_ORDER, KIND_REDEMPTION
from regulars.ledger.connect import rows
from regulars.ledger.receipt import Incoming

OWNERS = """
    SELECT kind, key, member_id FROM ledger_fact_key
    WHERE program_id = %s AND ((kind = ANY(%b) AND key = ANY(%b)) OR (kind = %b AND key = ANY(%b)))
    ORDER BY kind, key FOR UPDATE
"""
SNAPSHOTS = """
    SELECT o.key, body FROM ledger_order AS o
    JOIN unnest(%b::uuid[], %b::text[]) AS wanted (member_id, key) USING (member_id, key)
    JOIN ledger_fact AS f USING (program_id, member_id)
    WHERE program_id = %s AND f.seq = o.snapshot_seq
"""


def refusals(conn: psycopg.Connection[Any], program_id: int, incoming: Collection[Incoming]) -> dict[str, str]:
    """Why orders are not kept, by key: they name a redemption that is not known, or of whoever is not their customer,
    or that was undone, or that pays for another order.

    Who is or was one with the customer counts as the customer. The keys are locked, so that of two orders that name one
    redemption at once the later finds the earlier. What the newest version that is kept of an order names already is
    not asked about again: it was let in once, and the order must stay open to a refund or an end.
    """
    paid = {one.fact.key: named for one in incoming if isinstance(one.fact, Order) and (named := names(one.fact))}
    if not paid:
        return {}
    asked = [[KIND_REDEMPTION, KIND_HOLD], sorted(set().union(*paid.values())), KIND_ORDER, sorted(paid)]
    spenders: dict[str, UUID] = {}
    customers: dict[str, UUID] = {}
    for kind, key, member_id in rows(conn, OWNERS, [program_id, *asked]):
        (customers if kind == KIND_ORDER else spenders)[key] = member_id
    accepted = kept(conn, program_id, customers)
    found: dict[str, str] = {}
    claimed: dict[str, str] = {}
    for one in incoming:
        key = one.fact.key
        new = paid.get(key, set()) - accepted.get(key, set())
        if not new:
            continue
        customer = one.member_id or customers.get(key)
        others = {spenders[name] for name in new if name in spenders} - {customer}
        if not new <= spenders.keys():
            found[key] = "redemption_unknown"
        elif others and (customer is None or not others <= people(conn, program_id, customer)):
            found[key] = "redemption_of_other_member"
        elif code := gone(conn, program_id, key, {name: spenders[name] for name in new}, claimed):
            found[key] = code
        else:
            claimed |= dict.fromkeys(new, key)
    return found


def gone(
    conn: psycopg.Connection[Any], program_id: int, order: str, named: Mapping[str, UUID], claimed: Mapping[str, str]
) -> str:
    """Why these redemptions, by name and spender, pay for no order any more, or for another one; "" where they do.

    `claimed` are those that orders of the same batch name. One that was held and has lapsed is paid anew.
    """
    if any(claimed.get(name, order) != order for name in named):
        return "redemption_used"
    for spender in sorted(set(named.values())):
        orders: dict[str, Order] = {}
        for fact in told(conn, program_id, spender):
            if isinstance(fact, Release) and fact.hold in named:
                return "redemption_undone"
            if isinstance(fact, Restoration) and fact.points is None and fact.redemption in named:
                return "redemption_undone"
            if isinstance(fact, Order):
                orders[fact.key] = max(orders.get(fact.key, fact), fact, key=version_of)
        if any(key != order and not names(one).isdisjoint(named) for key, one in orders.items()):
            return "redemption_used"
    return ""


def told(conn: psycopg.Connection[Any], program_id: int, member_id: UUID) -> Iterator[Fact]:
    """Everything that is known of a member, and of everybody who is or was one with them."""
    for one in sorted(people(conn, program_id, member_id)):
        for _, fact in load.history(conn, program_id, one):
            yield fact.fact if isinstance(fact, Theirs) else fact


def kept(conn: psycopg.Connection[Any], program_id: int, orders: Mapping[str, UUID]) -> dict[str, set[str]]:
    """The redemptions that the newest kept version of each of these orders names; orders as key → member."""
    if not orders:
        return {}
    found = rows(conn, SNAPSHOTS, [list(orders.values()), list(orders), program_id])
    return {key: names(codec.decode_order(body)) for key, body in found}


def names(order: Order) -> set[str]:
    return {payment.redemption for payment in order.payments if payment.redemption}


def people(conn: psycopg.Connection[Any], program_id: int, member_id: UUID) -> set[UUID]:
    """A member, and everybody who is or was one with them."""
    found, left = {member_id}, [member_id]
    while left:
        for _, fact in load.history(conn, program_id, left.pop()):
            own = fact.fact if isinstance(fact, Theirs) else fact
            if isinstance(own, Merge):
                new = {UUID(own.survivor), UUID(own.absorbed)} - found
                found |= new
                left += new
    return found

"""Arrivals translated into the ledger's facts: refunds split off snapshots, everything dated, amounts spread.

A snapshot without a version is as old as its payment, else it is dated on arrival; the ledger keeps the date it saw
first. So it is with an undated refund or activity: its key is known the second time, and what is known is not recorded
again.
"""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from regulars.engine.facts import Activity, Order, Refund, RefundLine
from regulars.intake.orders import ActivityIn, Arrival, Filed, LateRefund, OrderIn, RefundIn, order_key, refund_key
from regulars.intake.spreading import Spreading
from regulars.ledger.receipt import Incoming, Receipt
from regulars.members.cards import is_mistyped


class Known(Struct, frozen=True):
    """Whom the shop's numbers lead to, and whose the cards are. A number that is missing is that of a card."""

    numbers: Mapping[str, UUID]
    cards: Mapping[str, UUID]

    def refusal(self, arrival: OrderIn | ActivityIn) -> str:
        """Why nobody is named; "" where somebody is, or nobody is meant."""
        if arrival.customer and arrival.customer not in self.numbers:
            return "customer_is_card"
        if arrival.card is None or arrival.card in self.cards:
            return ""
        return "card_mistyped" if is_mistyped(arrival.card) else "member_unknown"

    def whose(self, arrival: OrderIn | ActivityIn) -> UUID | None:
        if arrival.card is not None:
            return self.cards[arrival.card]
        return self.numbers[arrival.customer] if arrival.customer else arrival.member_id


def facts(arrivals: Sequence[Arrival], known: Known, spreading: Spreading, now: int) -> Iterator[Incoming | Receipt]:
    """One fact, or its refusal, for each order, refund and activity, in the order in which they were handed over."""
    for arrival in arrivals:
        if isinstance(arrival, LateRefund):
            yield _refund(arrival, None, arrival.order, arrival.refund, spreading, now)
            continue
        if code := known.refusal(arrival):
            yield from _refused(arrival, code)
            continue
        if isinstance(arrival, ActivityIn):
            yield _activity(arrival, known.whose(arrival), now)
            continue
        snapshot = _order(arrival, known.whose(arrival), now)
        yield snapshot
        for refund in arrival.refunds:
            yield _refund(arrival, snapshot.member_id, arrival.id, refund, spreading, now)


def _refused(arrival: OrderIn | ActivityIn, code: str) -> Iterator[Receipt]:
    """An order that is refused takes with it the refunds that came with it."""
    yield Receipt(order_key(arrival.source, arrival.id), "refused", None, code)
    for refund in arrival.refunds if isinstance(arrival, OrderIn) else ():
        yield Receipt(refund_key(arrival.source, arrival.id, refund.id), "refused", None, "order_unknown")


def _order(arrival: OrderIn, member_id: UUID | None, now: int) -> Incoming:
    if arrival.version_at is not None:
        version_at, version = arrival.version_at, "stated"
    else:
        version_at, version = now if arrival.paid_at is None else arrival.paid_at, "unknown"
    order = Order(
        order_key(arrival.source, arrival.id),
        version_at,
        arrival.lines,
        arrival.paid_at,
        0,
        arrival.channel,
        arrival.store,
        arrival.codes,
        arrival.cancelled,
        arrival.corrects,
        partner=arrival.partner,
        country=arrival.country,
        payments=arrival.payments,
        exchange=arrival.exchange,
    )
    return Incoming(member_id, order, version)


def _activity(arrival: ActivityIn, member_id: UUID | None, now: int) -> Incoming:
    activity = Activity(
        order_key(arrival.source, arrival.id),
        arrival.name,
        now if arrival.happened_at is None else arrival.happened_at,
        arrival.channel,
        arrival.store,
        arrival.partner,
        arrival.country,
    )
    return Incoming(member_id, activity, "unknown" if arrival.happened_at is None else "stated")


def _refund(
    arrival: Filed, member_id: UUID | None, order: str, refund: RefundIn, spreading: Spreading, now: int
) -> Incoming | Receipt:
    key, of = refund_key(arrival.source, order, refund.id), order_key(arrival.source, order)
    if refund.so_far:
        return _more(key, of, refund, spreading, now)
    lines = spreading.lines_of(of, key, refund)
    if lines is None:
        return Receipt(key, "refused", member_id, "order_unknown")
    return Incoming(member_id, Refund(key, of, now if refund.refunded_at is None else refund.refunded_at, lines))


def _more(key: str, of: str, refund: RefundIn, spreading: Spreading, now: int) -> Incoming | Receipt:
    """What came back since the shop last said how much so far; known by how much that is altogether."""
    lines = spreading.new_of(of, refund)
    if isinstance(lines, str):
        return Receipt(key, "refused", None, lines)
    if not lines:
        return Receipt(key, "repeated", None)
    said = refund.lines or (RefundLine("", 0, refund.amount),)
    key += "=" + "+".join(f"{one.quantity}x{one.total}" for one in said)
    return Incoming(None, Refund(key, of, now if refund.refunded_at is None else refund.refunded_at, lines))

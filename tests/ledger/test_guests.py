"""Orders of guests in the ledger: kept, claimed once, and a member's from the beginning."""

import pytest
from django.db import transaction

from regulars.engine.decide import Refusal
from regulars.engine.earlier import enrolment
from regulars.engine.facts import Claimed, Enrolment
from regulars.engine.grammar import read
from regulars.engine.program import Programs
from regulars.ledger import load, orders, resume, uniting
from regulars.ledger.connect import moment, raw
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.ledger.verify import verify
from tests.ledger.shop import DOCUMENT, NOW, at, member, order, refund

pytestmark = pytest.mark.django_db(transaction=True)

PROGRAMS = Programs(1, [read(DOCUMENT | {"earlier_orders": {"claim": "30 days", "before_joining": "30 days"}})])


def take(*incoming: Incoming) -> None:
    with transaction.atomic():
        assert {one.outcome for one in record(raw(), PROGRAMS, incoming, NOW)} == {"recorded"}


def claim(key: str, by: str, when: str) -> Claimed | Refusal:
    with transaction.atomic():
        found = orders.order(raw(), 1, f"web/{key}")
        assert found is not None
        return uniting.claim(raw(), PROGRAMS, found[0], member(by), at(when))


def account(name: str) -> tuple[int, int, int]:
    with transaction.atomic():
        found = load.accounts(raw(), 1, {member(name): False})[member(name)].account
    wallet = found.wallets["points"]
    return found.orders, wallet.available, wallet.pending


def test_a_guests_order_is_claimed_once_and_counts_at_its_date():
    take(Incoming(None, order("G", "2026-01-05 12:00", 1000)), Incoming(None, order("H", "2026-01-01 12:00", 1000)))
    take(Incoming(member("ann"), order("A", "2026-01-10 12:00", 300)))
    assert account("ann") == (1, 10, 6)
    assert isinstance(claim("G", "ann", "2026-01-20 12:00"), Claimed)
    assert account("ann") == (2, 36, 0)
    assert claim("G", "ben", "2026-01-20 12:00") == Refusal("not_a_guest", {})
    assert claim("H", "ann", "2026-01-31 12:00") == Refusal("claim_too_late", {})
    take(Incoming(None, refund("G", "2026-01-21 12:00")))
    assert account("ann") == (2, 26, 0)
    with transaction.atomic():
        assert [one.order.key for one in orders.orders(raw(), 1, member("ann"), moment(NOW), 9)] == ["web/A", "web/G"]
    assert verify(raw(), PROGRAMS).findings == []


def test_what_is_learned_later_of_a_claimed_order_is_the_members():
    """A refund that was there before the claim, and a newer snapshot after it."""
    take(Incoming(None, order("G", "2026-01-05 12:00", 1000, 500)))
    take(Incoming(None, refund("G", "2026-01-06 12:00")))
    assert isinstance(claim("G", "ann", "2026-01-20 12:00"), Claimed)
    assert account("ann") == (1, 10 + 2 * (10 // 2 + 5), 0)
    take(Incoming(None, order("G", "2026-01-05 12:00", 1000, 700, version_at=at("2026-01-22 12:00"))))
    assert account("ann")[0] == 1
    assert account("ann")[1] > 30
    assert verify(raw(), PROGRAMS).findings == []


EXPLICIT = Programs(1, [read(DOCUMENT | {"enrolment": "explicit", "earlier_orders": {"before_joining": "60 days"}})])
JOINS = Enrolment("web/ann", at("2026-03-01 12:00"))
ANN_JOINS = enrolment(EXPLICIT.at(JOINS.at), EXPLICIT.calendar, JOINS)
OLD, RECENT = order("A", "2025-12-30 12:00", 1000), order("B", "2026-01-05 12:00", 300)
RETURNED = refund("B", "2026-01-06 12:00", quantity=2)
ORDERS = [order(f"N{n}", f"2026-01-{n:02} 12:00", 100) for n in range(8, 12)] + [order("F", "2026-02-10 12:00", 100)]


@pytest.mark.parametrize(
    "batches",
    [
        [[OLD], [RECENT], [ANN_JOINS]],
        [[ANN_JOINS], [RECENT], [OLD]],
        [[OLD, RECENT, ANN_JOINS]],
        [[ANN_JOINS, RECENT, OLD]],
        [[OLD], [ANN_JOINS, RECENT]],
        [[RECENT], [RETURNED], [ANN_JOINS]],
        [[ANN_JOINS], [RECENT, RETURNED]],
        [[RECENT], *([one] for one in ORDERS), [ANN_JOINS]],
    ],
)
@pytest.mark.parametrize("checkpoints_from", [0, resume.CHECKPOINTS_FROM])
def test_orders_before_joining_count_from_the_first_within_the_time(batches, checkpoints_from, monkeypatch):
    monkeypatch.setattr(resume, "CHECKPOINTS_FROM", checkpoints_from)
    for batch in batches:
        with transaction.atomic():
            record(raw(), EXPLICIT, [Incoming(member("ann"), fact) for fact in batch], NOW)
    with transaction.atomic():
        found = load.accounts(raw(), 1, {member("ann"): False})[member("ann")].account
    assert found.enrolled_at == at("2026-01-05 12:00")
    assert verify(raw(), EXPLICIT).findings == []

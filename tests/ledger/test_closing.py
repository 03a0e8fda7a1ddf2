"""After a member left, facts are kept in the chain and change nothing, whenever they happened."""

import pytest
from django.db import transaction

from regulars.engine.facts import Adjustment, Closing, Enrolment
from regulars.ledger.connect import raw, rows
from regulars.ledger.queries import account_at, refund_quote
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.ledger.verify import verify
from tests.ledger.shop import NOW, PROGRAMS, at, let_time_pass, member, order, put, refund

pytestmark = pytest.mark.django_db(transaction=True)

LEFT = at("2026-03-20 10:00")
LATE = [
    order("C", "2026-02-01 10:00", 700),
    order("D", "2026-04-01 10:00", 700),
    refund("A", "2026-02-10 10:00"),
    order("A", "2026-02-05 10:00", 9000, version_at=at("2026-02-06 10:00")),
    order("B", "2026-03-10 10:00", 300, version_at=at("2026-05-06 10:00"), corrects=True),
    Enrolment("web/again", at("2026-05-01 10:00")),
    Adjustment("till/1", "points", 5, at("2026-05-02 10:00"), "goodwill", "staff-7"),
]


def bought():
    put("lin", order("A", "2026-02-05 10:00", 5998), order("B", "2026-03-10 10:00", 300))


def kept():
    """What is in the ledger about lin apart from the chain of facts."""
    statements = (
        "SELECT t::text FROM ledger_entry AS t ORDER BY 1",
        "SELECT t::text FROM ledger_order AS t ORDER BY 1",
        "SELECT state, available, pending, held, deficit, tier, next_due_at, enrolled_at FROM ledger_account",
    )
    return [rows(raw(), statement) for statement in statements]


@pytest.mark.parametrize("late", LATE, ids=lambda fact: type(fact).__name__ + fact.key)
def test_what_is_recorded_afterwards_has_no_effect(late):
    bought()
    put("lin", Closing("web/leave", LEFT, "erasure", "staff-7"))
    before = kept()
    [receipt] = put("lin", late)
    assert (receipt.outcome, receipt.entries, kept()) == ("recorded", (), before)
    assert put("lin", late)[0].outcome == "repeated"
    let_time_pass()
    verdict = verify(raw(), PROGRAMS)
    assert (verdict.findings, kept()) == ([], before)


def test_nor_what_comes_in_the_same_batch():
    with transaction.atomic():
        facts = [
            order("A", "2026-02-05 10:00", 5998),
            Closing("web/leave", LEFT, "erasure", "staff-7"),
            *LATE[:3],
            LATE[0],
        ]
        receipts = record(raw(), PROGRAMS, [Incoming(member("lin"), fact) for fact in facts], NOW)
    assert [bool(receipt.entries) for receipt in receipts] == [True, True, False, False, False, False]
    account = account_at(raw(), PROGRAMS, member("lin"), NOW)
    assert account is not None
    assert (account.closed_at, account.orders, account.wallets) == (LEFT, 1, {})
    assert rows(raw(), "SELECT key FROM ledger_order") == [("web/A",)]
    assert verify(raw(), PROGRAMS).findings == []


def test_leaving_is_a_step_like_any_other():
    """A member who left ends with the same, whether all was told in time or a fact before it was late."""
    bought()
    put("lin", order("C", "2026-02-01 10:00", 700), Closing("web/leave", LEFT, "erasure", "staff-7"))
    states = rows(raw(), "SELECT available, pending, held, deficit, tier, next_due_at FROM ledger_account")
    assert states == [(0, 0, 0, 0, "", None)]
    quoted = refund_quote(raw(), PROGRAMS, member("lin"), refund("B", "2026-06-10 10:00"), NOW)
    assert (quoted.entries, quoted.goes_back) == ([], {})
    assert verify(raw(), PROGRAMS).findings == []

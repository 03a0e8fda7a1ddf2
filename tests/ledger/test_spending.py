"""Points that are spent, in the ledger: late or not, the same is written, and every funder's points are proven."""

import psycopg
import pytest
from django.conf import settings
from msgspec.structs import replace

from regulars.engine.facts import Capture, HandedLot, Hold, Payment, Received, Redemption, Restoration
from regulars.ledger import load, queries
from regulars.ledger.connect import raw
from regulars.ledger.verify import verify
from tests.ledger.shop import PROGRAMS, at, let_time_pass, member, order, put, refund

pytestmark = pytest.mark.django_db(transaction=True)


def available(name: str = "lin") -> int:
    return next(iter(load.accounts(raw(), 1, {member(name): False}).values())).account.wallets["points"].available


def is_exact() -> bool:
    return verify(raw(), PROGRAMS).is_exact


def test_a_redemption_and_its_void_are_recorded():
    put("lin", order("A", "2026-01-10 12:00", 1000, category="cups"))
    let_time_pass(at("2026-02-01"))
    assert available() == 20
    put("lin", Redemption("D", "points", 15, at("2026-02-02 12:00")))
    assert available() == 5
    put("lin", Hold("H", "points", 5, at("2026-02-03 12:00"), at("2026-02-04 12:00")))
    put("lin", Capture("C", "H", at("2026-02-03 13:00")))
    assert available() == 0
    put("lin", Restoration("V", "D", at("2026-02-05 12:00"), 6))
    put("lin", Restoration("W", "H", at("2026-02-06 12:00")))
    assert available() == 11
    assert is_exact()


def test_an_order_that_points_paid_for_gives_them_back():
    put("lin", order("A", "2026-01-10 12:00", 1000, category="cups"))
    let_time_pass(at("2026-02-01"))
    put("lin", Redemption("D", "points", 20, at("2026-02-02 12:00")))
    put("lin", order("B", "2026-02-02 12:01", 100, category="cups", payments=(Payment("points", 2_00, "D"),)))
    assert available() == 0
    put("lin", refund("B", "2026-02-03 12:00"))
    assert available() == 10
    put("lin", refund("B", "2026-02-04 12:00", name="S"))
    assert available() == 20
    assert is_exact()


def test_an_order_and_its_refund_may_arrive_together():
    put("lin", order("A", "2026-01-10 12:00", 1000, category="cups"))
    let_time_pass(at("2026-02-01"))
    put("lin", Redemption("D", "points", 20, at("2026-02-02 12:00")))
    paid = order("B", "2026-02-02 12:01", 100, category="cups", payments=(Payment("points", 2_00, "D"),))
    put("lin", paid, refund("B", "2026-02-03 12:00", quantity=2))
    assert available() == 20
    assert is_exact()


def test_a_late_refund_leaves_the_decision_and_owes_the_rest():
    put("lin", order("A", "2026-01-10 12:00", 1000, category="cups"))
    put("lin", Redemption("D", "points", 20, at("2026-02-02 12:00")))
    put("lin", refund("A", "2026-01-11 12:00", quantity=2))
    wallet = next(iter(load.accounts(raw(), 1, {member("lin"): False}).values())).account.wallets["points"]
    assert (wallet.available, wallet.deficit) == (0, 10)
    assert is_exact()


def test_each_funders_points_are_an_entry_that_cannot_be_altered():
    lots = (HandedLot(5, None, at("2026-01-01")), HandedLot(7, None, at("2026-01-01"), "bakery"))
    put("lin", order("A", "2026-01-10 12:00", 100), Received("T", "points", lots, at("2026-01-11 12:00"), "wang/1"))
    found = queries.entries(raw(), 1, member("lin"), queries.NEWEST, 10)
    assert {(line.entry.funder, line.entry.points) for line in found if line.entry.kind == "receive"} == {
        ("", 5),
        ("bakery", 7),
    }
    assert is_exact()
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as conn:
        conn.execute("UPDATE ledger_entry SET funder = 'baker' WHERE funder = 'bakery'")
    assert {finding.code for finding in verify(raw(), PROGRAMS).findings} >= {"entry_altered"}


@pytest.mark.parametrize("is_late", [False, True])
def test_an_order_paid_with_a_lapsed_hold_is_paid_anew_once(is_late: bool):
    put("lin", order("A", "2026-01-10 12:00", 1000, category="cups"))
    let_time_pass(at("2026-02-01"))
    put("lin", Hold("H", "points", 15, at("2026-02-02 12:00"), at("2026-02-02 12:15")))
    if is_late:
        put("lin", Redemption("D", "points", 10, at("2026-02-03 12:00")))
    bought = order("B", "2026-02-02 12:10", 100, category="cups", payments=(Payment("points", 2_00, "H"),))
    put("lin", bought, now=at("2026-02-04 12:00"))
    wallet = next(iter(load.accounts(raw(), 1, {member("lin"): False}).values())).account.wallets["points"]
    assert (wallet.available, wallet.held, wallet.deficit) == ((0, 0, 5) if is_late else (5, 0, 0))
    put("lin", bought, now=at("2026-02-05 12:00"))
    put("lin", replace(bought, version_at=at("2026-02-06 12:00"), store="north"), now=at("2026-02-06 12:00"))
    put("lin", refund("B", "2026-02-07 12:00", quantity=2), now=at("2026-02-07 12:00"))
    assert available() == (10 if is_late else 20)
    assert is_exact()


def test_an_order_paid_with_a_hold_that_was_captured_is_not_paid_anew():
    put("lin", order("A", "2026-01-10 12:00", 1000, category="cups"))
    let_time_pass(at("2026-02-01"))
    put("lin", Hold("H", "points", 15, at("2026-02-02 12:00"), at("2026-02-02 12:15")))
    put("lin", Capture("C", "H", at("2026-02-02 12:05")))
    paid = order("B", "2026-02-02 12:06", 100, category="cups", payments=(Payment("points", 2_00, "H"),))
    put("lin", paid, now=at("2026-02-03 12:00"))
    assert available() == 5
    assert is_exact()

"""An order that is corrected from one card to another: recorded for both, whatever happened to it and in any order."""

from itertools import permutations

import pytest
from django.db import transaction
from msgspec.structs import replace

from regulars.engine.due import advance
from regulars.engine.facts import Fact, Order, Redemption
from regulars.engine.tape import Tape
from regulars.ledger import load, orders
from regulars.ledger.connect import moment, raw, rows
from regulars.ledger.receipt import Incoming
from regulars.ledger.verify import verify
from tests.ledger.shop import NOW, PROGRAMS, at, enrolment, member, order, put, put_all, refund

pytestmark = pytest.mark.django_db(transaction=True)
BOUGHT = order("A", "2026-12-01 10:00", 1000, 500)
MOVED = replace(BOUGHT, version_at=at("2026-12-20 10:00"), corrects=True)
EARNED = 30


def has(name: str) -> tuple[int, int, int]:
    """Orders, money spent, and points; those of the welcome have run out."""
    with transaction.atomic():
        account = load.accounts(raw(), 1, {member(name): False})[member(name)].account
    advance(Tape(PROGRAMS, account), NOW)
    wallet = account.wallets["points"]
    return account.orders, account.spend // 100, wallet.available + wallet.pending - wallet.deficit


def order_keys(name: str) -> list[str]:
    with transaction.atomic():
        return [one.order.key for one in orders.orders(raw(), 1, member(name), moment(NOW), 9)]


def is_exact() -> bool:
    assert verify(raw(), PROGRAMS).findings == []
    return True


@pytest.fixture
def two():
    put("lin", enrolment("lin", "2026-01-01 10:00"))
    put("mei", enrolment("mei", "2026-01-01 10:00"))


def test_an_order_goes_from_one_card_to_another(two):
    put("lin", BOUGHT)
    assert (has("lin"), has("mei")) == ((1, 1500, EARNED), (0, 0, 0))
    (receipt,) = put("mei", MOVED)
    assert (receipt.outcome, receipt.member_id) == ("recorded", member("mei"))
    assert (has("lin"), has("mei")) == ((0, 0, 0), (1, 1500, EARNED))
    assert (order_keys("lin"), order_keys("mei")) == ([], ["web/A"])
    assert is_exact()


def test_what_came_back_of_it_before_goes_along_and_what_comes_later_finds_it(two):
    put("lin", BOUGHT, refund("A", "2026-12-05 10:00", "1", 1, "R1"))
    put("mei", MOVED)
    assert (has("lin"), has("mei")) == ((0, 0, 0), (1, 1000, 20))
    (repeat,) = put(None, refund("A", "2026-12-05 10:00", "1", 1, "R1"))
    assert (repeat.outcome, repeat.member_id) == ("repeated", member("mei"))
    (receipt,) = put(None, refund("A", "2026-12-21 10:00", "2", 1, "R2"))
    assert receipt.member_id == member("mei")
    (refused,) = put("lin", refund("A", "2026-12-22 10:00", "2", 1, "R3"))
    assert refused.code == "order_of_other_member"
    assert (has("lin"), has("mei")) == ((0, 0, 0), (1, 750, 14))
    assert is_exact()


def test_only_a_correction_moves_an_order_and_old_news_changes_nothing(two):
    put("lin", BOUGHT)
    (refused,) = put("mei", replace(MOVED, corrects=False))
    assert refused.code == "order_of_other_member"
    put("mei", MOVED)
    assert [one.outcome for one in put("mei", MOVED)] == ["repeated"]
    assert [one.outcome for one in put("lin", BOUGHT)] == ["stale"]
    assert (has("lin"), has("mei")) == ((0, 0, 0), (1, 1500, EARNED))
    assert is_exact()


def test_an_order_may_go_back_with_all_that_happened_to_it(two):
    put("lin", BOUGHT, refund("A", "2026-12-05 10:00", "1", 1, "R1"))
    put("mei", MOVED)
    put(None, refund("A", "2026-12-21 10:00", "2", 1, "R2"))
    put("lin", replace(MOVED, version_at=at("2026-12-22 10:00")))
    assert (has("lin"), has("mei")) == ((1, 750, 14), (0, 0, 0))
    assert (order_keys("lin"), order_keys("mei")) == (["web/A"], [])
    put(None, refund("A", "2026-12-23 10:00", "2", 1, "R3"))
    assert has("lin") == (1, 500, 10)
    assert is_exact()


def test_edits_after_the_move_are_the_new_members(two):
    put("lin", BOUGHT)
    put("mei", MOVED)
    edited = order("A", "2026-12-01 10:00", 1000, version_at=at("2026-12-21 10:00"))
    (receipt,) = put(None, edited)
    assert receipt.member_id == member("mei")
    assert (has("lin"), has("mei")) == ((0, 0, 0), (1, 1000, 20))
    assert is_exact()


def test_a_guests_order_is_corrected_to_a_member(two):
    put(None, BOUGHT)
    put("mei", MOVED)
    assert has("mei") == (1, 1500, EARNED)
    assert is_exact()


def test_points_that_were_used_meanwhile_are_owed(two):
    put("lin", BOUGHT, Redemption("d1", "points", 20, at("2026-12-15 10:00")))
    put("mei", MOVED)
    assert (has("lin")[2], has("mei")[2]) == (-20, EARNED)
    assert is_exact()


@pytest.mark.parametrize("number", range(6))
def test_whatever_comes_first_the_end_is_the_same(two, number: int):
    """The move may be known before the order itself, or between two refunds of it."""
    news: list[tuple[str | None, Fact]] = [
        ("lin", BOUGHT),
        ("mei", MOVED),
        (None, refund("A", "2026-12-21 10:00", "2", 1, "R2")),
    ]
    told = list(permutations(news))[number]
    for name, fact in told:
        whose = "mei" if name is None and told[0] == news[2] else name
        put(whose, fact)
    assert (has("lin"), has("mei")) == ((0, 0, 0), (1, 1250, 24))
    assert is_exact()


def test_two_moves_in_one_batch_end_with_the_last(two):
    there, back = MOVED, replace(MOVED, version_at=at("2026-12-22 10:00"))
    put("lin", BOUGHT, refund("A", "2026-12-05 10:00", "1", 1, "R1"))
    put_all([Incoming(member("mei"), there), Incoming(member("lin"), back)])
    assert (has("lin"), has("mei")) == ((1, 1000, 20), (0, 0, 0))
    assert is_exact()


def test_each_key_is_one_members(two):
    put("lin", BOUGHT, refund("A", "2026-12-05 10:00", "1", 1, "R1"))
    put("mei", MOVED)
    found = rows(raw(), "SELECT DISTINCT member_id FROM ledger_fact_key WHERE key LIKE 'web/A%%'", [])
    assert found == [(member("mei"),)]


def test_the_first_member_knows_where_the_order_went(two):
    put("lin", BOUGHT)
    put("mei", MOVED)
    facts = [fact for _, fact in load.history(raw(), 1, member("lin")) if isinstance(fact, Order)]
    assert [fact.moved_to for fact in facts] == ["", str(member("mei"))]

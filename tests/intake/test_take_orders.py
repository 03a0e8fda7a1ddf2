"""Orders as doors hand them over: members found, refunds split off, what is undated dated once."""

import pytest
from msgspec.structs import replace

from regulars.engine.facts import Line, RefundLine
from regulars.intake.actions import take_orders
from regulars.intake.orders import LateRefund, RefundIn, order_key, refund_key
from regulars.ledger.connect import raw, rows
from regulars.members.actions import resolve
from regulars.members.models import Member
from tests.intake.shop import NOW, at, ledger, order, orders_kept, shop

DAY = 86_400_000_000


@pytest.fixture
def published(db):
    return shop()


def outcomes(receipts):
    return [(receipt.key, receipt.outcome, receipt.code) for receipt in receipts]


def test_a_customer_becomes_a_member_once(published):
    take_orders(published, [order("A", "2019-12-01", 998), order("B", "2019-12-02", 500)], NOW)
    take_orders(published, [order("C", "2019-12-03", 100)], NOW)
    (member,) = Member.objects.all()
    assert member.external_id == "lin"
    assert {owner for (owner,) in rows(raw(), "SELECT member_id FROM ledger_order")} == {member.id}


def members():
    return dict(Member.objects.values_list("external_id", "id"))


def test_whoever_only_had_orders_refused_is_not_made_known(published):
    receipts = take_orders(published, [order("A", "2031-12-01", 998), order("B", "2031-12-01", 1, customer="wu")], NOW)
    assert {receipt.code for receipt in receipts} == {"too_far_in_future"}
    assert not Member.objects.exists()


def test_of_a_batch_whoever_had_an_order_kept_is_made_known(published):
    batch = [
        order("A", "2019-12-01", 998),
        order("B", "2031-12-01", 998),
        order("C", "2031-12-01", 500, customer="wu"),
    ]
    receipts = take_orders(published, batch, NOW)
    assert [receipt.outcome for receipt in receipts] == ["recorded", "refused", "refused"]
    assert members().keys() == {"lin"}


def test_a_customer_known_before_stays_when_an_order_is_refused(published):
    before = resolve(published.id, ["lin"])
    take_orders(published, [order("A", "2031-12-01", 998), order("B", "2031-12-01", 1, customer="wu")], NOW)
    assert members() == before


def test_guest_orders_are_kept_each_for_itself(published):
    take_orders(
        published, [order("A", "2019-12-01", 998, customer=None), order("B", "2019-12-01", 1, customer=None)], NOW
    )
    assert not Member.objects.exists()
    assert rows(raw(), "SELECT count(DISTINCT member_id), bool_and(guest) FROM ledger_order") == [(2, True)]


def test_refunds_are_split_off_the_snapshot(published):
    refunds = (RefundIn("R1", at("2019-12-02"), (RefundLine("1", 1),)),)
    receipts = take_orders(published, [order("A", "2019-12-01", 998, 500, refunds=refunds)], NOW)
    assert outcomes(receipts) == [("web/A", "recorded", ""), ("web/A/R1", "recorded", "")]
    assert orders_kept() == {"web/A": (1498, 999)}


def test_the_same_batch_again_changes_nothing(published):
    refunds = (RefundIn("R1", None, (RefundLine("1", 1),)), RefundIn("R2", None, amount=300))
    batch = [order("A", "2019-12-01", 998, 500, refunds=refunds), order("B", "2019-12-01", 500, paid_at=None)]
    take_orders(published, batch, NOW)
    before = ledger()
    receipts = take_orders(published, batch, NOW + DAY)
    assert {receipt.outcome for receipt in receipts} == {"repeated"}
    assert ledger() == before


def test_an_amount_is_spread_over_what_is_left(published):
    lines = order("A", "2019-12-01", 1000, 2000)
    first = RefundIn("R1", at("2019-12-02"), (RefundLine("1", 2),))
    take_orders(published, [replace(lines, refunds=(first,))], NOW)
    (receipt,) = take_orders(published, [LateRefund("web", "A", RefundIn("R2", at("2019-12-03"), amount=500))], NOW)
    assert receipt.outcome == "recorded"
    assert orders_kept() == {"web/A": (3000, 1500)}


@pytest.mark.parametrize("before", [0, 1, 2])
def test_an_amount_is_spread_as_the_engine_counts_what_came_back(published, before):
    """A unit for 50 and a unit for its share of 100 are 83, wherever a batch ends; 17 and the other 100 are left."""
    bought = replace(order("A", "2019-12-01"), lines=(Line("1", "x", 3, 100), Line("2", "y", 1, 100)))
    refunds = (
        RefundIn("R1", at("2019-12-02"), (RefundLine("1", 1, 50),)),
        RefundIn("R2", at("2019-12-03"), (RefundLine("1", 1),)),
        RefundIn("R3", at("2019-12-04"), amount=117),
    )
    take_orders(published, [replace(bought, refunds=refunds[:before])], NOW)
    take_orders(published, [LateRefund("web", "A", refund) for refund in refunds[before:]], NOW)
    assert orders_kept() == {"web/A": (200, 0)}


def test_several_amounts_of_one_order_in_one_batch(published):
    refunds = tuple(RefundIn(f"R{number}", at("2019-12-02"), amount=333) for number in range(3))
    take_orders(published, [order("A", "2019-12-01", 500, 500, refunds=refunds)], NOW)
    assert orders_kept() == {"web/A": (1000, 1)}


def test_a_known_amount_is_not_spread_a_second_time(published):
    first = RefundIn("R1", at("2019-12-02"), amount=600)
    take_orders(published, [order("A", "2019-12-01", 500, 500, refunds=(first,))], NOW)
    second = RefundIn("R2", at("2019-12-03"), amount=400)
    take_orders(published, [order("A", "2019-12-01", 500, 500, refunds=(first, second))], NOW)
    assert orders_kept() == {"web/A": (1000, 0)}


def test_more_than_was_paid_is_kept_without_effect(published):
    take_orders(published, [order("A", "2019-12-01", 500, refunds=(RefundIn("R", at("2019-12-02"), amount=900),))], NOW)
    assert orders_kept() == {"web/A": (500, 0)}


def test_an_amount_of_an_unknown_order_is_refused(published):
    arrivals = [LateRefund("web", "A", RefundIn("R", None, amount=1)), order("B", "2019-12-01", 500)]
    receipts = take_orders(published, arrivals, NOW)
    assert outcomes(receipts) == [("web/A/R", "refused", "order_unknown"), ("web/B", "recorded", "")]


def test_other_content_without_a_version_is_a_newer_reading(published):
    take_orders(published, [order("A", "2019-12-01", 500)], NOW)
    (receipt,) = take_orders(published, [order("A", "2019-12-01", 400)], NOW)
    assert receipt.outcome == "recorded"
    assert rows(raw(), "SELECT number FROM ledger_fact_key WHERE kind = 1") == [(1,)]


def test_other_content_under_a_stated_version_is_refused(published):
    take_orders(published, [order("A", "2019-12-01", 500, version_at=at("2019-12-01"))], NOW)
    before = ledger()
    (receipt,) = take_orders(published, [order("A", "2019-12-01", 400, version_at=at("2019-12-01"))], NOW)
    assert (receipt.outcome, receipt.code) == ("refused", "version_conflict")
    assert ledger() == before


def test_keys_are_unique_whatever_the_shop_writes():
    assert refund_key("web", "a/b", "c") != refund_key("web", "a", "b/c")
    assert order_key("web", "a/b") != order_key("web", "a%2Fb")

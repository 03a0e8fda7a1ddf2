"""A quote says what putting the order would give, and keeps nothing."""

import pytest

from regulars.ledger.connect import raw
from regulars.ledger.queries import quote, refund_quote
from tests.ledger.shop import NOW, PROGRAMS, at, ledger, member, order, put, refund

pytestmark = pytest.mark.django_db


def same(entries):
    return sorted((entry.identity, entry.source, entry.target, entry.points) for entry in entries)


@pytest.mark.parametrize("name", ["lin", "newcomer", None])
@pytest.mark.parametrize("paid", ["2026-12-31 11:00", "2026-03-01 11:00"])
def test_a_quote_equals_what_recording_writes(name, paid):
    put("lin", order("A", "2026-02-05 10:00", 5998), order("B", "2026-06-05 10:00", 300))
    cart = order("cart", paid, 1250, 80)
    before = ledger()
    quoted = quote(raw(), PROGRAMS, member(name) if name else None, cart, at(paid))
    assert ledger() == before
    (receipt,) = put(name, cart, now=at(paid) if paid > "2026-12" else NOW)
    if paid > "2026-12":
        added = [entry for entry in receipt.entries if entry.occurred_at == at(paid)]
        assert same(quoted.entries) == same(added)
    else:
        assert {entry.identity for entry in quoted.entries} <= {entry.identity for entry in receipt.entries}


def test_a_quote_costs_no_history(monkeypatch):
    put("lin", order("A", "2026-02-05 10:00", 5998))
    monkeypatch.setattr("regulars.ledger.load.history", lambda *_: pytest.fail("the history was read"))
    assert quote(raw(), PROGRAMS, member("lin"), order("cart", "2026-12-31 11:00", 1000), NOW).entries


@pytest.mark.parametrize(("name", "goes_back"), [("lin", {"points": 38}), (None, {})])
def test_a_guest_who_returns_goods_gets_the_money_alone(name, goes_back):
    (receipt,) = put(name, order("A", "2026-12-01 10:00", 1998))
    quoted = refund_quote(raw(), PROGRAMS, receipt.member_id, refund("A", "2026-12-30 10:00", quantity=2), NOW)
    assert (quoted.goes_back, quoted.cash) == (goes_back, 199_800)

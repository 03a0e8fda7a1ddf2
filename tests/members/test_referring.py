"""Somebody is brought by another member, and never by themselves."""

import pytest

from regulars.contract.problems import KINDS
from regulars.ledger.connect import raw
from regulars.ledger.queries import account_at
from regulars.members.actions import Newcomer, enrol, resolve
from regulars.members.models import Member, Trace
from regulars.members.referring import REFUSALS, ReferralRefused, refer, trace
from tests.ledger.shop import NOW, PROGRAMS, at, ledger, order, put

pytestmark = pytest.mark.django_db
JOINED, BROUGHT = at("2026-05-01 10:00"), at("2026-06-01 10:00")
LIN = Newcomer("A-1", "9001", "Lin", "lin@example.com", "0912 345 678")


def joined(newcomer: Newcomer):
    return enrol(PROGRAMS, newcomer, JOINED, "web", NOW).member_id


def brought_by(member_id):
    account = account_at(raw(), PROGRAMS, member_id, None)
    return account.brought.by if account and account.brought else ""


def test_the_first_to_bring_a_friend_counts():
    lin, wen = joined(LIN), joined(Newcomer("A-2", email="wen@example.com", phone="0912 345 679"))
    mei = joined(Newcomer("A-3", email="mei@example.com"))
    assert refer(PROGRAMS, mei, lin, BROUGHT, NOW).outcome == "recorded"
    assert refer(PROGRAMS, mei, wen, BROUGHT, NOW).outcome == "repeated"
    assert brought_by(mei) == str(lin)


@pytest.mark.parametrize(
    "same",
    [
        Newcomer("A-2", email="Lin+tea@Example.com"),
        Newcomer("A-2", phone="+886 912-345-678"),
        Newcomer("A-2", email="else@example.com", phone="886912345678"),
    ],
)
def test_nobody_brings_themselves(same: Newcomer):
    lin, other = joined(LIN), joined(same)
    refused(other, lin, "self_referral")


@pytest.mark.parametrize("kind", Trace.KINDS)
def test_nor_with_the_same_address_card_or_device(kind: str):
    lin, other = joined(LIN), joined(Newcomer("A-2"))
    trace(lin, kind, "12 Tea Road, Taipei")
    for said in ("13 Tea Road, Taipei", ""):
        trace(other, kind, said)
    trace(other, {"address": "card", "card": "device", "device": "address"}[kind], "12 Tea Road, Taipei")
    assert refer(PROGRAMS, joined(Newcomer("A-3")), lin, BROUGHT, NOW).outcome == "recorded"
    third = joined(Newcomer("A-4"))
    trace(third, kind, "12, tea road, TAIPEI")
    refused(third, lin, "self_referral")
    assert refer(PROGRAMS, other, lin, BROUGHT, NOW).outcome == "recorded"
    assert "Tea" not in str(list(Trace.objects.values_list("kind", "mark")))


def test_somebody_unknown_brings_nobody():
    lin, guest = joined(LIN), resolve(1, ["A-9"])["A-9"]
    refused(lin, lin, "self_referral")
    refused(lin, guest, "referrer_unknown")
    assert refer(PROGRAMS, guest, lin, BROUGHT, NOW).outcome == "recorded"
    refused(joined(Newcomer("A-2")), lin, "too_far_in_future", at=NOW + 6 * 60_000_000)


def test_traces_go_with_the_member():
    lin = joined(LIN)
    trace(lin, "device", "a phone")
    with pytest.raises(ValueError, match="no such trace"):
        trace(lin, "shoes", "blue")
    Member.objects.get(id=lin).delete()
    assert not Trace.objects.exists()


def refused(friend, by, code, at=BROUGHT):
    put("somebody", order("1", "2026-04-01 10:00", 500))
    before = ledger()
    with pytest.raises(ReferralRefused) as refused:
        refer(PROGRAMS, friend, by, at, NOW)
    assert (refused.value.code, ledger()) == (code, before)
    assert code in (*REFUSALS, "too_far_in_future")
    assert code in KINDS

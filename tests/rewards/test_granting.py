"""Gifts that rules give become copies that members own, whatever comes late, twice or in another order."""

from time import sleep

import pytest
from django.db import transaction

from regulars.engine.facts import Details, Merge, Refund, RefundLine
from regulars.engine.grammar import read
from regulars.engine.program import Programs
from regulars.ledger.connect import raw, rows
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.ledger.uniting import merge
from regulars.members.models import Member
from regulars.rewards.actions import drawing
from regulars.rewards.actions.granting import hand_out
from tests.ledger.shop import at, member, order
from tests.rewards.counter import NOW, SHOP, copies, joins

pytestmark = pytest.mark.django_db(transaction=True)

GIVING = SHOP | {
    "earn": [
        *SHOP["earn"],
        {"rule": "second", "give": "reward cake", "when": {"nth_order": "every 2"}},
    ]
}
PROGRAMS = Programs(1, [read(GIVING)])


def put(*facts, sends=True):
    with transaction.atomic():
        record(raw(), PROGRAMS, [Incoming(member("lin"), fact) for fact in facts], NOW, sends=sends)


def bought(number, when="2026-02-28 10:00"):
    return order(number, when, 100)


def returned(number, when="2026-02-28 12:00"):
    return Refund(f"web/{number}/R", f"web/{number}", at(when), (RefundLine("1", 2),))


UNREAD = """
    SELECT 1 FROM ledger_announcement AS a LEFT JOIN ledger_reader AS r USING (program_id)
    WHERE r.reader IS NULL OR (r.reader = 'gifts' AND (a.written, a.member_id, a.seq) > (r.written, r.member_id, r.seq))
"""


def handed_out(programs=PROGRAMS):
    """All that was announced is read when the transactions before it have ended, those of other tests among them."""
    hand_out(programs, NOW)
    while rows(raw(), UNREAD):
        sleep(0.02)
        hand_out(programs, NOW)
    return copies()


@pytest.fixture(autouse=True)
def lin():
    joins("lin")


def test_a_gift_is_issued_once_and_taken_back_with_what_it_was_for():
    put(bought("A"))
    assert handed_out() == []
    put(bought("B", "2026-02-28 11:00"))
    assert handed_out() == [("cake", "issued")]
    assert handed_out() == [("cake", "issued")]
    put(returned("B"))
    assert handed_out() == [("cake", "cancelled")]


def test_what_was_withdrawn_before_anybody_read_it_is_never_issued():
    put(bought("A"), bought("B", "2026-02-28 11:00"))
    put(returned("B"))
    assert handed_out() == []


def test_a_gift_that_is_granted_anew_is_another_copy():
    put(bought("A"), bought("B", "2026-02-28 11:00"))
    handed_out()
    put(returned("B"))
    handed_out()
    put(bought("C", "2026-02-28 13:00"))
    assert sorted(handed_out()) == [("cake", "cancelled"), ("cake", "issued")]


def test_a_ticket_that_was_drawn_is_taken_back_and_repeated():
    """Orders that come and go bring one draw."""
    prizes = [{"prize": "all", "odds": "100%", "reward": "cup"}]
    wheel = {"reward": "cake", "costs": "4 points", "gives": {"draw": prizes}}
    programs = Programs(1, [read(GIVING | {"rewards": [SHOP["rewards"][0], wheel]})])
    put(bought("A"), bought("B", "2026-02-28 11:00"))
    handed_out(programs)
    assert drawing.draw(programs, ticket(), NOW).prize == "all"
    assert copies() == [("cake", "used"), ("cup", "issued")]
    put(returned("B"))
    assert handed_out(programs) == [("cake", "cancelled"), ("cup", "cancelled")]
    put(bought("C", "2026-02-28 13:00"))
    handed_out(programs)
    assert drawing.draw(programs, ticket(), NOW).again_of is not None
    assert sorted(copies()) == [("cake", "cancelled"), ("cake", "used"), ("cup", "cancelled"), ("cup", "issued")]


def ticket():
    [(found,)] = rows(raw(), "SELECT id FROM rewards_issued WHERE reward = 'cake' AND state = 'issued'")
    return found


def test_imports_give_nothing():
    put(bought("A"), bought("B", "2026-02-28 11:00"), sends=False)
    assert handed_out() == []


@pytest.mark.parametrize(
    "rule",
    [
        {"on": "birthday"},
        {"on": "profile", "needs": ["birthday"]},
        {"on": "order", "goal": {"orders": "1"}},
    ],
    ids=lambda rule: rule["on"],
)
def test_what_grants_to_everybody_gives_to_each(rule):
    """A birthday, a profile and a goal are called the same for all members."""
    joins("mei")
    programs = Programs(1, [read(GIVING | {"earn": [*SHOP["earn"], {"rule": "treat", "give": "reward cake"} | rule]})])
    for who in ("lin", "mei"):
        known = Details(f"details/{who}", at("2026-02-27 10:00"), (2, 28))
        facts = [known, order(f"of-{who}", "2026-02-28 10:00", 100)]
        with transaction.atomic():
            record(raw(), programs, [Incoming(member(who), fact) for fact in facts], NOW)
    assert handed_out(programs) == [("cake", "issued")]
    assert copies("mei") == [("cake", "issued")]


def test_a_welcome_with_the_first_order_is_given_to_each():
    """Who joins by buying joins by a name that all of them share."""
    treat = {"rule": "treat", "on": "enrolment", "give": "reward cake"}
    programs = Programs(1, [read(GIVING | {"enrolment": "first order", "earn": [*SHOP["earn"], treat]})])
    for who in ("amy", "bob"):
        Member.objects.create(id=member(who), program_id=1, external_id=who)
        with transaction.atomic():
            record(raw(), programs, [Incoming(member(who), order(f"of-{who}", "2026-02-28 10:00", 100))], NOW)
    handed_out(programs)
    assert copies("amy") == copies("bob") == [("cake", "issued")]


def test_what_was_given_to_one_is_taken_back_from_both_who_became_one():
    """A goal that the absorbed member had reached, and the order that reached it comes back."""
    joins("mei")
    treat = {"rule": "treat", "give": "reward cake", "goal": {"orders": "1", "per": "month"}}
    programs = Programs(1, [read(GIVING | {"earn": [*SHOP["earn"], treat]})])
    with transaction.atomic():
        record(raw(), programs, [Incoming(member("mei"), bought("M"))], NOW)
    handed_out(programs)
    assert (copies(), copies("mei")) == ([], [("cake", "issued")])
    with transaction.atomic():
        merge(raw(), programs, member("lin"), member("mei"), Merge("M-1", "", "", 0, "", "same", "staff-7"), NOW)
    handed_out(programs)
    assert (copies(), copies("mei")) == ([], [("cake", "issued")])
    with transaction.atomic():
        record(raw(), programs, [Incoming(None, returned("M", "2026-03-01 12:00"))], NOW)
    handed_out(programs)
    assert (copies(), copies("mei")) == ([], [("cake", "cancelled")])

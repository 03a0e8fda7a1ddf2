"""Rewards that go into the account: credit and months of a plan, put in once and taken out again."""

from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from regulars.engine.account import Account
from regulars.engine.facts import PlanStanding
from regulars.engine.grammar import read
from regulars.engine.program import Programs
from regulars.ledger import load
from regulars.ledger.connect import raw
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.ledger.verify import verify
from regulars.rewards.actions import checkouts, granting, owning, refunds
from regulars.rewards.counter import Item
from regulars.rewards.parts import Kept
from tests.ledger.shop import at, member, order, refund
from tests.rewards.counter import MINUTE, NOW, SHOP, asked, copies, joins, put, refusal

pytestmark = pytest.mark.django_db(transaction=True)

REWARDS = [
    {"reward": "cash", "costs": "10 points", "gives": {"credit": "5 credit"}},
    {"reward": "plus", "costs": "4 points", "gives": {"plan": "plus", "months": "1"}},
    {"reward": "coin", "costs": "2 points", "gives": {"credit": "1 credit"}},
    {"reward": "seat", "costs": "2 points", "gives": {"event": "tasting"}, "approval": "true"},
]
WALLETS: dict[str, Any] = SHOP["wallets"] | {"credit": {"money": "true", "approve_above": "1 TWD"}}
PROGRAMS = Programs(1, [read(SHOP | {"wallets": WALLETS, "rewards": REWARDS})])
DAY = 24 * 60 * MINUTE


@pytest.fixture
def lin() -> None:
    joins("lin", 25)


def account() -> Account:
    return load.account(raw(), 1, member("lin"))


def available(wallet: str) -> int:
    found = account().wallets.get(wallet)
    return found.available if found else 0


def ends() -> list[tuple[int, str]]:
    """To the minute: what is put in comes a microsecond after what paid for it."""
    return [(until - until % MINUTE, name) for until, name in account().plan_ends]


def buy(name: str, now: int = NOW) -> Kept:
    return checkouts.redeem(PROGRAMS, asked(Item("1", reward=name)), now)


def void(kept: Kept, now: int) -> Kept:
    return checkouts.void(PROGRAMS, kept.id, now)


def is_exact() -> bool:
    return verify(raw(), PROGRAMS).is_exact


def test_credit_is_put_in_when_it_is_captured_and_taken_out_by_a_void(lin: None):
    held = checkouts.hold(PROGRAMS, asked(Item("1", reward="cash")), NOW + MINUTE, NOW)
    assert (available("points"), available("credit")) == (15, 0)
    done = checkouts.capture(PROGRAMS, held.id, NOW + 1)
    assert (available("points"), available("credit"), copies()) == (15, 500, [("cash", "used")])
    void(done, NOW + 2)
    assert (available("points"), available("credit"), copies()) == (25, 0, [("cash", "cancelled")])
    assert is_exact()


def test_credit_that_was_spent_is_not_taken_out(lin: None):
    bought = owning.claim(PROGRAMS, member("lin"), "cash", NOW)
    checkouts.redeem(PROGRAMS, asked(Item("1", wallet="credit", points=1)), NOW + 1)
    assert refusal(void, bought, NOW + 2) == "code_used"
    assert (available("points"), available("credit")) == (15, 499)
    assert is_exact()


def test_months_of_a_plan_follow_each_other_and_are_taken_off_again(lin: None):
    first = buy("plus")
    assert (account().known.plans, ends()) == (("plus",), [(at("2026-04-01 12:00"), "plus")])
    second = owning.claim(PROGRAMS, member("lin"), "plus", NOW + 5 * DAY)
    assert ends() == [(at("2026-05-01 12:00"), "plus")]
    void(first, NOW + 6 * DAY)
    assert ends() == [(at("2026-03-31 12:00"), "plus")], "31 days less"
    assert refusal(void, second, NOW + 7 * DAY) == "code_used", "23 of its 30 days are left"
    assert available("points") == 21
    assert is_exact()


@pytest.mark.parametrize("days", [1, 40])
def test_months_that_have_begun_to_run_out_are_not_paid_back(lin: None, days: int):
    bought = checkouts.redeem(PROGRAMS, asked(Item("1", reward="plus"), order_key="web/B"), NOW)
    before = (available("points"), ends(), copies())
    assert refusal(void, bought, NOW + days * DAY) == "code_used"
    put("lin", order("B", "2026-03-01 12:30", 100), refund("B", "2026-03-01 12:40", quantity=2))
    assert refunds.follow(PROGRAMS, "web/B", NOW + days * DAY) == 0
    assert (available("points"), ends(), copies()) == before
    assert is_exact()


def paid(key: str, when: str) -> None:
    with transaction.atomic():
        [receipt] = record(raw(), PROGRAMS, [Incoming(member("lin"), order(key, when, 100))], at(when))
    assert receipt.outcome == "recorded"


@pytest.mark.parametrize(
    ("other", "when", "comes"),
    [
        ("", "2026-03-01 12:00:01", "voided"),
        ("", "2026-03-01 23:59:59", "voided"),
        ("", "2026-03-02 00:00", "code_used"),
        ("C", "2026-03-01 13:00", "code_used"),
    ],
)
def test_months_are_in_use_once_their_first_day_is_over_or_an_order_was_paid_in_them(
    lin: None, other: str, when: str, comes: str
):
    bought = checkouts.redeem(PROGRAMS, asked(Item("1", reward="plus"), order_key="web/B"), NOW)
    paid("B", "2026-03-01 12:00:01")
    if other:
        paid(other, "2026-03-01 12:30")
    if comes == "voided":
        assert void(bought, at(when)).state == "voided"
        assert (account().known.plans, ends()) == ((), [])
    else:
        assert refusal(void, bought, at(when)) == comes
    assert is_exact()


def test_a_plan_without_end_has_no_more_months(lin: None):
    put("lin", PlanStanding("P", "plus", at("2026-02-10 12:00")))
    assert refusal(buy, "plus") == "plan_endless"


def give(name: str, cause: str, now: int = NOW, by_rule: bool = True) -> UUID:
    return owning.give(PROGRAMS, member("lin"), name, cause, now, actor="mei", by_rule=by_rule)


def test_what_needs_a_second_person_is_no_gift_of_one_alone(lin: None):
    assert refusal(give, "cash", "x", by_rule=False) == "approval_missing", "500 of credit, above 1 TWD"
    assert refusal(give, "seat", "x", by_rule=False) == "approval_missing"
    assert give("cash", "x") == give("cash", "x", by_rule=False), "given before"
    give("seat", "y")
    give("plus", "z", by_rule=False)
    give("coin", "c", by_rule=False)
    assert available("credit") == 600
    assert copies() == [("cash", "used"), ("coin", "used"), ("plus", "used"), ("seat", "issued")]
    assert is_exact()


def test_a_gift_goes_in_and_is_withdrawn_unless_it_is_spent(lin: None):
    given = give("cash", "birthday")
    assert give("cash", "birthday") == given
    assert (available("points"), available("credit")) == (25, 500)
    owning.cancel(PROGRAMS, given, NOW + 1, actor=granting.ACTOR)
    assert (available("credit"), copies()) == (0, [("cash", "cancelled")])
    assert refusal(owning.cancel, PROGRAMS, given, NOW + 1, actor="mei") == "code_cancelled"
    other = give("cash", "another", NOW + 2)
    checkouts.redeem(PROGRAMS, asked(Item("1", wallet="credit", points=500)), NOW + 3)
    assert refusal(owning.cancel, PROGRAMS, other, NOW + 4, actor=granting.ACTOR) == "code_used"
    assert is_exact()


def test_what_was_bought_and_cancelled_is_taken_out_once(lin: None):
    bought = owning.claim(PROGRAMS, member("lin"), "cash", NOW)
    number = bought.parts[0].issued_id
    assert number is not None
    owning.cancel(PROGRAMS, number, NOW + 1, actor="mei")
    assert (available("points"), available("credit")) == (15, 0)
    void(bought, NOW + 2)
    assert (available("points"), available("credit"), copies()) == (25, 0, [("cash", "cancelled")])
    assert is_exact()

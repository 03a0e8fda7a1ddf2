"""A draft over a ledger whose members bought what goes into the account: no draft gives it to them once more."""

from typing import Any

import pytest

from regulars.engine.facts import Adjustment, PlanStanding
from regulars.engine.grammar import read
from regulars.engine.program import Programs
from regulars.ledger.connect import raw
from regulars.ledger.replays import replays
from regulars.programs.planning.replaying import Replayed, replay, undecided_of
from regulars.programs.planning.tallying import Span
from regulars.rewards.actions import checkouts, owning
from tests.ledger.shop import at, member
from tests.rewards.counter import NOW, SHOP, asked, joins, put, reward

pytestmark = pytest.mark.django_db(transaction=True)

REWARDS = [
    {"reward": "cash", "costs": "10 points", "gives": {"credit": "5 credit"}},
    {"reward": "plus", "costs": "4 points", "gives": {"plan": "plus", "months": "1"}},
]
WALLETS: dict[str, Any] = SHOP["wallets"] | {"credit": {"money": "true"}}
PROGRAMS = Programs(1, [read(SHOP | {"wallets": WALLETS, "rewards": REWARDS})])
MARCH = 2026 * 12 + 2
UNTIL = at("2026-03-31 12:00")


def planned(draft: Programs = PROGRAMS) -> Replayed:
    return replay(raw(), PROGRAMS, draft, Span(UNTIL))


@pytest.fixture
def lin() -> None:
    joins("lin", 60)


def issued(found: Replayed) -> list[tuple[int, int]]:
    """Credit in March, issued and returned: by the draft, and by the program in force."""
    outcome = found.outcome
    assert outcome.before is not None
    moves = ("issued", "returned")
    both = (outcome.tally, outcome.before)
    return [(one.points[MARCH, "credit", moves[0], ""], one.points[MARCH, "credit", moves[1], ""]) for one in both]


def test_credit_that_points_bought_is_not_given_by_a_plan(lin: None):
    owning.claim(PROGRAMS, member("lin"), "cash", NOW)
    checkouts.redeem(PROGRAMS, asked(reward("cash")), NOW + 1)
    voided = owning.claim(PROGRAMS, member("lin"), "cash", NOW + 2)
    checkouts.void(PROGRAMS, voided.id, NOW + 3)
    found = planned()
    assert (found.members, found.exact) == (1, 1)
    assert issued(found) == [(0, 0), (0, 0)]
    comparison = found.outcome.comparison
    assert comparison is not None
    assert (comparison.gain, comparison.lose) == (0, 0)


def test_gifts_and_what_was_given_by_hand_stay(lin: None):
    given = owning.give(PROGRAMS, member("lin"), "cash", "birthday", NOW, actor="clerk")
    owning.give(PROGRAMS, member("lin"), "cash", "sorry", NOW + 1, actor="clerk")
    owning.cancel(PROGRAMS, given, NOW + 2, actor="clerk")
    put("lin", Adjustment("H", "credit", 70, NOW + 3, "goodwill", "clerk"))
    assert issued(planned()) == [(1070, 500), (1070, 500)]


def test_months_of_a_plan_hold_on_both_sides_also_where_points_bought_them(lin: None):
    put("lin", PlanStanding("web/P", "club", NOW))
    bought = owning.claim(PROGRAMS, member("lin"), "plus", NOW + 1)
    owning.claim(PROGRAMS, member("lin"), "plus", NOW + 10)
    checkouts.void(PROGRAMS, bought.id, NOW + 20)
    [told] = [undecided_of(one) for one in replays(raw(), PROGRAMS)]
    months = [fact.key for fact in told if isinstance(fact, PlanStanding)]
    assert months[0] == "web/P"
    assert [key.partition("/")[2] for key in months[1:]] == ["plan", "plan", "plan/back"]
    found = planned()
    assert found.exact == 1
    assert found.outcome.comparison is not None
    assert (found.outcome.comparison.gain, found.outcome.comparison.lose) == (0, 0)

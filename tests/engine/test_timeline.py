"""Facts as steps in one order: the same ones in whatever order they arrived, and each once."""

from itertools import permutations

import pytest

from regulars.engine.facts import (
    Claimed,
    Details,
    Effect,
    Enrolment,
    Fact,
    Fulfilment,
    Merge,
    Order,
    PlanStanding,
    Refund,
    Theirs,
    Unmerge,
)
from regulars.engine.timeline import DECIDE, EDIT, ENROL, PAY, STANDS, subject, unrolled
from tests.builders import at, line, order

PAID = "2026-01-10 12:00"
FIRST = order("A", PAID, line("tea", 100))
SECOND = order("A", PAID, line("tea", 200), version="2026-01-11 12:00")
THIRD = order("A", PAID, line("tea", 300), version="2026-01-12 12:00")


def steps(*facts: Fact) -> list[tuple[int, Fact]]:
    return [(happening.step[1], happening.fact) for happening in unrolled(facts)]


@pytest.mark.parametrize("facts", [*permutations([FIRST, SECOND]), *permutations([FIRST, SECOND, THIRD, SECOND])])
def test_snapshots_of_an_order_are_its_payment_and_its_edits(facts: tuple[Order, ...]):
    known = sorted({fact.version_at: fact for fact in facts}.items())
    assert steps(*facts) == [(PAY, known[0][1]), *((EDIT, fact) for _, fact in known[1:])]


def test_what_comes_before_a_correction_never_was():
    corrected = order("A", PAID, line("tea", 200), version="2026-01-11 12:00", corrects=True)
    assert steps(THIRD, FIRST, corrected) == [(PAY, corrected), (EDIT, THIRD)]
    unpaid = Order("shop/A", at("2026-01-09"), (), None)
    assert steps(THIRD, unpaid, corrected) == [(PAY, corrected), (EDIT, THIRD)]
    assert steps(FIRST, corrected) == [(PAY, corrected)]
    assert steps(unpaid, SECOND, THIRD) == [(PAY, SECOND), (EDIT, THIRD)]


def test_an_order_that_is_paid_as_somebody_joins_is_not_from_before():
    """Joining goes back to an earlier one alone; to none, it stays where it is."""
    join = Enrolment("lin", at(PAID), since=at("2026-01-01"))
    assert [step.step[0] for step in unrolled([join, FIRST])] == [at(PAID), at(PAID)]
    earlier = order("B", "2026-01-05 12:00", line("tea", 100))
    assert [kind for kind, _ in steps(earlier, join)] == [ENROL, PAY]
    assert unrolled([earlier, join])[0].step[0] == at("2026-01-05 12:00")


def test_void_effects_leave_no_step():
    said, again = (Effect(key, "referral", at(PAID), "cause") for key in ("E1", "E3"))
    void = Effect("E2", "referral", at(PAID), "cause", void=True)
    assert [fact.key for _, fact in steps(said, void, again, void)] == ["E3"]
    assert [fact.key for _, fact in steps(again, said)] == ["E1", "E3"]


def test_only_the_merge_that_is_undone_is_one_that_will_be():
    merges = [Merge(name, name, "lin", at(PAID), "lin") for name in ("wang", "mei")]
    undone = [
        fact.undone for _, fact in steps(*merges, Unmerge("U", "wang", at("2026-01-11"))) if isinstance(fact, Merge)
    ]
    assert undone == [False, True]


def test_a_guest_whose_order_is_claimed_has_no_other_step():
    claim = Claimed("C", "guest", "lin", at("2026-01-11"), "guest")
    assert [fact for _, fact in steps(FIRST, claim)] == [claim]
    assert [fact for _, fact in steps(FIRST, Claimed("C", "guest", "lin", at("2026-01-11"), "lin"))] == [
        FIRST,
        claim_of("lin"),
    ]


def claim_of(me: str) -> Claimed:
    return Claimed("C", "guest", "lin", at("2026-01-11"), me)


def test_what_a_fact_is_about():
    refund = Refund("shop/A/R", "shop/A", at(PAID), ())
    assert subject(FIRST) == subject(refund) == subject(Fulfilment("F", "shop/A", 0)) == "shop/A"
    assert subject(Theirs("wang", refund)) == "shop/A"
    assert subject(Effect("E", "referral", 0, "cause")) == "cause"
    assert subject(Details("D", 0)) == "D"


def test_what_holds_and_what_is_decided_is_told_apart_by_its_kind():
    """A key is its own within a kind of fact alone; an order keeps the key it has."""
    told = unrolled(
        [Details("K", at(PAID)), PlanStanding("K", "gold", at(PAID)), Merge("K", "w", "l", at(PAID), "l"), FIRST]
    )
    assert [(step.step[1], step.step[2]) for step in told] == [
        (STANDS, "K|00"), (STANDS, "K|01"), (PAY, "shop/A"), (DECIDE, "K|18"),
    ]  # fmt: skip
    assert [step.step[2] for step in unrolled([Enrolment("lin", at(PAID))])] == ["lin"]

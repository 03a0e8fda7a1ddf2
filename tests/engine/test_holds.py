"""Holds: what is kept of one for whoever asks later, and what an order is paid with when its hold has lapsed."""

from collections import Counter

import pytest
from msgspec.structs import replace

from regulars.engine.account import Lot, Spent
from regulars.engine.explain import explain
from regulars.engine.facts import Activity, Capture, Hold, Payment, Redemption, Release
from regulars.engine.holds import paid_anew
from regulars.engine.outcome import Outcome
from tests.builders import at, back, document, joined, line, order, programs, refund, told
from tests.engine.soundness import sound

SHOP = programs(document(rewards=[{"reward": "cup", "costs": "6 points"}]))
BOUGHT = [joined("2026-01-01"), order("A", "2026-01-10", line("tea", 1000))]
MADE, UNTIL = at("2026-01-11"), at("2026-01-12")
HOLD = Hold("H", "points", 6, MADE, UNTIL, reward="cup")
FROZEN = Lot("order:shop/A", 6, None, at("2026-01-10"))


def kept(*facts) -> Spent:
    return told(SHOP, [*BOUGHT, HOLD, *facts], "2026-02-01").spent["H"]


def test_what_is_kept_of_a_hold():
    captured, released = Capture("C", "H", MADE + 1), Release("R", "H", MADE + 1)
    assert kept() == Spent("points", 6, MADE, [], 0, UNTIL, "held", "cup")
    assert kept(released) == Spent("points", 6, MADE, [], 0, UNTIL, "released")
    assert kept(captured) == Spent("points", 6, MADE, [FROZEN], 0, UNTIL, "captured", "cup")


@pytest.mark.parametrize("nothing", [{"points": -5}, {"points": -5, "reward": "cup"}, {"points": 0}, {"until": MADE}])
def test_a_hold_of_nothing_or_for_no_time_has_no_effect(nothing: dict[str, object]):
    outcome = told(SHOP, [*BOUGHT, replace(HOLD, **{"reward": "", **nothing})])
    assert [one.kind for one in outcome.entries] == ["earn"]
    assert outcome.spent == {}


# Paid with a lapsed hold

PAID = order("B", "2026-01-20", line("tea", 10), payments=(Payment("points", 600, "H"), Payment("points", 100, "X")))


def known(*facts) -> Outcome:
    return told(SHOP, [*BOUGHT, HOLD, *facts])


def test_an_order_is_paid_anew_from_the_instant_at_which_its_hold_has_lapsed():
    spent = known().spent
    assert paid_anew(PAID, spent, UNTIL - 1) == []
    assert paid_anew(PAID, spent, UNTIL) == [Redemption("H", "points", 6, UNTIL, "shop/B", "cup")]


def test_an_order_that_is_not_paid_or_cancelled_is_not_paid_anew():
    spent = known().spent
    assert paid_anew(replace(PAID, paid_at=None), spent, UNTIL) == []
    assert paid_anew(replace(PAID, cancelled=True), spent, UNTIL) == []


@pytest.mark.parametrize("ended", [Capture("C", "H", MADE + 1), Release("R", "H", MADE + 1)])
def test_what_was_captured_or_released_is_not_paid_anew(ended: Capture | Release):
    assert paid_anew(PAID, known(ended).spent, UNTIL) == []


def test_a_hold_that_is_given_back_changes_nothing_for_the_lots():
    """Of two that end alike what activity may renew is spent after what it may not, as often as they come back."""
    wallet = {"expires": "1 month after the last activity", "renewed_by": "activity visit"}
    gift = {"on": "enrolment", "give": "30 points"}
    ends, lasts = gift | {"rule": "ends", "expires": "1 month"}, gift | {"rule": "lasts"}
    for rules in ([ends, lasts], [lasts, ends]):
        versions = programs(document(wallets={"points": wallet}, earn=rules))
        spent = [Redemption("r", "points", 30, at("2026-01-08")), Activity("v", "visit", at("2026-01-09"))]
        held = [Hold("H", "points", 30, at("2026-01-06"), UNTIL), Release("R", "H", at("2026-01-06 05:00"))]
        for more in ([], held):
            outcome = told(versions, [joined("2026-01-05"), *more, *spent], "2026-02-07")
            assert outcome.account.wallets["points"].available == 30


# Points of several funders

BASE = {"rule": "base", "give": "1 point per 100 TWD", "funded_by": "the order's partner"}
PARTNERS = programs(document(earn=[BASE]))


def by_place(outcome: Outcome, funder: str) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for entry in outcome.entries:
        if entry.funder == funder:
            sums[entry.source] -= entry.points
            sums[entry.target] += entry.points
    return {place: points for place, points in sums.items() if points}


def claimed_for(outcome: Outcome) -> dict[str, str]:
    """Of which order the entries say that its points had gone back."""
    return {entry.identity: explain(entry).order for entry in outcome.entries if entry.kind == "claim"}


def test_what_another_funder_gave_goes_back_to_that_one():
    """10 points of A are held when it comes back; there are 3 more of the shop, and 3 and 2 of partners."""
    facts = [
        joined("2026-01-01"),
        order("A", "2026-01-10", line("tea", 1000)),
        replace(HOLD, points=10, reward=""),
        order("B", "2026-01-11 01:00", line("tea", 300)),
        order("C", "2026-01-11 02:00", line("tea", 300), partner="bakery"),
        order("D", "2026-01-11 03:00", line("tea", 200), partner="roaster"),
        refund("A/R", "2026-01-11 04:00", back("tea")),
        Capture("C", "H", at("2026-01-11 05:00")),
    ]
    outcome = told(PARTNERS, facts)
    sound(outcome)
    assert by_place(outcome, "bakery") == by_place(outcome, "roaster") == {}
    assert by_place(outcome, "") == {"issued": -8, "redeemed": 10, "deficit": -2}
    assert claimed_for(outcome) == {"claim:C/order:shop/A|": "shop/A", "claim:C/order:shop/A@others|": "shop/A"}


def test_claims_of_two_funders_on_one_hold_are_told_together():
    gift = BASE | {"rule": "gift", "give": "5 points", "funded_by": "bakery"}
    versions = programs(document(earn=[BASE, gift]))
    facts = [*BOUGHT, replace(HOLD, points=15, reward=""), refund("A/R", "2026-01-11 04:00", back("tea"))]
    released = told(versions, [*facts, Release("R", "H", at("2026-01-11 05:00"))])
    sound(released)
    assert by_place(released, "bakery") == by_place(released, "") == {}
    assert claimed_for(released) == {"claim:R/order:shop/A|": "shop/A"}
    captured = told(versions, [*facts, Capture("C", "H", at("2026-01-11 05:00"))])
    sound(captured)
    assert captured.account.wallets["points"].deficit == 15


def test_claims_of_two_funders_are_settled_together_by_what_a_third_one_gave():
    """15 points of A are held when it comes back, and D's 20 are of the roaster."""
    gift = BASE | {"rule": "gift", "give": "5 points", "funded_by": "bakery", "when": {"category": "tea"}}
    facts = [
        joined("2026-01-01"),
        order("A", "2026-01-10", line("tea", 1000, category="tea")),
        replace(HOLD, points=15, reward=""),
        order("D", "2026-01-11 03:00", line("cup", 2000), partner="roaster"),
        refund("A/R", "2026-01-11 04:00", back("tea")),
        Capture("C", "H", at("2026-01-11 05:00")),
    ]
    outcome = told(programs(document(earn=[BASE, gift])), facts)
    sound(outcome)
    assert by_place(outcome, "roaster") == {"issued": -5, "available": 5}

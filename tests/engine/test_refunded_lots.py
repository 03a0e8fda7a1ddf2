"""Of an order with several lots: which of them a refund takes back, by the terms of the rule whose points go."""

import pytest

from regulars.engine.account import Claim, Held, Lot, Wallet
from regulars.engine.facts import Capture, Hold, Redemption, Release, Restoration
from regulars.engine.holds import take
from regulars.engine.lots import take_back
from regulars.engine.outcome import Outcome
from regulars.engine.program import Programs
from tests.builders import at, back, document, joined, line, order, programs, refund, told
from tests.engine.parties import Parties, figures

BASE = {"rule": "base", "give": "1 point per 100 TWD"}
UNIT = {"rule": "unit", "give": "2 points per unit", "expires": "never"}
MONTH = {"expires": "1 month"}
# 13 for a month, 20 for ever; what remains without the bags is worth 10 and 4.
BOUGHT = [joined("2026-01-01"), order("A", "2026-01-10", line("tea", 1000, 2), line("bag", 300, 8))]
BAGS = back("bag", 8)


def shop(**wallet: str) -> Programs:
    return programs(document(wallets={"points": MONTH | wallet}, earn=[BASE, UNIT]))


SHOP = shop()


def has(outcome: Outcome) -> dict[str, int]:
    wallet, sums = outcome.account.wallets["points"], {"expired": 0, "claimed": 0}
    for entry in outcome.entries:
        for place, points in ((entry.source, -entry.points), (entry.target, entry.points)):
            if place in sums:
                sums[place] += points
    found = {"available": wallet.available, "held": wallet.held, "owed": wallet.deficit, **sums}
    return {place: points for place, points in found.items() if points}


def test_what_lasts_goes_back_of_itself_while_other_points_of_the_order_have_run_out():
    outcome = told(SHOP, [*BOUGHT, refund("A/R", "2026-02-12", BAGS)], "2026-02-13")
    assert has(outcome) == {"available": 4, "expired": 10}


def test_what_was_spent_is_not_taken_from_what_ran_out_of_other_points():
    spent = Redemption("r", "points", 33, at("2026-01-11"))
    given_back = Restoration("v", "r", at("2026-02-11"), 13)
    # Of what was spent last, the lasting points come back first.
    facts = [*BOUGHT, spent, given_back, Redemption("s", "points", 13, at("2026-02-12"))]
    assert has(told(SHOP, [*facts, refund("A/R", "2026-02-13", BAGS)], "2026-02-14")) == {"owed": 19}
    bought_later = [order("B", "2026-02-12", line("tea", 500))]
    late = [*BOUGHT, Redemption("t", "points", 20, at("2026-02-12")), *bought_later]
    assert has(told(SHOP, [*late, refund("A/R", "2026-02-13", BAGS)], "2026-02-14")) == {"owed": 9, "expired": 10}


def test_what_ran_out_after_a_grace_is_of_the_same_lot():
    spent = [Redemption("r", "points", 13, at("2026-01-11")), Restoration("v", "r", at("2026-02-11"))]
    graced = shop(grace_on_return="10 days")
    before = told(graced, [*BOUGHT, *spent], "2026-02-20")
    assert has(before) == {"available": 33}
    after = told(graced, [*BOUGHT, *spent, refund("A/R", "2026-03-01", BAGS)], "2026-03-02")
    assert has(after) == {"available": 4, "expired": 10}
    within = told(graced, [*BOUGHT, *spent, refund("A/R", "2026-02-13", BAGS)], "2026-02-14")
    assert has(within) == {"available": 14}


def test_what_was_spent_in_its_grace_and_came_back_is_of_the_same_lot():
    """Of 13 points with a grace 5 were spent and came back within it; all of them ran out after it."""
    facts = [Redemption("r", "points", 13, at("2026-01-11")), Restoration("v", "r", at("2026-02-11"))]
    facts += [Redemption("s", "points", 5, at("2026-02-12")), Restoration("w", "s", at("2026-02-13"))]
    gone = refund("A/R", "2026-03-01", back("tea", 2))
    assert has(told(shop(grace_on_return="10 days"), [*BOUGHT, *facts, gone], "2026-03-02")) == {
        "available": 16,
        "expired": 3,
    }


def test_two_lots_with_one_grace_stay_two():
    """Each of them ran out by itself before, and the one that did so first is spent first."""
    year = UNIT | {"expires": "32 days"}
    graced = programs(document(wallets={"points": MONTH | {"grace_on_return": "60 days"}}, earn=[BASE, year]))
    spent = [Redemption("r", "points", 33, at("2026-01-11")), Restoration("v", "r", at("2026-02-20"))]
    outcome = told(graced, [*BOUGHT, *spent], "2026-02-21")
    assert [lot.points for lot in outcome.account.wallets["points"].lots] == [13, 20]
    back_in_full = refund("A/R", "2026-02-21", back("tea", 2), BAGS)
    assert has(told(graced, [*BOUGHT, *spent, back_in_full], "2026-02-22")) == {}


@pytest.mark.parametrize("ended", [Capture("c", "h", at("2026-02-12")), Release("c", "h", at("2026-02-12"))])
def test_a_claim_is_settled_from_the_lot_that_was_held(ended: Capture | Release):
    held = [Hold("h", "points", 33, at("2026-01-11"), at("2026-03-01")), refund("A/R", "2026-01-12", BAGS), ended]
    outcome = told(SHOP, [*BOUGHT, *held], "2026-02-13")
    if isinstance(ended, Capture):
        assert has(outcome) == {"owed": 19}
    else:
        assert has(outcome) == {"available": 4, "expired": 10}


def test_a_claim_on_more_than_was_held_of_its_lot_takes_the_others_of_its_order():
    """5 of the 13 are held with the 20: the 10 that go back of the 13 are those, and 5 of the 20."""
    spent = Redemption("r", "points", 8, at("2026-01-11"))
    held = Hold("h", "points", 25, at("2026-01-12"), at("2026-02-01"))
    outcome = told(SHOP, [*BOUGHT, spent, held, refund("A/R", "2026-01-13", back("tea", 2))], "2026-02-01")
    assert has(outcome) == {"available": 11}
    assert outcome.account.wallets["points"].lots[0].points == 11


def test_what_is_held_of_a_lot_is_claimed_before_other_lots_of_its_order_go():
    """The tea comes back while its points are held, the bags when those have lapsed and run out."""
    rules = [BASE, UNIT | {"when": {"category": "bags"}, "expires": "6 months"}]
    versions = programs(document(wallets={"points": MONTH}, earn=rules))
    bought = [joined("2026-01-01"), order("A", "2026-01-10", line("tea", 1000), line("bag", 0, 5, category="bags"))]
    held = Hold("h", "points", 10, at("2026-01-11"), at("2026-03-01"))
    tea, bags = refund("A/R", "2026-01-12", back("tea")), refund("A/S", "2026-03-02", back("bag", 5))
    assert has(told(versions, [*bought, held, tea], "2026-01-13")) == {"available": 10, "held": 10, "claimed": -10}
    assert has(told(versions, [*bought, held, tea, bags], "2026-03-03")) == {}


def test_no_more_is_claimed_of_a_lot_than_was_held_of_it():
    """8 of those that end are held and 12 of the others: of twice 5 that go back, the last 2 are taken elsewhere."""
    frozen = [Lot("a", 8, 50, 1), Lot("a", 12, None, 1)]
    wallet = Wallet(available=10, lots=[Lot("a", 10, None, 1)], holds=[Held("H", 100, 1, 20, frozen)], held=20)
    first, second = [take_back(wallet, "a", 5, "deficit", 10, dates=(50, None)) for _ in range(2)]
    assert first == [("claimed", "issued", 5, "")]
    assert second == [("claimed", "issued", 3, ""), ("available", "issued", 2, "")]


def test_claims_that_meet_on_one_lot_leave_each_lot_what_is_its_own():
    """8 of the 10 that went back are claimed of their own lot, and 2 of the other; then 4 of that one went back."""
    frozen = [Lot("a", 8, 50, 1), Lot("a", 12, None, 1)]
    wallet = Wallet(holds=[Held("H", 100, 1, 20, frozen)], held=20)
    for points, end in [(10, 50), (4, None)]:
        assert take_back(wallet, "a", points, "deficit", 10, dates=(end, None)) == [("claimed", "issued", points, "")]
    assert wallet.holds[0].claims == [Claim("a", 10, "", 50), Claim("a", 4, "", None)]
    assert take_back(wallet, "a", 9, "deficit", 10, dates=(50, None))[0] == ("claimed", "issued", 6, "")
    take(wallet.holds[0], wallet.holds[0].claims)
    assert frozen == []


def test_a_claim_on_points_that_are_gone_takes_what_ran_out_of_the_same_lot_only():
    """Of 33 points 20 are held for good; the others ran out while they were."""
    soon, late = {"rule": "soon", "give": "1 point per 100 TWD", "expires": "5 days"}, UNIT
    versions = programs(document(wallets={"points": {}}, earn=[soon, late]))
    spent_first = Redemption("r", "points", 13, at("2026-01-11"))
    held = Hold(
        "h",
        "points",
        20,
        at(
            "2026-01-11",
        )
        + 1,
        at("2026-03-01"),
    )
    undone = Restoration("v", "r", at("2026-01-20"))
    facts = [*BOUGHT, spent_first, held, refund("A/R", "2026-01-12", BAGS), undone]
    outcome = told(versions, [*facts, Capture("c", "h", at("2026-02-12"))], "2026-02-13")
    assert has(outcome) == {"owed": 16, "expired": 10}


def test_what_ran_out_of_a_member_who_was_absorbed_is_of_the_same_lot_only():
    """10 points of wang's for 20 days ran out, and lin had none of that partner; the 4 that last are spent."""
    base, unit = [rule | {"funded_by": "the order's partner"} for rule in (BASE | {"expires": "20 days"}, UNIT)]
    parties = Parties(
        {"earn": [base, unit]},
        [
            "2026-01-02 12:00 joins",
            "2026-01-02 12:00 wang buys B at books: 2 tea 1000",
            "2026-01-23 12:00 wang redeems 4",
            "2026-01-31 12:00 absorbs wang",
            "2026-02-01 12:00 wang returns B: 1 tea",
        ],
    )
    assert parties.why() == ["reverse base 5 expired>issued", "reverse unit 2 deficit>issued"]
    assert figures(parties.seen()["lin"]) == "owed 2"

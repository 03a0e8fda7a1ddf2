"""Ladders as a document says them, and such as change under the members who stand on them."""

from typing import Any

import pytest

from regulars.engine import grammar
from regulars.engine.calendar import Span, Term
from regulars.engine.due import next_due
from regulars.engine.facts import TierGrant
from regulars.engine.levels import UNREACHABLE, Level, Window
from tests.builders import Tree, at, document, joined, line, order, programs, told

UP = {"tier": "silver", "reach": "1000", "valid": "1 month"}
EARLY = order("A", "2026-01-10 12:00", line("tea", 1000))


def ladder(*levels: Tree) -> Tree:
    return document(tiers=[{"set": "status", "levels": list(levels)}])


def test_a_tier_that_became_the_lowest_is_judged_no_more():
    versions = programs(ladder({"tier": "member"}, UP), ladder({"tier": "silver"}), starts=["2026-02-01"])
    before = told(versions, [EARLY], "2026-02-10").account
    assert (before.standing.tier, next_due(before)) == ("silver", at("2026-02-11"))
    after = told(versions, [EARLY], "2026-02-11").account
    assert (after.standing.tier, next_due(after)) == ("silver", at("2027-01-10"))
    assert not after.standing.in_grace


def test_a_grace_follows_the_validity_of_twelve_months_that_nobody_has_to_say():
    tree = ladder({"tier": "member"}, {"tier": "silver", "reach": "1000", "grace": "10 days"})
    assert grammar.reviewed(tree).warnings == grammar.reviewed(ladder({"tier": "member"}, UP)).warnings
    days = [("2027-01-10", "silver", False), ("2027-01-11", "silver", True), ("2027-01-21", "member", False)]
    for day, tier, in_grace in days:
        standing = told(programs(tree), [EARLY], day).account.standing
        assert (standing.tier, standing.in_grace) == (tier, in_grace)


def test_growth_below_zero_is_no_way_to_the_top():
    gold = {"tier": "gold", "reach": "5000"}
    versions = programs(ladder({"tier": "member"}, UP), ladder({"tier": "silver"}, gold), starts=["2026-02-01"])
    owed = order("B", "2026-02-05 12:00", line("discount", -3000))
    account = told(versions, [EARLY, owed], "2026-03-01").account
    assert (account.growth.total, account.standing.tier) == (-200_000, "silver")


def test_tiers_that_are_given_up_leave_the_member_where_they_stood():
    versions = programs(ladder({"tier": "member"}, UP), document(), starts=["2026-02-01"])
    account = told(versions, [EARLY, order("B", "2026-03-05 12:00", line("tea", 100))], "2026-04-01").account
    assert (account.standing.tier, account.standing.until, account.growth.total) == ("silver", None, 100_000)


def test_each_tier_is_told_once_and_the_one_that_was_left():
    versions = programs(ladder({"tier": "member"}, UP))
    outcome = told(versions, [EARLY], "2026-12-01")
    assert [(one.kind, one.payload) for one in outcome.announcements] == [
        ("member.enrolled", {}),
        (
            "tier.changed",
            {"from": "member", "to": "silver", "set": "status", "because": "growth", "by": "shop/A"},
        ),
    ]


def test_growth_that_the_window_left_behind_ends_a_tier_at_its_review():
    versions = programs(ladder({"tier": "member"}, UP))
    account = told(versions, [EARLY], "2027-02-01").account
    assert (account.growth.total, account.growth.days, account.standing.tier) == (0, [], "member")


def test_whoever_is_placed_on_a_new_ladder_brings_no_growth_from_before_the_window():
    new = ladder({"tier": "guest"}, {"tier": "jade", "reach": "500"})
    versions = programs(ladder({"tier": "member"}, UP | {"valid": "5 years"}), new, starts=["2027-06-01"])
    small = order("B", "2027-07-01 12:00", line("tea", 1))
    assert told(versions, [EARLY, small]).account.standing.tier == "guest"
    recent = order("C", "2027-05-01 12:00", line("tea", 600))
    assert told(versions, [EARLY, recent, small]).account.standing.tier == "jade"


def test_a_tier_of_a_set_that_is_new_begins_when_it_is_granted():
    versions = programs(document(), ladder({"tier": "member"}, UP), starts=["2026-01-05"])
    grant = TierGrant("G", "status", "silver", at("2026-01-20"), at("2026-03-20"), "kind", "boss")
    account = told(versions, [joined("2026-01-01"), grant]).account
    assert account.ladders["status"].standing.since == at("2026-01-20")
    assert account.ladders["status"].tier == "silver"


# What a document says

YEAR, MONTH = Term(Span(12, "month")), Term(Span(1, "month"))
LEVELS: list[Tree] = [
    {"tier": "member", "name": {"en": "Member"}},
    {"tier": "silver", "reach": "1000", "retain": "800", "valid": "1 month"},
    {"tier": "friend", "invitation": "true", "name": {"en": "Friend of the house"}},
    {"tier": "gold", "reach": "5000", "grace": "1 month"},
]


def test_the_levels_of_a_ladder():
    found = grammar.read(ladder(*LEVELS)).tier_sets["status"]
    assert found.levels == (
        Level("member", {"en": "Member"}, 0, 0, YEAR, None),
        Level("silver", {}, 100_000, 80_000, MONTH, None),
        Level("friend", {"en": "Friend of the house"}, UNREACHABLE, UNREACHABLE, YEAR, None, invitation=True),
        Level("gold", {}, 500_000, 500_000, YEAR, MONTH),
    )
    assert found.places == {"member": 0, "silver": 1, "friend": 2, "gold": 3}
    assert found.above == {"member": 100_000, "silver": 500_000, "friend": 500_000, "gold": UNREACHABLE}


@pytest.mark.parametrize(
    ("said", "grows_by", "wallet", "weights", "pending"),
    [
        ({}, "spend", "", {}, 7),
        ({"grows_by": "orders"}, "orders", "", {}, 7),
        ({"grows_by": "points"}, "points", "points", {}, 7),
        ({"grows_by": "points of stars"}, "points", "stars", {}, 3),
        ({"grows_by": "points of stars", "growth_counts": "at payment"}, "points", "stars", {}, None),
        ({"growth_counts": "at payment"}, "spend", "", {}, None),
        ({"grows_by": "visits"}, "visits", "", {"visit": 1}, 7),
        ({"grows_by": "visits", "visit": ["tasting", "class"]}, "visits", "", {"tasting": 1, "class": 1}, 7),
        ({"grows_by": "engagement", "engagement": {"share": "2"}}, "engagement", "", {"share": 2}, 7),
    ],
)  # fmt: skip
def test_what_a_ladder_grows_by(said: Tree, grows_by: str, wallet: str, weights: dict[str, int], pending: int | None):
    """What orders add waits as the points that count, or those of the main wallet."""
    wallets: Tree = {"points": {"pending": "7 days"}, "stars": {"pending": "3 days"}}
    tiers = [{"set": "status", "levels": [{"tier": "member"}]} | said]
    found = grammar.read(document(wallets=wallets, tiers=tiers)).tier_sets["status"]
    waits = found.pending.count if found.pending else None
    assert (found.grows_by, found.wallet, found.weights, waits) == (grows_by, wallet, weights, pending)


@pytest.mark.parametrize(
    ("said", "window"),
    [
        ({}, Window("rolling", Span(12, "month"))),
        ({"window": ""}, Window("rolling", Span(12, "month"))),
        ({"window": "rolling 90 days"}, Window("rolling", Span(90, "day"))),
        ({"window": "since joining"}, Window("joining")),
        ({"window": "since tier start"}, Window("tier")),
        ({"window": "lifetime"}, Window("lifetime")),
        ({"window": "calendar half-year"}, Window("calendar", None, "half-year")),
    ],
)
def test_the_window_of_a_ladder(said: Tree, window: Window):
    assert grammar.read(document(tiers=[{"set": "s", "levels": LEVELS} | said])).tier_sets["s"].window == window


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, (False, "one level", 0)),
        ({"upgrade_applies": "this order", "downgrade": "full", "floor": "silver"}, (True, "full", 1)),
        ({"upgrade_applies": "next order", "downgrade": "never", "floor": "gold"}, (False, "never", 3)),
    ],
)
def test_when_a_ladder_lifts_and_how_far_one_falls(said: Tree, found: tuple[Any, ...]):
    rules = grammar.read(document(tiers=[{"set": "s", "levels": LEVELS} | said])).tier_sets["s"]
    assert (rules.lifts, rules.downgrade, rules.floor) == found

"""Who stays on a tier, who falls, and until when: what a review, a refund and the end of a grant leave behind."""

import pytest

from regulars.engine.account import Ladder, Standing
from regulars.engine.facts import Fact, TierGrant
from tests.builders import Tree, at, back, document, joined, line, order, programs, refund, told
from tests.engine.parties import Parties

SILVER: Tree = {"tier": "silver", "reach": "1000", "retain": "800", "valid": "1 month"}
GOLD: Tree = {"tier": "gold", "reach": "5000", "retain": "4000"}
DAILY: Tree = {"give": "1 point", "limit": "1 per day"}
GIFTS: list[Tree] = [{"rule": tier, "on": f"tier {tier}"} | DAILY for tier in ("member", "silver", "gold")]


def ladder(*levels: Tree, **said: str) -> Tree:
    return document(tiers=[{"set": "status", "levels": [{"tier": "member"}, *levels]} | said])


def granted(tier: str, when: str, until: int | None = None) -> TierGrant:
    return TierGrant(f"G-{when}", "status", tier, at(when), until, "kind", "boss")


def stands(tree: Tree, facts: list[Fact], until: str = "") -> Ladder:
    return told(programs(tree), facts, until).account.ladders["status"]


@pytest.mark.parametrize(("began", "tier"), [("2026-01-01 12:00", "silver"), ("2025-12-31 12:00", "gold")])
def test_a_refund_counts_against_a_tier_that_began_in_the_window_on_its_first_day_too(began: str, tier: str):
    facts: list[Fact] = [
        order("A", began, line("tea", 3000)),
        order("B", began, line("tea", 3000)),
        order("C", "2026-01-02 12:00", line("tea", 3900)),
        refund("C/R", "2026-01-03 12:00", back("tea")),
        refund("A/R", "2026-01-03 13:00", back("tea")),
    ]
    assert stands(ladder(SILVER, GOLD, window="calendar year"), facts).tier == tier


def test_a_fall_that_takes_back_no_rise_withdraws_nothing():
    facts: list[Fact] = [
        order("A", "2026-01-01 12:00", line("tea", 3000)),
        order("B", "2026-01-02 12:00", line("tea", 3000)),
        refund("A/R", "2026-01-03 12:00", back("tea")),
    ]
    *_, fallen = told(programs(ladder(SILVER, GOLD)), facts).announcements
    assert fallen.payload == {"from": "gold", "to": "silver", "set": "status", "because": "refund", "by": "shop/A"}


@pytest.mark.parametrize("said", [{"downgrade": "never"}, {"floor": "gold"}], ids=str)
def test_where_nobody_falls_a_refund_leaves_the_term_as_it_was(said: Tree):
    bought: list[Fact] = [
        order("A", "2026-01-01 12:00", line("tea", 3000)),
        order("B", "2026-01-02 12:00", line("tea", 3000)),
    ]
    less = refund("A/R", "2026-01-03 12:00", back("tea"))
    tree = ladder(SILVER, GOLD, **said)
    assert stands(tree, [*bought, less]).standing == stands(tree, bought).standing


def test_whoever_is_back_at_the_bottom_stands_there_for_ever():
    facts: list[Fact] = [
        order("A", "2026-01-01 12:00", line("tea", 1000)),
        refund("A/R", "2026-01-03 12:00", back("tea")),
    ]
    assert stands(ladder(SILVER), facts).standing == Standing("member", at("2026-01-03 12:00"))


@pytest.mark.parametrize(("beyond_us", "ends"), [(0, "2026-03-31"), (1, "2026-04-01")])
def test_a_tier_that_a_grant_leaves_behind_lasts_from_the_last_day_of_the_grant(beyond_us: int, ends: str):
    """A grant until midnight has the day before for its last day."""
    until = at("2026-03-01") + beyond_us
    facts: list[Fact] = [
        order("A", "2026-01-01 12:00", line("tea", 900)),
        granted("silver", "2026-02-10", until),
    ]
    found = stands(ladder(SILVER | {"valid": "30 days"}), facts, "2026-03-02")
    assert found.standing == Standing("silver", until, at(ends))


@pytest.mark.parametrize("tier", ["silver", "gold"])
def test_a_grant_that_was_not_above_what_growth_gained_leaves_nothing_behind(tier: str):
    bought = order("A", "2026-01-01 12:00", line("tea", 5000))
    found = stands(ladder(SILVER, GOLD), [bought, granted(tier, "2026-02-10", at("2026-03-01"))], "2026-03-02")
    assert found.standing == stands(ladder(SILVER, GOLD), [bought]).standing


def test_a_grant_of_the_lowest_tier_takes_a_grant_away():
    found = stands(
        ladder(SILVER), [joined("2026-01-01"), granted("silver", "2026-01-02"), granted("member", "2026-01-03")]
    )
    assert (found.tier, found.grant) == ("member", None)


def test_a_threshold_that_went_down_lifts_nobody_whose_granted_tier_is_given_up():
    """Growth has to come in for that."""
    before, after = ladder(SILVER, GOLD), ladder(SILVER | {"reach": "500", "retain": "500"})
    facts: list[Fact] = [
        order("A", "2026-01-01 12:00", line("tea", 600)),
        granted("gold", "2026-01-02", at("2027-01-01")),
        order("B", "2026-03-01 12:00", line("tea", 0)),
    ]
    found = told(programs(before, after, starts=["2026-02-01"]), facts).account.ladders["status"]
    assert (found.tier, found.standing.tier) == ("member", "member")


def test_only_a_tier_above_the_one_before_is_one_that_somebody_reached():
    """Joining reaches nothing, nor does falling to a tier that was known already."""
    facts: list[Fact] = [
        order("A", "2026-01-01 12:00", line("tea", 3000)),
        order("B", "2026-01-02 12:00", line("tea", 3000)),
        refund("A/R", "2026-01-03 12:00", back("tea")),
    ]
    tree = ladder(SILVER, GOLD) | {"earn": GIFTS}
    assert [one.identity.rpartition("|")[2] for one in told(programs(tree), facts).entries] == ["silver", "gold"]


def test_what_is_renewed_was_gained_by_no_order():
    """With each tier's own window, an order from before it is given back without a fall."""
    tree = ladder(SILVER, window="since tier start")
    facts: list[Fact] = [
        order("A", "2026-01-01 12:00", line("tea", 1000)),
        order("B", "2026-01-10 12:00", line("tea", 800)),
    ]
    found = stands(tree, facts, "2026-02-02")
    assert (found.standing.tier, found.standing.gained_by) == ("silver", "")


def test_whoever_is_placed_on_the_lowest_tier_of_another_ladder_has_not_reached_it():
    new = document(tiers=[{"set": "status", "levels": [{"tier": "guest"}]}])
    gift: Tree = {"earn": [{"rule": "guest", "on": "tier guest"} | DAILY]}
    versions = programs(ladder(SILVER), new | gift, starts=["2026-02-01"])
    outcome = told(versions, [joined("2026-01-01"), order("A", "2026-02-02 12:00", line("tea", 10))])
    assert (outcome.account.standing.tier, outcome.entries) == ("guest", [])


def test_a_tier_that_is_no_more_is_followed_by_what_growth_reaches_from_its_last_day_on():
    jade: Tree = {"tier": "jade", "reach": "500", "valid": "30 days"}
    versions = programs(ladder(SILVER), ladder(jade, SILVER | {"tier": "ruby"}), starts=["2026-01-15"])
    found = told(versions, [order("A", "2026-01-10 12:00", line("tea", 1000))], "2026-02-11").account
    assert found.standing == Standing("ruby", at("2026-02-11"), at("2026-03-11"))


def test_two_who_are_one_by_now_withdraw_nothing():
    deeds = [
        "2026-01-10 12:00 buys A: tea 100",
        "2026-01-11 12:00 wang buys B: tea 1000",
        "2026-01-31 12:00 absorbs wang",
    ]
    _, outcome = Parties(ladder(SILVER), deeds).folded("lin")
    payload = {"from": "member", "to": "silver", "set": "status", "because": "merge"}
    assert outcome.announcements[-1].payload == payload

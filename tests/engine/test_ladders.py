"""Several tier sets, grants over them, and what is told of a change."""

from msgspec.structs import replace

from regulars.engine.account import Account
from regulars.engine.due import next_due
from regulars.engine.facts import Activity, Effect, Fact, TierGrant
from regulars.engine.fold import fold
from regulars.engine.progress import every_progress
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import Tree, at, back, copied, document, joined, line, order, programs, refund, told

STATUS: Tree = {
    "set": "status",
    "growth_counts": "at payment",
    "levels": [{"tier": "member"}, {"tier": "silver", "reach": "1000", "retain": "600", "valid": "1 year"}],
}
CLUB: Tree = {
    "set": "club",
    "grows_by": "visits",
    "levels": [
        {"tier": "guest"},
        {"tier": "friend", "reach": "2", "valid": "1 month"},
        {"tier": "host", "invitation": "true", "valid": "1 month"},
    ],
}
BOTH = programs(document(tiers=[STATUS, CLUB]))
BOUGHT = order("A", "2026-01-10 12:00", line("tea", 1000))


def granted(tier: str, when: str, until: str = "", tier_set: str = "club") -> TierGrant:
    return TierGrant(
        f"{tier}@{when}", tier_set, tier, at(when), at(until) if until else None, "a guest of honour", "mei"
    )


def visit(when: str) -> Activity:
    return Activity(f"visit@{when}", "visit", at(when))


def changes(facts: list[Fact], until: str = "") -> list[dict[str, str]]:
    outcome = told(BOTH, facts, until)
    return [one.payload for one in outcome.announcements if one.kind == "tier.changed"]


def test_a_member_stands_on_every_set_and_the_first_is_the_main_one():
    account = told(BOTH, [joined("2026-01-01")]).account
    assert {name: ladder.tier for name, ladder in account.ladders.items()} == {"status": "member", "club": "guest"}
    assert account.standing.tier == "member"
    assert [way.tier_set for way in every_progress(BOTH, account, at("2026-01-01"))] == ["status", "club"]


def test_each_set_grows_by_its_own():
    account = told(BOTH, [BOUGHT, visit("2026-01-11"), visit("2026-01-12")]).account
    assert (account.ladders["status"].growth.total, account.ladders["club"].growth.total) == (100_000, 2)
    assert (account.ladders["status"].tier, account.ladders["club"].tier) == ("silver", "friend")


def test_the_main_set_stays_the_first_whatever_was_added_before_it():
    versions = programs(document(), document(tiers=[STATUS, CLUB]), starts=["2026-01-05"])
    early = [joined("2026-01-01"), visit("2026-01-06"), visit("2026-01-07")]
    account = told(versions, [*early, BOUGHT]).account
    assert account.ladders["club"].tier == "friend"
    assert (next(iter(account.ladders)), account.standing.tier) == ("status", "silver")


def test_what_is_told_names_the_set_the_reason_and_the_cause():
    facts = [joined("2026-01-01"), BOUGHT, visit("2026-01-11"), visit("2026-01-12"), granted("host", "2026-01-13")]
    assert changes(facts, "2026-02-14") == [
        {"from": "member", "to": "silver", "set": "status", "because": "growth", "by": "shop/A"},
        {"from": "guest", "to": "friend", "set": "club", "because": "growth", "by": "visit@2026-01-12"},
        {"from": "friend", "to": "host", "set": "club", "because": "grant", "by": "host@2026-01-13"},
        {"from": "host", "to": "friend", "set": "club", "because": "grant.end"},
    ]


def test_a_tier_that_a_refund_takes_back_is_withdrawn_by_name():
    outcome = told(BOTH, [BOUGHT, refund("A/R", "2026-01-11", back("tea"))])
    reached, lost = [one for one in outcome.announcements if one.kind == "tier.changed"]
    assert lost.payload["withdraws"] == reached.identity
    assert lost.identity != reached.identity


def test_the_identity_of_a_change_does_not_depend_on_what_else_is_known():
    late = order("Z", "2026-01-02 12:00", line("cups", 10))
    alone, more = told(BOTH, [BOUGHT]), told(BOTH, [late, BOUGHT])
    reached = {one.identity for one in alone.announcements if one.kind == "tier.changed"}
    assert reached == {one.identity for one in more.announcements if one.kind == "tier.changed"} != set()


def test_a_grant_is_due_when_it_ends_and_lies_over_what_growth_gains():
    facts = [
        joined("2026-01-01"),
        granted("host", "2026-01-02", "2026-01-20"),
        visit("2026-01-03"),
        visit("2026-01-04"),
    ]
    account = told(BOTH, facts).account
    club = account.ladders["club"]
    assert (club.tier, club.standing.tier, next_due(account)) == ("host", "friend", at("2026-01-20"))
    assert (club.shown.tier, club.shown.until) == ("host", at("2026-01-20"))
    assert told(BOTH, facts, "2026-01-20").account.ladders["club"].tier == "friend"


def test_a_grant_to_somebody_unknown_or_of_an_unknown_tier_has_no_effect():
    for facts in (
        [granted("host", "2026-01-02")],
        [joined("2026-01-01"), granted("pope", "2026-01-02")],
        [joined("2026-01-01"), granted("host", "2026-01-02", tier_set="status")],
        [joined("2026-01-01"), granted("host", "2026-01-02", "2026-01-02")],
    ):
        assert all(ladder.grant is None for ladder in told(BOTH, facts).account.ladders.values())


def test_a_grant_that_a_later_version_does_not_know_ends_in_silence():
    versions = programs(document(tiers=[STATUS, CLUB]), document(tiers=[STATUS]), starts=["2026-01-10"])
    facts = [joined("2026-01-01"), granted("host", "2026-01-02", "2026-01-20")]
    club = told(versions, facts, "2026-02-20").account.ladders["club"]
    assert (club.tier, club.grant, club.standing.until) == ("host", None, None)


def test_points_given_otherwise_grow_and_go_back():
    """A goal's award that is no longer supported takes its growth with it."""
    earn = [
        {"rule": "big", "goal": {"spend": "500", "per": "month"}, "give": "50 points"},
    ]
    levels = [{"tier": "member"}, {"tier": "silver", "reach": "50"}]
    versions = programs(document(earn=earn, tiers=[{"set": "status", "grows_by": "points", "levels": levels}]))
    account = told(versions, [BOUGHT]).account
    assert (account.growth.total, account.standing.tier) == (50, "silver")
    account = told(versions, [BOUGHT, refund("A/R", "2026-01-11", back("tea"))]).account
    assert (account.growth.total, account.standing.tier) == (0, "member")


def test_points_that_wait_grow_when_they_mature_or_go_back_before():
    earn = [{"rule": "friend", "on": "referral", "give": "50 points", "pending": "7 days"}]
    levels = [{"tier": "member"}, {"tier": "silver", "reach": "50"}]
    versions = programs(
        document(referral={}, earn=earn, tiers=[{"set": "status", "grows_by": "points", "levels": levels}])
    )
    invited = Effect("e1", "referral", at("2026-01-10"), "bo")
    withdrawn = Effect("e2", "referral", at("2026-01-12"), "bo", withdrawn=True)
    assert told(versions, [joined("2026-01-01"), invited], "2026-01-16").account.growth.total == 0
    account = told(versions, [joined("2026-01-01"), invited], "2026-01-17").account
    assert (account.growth.total, account.standing.tier) == (50, "silver")
    account = told(versions, [joined("2026-01-01"), invited, withdrawn], "2026-01-20").account
    assert (account.growth.total, account.growth.waiting, account.standing.tier) == (0, [], "member")


def test_a_ladder_is_read_again_as_it_was_stored():
    facts = [BOUGHT, visit("2026-01-11"), granted("host", "2026-01-13"), visit("2026-01-14")]
    account = Account()
    for step in unrolled(facts):
        account = copied(fold(Tape(BOTH, account), [step]).account)
    assert replace(account, last=account.last) == told(BOTH, facts).account

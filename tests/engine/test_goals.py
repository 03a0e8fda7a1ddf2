"""What goals count, give and take back, where no table of docs/rules/goals.md says it."""

from typing import Any

import msgspec
import pytest

from regulars.engine.account import Award
from regulars.engine.explain import recompute
from regulars.engine.facts import Fact, Fulfilment, Line, Redemption
from regulars.engine.goals import pursuits
from regulars.engine.outcome import Outcome
from tests.builders import Tree, at, back, document, joined, line, order, programs, refund, told

GOAL: Tree = {"rule": "g", "goal": {"spend": "1000", "per": "month"}, "give": "10 points"}


def available(outcome: Outcome) -> int:
    return outcome.account.wallets["points"].available


def with_rules(*rules: Tree, **parts: Any) -> Tree:
    return document(earn=list(rules), **parts)


@pytest.mark.parametrize(
    ("when", "joins"),
    [
        ({"quantity_at_least": "2"}, False),
        ({"category": "tea", "quantity_at_least": "1"}, True),
        ({"order_at_least": "100 TWD"}, True),
        ({"order_at_least": "101 TWD"}, False),
        ({"order_at_most": "100 TWD"}, True),
        ({"channel": "web"}, True),
        ({"category": "post"}, False),
    ],
    ids=str,
)
def test_who_joins_by_buying_is_asked_as_for_a_rule(when: Tree, joins: bool):
    """Shipping is neither a unit of goods nor counted as their money."""
    rules = [{"rule": "base", "give": "1 point", "when": when}]
    post = Line("post", "sku-post", 1, 5000, "post", kind="shipping")
    bought = order("A", "2026-01-05", line("tea", 100, category="tea"), post, channel="web")
    outcome = told(programs(document(enrolment={"when": when}, earn=rules)), [bought])
    assert (outcome.account.enrolled_at is not None, len(outcome.entries)) == (joins, joins)
    member = told(programs(document(enrolment="explicit", earn=rules)), [joined("2026-01-04"), bought])
    assert len(member.entries) == joins


def test_an_award_goes_back_under_the_version_that_gave_it():
    """Its limit has room again, which the version of the order that came back does not know."""
    limited = GOAL | {"limit": "1 per month", "goal": {"spend": "1000", "per": "week"}}
    versions = programs(
        with_rules(GOAL | {"goal": {"spend": "1000", "per": "week"}}), with_rules(limited), starts=["2026-01-08"]
    )
    facts = [
        order("A", "2026-01-07 12:00", line("tea", 900)),
        order("B", "2026-01-08 12:00", line("tea", 100)),
        refund("A/R", "2026-01-09 12:00", back("tea")),
        order("C", "2026-01-20 12:00", line("tea", 1000)),
    ]
    assert available(told(versions, facts[:2])) == 10
    assert available(told(versions, [*facts[:2], facts[3]])) == 10
    outcome = told(versions, facts)
    assert available(outcome) == 10
    assert outcome.entries[-1].occurred_at == facts[3].paid_at


POINTS_LADDER: Tree = {
    "set": "status",
    "grows_by": "points",
    "window": "since tier start",
    "levels": [{"tier": "member"}, {"tier": "silver", "reach": "50"}],
}


@pytest.mark.parametrize("counted", ["when points mature", "at payment"])
def test_growth_waits_with_an_award_until_its_order_is_handed_over(counted: str):
    rule = {"rule": "first", "goal": {"orders": "1"}, "give": "50 points"}
    wallets = {"points": {"pending": "until fulfilled"}}
    tree = document(earn=[rule], wallets=wallets, tiers=[POINTS_LADDER | {"growth_counts": counted}])
    facts = [
        order("A", "2026-01-05", line("tea", 100)),
        Fulfilment("G", "shop/A", at("2026-01-07")),
        refund("A/R", "2026-01-09", back("tea")),
    ]
    waits = counted == "when points mature"
    told_so_far = [told(programs(tree), facts[:number]).account.ladders["status"] for number in (1, 2, 3)]
    assert [ladder.growth.total for ladder in told_so_far] == [0, 0, 0]
    assert [sum(points for _, _, points in ladder.growth.waiting) for ladder in told_so_far] == [50 * waits, 0, 0]
    assert [ladder.tier for ladder in told_so_far] == ["member" if waits else "silver", "silver", "member"]
    back_before = told(programs(tree), [facts[0], facts[2], facts[1]][:2]).account.ladders["status"]
    assert (back_before.tier, back_before.growth.waiting) == ("member", [])


def test_an_award_that_came_back_waits_for_the_order_that_completes_it_again():
    """The order that completed it the first time has nothing to say any more."""
    rule = {"rule": "big", "goal": {"spend": "1000"}, "give": "50 points"}
    versions = programs(document(earn=[rule], wallets={"points": {"pending": "until fulfilled"}}))
    facts: list[Fact] = [
        order("A", "2026-01-05", line("tea", 600)),
        order("B", "2026-01-06", line("tea", 500)),
        refund("A/R", "2026-01-07", back("tea")),
        order("C", "2026-01-08", line("tea", 600)),
        Fulfilment("GB", "shop/B", at("2026-01-09")),
        Fulfilment("GC", "shop/C", at("2026-01-10")),
    ]
    assert [available(told(versions, facts[:number])) for number in (2, 4, 5, 6)] == [0, 0, 0, 50]


def test_a_streak_that_a_return_moves_waits_for_nothing():
    rule = {
        "rule": "weekly",
        "goal": {"orders": "1", "per": "week", "streak": "2", "repeat": "true"},
        "give": "5 points",
    }
    versions = programs(document(earn=[rule], wallets={"points": {"pending": "until fulfilled"}}))
    facts: list[Fact] = [order(day, day, line("tea", 100)) for day in ("2026-01-05", "2026-01-12", "2026-01-19")]
    moved = told(versions, [*facts, refund("2026-01-05/R", "2026-01-20", back("tea"))])
    assert available(told(versions, facts)) == 0
    assert (available(moved), moved.account.wallets["points"].pending) == (5, 0)


def test_what_is_reached_very_often_at_once_is_one_entry():
    rule = {"rule": "tiny", "goal": {"spend": "0.01", "repeat": "true"}, "give": "1 point"}
    facts: list[Fact] = [
        order("A", "2026-01-05", line("tea", 10_000_000, quantity=3)),
        refund("A/R", "2026-01-06", back("tea")),
    ]
    given, left = told(programs(with_rules(rule)), facts[:1]), told(programs(with_rules(rule)), facts)
    assert (available(given), len(given.entries)) == (1_000_000_000, 1)
    assert (available(left), len(left.entries)) == (666_666_667, 2)
    assert len(copied_bytes(left)) < len(copied_bytes(given)) + 20
    assert all(recompute(entry) == entry.points for entry in left.entries)


def copied_bytes(outcome: Outcome) -> bytes:
    return msgspec.msgpack.encode(outcome.account)


@pytest.mark.parametrize(
    ("at_end", "given", "counted"), [("partial", [25, 10, 0], [3, 1, 0]), ("all_or_nothing", [0, 0, 0], [0, 0, 0])]
)
def test_what_a_budget_refuses_of_several_awards_counts_for_no_limit(at_end: str, given: list[int], counted: list[int]):
    rule = {"rule": "g", "goal": {"spend": "100", "repeat": "true"}, "give": "10 points", "campaign": "spring"}
    tree = with_rules(
        rule | {"limit": "5 per month"}, campaigns=[{"campaign": "spring", "budget": "25 points", "at_end": at_end}]
    )
    facts: list[Fact] = [
        order("A", "2026-01-05", line("tea", 300, quantity=3)),
        refund("A/1", "2026-01-06", back("tea", 2)),
        refund("A/2", "2026-01-07", back("tea")),
    ]
    accounts = [told(programs(tree), facts[:number]).account for number in (1, 2, 3)]
    assert [sum(wallet.available for wallet in account.wallets.values()) for account in accounts] == given
    assert [account.used["limit:g/month"][0][1] for account in accounts] == counted


def test_what_goes_back_at_one_instant_is_told_apart():
    rule = {"rule": "g", "goal": {"spend": "100", "repeat": "true"}, "give": "10 points"}
    facts: list[Fact] = [
        order("A", "2026-01-05", line("tea", 300, quantity=3)),
        refund("A/1", "2026-01-06", back("tea")),
        refund("A/2", "2026-01-06", back("tea")),
    ]
    entries = told(programs(with_rules(rule)), facts).entries
    assert [entry.identity.partition("@")[2] for entry in entries] == [
        "order:shop/A|g",
        "refund:shop/A/1|g",
        "refund:shop/A/2|g",
    ]
    assert [recompute(entry) for entry in entries] == [30, 10, 10]


def test_lots_of_one_order_settle_a_debt_in_one_entry():
    rules: list[Tree] = [
        {"rule": "base", "give": "1 point per 100 TWD"},
        {"rule": "short", "give": "5 points", "expires": "1 month"},
    ]
    facts: list[Fact] = [
        order("A", "2026-01-05", line("tea", 1000)),
        Redemption("D", "points", 15, at("2026-01-06")),
        refund("A/R", "2026-01-07", back("tea")),
        order("B", "2026-01-08", line("tea", 1000)),
    ]
    entries = told(programs(with_rules(*rules)), facts).entries
    assert [(entry.identity, entry.points) for entry in entries if entry.kind == "repay"] == [
        ("repay:order:shop/B|", 15)
    ]


def test_what_was_let_go_in_parts_is_not_given_again():
    rule = {"rule": "g", "goal": {"spend": "100", "repeat": "true"}, "give": "10 points"}
    versions = programs(with_rules(rule, wallets={"points": {"when_short": "write_off"}}))
    facts: list[Fact] = [
        order("A", "2026-01-05", line("tea", 300, quantity=3)),
        Redemption("D", "points", 30, at("2026-01-06")),
        refund("A/1", "2026-01-07", back("tea")),
        refund("A/2", "2026-01-08", back("tea")),
        refund("A/3", "2026-01-08 12:00", back("tea")),
        order("B", "2026-01-09", line("tea", 400)),
    ]
    outcome = told(versions, facts)
    assert [(one.target, one.points) for one in outcome.entries if one.kind == "earn"] == [
        ("available", 30),
        ("written_off", 30),
        ("available", 10),
    ]


# How far a member is

PER_MONTH = {"rule": "month", "goal": {"spend": "1000", "per": "month", "repeat": "true"}, "give": "10 points"}
ONCE = {"rule": "once", "goal": {"orders": "2"}, "give": "5 points"}
STEPS = {"rule": "steps", "goal": {"per": "week", "steps": [{"spend": "500"}, {"units": "3"}]}, "give": "1 point"}


def pursued(facts: list[Fact], when: str) -> dict[str, tuple[int, tuple[tuple[str, int, int], ...]]]:
    tree = with_rules(PER_MONTH, ONCE, STEPS)
    versions = programs(tree, tree, starts=["2026-01-01"])
    found = pursuits(versions, told(versions, facts).account, at(when))
    assert [one.window for one in found] == [versions.calendar.window(versions.calendar.day(at(when)), per) for per in (
        "month", "lifetime", "week")]  # fmt: skip
    return {one.rule.name: (one.met, one.steps) for one in found}


def test_how_far_somebody_is_who_did_nothing():
    assert pursued([], "2026-01-20") == {
        "month": (0, (("spend", 0, 1000_00),)),
        "once": (0, (("orders", 0, 2),)),
        "steps": (0, (("spend", 0, 500_00), ("units", 0, 3))),
    }


def test_a_goal_that_repeats_asks_for_the_next_time_and_one_that_does_not_for_itself():
    facts: list[Fact] = [order("A", "2026-01-19", line("tea", 2500, 2)), order("B", "2026-01-20", line("tea", 100))]
    assert pursued(facts, "2026-01-20") == {
        "month": (2, (("spend", 2600_00, 3000_00),)),
        "once": (1, (("orders", 2, 2),)),
        "steps": (1, (("spend", 2600_00, 500_00), ("units", 3, 3))),
    }
    assert pursued(facts, "2026-02-20")["month"] == (0, (("spend", 0, 1000_00),))


# Bounds

THRICE = {"rule": "g", "goal": {"spend": "100", "repeat": "true"}, "give": "10 points"}


def test_a_bound_that_just_admits_all_cuts_nothing():
    for over in ({}, {"over": "reject"}):
        bounded = with_rules(THRICE, caps=[{"rules": "g", "at_most": "30", "per": "day"} | over])
        (entry,) = told(programs(bounded), [order("A", "2026-01-10", line("tea", 300))]).entries
        assert (entry.points, entry.why) == (30, ("goal", 30, "lifetime", 0, ("spend", 300_00, 100_00)))


def test_two_bounds_of_which_the_second_admits_what_the_first_left():
    caps = [
        {"rules": "g", "at_most": "25", "per": per} | over for per, over in (("day", {}), ("week", {"over": "reject"}))
    ]
    outcome = told(programs(with_rules(THRICE, caps=caps)), [order("A", "2026-01-10", line("tea", 300))])
    assert available(outcome) == 25


def test_a_limit_of_a_day_counts_awards_of_each_day():
    facts = [order(key, f"2026-01-1{key}", line("tea", 200)) for key in ("0", "1")]
    assert available(told(programs(with_rules(THRICE | {"limit": "1 per day"})), facts)) == 20


def test_an_award_of_which_a_bound_left_nothing_takes_nothing_back():
    bounded = with_rules(THRICE, caps=[{"rules": "g", "at_most": "10", "per": "day"}])
    first, second = order("A", "2026-01-10", line("tea", 100)), order("B", "2026-01-10 12:00", line("tea", 100))
    outcome = told(programs(bounded), [first, second, refund("B/R", "2026-01-11", back("tea"))])
    assert [(one.kind, one.points) for one in outcome.entries] == [("earn", 10)]


def test_a_limit_counts_what_a_budget_left_of_several_awards():
    """Of three awards the budget paid one and a half, which are two; of the next it paid nothing."""
    limited = THRICE | {"limit": "4 per month", "campaign": "spring"}
    caps = [{"rules": "g", "at_most": "100", "per": "year"}]
    tree = with_rules(limited, caps=caps, campaigns=[{"campaign": "spring", "budget": "15 points"}])
    first = order("A", "2026-01-10", line("tea", 300))
    outcome = told(programs(tree, tree, starts=["2026-06-01"]), [first])
    assert [one.points for one in outcome.entries] == [15]
    assert sorted(used for ((_, used),) in outcome.account.used.values()) == [2, 15]
    more = [order("B", "2026-01-11", line("tea", 100)), order("C", "2026-01-12", line("tea", 200))]
    outcome = told(programs(tree), [first, *more])
    assert sorted(used for ((_, used),) in outcome.account.used.values()) == [2, 15]


def test_what_remains_of_several_awards_is_explained_by_their_number():
    first = order("A", "2026-01-10", line("tea", 300, 3))
    outcome = told(programs(with_rules(THRICE)), [first, refund("A/R", "2026-01-11", back("tea"))])
    assert outcome.entries[-1].why == (
        "remains", 30, 20, "goal", 20, "lifetime", 0, ("spend", 200_00, 100_00))  # fmt: skip


# What is remembered


def test_windows_that_gave_nothing_are_forgotten_and_others_are_not():
    daily = {"rule": "g", "goal": {"spend": "100", "per": "day"}, "give": "10 points"}
    rewarded, small = order("A", "2026-01-01", line("tea", 100)), order("B", "2026-01-02", line("tea", 5))
    kept, last = order("C", "2026-01-13", line("tea", 5)), order("D", "2026-04-23", line("tea", 5))
    versions = programs(with_rules(daily))
    (windows,) = told(versions, [rewarded, small, kept, last]).account.tallies.values()
    day = versions.calendar.day
    assert sorted(windows) == [day(at(when)) for when in ("2026-01-01", "2026-01-13", "2026-04-23")]
    again = told(versions, [rewarded, small, kept, last, refund("A/R", "2026-04-23 12:00", back("tea"))])
    assert available(again) == 0
    edited = order("C", "2026-01-13", line("tea", 100), version="2026-04-23 13:00", number=1)
    assert available(told(versions, [rewarded, small, kept, last, edited])) == 20


def test_a_streak_needs_all_of_its_windows_for_ever():
    weekly = {"rule": "g", "goal": {"orders": "1", "per": "week", "streak": "2", "repeat": "true"}, "give": "5 points"}
    facts: list[Fact] = [order(key, when, line("tea", 1)) for key, when in (
        ("A", "2026-01-05"), ("B", "2026-01-12"), ("C", "2026-01-19"), ("D", "2026-06-01"))]  # fmt: skip
    outcome = told(programs(with_rules(weekly)), facts)
    ((award,),) = outcome.account.awards.values()
    assert (available(outcome), award.times) == (5, 1)
    assert available(told(programs(with_rules(weekly)), [*facts, refund("A/R", "2026-06-02", back("tea"))])) == 5
    gone = [refund("A/R", "2026-06-02", back("tea")), refund("C/R", "2026-06-03", back("tea"))]
    assert available(told(programs(with_rules(weekly)), [*facts, *gone])) == 0


def test_awards_are_listed_by_window_with_when_they_matured():
    waits = with_rules(THRICE, wallets={"points": {"pending": "until fulfilled"}})
    first = order("A", "2026-01-10", line("tea", 200))
    handed = Fulfilment("A/F", "shop/A", at("2026-01-11"))
    for facts, expected in (
        ([first], Award(0, 1, 20, at("2026-01-10"), 1, "shop/A", None, 2)),
        ([first, handed], Award(0, 1, 20, at("2026-01-10"), 1, "", at("2026-01-11"), 2)),
    ):  # fmt: skip
        ((award,),) = told(programs(waits), facts).account.awards.values()
        assert award == msgspec.structs.replace(expected, window=award.window)
    plain = told(programs(with_rules(THRICE)), [first, order("B", "2026-01-12", line("tea", 1))])
    ((award,),) = plain.account.awards.values()
    assert (award.waits_for, award.times) == ("", 2)


def test_goods_that_come_back_before_their_discount_cost_no_other_award():
    """Not even for a moment: long afterwards nothing would bring it back."""
    versions = programs(document(earn=[GOAL]))
    discount = Line("off", "sku-off", 1, -30_000, "tea")
    facts = [
        order("A", "2026-01-10", line("tea", 600), discount),
        order("B", "2026-01-11", line("tea", 1100)),
        refund("A/goods", "2030-01-10", back("tea")),
        refund("A/discount", "2030-01-11", back("off")),
    ]
    assert [entry.points for entry in told(versions, facts).entries if entry.kind != "mature"] == [10]


def test_an_order_that_costs_nothing_is_no_money():
    goal = GOAL | {"goal": {"spend": "0.01", "repeat": "true"}, "give": "1 point"}
    assert told(programs(with_rules(goal)), [order("A", "2026-01-05", line("cake", 0))]).entries == []


def test_awards_that_are_over_when_they_are_handed_over_are_told_apart():
    waits: Tree = {"points": {"pending": "until fulfilled", "expires": "2 months"}}
    rules = [GOAL, GOAL | {"rule": "h", "give": "5 points"}]
    facts = [order("A", "2026-01-10", line("tea", 1000)), Fulfilment("A/F", "shop/A", at("2026-06-01"))]
    entries = told(programs(with_rules(*rules, wallets=waits)), facts).entries
    ran_out = [(entry.points, recompute(entry)) for entry in entries if entry.kind == "expire"]
    assert ran_out == [(10, 10), (5, 5)]
    assert len({entry.identity for entry in entries}) == len(entries)

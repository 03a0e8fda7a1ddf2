"""Documents that are right in their parts and cannot be meant as a whole."""

from fractions import Fraction
from typing import Any

import msgspec
import pytest

from regulars.engine import grammar
from regulars.engine.document import DocumentErrors
from regulars.engine.grammar.factors import total
from regulars.engine.program import Conditions, Joining, Programs
from regulars.programs.problems import said
from regulars.programs.tree import grown
from tests.builders import Tree, document, line, order, told
from tests.engine.pages import PAGES, Row, tables

WALLETS = {"points": {"worth": "10 TWD per 100"}, "credit": {"money": "true"}}
LADDER = [{"set": "status", "levels": [{"tier": "member"}, {"tier": "silver", "reach": "1000"}]}]


def rows(column: str) -> list[Row]:
    """Of the page about publishing, the table with this column."""
    return [row for table in tables(PAGES.parent / "publishing.md") if column in table.columns for row in table.rows]


def flow(text: str) -> Tree:
    found = grown(f"{{{text}}}").tree
    assert isinstance(found, dict)
    return found


def refused(*rules: Tree, **parts: Any) -> list[str]:
    earn = [{"rule": f"r{place}"} | rule for place, rule in enumerate(rules)]
    tree = document(earn=earn, tiers=LADDER, **parts)
    grammar.read(tree)
    problems = []
    try:
        grammar.reviewed(tree)
    except DocumentErrors as errors:
        problems = errors.problems
    assert all(problem.path.endswith(problem.value) for problem in problems)
    return [f"{problem.path}: {said(problem.because[0])}" for problem in problems]


def warned(*rules: Tree, **parts: Any) -> list[str]:
    earn = [{"rule": f"r{place}"} | rule for place, rule in enumerate(rules)]
    return [f"{one.path}: {one.value}" for one in grammar.reviewed(document(earn=earn, **parts)).warnings]


def gives(**when: Any) -> Tree:
    return {"give": "1 point per 100 TWD", "when": {name.strip("_"): said for name, said in when.items()}}


@pytest.mark.parametrize("row", rows("nothing can meet"), ids=str)
def test_a_rule_that_nothing_can_meet(row: Row):
    when = flow(row["nothing can meet"])
    assert refused({"give": "1 point per 100 TWD", "when": when}) == [f"earn[0].when: {row['because']}"]


@pytest.mark.parametrize(
    "rule",
    [
        gives(from_="2026-05-01", until="2026-05-01"),
        gives(weekday="fri", from_="2026-05-01", until="2026-05-01"),
        gives(weekday="thu", from_="2026-05-01", until="2026-05-07"),
        gives(weekday=["mon", "tue"], all=[{"weekday": ["tue", "wed"]}]),
        gives(store="a", **{"not": {"store": "b"}}),
        gives(store="a", **{"not": {"store": "a", "channel": "web"}}),
        gives(channel="web", **{"not": {"store": "a", "channel": "web"}}),
        gives(any=[{"order_at_least": "100 TWD", "order_at_most": "100 TWD"}]),
        gives(tier="silver", any=[{"tier": "member"}, {"tier": "silver"}]),
        gives(category="tea", any=[{"category": ["tea"]}, {"brand": "x"}]),
        gives(nth_order="every 2", all=[{"nth_order": "every 3"}, {"nth_order": ["6", "7"]}]),
        gives(nth_order="1", any=[{"nth_order": "2"}, {"nth_order": "1"}]),
        gives(hours="22:00-02:00", all=[{"hours": "01:59-03:00"}]),
        gives(hours="22:00-24:00", **{"not": {"hours": "24:00-23:59"}}),
        gives(plan=["gold", "basic"], **{"not": {"plan": "gold"}}),
        gives(plan="gold", all=[{"plan": "basic"}], **{"not": {"plan": "gold", "channel": "web"}}),
        gives(tag="new", payment="card", all=[{"tag": "old"}, {"payment": "cash"}]),
        gives(order_at_least="50 TWD", **{"not": {"order_at_least": "50.01 TWD"}}),
        gives(order_at_most="50 TWD", **{"not": {"order_at_most": "49.99 TWD"}}),
        gives(from_="2026-05-01", **{"not": {"from": "2026-05-02"}}),
        gives(until="2026-05-02", **{"not": {"until": "2026-05-01"}}),
        gives(order_at_least="50 TWD", **{"not": {"not": {"order_at_least": "50 TWD"}}}),
        gives(attribute={"hair": ["dry", "oily"]}, all=[{"attribute": {"hair": "oily", "skin": "dry"}}]),
        {"on": "enrolment", "give": "5 points"},
    ],
)
def test_what_something_can_meet(rule: Tree):
    assert refused(rule) == []


def test_a_step_of_a_goal_that_nothing_can_meet():
    step = {"when": {"category": "cups"}}
    aim = {"give": "5 points", "when": {"category": "tea"}, "goal": {"steps": [{"units": "2"}, step]}}
    assert refused(aim) == ["earn[0].goal.steps[1].when: the conditions on category exclude each other"]
    assert refused(aim | {"when": {"category": ["cups", "tea"]}}) == []


@pytest.mark.parametrize("part", ["enrolment", "referral"])
def test_an_order_that_cannot_be(part: str):
    said: Any = {part: {"when": {"channel": "web", "not": {"channel": "web"}}}}
    assert refused(**said) == [f"{part}.when: the conditions on channel exclude each other"]


def test_a_multiplier_that_multiplies_nothing():
    tea, cups = gives(category="tea"), {"multiply": {"r0": "2"}, "when": {"category": "cups"}}
    assert refused(tea, cups) == ["earn[1].multiply.r0: the conditions on category exclude each other"]
    assert refused(tea, cups | {"when": {"category": ["cups", "tea"]}}) == []
    assert refused(tea, {"multiply": {"r0": "2"}}) == []
    small, large = gives(order_at_most="100 TWD"), {"multiply": {"r0": "2"}, "when": {"order_at_least": "100 TWD"}}
    assert refused(small, large) == []


@pytest.mark.parametrize(
    ("of_base", "of_more", "because"),
    [
        ("may", "may", []),
        ("may", "", []),
        ("", "june", []),
        ("may", "june", ["earn[1].multiply.r0: the first day comes after the last"]),
        ("june", "may", ["earn[1].multiply.r0: the first day comes after the last"]),
    ],
)
def test_a_multiplier_of_another_campaign(of_base: str, of_more: str, because: list[str]):
    named = [
        {"campaign": "may", "budget": "9 points", "from": "2026-05-01", "until": "2026-05-31"},
        {"campaign": "june", "budget": "9 points", "from": "2026-06-01", "until": "2026-06-30"},
    ]
    campaigns = [one for one in named if one["campaign"] in (of_base, of_more)]
    base, more = gives() | {"campaign": of_base}, {"multiply": {"r0": "2"}, "campaign": of_more}
    assert refused(base, more, campaigns=campaigns) == because


@pytest.mark.parametrize(("budget", "paths"), [("4 points", ["earn[0].campaign"]), ("5 points", [])])
def test_a_gift_fits_into_its_budget(budget: str, paths: list[str]):
    parts: Tree = {
        "campaigns": [{"campaign": "may", "budget": budget}],
        "earn": [{"rule": "gift", "give": "5 points", "limit": "once", "campaign": "may"}],
    }
    try:
        assert grammar.reviewed(document(**parts)).warnings == []
        found = []
    except DocumentErrors as errors:
        found = [one.path for one in errors.problems]
    assert found == paths


@pytest.mark.parametrize("row", rows("a tier set that makes no sense"), ids=str)
def test_a_tier_set_that_makes_no_sense(row: Row):
    tree = document(
        wallets={"points": {}, "merits": {}}, tiers=[LADDER[0] | flow(row["a tier set that makes no sense"])]
    )
    grammar.read(tree)
    with pytest.raises(DocumentErrors) as errors:
        grammar.reviewed(tree)
    assert [said(problem) for problem in errors.value.problems] == [row["because"]]


@pytest.mark.parametrize("row", rows("factors"), ids=str)
def test_multipliers_that_cannot_be_counted(row: Row):
    earn = [{"rule": "base", "give": "1 point per 1 TWD"}]
    earn += [
        {"rule": f"m{place}", "multiply": {"base": factor}} for place, factor in enumerate(row["factors"].split(", "))
    ]
    tree = document(earn=earn, multipliers=row["multipliers"])
    version = grammar.read(tree)
    if row["because"]:
        with pytest.raises(DocumentErrors) as errors:
            grammar.reviewed(tree)
        assert [said(problem) for problem in errors.value.problems] == [row["because"]]
        return
    grammar.reviewed(tree)
    bought = order("A", "2026-01-05", line("tea", 9_999_999_999))
    entries = told(Programs(1, [version]), [bought]).entries
    assert msgspec.msgpack.decode(msgspec.msgpack.encode([entry.why for entry in entries]))
    assert all(entry.points < 2**63 for entry in entries)


def test_a_bound_lets_more_multipliers_be_counted():
    earn = [{"rule": "base", "give": "100 points per 0.1 TWD"}]
    earn += [{"rule": f"m{place}", "multiply": {"base": "100"}} for place in range(4)]
    parts: Any = {"multipliers": "multiply", "earn": earn}
    with pytest.raises(DocumentErrors, match=r"earn\[3\].multiply.base"):
        grammar.reviewed(document(**parts))
    assert grammar.reviewed(document(multiply_at_most="100", **parts)).version.factor_bound == 100_000


def test_tiers_of_different_sets_do_not_exclude_each_other():
    club = {"set": "club", "grows_by": "orders", "levels": [{"tier": "guest"}, {"tier": "friend", "reach": "3"}]}
    meant = gives(tier="silver", all=[{"tier": ["guest", "friend"]}])
    steps = {"give": "5 points", "when": {"tier": "silver"}, "goal": {"steps": [{"when": {"tier": "friend"}}]}}
    twice = {"rule": "twice", "when": {"tier": "friend"}, "multiply": {"base": "2"}}
    earn = [{"rule": "base"} | meant, {"rule": "steps"} | steps, twice]
    referral = {"when": meant["when"]}
    assert grammar.reviewed(document(earn=earn, tiers=[*LADDER, club], referral=referral)).warnings == []
    assert refused(gives(tier="silver", all=[{"tier": "member"}])) != []


@pytest.mark.parametrize("row", rows("warning"), ids=str)
def test_what_is_warned_of(row: Row):
    rule = {"rule": "gift"} | flow(row["a rule, where 100 points are worth 10 TWD and credit is money"])
    tree = document(earn=[rule], wallets=WALLETS)
    assert [said(one) for one in grammar.reviewed(tree).warnings] == [row["warning"]] * bool(row["warning"])


@pytest.mark.parametrize("row", rows("what is said"), ids=str)
def test_what_is_warned_of_a_reward(row: Row):
    reward = {"reward": "gift"} | flow(row["a reward, where stamps are another wallet"])
    tree = document(rewards=[reward], wallets=WALLETS | {"stamps": {}}, tiers=LADDER)
    assert [said(one) for one in grammar.reviewed(tree).warnings] == [row["what is said"]] * bool(row["what is said"])
    for one in grammar.reviewed(tree).warnings:
        assert (one.path, one.value) == ("rewards[0].gives.credit", reward["gives"]["credit"])


def test_amounts_of_goals_and_multipliers_are_read_in_the_currency():
    steps = [{"orders": "3", "when": {"order_at_least": "5 TWD"}}, {"orders": "1", "when": {"order_at_most": "9 TWD"}}]
    aim = {"give": "5 points", "goal": {"steps": steps}}
    assert refused(gives(order_at_least="5 TWD"), aim, {"multiply": {"r0": "2"}, "when": {"order_at_most": "5"}}) == []


@pytest.mark.parametrize(
    ("rule", "path", "value"),
    [
        ({"give": "5 points"}, "earn[0]", "r0"),
        ({"give": "5000 points", "when": {"order_at_least": "500 TWD"}}, "earn[0].give", "5000 points"),
        ({"give": "100 points per 10 TWD"}, "earn[0].give", "100 points per 10 TWD"),
        ({"give": "100% credit"}, "earn[0].give", "100% credit"),
        ({"give": "10 credit per 10 TWD"}, "earn[0].give", "10 credit per 10 TWD"),
        ({"give": "10 fare per 10 TWD"}, "earn[0].give", "10 fare per 10 TWD"),
    ],
)
def test_where_a_warning_stands(rule: Tree, path: str, value: str):
    """Money is worth itself, whatever is said of its worth."""
    wallets = WALLETS | {"fare": {"money": "true", "worth": "1 TWD per 1000"}}
    assert warned(rule, wallets=wallets) == [f"{path}: {value}"]
    assert warned({"give": "99.999% credit"}, {"give": "9.99 fare per 10 TWD"}, wallets=wallets) == []


def test_no_warning_where_none_is_due():
    assert warned({"on": "enrolment", "give": "5 points"}) == []
    assert warned({"give": "5 points", "when": {"all": [{"order_at_least": "500 TWD"}]}}) == []
    assert warned({"give": "1000 points per 1 TWD"}) == []


def test_what_was_published_once_is_read_for_ever():
    """A stricter publisher changes nothing for a program that lives."""
    tree = document(earn=[{"rule": "base"} | gives(from_="2026-05-02", until="2026-05-01")])
    assert grammar.read(tree).order_rules


@pytest.mark.parametrize(
    ("part", "path", "because"),
    [
        ({"when": {"tier": "platinum"}}, "when.tier", "a tier of this program is needed: member or silver"),
        ({"gives": {"banana": "yes"}}, "gives.banana", "this is not known here; possible is discount, free_shipping"),
        ({"gives": {"discount": "5 USD"}}, "gives.discount", "an amount in TWD"),
        ({"limit": "sometimes"}, "limit", "a limit such as"),
    ],
)
def test_the_words_of_a_reward_are_read(part: Tree, path: str, because: str):
    reward = {"reward": "cup", "costs": "5 points"} | part
    with pytest.raises(DocumentErrors) as errors:
        grammar.read(document(tiers=LADDER, rewards=[reward]))
    assert [one.path for one in errors.value.problems] == [f"rewards[0].{path}"]
    assert said(errors.value.problems[0]).startswith(because)


def test_a_funder_called_almost_like_the_orders_partner_is_warned_of():
    assert warned(gives() | {"funded_by": "partner"}) == ["earn[0].funded_by: partner"]
    assert warned(gives() | {"funded_by": "the order's partner"}, gives() | {"funded_by": "farm"}) == []


def test_whoever_rises_beyond_the_one_tier_named_is_thought_of():
    levels = [{"tier": "member"}, {"tier": "silver", "reach": "1000"}, {"tier": "gold", "reach": "5000"}]
    tiers = [{"set": "status", "levels": levels}]
    assert warned(gives(tier="silver"), tiers=tiers) == ["earn[0].when.tier: silver"]
    earn = [{"rule": "base"} | gives(tier="silver")]
    [warning] = grammar.reviewed(document(earn=earn, tiers=tiers)).warnings
    assert warning.allowed == ("tier: [silver, gold]",)
    assert warned(gives(tier=["silver", "gold"]), gives(tier="gold"), gives(tier="member"), tiers=tiers) == []
    assert warned(gives(tier="silver"), gives(tier="gold"), tiers=tiers) == []


@pytest.mark.parametrize(("combine", "whole"), [("best", 3), ("add", 4), ("multiply", 6)])
def test_what_factors_come_to_on_one_line(combine: str, whole: int):
    assert total(combine, [Fraction(2), Fraction(3)]) == whole
    assert total(combine, [Fraction(2)]) == 2


@pytest.mark.parametrize(("points", "paths"), [(649_657, []), (649_658, ["earn[5].multiply.base"])])
def test_as_many_points_may_be_given_as_can_be_counted(points: int, paths: list[str]):
    """The largest order gives 2^63 - 1 of them."""
    factors = ("92.737", "33.7", "12.7", "73", "49")
    earn = [{"rule": "base", "give": f"{points} points per 100000 TWD"}]
    earn += [{"rule": f"m{place}", "multiply": {"base": factor}} for place, factor in enumerate(factors)]
    tree = document(earn=earn, multipliers="multiply")
    if not paths:
        grammar.reviewed(tree)
        return
    with pytest.raises(DocumentErrors) as errors:
        grammar.reviewed(tree)
    assert [(one.path, one.value) for one in errors.value.problems] == [(path, "49") for path in paths]


def test_a_bound_is_one_of_the_factors_that_must_be_exact():
    earn = [{"rule": "base", "give": "1 point per 100 TWD"}]
    earn += [{"rule": f"m{place}", "multiply": {"base": "1.001"}} for place in range(6)]
    parts: Any = {"multipliers": "multiply", "earn": earn}
    assert grammar.reviewed(document(multiply_at_most="9", **parts)).warnings == []
    with pytest.raises(DocumentErrors, match="factors_too_exact"):
        grammar.reviewed(document(multiply_at_most="9.999", **parts))


def test_an_order_may_be_judged_at_the_tier_it_gains_by_spend_or_as_one_of_several():
    for grows_by in ("spend", "orders"):
        rung = LADDER[0] | {"grows_by": grows_by, "growth_counts": "at payment", "upgrade_applies": "this order"}
        assert grammar.reviewed(document(tiers=[rung])).version.lifts


def test_who_joins_by_an_order_of_any_size():
    nobody = Joining(Conditions(), 0)
    assert grammar.read(document(enrolment="first order")).joining == nobody
    assert grammar.read(document(enrolment={})).joining == nobody


def test_benefits_keep_their_names():
    (benefit,) = grammar.read(document(benefits=[{"benefit": "tea", "name": {"en": "Free tea"}}])).benefits
    assert (benefit.name, benefit.title) == ("tea", {"en": "Free tea"})


def test_benefits_keep_what_they_ask_for_as_it_is_written():
    premium, everybody = grammar.read(
        document(benefits=[{"benefit": "shipping", "when": {"plan": "premium"}}, {"benefit": "hello"}])
    ).benefits
    assert premium.asked is not None
    assert premium.asked.plan == "premium"
    assert everybody.asked is None


def test_a_cap_that_rejects_lets_through_what_a_rule_gives_at_once():
    cap = {"at_most": "20", "per": "month", "over": "reject"}
    assert refused({"give": "20 points per 100 TWD"}, caps=[cap]) == []


def test_bounds_are_called_by_what_they_bound():
    rules = [{"rule": name, "give": "5 points"} for name in "ab"] + [
        {"rule": "gift", "on": "tier silver", "give": "5 points"}
    ]
    caps = [{"rules": ["a", "b"], "at_most": "50", "per": "day"}]
    version = grammar.read(document(earn=rules, caps=caps, tiers=LADDER))
    assert [cap.name for cap in version.caps] == ["limit:gift/lifetime", "cap:points/day/a/b"]

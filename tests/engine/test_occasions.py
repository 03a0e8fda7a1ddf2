"""What is given for other things than buying, where no table of a page says it."""

from typing import Any

from msgspec.structs import replace

from regulars.engine import grammar
from regulars.engine.account import Account, Given
from regulars.engine.facts import (
    Activity,
    Adjustment,
    Details,
    Effect,
    Enrolment,
    Fact,
    Line,
    Order,
    PlanStanding,
    Redemption,
    Refund,
    RefundLine,
    SegmentStanding,
)
from regulars.engine.fold import fold
from regulars.engine.outcome import Entry, Outcome
from regulars.engine.program import Programs
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import document

JOINS = Enrolment("lin", 0)


def lived(facts: list[Fact], *rules: list[dict[str, Any]], **parts: Any) -> Outcome:
    """With one version for each list of rules, every hundred microseconds."""
    trees = [document(enrolment="explicit", earn=earn, referral={"within": "9 days"}, **parts) for earn in rules]
    versions = [grammar.read(tree, number, (number - 1) * 100) for number, tree in enumerate(trees, start=1)]
    return fold(Tape(Programs(1, versions), Account()), unrolled(facts), 1000)


def available(outcome: Outcome) -> int:
    return sum(wallet.available for wallet in outcome.account.wallets.values())


def test_what_stands_in_any_and_not_is_asked_of_an_activity_too():
    rule = {"rule": "visit", "on": "activity visit", "give": "5 points"}
    facts: list[Fact] = [JOINS, SegmentStanding("S", "press", 0), Activity("V", "visit", 1, channel="web")]
    assert available(lived(facts, [rule | {"when": {"not": {"segment": "press"}}}])) == 0
    assert available(lived(facts, [rule | {"when": {"not": {"segment": "staff"}}}])) == 5
    assert available(lived(facts, [rule | {"when": {"any": [{"channel": "app"}, {"channel": "web"}]}}])) == 5


def test_an_effect_goes_back_under_the_version_that_gave_it():
    rule = {"rule": "friend", "on": "referral", "give": "70 points"}
    facts: list[Fact] = [JOINS, Effect("1", "referral", 1, "F"), Effect("2", "referral", 150, "F", withdrawn=True)]
    assert available(lived(facts[:2], [rule], [])) == 70
    assert available(lived(facts, [rule], [])) == 0


def test_nobody_is_at_a_till_when_an_effect_goes_back():
    rule = {"rule": "friend", "on": "referral", "give": "70 points", "expires": "1 day"}
    late = 2 * 366 * 86_400_000_000
    facts: list[Fact] = [JOINS, Effect("1", "referral", 1, "F"), Effect("2", "referral", late, "F", withdrawn=True)]
    wallets = {"points": {"worth": "1 TWD per 1", "when_short": "charge"}}
    assert lived(facts, [rule], wallets=wallets).account.wallets["points"].deficit == 70


def test_a_cap_on_an_order_leaves_occasions_alone():
    rules = [{"rule": name, "on": "enrolment", "give": "30 points"} for name in ("one", "other")]
    assert available(lived([JOINS], rules, caps=[{"at_most": "40", "per": "order"}])) == 60
    assert available(lived([JOINS], rules, caps=[{"at_most": "40", "per": "day"}])) == 40


def test_a_plan_that_follows_at_the_very_instant_is_renewed():
    rule = {"rule": "premium", "on": "plan premium", "give": "5 points"}
    first, at_once, later = (
        PlanStanding("1", "premium", 10, 20),
        PlanStanding("2", "premium", 20, 30),
        PlanStanding("3", "premium", 31),
    )
    assert available(lived([JOINS, first, at_once], [rule])) == 5
    assert available(lived([JOINS, first, later], [rule])) == 10


def test_facts_of_several_kinds_with_one_key_and_instant_have_one_order():
    facts: list[Fact] = [PlanStanding("1", "premium", 10), Details("1", 10, (1, 2))]
    assert unrolled(facts) == unrolled(facts[::-1])
    assert len({happening.step for happening in unrolled(facts)}) == 2


def test_a_limit_with_another_window_begins_anew():
    rule = {"rule": "visit", "on": "activity visit", "give": "5 points"}
    visits: list[Fact] = [Activity(f"V{at}", "visit", at) for at in (1, 2, 101, 102)]
    once, again = rule | {"limit": "1 per day"}, rule | {"limit": "1 per month"}
    assert available(lived([JOINS, *visits], [once], [once])) == 5
    assert available(lived([JOINS, *visits], [once], [again])) == 10


def test_a_goal_that_was_let_go_is_not_given_twice():
    rule = {"rule": "first", "goal": {"orders": "1"}, "give": "7 points"}
    line = Line("a", "sku-a", 1, 1000)
    bought, again = (Order(f"shop/{key}", at, (line,), at) for key, at in (("A", 1), ("B", 20)))
    used = Redemption("D", "points", 7, 5)
    back = Refund("shop/A/R", "shop/A", 10, (RefundLine("a", 1),))
    outcome = lived([JOINS, bought, used, back, again], [rule], wallets={"points": {"when_short": "write_off"}})
    assert available(outcome) == 0
    assert [entry.target for entry in outcome.entries if entry.kind == "earn"] == ["available", "written_off"]


def test_what_goes_back_is_no_growth_of_a_tier_that_began_with_it():
    rule = {"rule": "friend", "on": "referral", "give": "1 point"}
    ladder = {"set": "status", "window": "since tier start", "grows_by": "points", "levels": [{"tier": "member"}]}
    bare = document(enrolment="explicit", earn=[], referral={"within": "9 days"})
    later = document(enrolment="explicit", earn=[rule], referral={"within": "9 days"}, tiers=[ladder])
    versions = [grammar.read(bare, 1, 0), grammar.read(later, 2, 100)]
    day = 86_400_000_000
    facts: list[Fact] = [
        JOINS,
        Effect("1", "referral", day, "F"),
        Effect("2", "referral", 9 * day, "F", withdrawn=True),
    ]
    account = fold(Tape(Programs(1, versions), Account()), unrolled(facts), 10 * day).account
    assert account.ladders["status"].growth.total == 0


FRIEND: dict[str, Any] = {"rule": "friend", "on": "referral", "give": "70 points", "funded_by": "roaster"}
COMES, GOES = Effect("1", "referral", 1, "F"), Effect("2", "referral", 150, "F", withdrawn=True)


def test_what_an_effect_gave_goes_back_from_where_it_is_to_who_paid_for_it():
    gone = lived([JOINS, COMES, GOES], [FRIEND], [FRIEND]).entries[-1]
    why = ("remains", 70, 0)
    assert gone == Entry("effect:F|friend", "reverse", "points", "available", "issued", 70, 150, 2, why, "roaster")


def test_an_effect_that_gave_nothing_is_remembered_and_takes_nothing_back():
    assert lived([JOINS, COMES], []).account.effects == {"F": Given(1, 1, {})}
    assert lived([JOINS, COMES, GOES], []).entries == []
    assert lived([COMES, GOES], [FRIEND]).entries == []


def test_each_rule_takes_back_from_lots_of_its_own_term():
    rules = [FRIEND | {"rule": "short", "expires": "1 month"}, FRIEND | {"pending": "7 days"}]
    entries = lived([JOINS, COMES, GOES], rules, rules).entries
    assert [(one.identity, one.source) for one in entries if one.kind == "reverse"] == [
        ("effect:F|short", "available"),
        ("effect:F|friend", "pending"),
    ]


def test_a_withdrawn_effect_makes_room_in_its_own_window():
    """Though there has been another window since."""
    rule = FRIEND | {"limit": "1 per month"}
    day = 86_400_000_000
    second = Effect("3", "referral", 40 * day, "G")
    gone, again = replace(GOES, at=41 * day), Effect("4", "referral", 42 * day, "H")
    assert available(lived([JOINS, COMES, second, gone], [rule])) == 70
    assert available(lived([JOINS, COMES, second, gone, again], [rule])) == 70
    assert lived([JOINS, COMES, second, gone], [rule]).account.used["limit:friend/month"] == [(0, 0), (31, 1)]


def test_what_is_given_while_something_is_owed_repays_it_by_the_name_of_its_cause():
    rule = {"rule": "visit", "on": "activity visit", "give": "5 points"}
    taken = Adjustment("J", "points", -3, 1, "reason", "actor")
    entries = lived([JOINS, taken, Activity("V", "visit", 150)], [rule], [rule]).entries
    assert entries[-1] == Entry("repay:activity:V|visit", "repay", "points", "available", "deficit", 3, 150, 2)


def test_an_activity_is_asked_about_hours_and_tiers():
    tiers = [{"set": "status", "levels": [{"tier": "member"}, {"tier": "silver", "reach": "1000"}]}]
    visit = Activity("V", "visit", 1)
    for when, points in [
        ({"hours": "08:00-08:01"}, 5),
        ({"hours": "08:01-09:00"}, 0),
        ({"tier": "member"}, 5),
        ({"tier": "silver"}, 0),
    ]:
        rule = {"rule": "visit", "on": "activity visit", "give": "5 points", "when": when}
        assert available(lived([JOINS, visit], [rule], tiers=tiers)) == points, when


def test_what_was_let_go_is_told_when_it_is_given_again():
    rule = {"rule": "first", "goal": {"orders": "1"}, "give": "7 points"}
    line = Line("a", "sku-a", 1, 1000)
    bought, again = (Order(f"shop/{key}", at, (line,), at) for key, at in (("A", 1), ("B", 150)))
    used = Redemption("D", "points", 7, 5)
    back = Refund("shop/A/R", "shop/A", 10, (RefundLine("a", 1),))
    policy = {"points": {"when_short": "write_off"}}
    first, *_, last = lived([JOINS, bought, used, back, again], [rule], [rule], wallets=policy).entries
    assert last == replace(first, target="written_off", occurred_at=150, version=2, identity=last.identity)
    assert last.identity.endswith("|first")


def test_what_an_effect_drew_of_a_budget_goes_back_to_the_budget_of_its_day():
    rule = FRIEND | {"campaign": "spring"}
    late = replace(GOES, at=40 * 86_400_000_000)
    tree = document(
        enrolment="explicit",
        earn=[rule],
        referral={"within": "9 days"},
        campaigns=[{"campaign": "spring", "budget": "100 points", "per": "month"}],
    )
    tape = Tape(Programs(1, [grammar.read(tree, 1, 0)]), Account())
    fold(tape, unrolled([JOINS, COMES, late]))
    [(key, events)] = tape.purse.events.items()
    assert (key[1:], events) == (("effect:F", "friend"), [(1, 70, 70), (late.at, 0, -70)])
    assert tape.purse.used == {key[0]: 0}

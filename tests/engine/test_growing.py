"""What counts towards a tier and when, where several things meet at one instant, and for what reason a tier changes."""

from collections.abc import Sequence

import msgspec
import pytest
from msgspec.structs import astuple, replace

from regulars.engine.account import Growth, Ladder, Standing
from regulars.engine.facts import Activity, Effect, Fact, Fulfilment, TierGrant
from regulars.engine.program import Programs
from tests.builders import Tree, at, back, copied, document, joined, line, order, programs, refund, told

SILVER: Tree = {"tier": "silver", "reach": "1000", "retain": "600"}
JOINED = joined("2026-01-01")
SLOW: Tree = {"points": {"pending": "7 days"}}
HANDED: Tree = {"points": {"pending": "until fulfilled"}}
ANEW: Tree = {"window": "since tier start"}
FRIEND: Tree = {"rule": "friend", "on": "referral", "give": "10 points"}
GOAL: Tree = {"rule": "two", "goal": {"orders": "2"}, "give": "25 points"}


def ladder(*levels: Tree, name: str = "status", lowest: str = "member", **said: str) -> Tree:
    return {"set": name, "levels": [{"tier": lowest}, *levels]} | said


def shop(*tiers: Tree, **parts: object) -> Tree:
    return document(tiers=list(tiers), **parts)


def by_points(*levels: Tree, earn: Sequence[Tree] = (FRIEND,), **said: str) -> Tree:
    tiers = ladder(*levels, grows_by="points", **said)
    return shop(tiers, earn=list(earn), referral={}, wallets={"points": {}})


def effect(when: str, withdrawn: bool = False, cause: str = "bo") -> Effect:
    return Effect(f"{when}{cause}", "referral", at(when), cause, withdrawn)


def stands(versions: Programs, facts: Sequence[Fact], until: str = "") -> Ladder:
    return told(versions, facts, until).account.ladders["status"]


def bought(key: str, when: str, total: int = 1000) -> Fact:
    return order(key, when, line("tea", total))


def test_a_new_member_stands_on_the_lowest_tier_since_joining():
    assert stands(programs(shop(ladder(SILVER))), [JOINED]).standing == Standing("member", at("2026-01-01"))


A, B = bought("A", "2026-01-10 12:00"), bought("B", "2026-01-11 12:00", -500)
ALL_OF_A = refund("A/R", "2026-01-12 12:00", back("tea"))
AGAIN = order("A", "2026-01-10 12:00", line("tea", 1000), version="2026-01-13 12:00")
TEN: Tree = {"tier": "silver", "reach": "10"}
BEFORE_THE_GOAL = bought("B", "2026-01-09 12:00", 0)


@pytest.mark.parametrize(
    ("tree", "facts", "why"),
    [
        (shop(ladder(SILVER), wallets=SLOW), [A], ("growth", "shop/A")),
        (shop(ladder(SILVER), wallets=SLOW), [A, B], ("growth", "shop/B")),
        (shop(ladder(SILVER)), [A, B], ("growth", "shop/B")),
        (shop(ladder(SILVER)), [A, ALL_OF_A], ("refund", "shop/A")),
        (shop(ladder(SILVER)), [bought("A", "2026-01-10 12:00", 10), AGAIN], ("growth", "shop/A")),
        (shop(ladder(SILVER, **ANEW)), [A, ALL_OF_A], ("refund", "shop/A")),
        (shop(ladder(SILVER), wallets=HANDED), [A, Fulfilment("F", "shop/A", at("2026-01-12"))], ("growth", "shop/A")),
        (by_points(TEN), [JOINED, effect("2026-01-02")], ("growth", "effect:bo")),
        (by_points(TEN), [JOINED, effect("2026-01-02"), effect("2026-01-03", True)], ("refund", "effect:bo")),
        (by_points(TEN, earn=[GOAL | {"pending": "until fulfilled"}]),
         [BEFORE_THE_GOAL, A, Fulfilment("F", "shop/A", at("2026-01-12"))], ("growth", "goal:two")),
        (by_points(TEN, earn=[GOAL | {"pending": "until fulfilled"}]),
         [BEFORE_THE_GOAL, A, Fulfilment("F", "shop/A", at("2026-01-11")), ALL_OF_A], ("refund", "goal:two")),
    ],
)  # fmt: skip
def test_a_tier_changes_for_a_reason_that_is_told(tree: Tree, facts: list[Fact], why: tuple[str, str]):
    told_last = told(programs(tree), facts, "2026-03-01").announcements[-1].payload
    assert (told_last["because"], told_last["by"].partition("/lifetime")[0]) == why


def test_whoever_is_placed_by_another_version_is_told_so():
    jade = {"tier": "jade", "reach": "500"}
    after = shop(ladder(jade, lowest="guest"))
    versions = programs(shop(ladder(SILVER)), after, starts=["2026-02-01"])
    facts = [A, bought("C", "2026-02-05 12:00", 1)]
    assert told(versions, facts).announcements[-1].payload == {
        "from": "silver", "to": "jade", "set": "status", "because": "program",
    }  # fmt: skip


def test_what_goes_back_first_places_the_member_as_well():
    after = by_points({"tier": "jade", "reach": "3"}, lowest="guest")
    versions = programs(by_points(TEN), after, starts=["2026-02-01"])
    facts = [JOINED, effect("2026-01-02"), effect("2026-01-03", cause="mei"), effect("2026-02-03", True)]
    found = told(versions, facts).account.ladders["status"]
    assert (found.tier, found.growth.total) == ("jade", 10)


def test_whoever_stands_on_no_tier_under_a_granted_one_is_placed_by_growth():
    gold = {"tier": "gold", "reach": "5000"}
    after = ladder({"tier": "jade", "reach": "300"}, gold, lowest="guest")
    granted = TierGrant("G", "status", "gold", at("2026-01-02"), at("2027-01-01"), "kind", "boss")
    small = bought("A", "2026-02-10 12:00", 100)
    for wallets in ({"points": {}}, SLOW):
        before, then = (shop(tiers, wallets=wallets) for tiers in (ladder(gold), after))
        versions = programs(before, then, starts=["2026-02-01"])
        found = stands(versions, [JOINED, granted, small], "2026-03-01")
        assert (found.tier, found.standing.tier) == ("gold", "guest")


def test_the_version_in_force_says_what_growth_that_goes_does_to_the_tier():
    versions = programs(shop(ladder(SILVER)), shop(ladder(SILVER | {"reach": "800"})), starts=["2026-01-11"])
    assert stands(versions, [A, refund("A/R", "2026-01-12", back("tea", 1, 100))]).tier == "silver"


# One set after the other


def test_every_set_grows_by_an_order():
    """One that does not, or that waits behind others, keeps none from growing."""
    points = ladder(name="points", lowest="newcomer", grows_by="points")
    orders = ladder(name="orders", lowest="guest", grows_by="orders")
    tree = shop(points, ladder(), orders, wallets=SLOW, earn=[])
    facts = [bought("A", "2026-01-10 12:00"), bought("B", "2026-01-11 12:00")]
    waiting = {name: one.growth.waiting for name, one in told(programs(tree), facts).account.ladders.items()}
    assert {name: [amount for _, _, amount in found] for name, found in waiting.items()} == {
        "points": [], "status": [100_000, 100_000], "orders": [1, 1],
    }  # fmt: skip


def test_what_matures_at_one_instant_counts_in_the_order_of_its_names():
    month = {"points": {"pending": "1 month"}}
    facts = [bought("Z", "2026-01-30 12:00", 600), bought("A", "2026-01-31 12:00", 600)]
    versions = programs(shop(ladder(SILVER), wallets=month))
    assert stands(versions, facts, "2026-03-01").standing.gained_by == "shop/Z"


def test_what_goes_back_when_it_matures_has_matured():
    slow = programs(shop(ladder(SILVER), wallets=SLOW))
    found = stands(slow, [A, refund("A/R", "2026-01-17 12:00", back("tea"))])
    assert found.growth == Growth(0, found.growth.since)
    friends = programs(by_points(TEN, earn=[FRIEND | {"pending": "7 days"}]))
    found = stands(friends, [JOINED, effect("2026-01-02"), effect("2026-01-09", True)])
    assert found.growth == Growth(0, found.growth.since)


# Growth that begins anew


def test_what_matured_before_the_tier_began_is_forgotten_with_it():
    versions = programs(shop(ladder(SILVER, **ANEW), wallets=SLOW))
    facts = [bought("A", "2026-01-10 12:00", 1500), refund("A/R", "2026-02-01 12:00", back("tea", 1, 300))]
    found = stands(versions, facts)
    assert (found.tier, found.growth.total, found.standing.gained_with) == ("silver", 0, 120_000)


def test_an_order_that_is_handed_over_when_its_tier_is_renewed_counts_for_the_next_term():
    midnight = "2026-02-11"
    silver = SILVER | {"retain": "0", "valid": "1 month"}
    versions = programs(shop(ladder(silver, **ANEW), wallets=HANDED))
    facts: list[Fact] = [
        bought("A", "2026-01-10 11:00"),
        Fulfilment("F", "shop/A", at("2026-01-10 12:00")),
        bought("B", "2026-01-20 12:00", 500),
        Fulfilment("G", "shop/B", at(midnight)),
    ]
    assert stands(versions, facts).growth.total == 50_000
    facts.append(refund("B/R", "2026-02-12", back("tea", 1, 100)))
    assert stands(versions, facts).growth.total == 40_000


BASE: Tree = {"rule": "base", "give": "1 point per 100 TWD"}
FREE: Tree = {"tier": "silver", "reach": "10", "retain": "0"}


def test_what_comes_at_the_instant_at_which_growth_began_anew_counts_since_then():
    """By whichever step it comes, and again where it goes back."""
    levels = [FREE, {"tier": "gold", "reach": "20"}]
    versions = programs(by_points(*levels, earn=[BASE, FRIEND | {"give": "5 points"}], **ANEW))
    friend, gone = (effect(when, when > "2026-01-11", "wang:1") for when in ("2026-01-10 12:00", "2026-01-12"))
    assert stands(versions, [A, friend]).growth.total == 5
    assert stands(versions, [A, friend, gone]).growth.total == 0
    # The second order of this instant meets the goal: its points count after the first one's.
    both = programs(by_points(*levels, earn=[BASE, GOAL], **ANEW))
    outcome = told(both, [A, bought("B", "2026-01-10 12:00", 100)])
    assert (outcome.account.standing.tier, outcome.account.growth.total) == ("gold", 1)
    assert copied(outcome.account) == outcome.account


@pytest.mark.parametrize("when", ["2026-01-10 12:00", "2026-01-10 12:01"])
def test_what_a_goal_let_grow_since_growth_began_anew_goes_back_with_it(when: str):
    versions = programs(by_points(FREE, {"tier": "gold", "reach": "200"}, earn=[BASE, GOAL], **ANEW))
    facts = [A, bought("B", when, 100)]
    assert stands(versions, facts).growth.total == 26
    assert stands(versions, [*facts, refund("B/R", "2026-01-12", back("tea"))]).growth.total == 0


def test_what_causes_give_at_one_instant_counts_in_the_order_in_which_it_came():
    """Whatever they are called, and rule by rule: of what came before the tier nothing counts since then."""
    more = FRIEND | {"rule": "more", "give": "3 points"}
    versions = programs(by_points(FREE | {"reach": "20"}, earn=[FRIEND, more], **ANEW))
    came = [
        replace(effect("2026-01-02", cause=cause), key=key)
        for key, cause in zip("123", ("wang", "bo", "an"), strict=True)
    ]
    assert stands(versions, [JOINED, *came]).growth.total == 16
    for cause, left in (("wang", ("silver", 16)), ("bo", ("member", 0)), ("an", ("silver", 3))):
        found = stands(versions, [JOINED, *came, effect("2026-01-03", True, cause)])
        assert (found.tier, found.growth.total) == left


def test_growth_that_an_award_lets_begin_anew_forgets_the_orders_before_it():
    versions = programs(by_points(FREE | {"reach": "30"}, earn=[BASE, GOAL], **ANEW))
    facts = [A, bought("AB", "2026-01-10 12:00", 700)]
    assert stands(versions, facts).growth.total == 7
    assert stands(versions, [*facts, refund("A/R", "2026-01-12", back("tea", 1, 100))]).growth.total == 7


@pytest.mark.parametrize("paid", [500, 0])
def test_what_is_handed_over_at_the_instant_at_which_growth_began_anew_counts_since_then(paid: int):
    """After an order that gained the tier, or one that came back; an edit may fill it later."""
    versions = programs(by_points(FREE, earn=[BASE], **ANEW) | {"wallets": HANDED})
    orders = [bought("Z", "2026-01-10 12:00"), bought("B", "2026-01-10 12:00", paid)]
    handed = [Fulfilment("G", "shop/Z", at("2026-01-12")), Fulfilment("H", "shop/B", at("2026-01-12"))]
    fuller = order("B", "2026-01-10 12:00", line("tea", 500), version="2026-01-13")
    assert stands(versions, [*orders, *handed, fuller]).growth.total == 5
    assert stands(versions, [*orders, *handed, fuller, refund("B/R", "2026-01-14", back("tea"))]).growth.total == 0
    gone = refund("Z/R", "2026-01-13", back("tea"))
    late = [handed[0], replace(handed[1], at=at("2026-01-13"))]
    assert stands(versions, [*orders, *late, fuller, gone]).growth.total == 5


def test_an_award_that_is_handed_over_at_that_instant_goes_back_from_what_counted_since():
    later = [rule | {"pending": "until fulfilled"} for rule in (BASE, GOAL)]
    versions = programs(by_points(FREE, {"tier": "gold", "reach": "200"}, earn=later, **ANEW) | {"wallets": HANDED})
    facts = [A, bought("B", "2026-01-10 13:00", 100)]
    facts += [Fulfilment(key, f"shop/{key}", at("2026-01-12")) for key in "AB"]
    assert stands(versions, facts).growth.total == 26
    assert stands(versions, [*facts, refund("B/R", "2026-01-14", back("tea"))]).growth.total == 0


def test_an_account_from_before_says_nothing_of_what_counted_late():
    growth = Growth(5, 0, [(1, 5)], [], (1, 3, "shop/A"))
    before = msgspec.msgpack.encode(astuple(growth)[:-1])
    assert msgspec.msgpack.decode(before, type=Growth) == growth


def test_what_one_cause_gives_by_a_second_rule_counts_since_the_first_began_a_tier():
    more = FRIEND | {"rule": "more", "give": "3 points"}
    found = stands(programs(by_points(TEN, earn=[FRIEND, more], **ANEW)), [JOINED, effect("2026-01-02")])
    assert (found.tier, found.growth.total, found.standing.gained_with) == ("silver", 3, 10)


# While no version has the set


def test_growth_is_kept_while_no_version_has_its_set():
    """What counted before the tier began stays forgotten; what counted on the window's first day goes."""
    less = refund("A/R", "2026-02-02 12:00", back("tea", 1, 100))
    early = bought("A", "2026-01-01 12:00")
    year = programs(shop(ladder(SILVER, window="calendar year")), document(), starts=["2026-02-01"])
    assert stands(year, [early, less]).growth.total == 90_000
    anew = programs(shop(ladder(SILVER, **ANEW)), document(), starts=["2026-02-01"])
    assert stands(anew, [early, less]).growth.total == 0


# An order that is priced at the tier it gains


def test_an_order_is_priced_at_the_tier_that_its_points_gain():
    tree = shop(
        ladder({"tier": "silver", "reach": "10"}, grows_by="points", upgrade_applies="this order"),
        earn=[{"rule": "base", "give": "1 point per 100 TWD"}],
    )
    assert told(programs(tree), [A]).account.standing.tier == "silver"


def test_activities_name_what_they_did():
    tree = shop(ladder({"tier": "silver", "reach": "1"}, grows_by="visits"))
    told_last = told(programs(tree), [JOINED, Activity("V", "visit", at("2026-01-02"))]).announcements[-1].payload
    assert (told_last["because"], told_last["by"]) == ("growth", "V")

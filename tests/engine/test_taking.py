"""Why a reward cannot be taken now: what a refusal tells besides its code, and how often a reward was taken."""

from typing import Any

import pytest

from regulars.engine import taking
from regulars.engine.account import Account
from regulars.engine.decide import Refusal, decide
from regulars.engine.facts import Activity, Hold, Redemption, Release, Restoration
from regulars.engine.program import Programs
from tests.builders import at, copied, document, joined, line, order, programs, told

STATUS = [{"tier": "member"}, {"tier": "silver", "reach": "500"}, {"tier": "gold", "reach": "900"}]
LADDERS = [
    {"set": "status", "levels": STATUS},
    {"set": "club", "grows_by": "orders", "levels": [{"tier": "guest"}, {"tier": "friend", "reach": "1"}]},
]  # fmt: skip
NOW = at("2026-01-20")


def shop(**reward: Any) -> Programs:
    said = {"reward": "cup", "costs": "8 points"} | {name.rstrip("_"): value for name, value in reward.items()}
    wallets = {"points": {}, "stamps": {}}
    return programs(document(wallets=wallets, tiers=LADDERS, rewards=[said]), document(wallets=wallets, tiers=LADDERS),
                    starts=["2027-01-01"])  # fmt: skip


def member(versions: Programs, *facts: Any) -> Account:
    return told(versions, [joined("2026-01-01"), order("A", "2026-01-10", line("tea", 1000)), *facts]).account


def asked(versions: Programs, points: int, *facts: Any, wallet: str = "points") -> object:
    """The answer to who asks for a cup at this price."""
    request = Redemption("D", wallet, points, 0, reward="cup")
    answer = decide(versions, copied(member(versions, *facts)), request, NOW)
    return (answer.code, answer.parameters) if isinstance(answer, Refusal) else "yes"


@pytest.mark.parametrize(
    ("reward", "tells"),
    [
        ({"from": "2026-02-01"}, ("reward_not_yet", {"from": "2026-02-01"})),
        ({"until": "2026-01-19"}, ("reward_over", {"until": "2026-01-19"})),
        ({"when": {"tier": "silver"}}, ("wrong_tier", {"needed": "silver"})),
        ({"when": {"hours": "06:00-10:00"}}, ("not_for_member", {})),
        ({"member_for": "30 days"}, ("member_too_new", {"from": "2026-01-31"})),
        ({"costs": "9 points"}, ("cost_differs", {"points": 9})),
    ],
)
def test_a_refusal_tells_what_is_needed(reward: dict[str, Any], tells: object):
    assert asked(shop(**reward), 8) == tells


def test_a_refusal_tells_how_often_a_reward_may_be_taken():
    versions, taken = shop(limit="1 per month"), Redemption("E", "points", 8, at("2026-01-11"), reward="cup")
    facts = [order("B", "2026-01-11", line("tea", 1000)), taken]
    assert asked(versions, 8, *facts) == ("reward_limit_reached", {"at_most": 1, "per": "month"})


def test_a_wallet_that_does_not_pay_for_a_reward_is_told_that_nothing_is_asked_of_it():
    assert asked(shop(), 8, wallet="stamps") == ("cost_differs", {"points": 0})


def test_where_money_pays_a_part_a_single_point_is_enough_and_none_is_not():
    versions = shop(cash="100 TWD")
    assert asked(versions, 1) == "yes"
    assert asked(versions, 0) == ("cost_differs", {"points": 8})


def test_whoever_stands_on_several_tiers_pays_the_least():
    assert asked(shop(costs_for={"gold": "7 points", "friend": "6 points"}), 6) == "yes"
    assert asked(shop(costs_for={"gold": "5 points", "friend": "6 points"}), 5) == "yes"
    assert asked(shop(costs_for={"gold": "1 point", "friend": "nothing"}), 0) == "yes"
    assert asked(shop(costs_for={"gold": "nothing", "friend": "1 point"}), 0) == "yes"


def test_somebody_who_is_no_member_yet_is_as_new_as_can_be():
    reward = shop(member_for="30 days").at(NOW).rewards["cup"]
    refused = taking.not_for(shop(member_for="30 days"), Account(), reward, NOW)
    assert refused == ("member_too_new", {"from": "2026-02-19"})


def test_each_time_that_comes_back_gives_room_for_one():
    versions = shop(limit="2 per month", costs="1 point")
    held = [Hold(f"H-{day}", "points", 1, at(f"2026-01-{day}"), at("2026-02-20"), reward="cup") for day in (11, 12)]
    released = Release("L", "H-11", at("2026-01-13"))
    assert asked(versions, 1, *held, released) == "yes"
    again = Hold("H-14", "points", 1, at("2026-01-14"), at("2026-02-20"), reward="cup")
    assert asked(versions, 1, *held, released, again) == ("reward_limit_reached", {"at_most": 2, "per": "month"})


def test_each_redemption_that_comes_back_gives_room_for_one():
    versions = shop(limit="2 per month", costs="1 point")
    taken = [Redemption(f"E-{day}", "points", 1, at(f"2026-01-{day}"), reward="cup") for day in (11, 12)]
    back = Restoration("R", "E-11", at("2026-01-13"))
    again = Redemption("E-14", "points", 1, at("2026-01-14"), reward="cup")
    assert asked(versions, 1, *taken, back, again) == ("reward_limit_reached", {"at_most": 2, "per": "month"})


def test_where_somebody_asks_counts():
    versions = shop(when={"channel": "app"})
    reward, account = versions.at(NOW).rewards["cup"], member(versions)
    assert taking.not_for(versions, account, reward, NOW, Activity("", "", NOW, channel="app")) is None
    assert taking.not_for(versions, account, reward, NOW) == ("not_for_member", {})


def test_a_reward_that_is_no_longer_offered_may_come_back():
    taken = Redemption("E", "points", 8, at("2026-12-31"), reward="cup")
    back = Restoration("R", "E", at("2027-01-02"))
    gone = Redemption("F", "points", 1, at("2027-01-03"), reward="cup")
    outcome = told(shop(limit="once"), [order("A", "2026-01-10", line("tea", 1000)), taken, back, gone])
    assert outcome.account.wallets["points"].available == 9

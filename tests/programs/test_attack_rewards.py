"""Rewards that put something into the account, and draws: whether they give more than they cost, and how often."""

import pytest

from regulars.programs.attack.ground import ground
from regulars.programs.attack.moves import Buy, Good, Spend, Take
from regulars.programs.attack.story import holds as holds_true
from regulars.programs.attack.story import told
from regulars.programs.attack.walks import Walk
from regulars.programs.attack.weighing import Gain
from tests.programs.test_attack import FLAW, PLAIN, caught, searched

pytestmark = pytest.mark.uncounted

CREDIT = """\
program: swap
timezone: Asia/Taipei
currency: TWD
enrolment: first order
wallets:
  points: {expires: 12 months, worth: 1 TWD per 10}
  credit: {money: true, worth: 1 TWD per 1, expires: 90 days}
earn:
  - {rule: base, give: 1 point per 10 TWD}
rewards:
  - {reward: hundred, costs: 1000 points, gives: {credit: 100 credit}}
"""


def rewarding(*rewards: str, rules: str = "") -> str:
    shop = PLAIN.replace("pending: 7 days, ", "").replace("wallets:\n", "wallets:\n  gems: {}\n")
    return shop + rules + "rewards:\n" + "".join(f"  - {{{reward}}}\n" for reward in rewards)


def test_a_reward_that_gives_more_points_than_it_costs() -> None:
    text = rewarding(
        "reward: swap, costs: 100 points, gives: {credit: 200 points}",
        "reward: gratis, costs: nothing, gives: {credit: 10 points}",
    )
    report = searched(text, 600)
    assert [(one.kind, one.name, one.points, one.worth, one.steps) for one in report.flaws] == [
        ("minted", "gratis", 10, 100, 2),
        ("minted", "swap", 100, 1_000, 4),
    ]
    assert all(one.holds for one in report.found)
    assert "redeem: {reward: swap, id: S-1}" in report.flaws[1].story


def test_rewards_that_give_more_points_by_turns() -> None:
    there = "reward: there, costs: 10 points, gives: {credit: 10 gems}"
    back = "reward: back, costs: 5 gems, gives: {credit: 10 points}"
    assert {one.kind for one in searched(rewarding(there, back), FLAW).flaws} == {"minted"}
    assert searched(rewarding(there, back.replace("5 gems", "10 gems")), FLAW).found == []


def test_as_many_points_begin_anew() -> None:
    same = "reward: same, costs: 50 points, gives: {credit: 50 points}"
    assert caught(rewarding(same), "renewed", "same").points == 50
    assert searched(rewarding(same.replace("{credit: 50", "{credit: 49")), 600).found == []
    assert searched(rewarding(same).replace(", expires: 12 months", ""), 600).found == []


def test_a_bonus_within_limits_is_a_policy_with_a_price() -> None:
    report = searched(
        rewarding(
            "reward: ten, costs: nothing, gives: {credit: 10 points}, limit: once",
            "reward: more, costs: 50 points, gives: {credit: 60 points}, stock: 100",
        ),
        600,
    )
    assert [(one.kind, one.name, one.points) for one in report.found] == [("bonus", "more", 10), ("bonus", "ten", 10)]


def test_what_credit_costs_in_points_is_weighed_by_their_worth() -> None:
    """A point is worth NT$0.10."""
    spent = (Buy(0, "A-1", (Good(0, 1, 1_000_000),)), Take(0, "S-1", "hundred"))
    for limit in ("", ", limit: 2 per month"):
        as_much = CREDIT.replace("100 credit}", "100 credit}" + limit)
        assert Walk(spent).play(ground(as_much))[1] == []
        kind = "bonus" if limit else "minted"
        more = as_much.replace("{credit: 100", "{credit: 120")
        assert Walk(spent).play(ground(more))[1] == [Gain(kind, "credit", "hundred", 2_000)]


DRAW = """\
  - reward: spin
    costs: 10 points
    gives: {draw: [{prize: big, odds: 5%, credit: 10 credit}, {prize: small, odds: 10%, reward: hundred}]}
"""


@pytest.mark.parametrize(
    ("draw", "found"),
    [
        (DRAW, [("minted", "credit", 950, 950)]),
        (DRAW + "    limit: 1 per day\n", [("bonus", "credit", 950, 950)]),
        (DRAW.replace("costs: 10 points", "costs: 105 points"), []),
        (DRAW.replace("costs: 10 points", "costs: 104 points"), [("minted", "credit", 10, 10)]),
        (
            DRAW.replace("10 credit}", "21 points}").replace("reward: hundred", "credit: 90 points"),
            [("minted", "points", 1, 10)],
        ),
        (DRAW.replace("costs: 10 points", "costs: nothing"), [("minted", "credit", 1_050, 1_050)]),
    ],
)
def test_what_a_draw_gives_on_average_against_its_price(draw: str, found: list[tuple[str, str, int, int]]) -> None:
    """It is reckoned, not tried."""
    report = searched(CREDIT + draw, 10)
    assert [(one.kind, one.wallet, one.points, one.worth) for one in report.found if one.name == "spin"] == found
    assert report.untried == ["spin"]
    assert report.flaws == [one for one in report.found if one.kind == "minted"]


def test_credit_that_a_rule_gives_is_a_gift_and_stays_where_it_is_spent() -> None:
    rules = "  - {rule: treat, on: birthday, give: reward ten}\n"
    rules += "  - {rule: large, when: {order_at_least: 500 TWD}, give: reward ten}\n"
    report = searched(rewarding("reward: ten, costs: 500 points, gives: {credit: 10 points}", rules=rules))
    found = {(one.kind, one.name): one for one in report.found}
    assert {("gift", "treat"), ("spent", "large")} <= found.keys()
    assert found["spent", "large"].points == 10
    assert all(one.holds and one.is_policy for one in report.found)


@pytest.mark.parametrize("other", [0, 1])
def test_no_two_redemptions_have_one_name(other: int) -> None:
    """What paid for the credit was taken for the credit itself, cents for points."""
    bought = [Buy(0, "A-1", (Good(0, 1, 1_000_000),)), Buy(1, "A-2", (Good(0, 1, 1_000_000),))]
    taken = [Take(0, "S-2", "hundred"), Take(1, "S-1", "hundred")]
    spent = [Spend(other, "S-2", "credit", "all"), Spend(1 - other, "S-1", "credit", "all", "2 days")]
    stage, gains = Walk((*bought, *taken, *spent)).play(ground(CREDIT))
    assert [step["redeem"]["id"] for step in stage.steps if "redeem" in step] == ["S-2", "S-1"]
    assert gains == []
    assert holds_true(told(stage, "swap.yaml", "names"), CREDIT)


def test_a_reward_that_nobody_could_have_is_named() -> None:
    gold = "tiers: [{set: s, levels: [{tier: member}, {tier: gold, invitation: true}]}]\n"
    swap = "reward: swap, costs: 5 points, gives: {credit: 9 points}, when: {tier: gold}"
    assert searched(rewarding(swap) + gold, 300).unreached == ["swap"]

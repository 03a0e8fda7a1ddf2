"""What a draw gives on average: chance times worth, exactly; what nobody said the worth of is named."""

from fractions import Fraction
from typing import Any

from regulars.engine.grammar import read
from regulars.rewards.pricing.expecting import Expected, expected
from tests.builders import document

WALLETS = {"points": {"worth": "10 TWD per 100"}, "stamps": {}, "credit": {"money": "true"}}
REWARDS = [
    {"reward": "cup", "costs": "300 points", "gives": {"product": "CUP"}},
    {"reward": "free-cup", "costs": "nothing", "gives": {"product": "CUP"}},
    {"reward": "card", "costs": "9 stamps", "gives": {"gift_card": "500 TWD"}},
    {"reward": "stamped", "costs": "9 stamps", "gives": {"event": "tasting"}},
    {"reward": "purse", "costs": "nothing", "gives": {"credit": "40 credit"}},
]


def of(*prizes: dict[str, str]) -> Expected:
    wheel: dict[str, Any] = {"reward": "wheel", "costs": "5 points", "gives": {"draw": list(prizes)}}
    version = read(document(wallets=WALLETS, rewards=[*REWARDS, wheel]))
    return expected(version, version.rewards["wheel"].gives)


def test_money_points_and_what_points_buy():
    assert of({"prize": "a", "odds": "1%", "reward": "card"}) == Expected(Fraction(500), ())
    assert of({"prize": "a", "odds": "1 in 4", "credit": "7 points"}) == Expected(Fraction(70, 4), ())
    assert of({"prize": "a", "odds": "1 in 4", "credit": "7 credit"}) == Expected(Fraction(700, 4), ())
    assert of({"prize": "a", "odds": "10%", "reward": "cup"}) == Expected(Fraction(300), ())
    assert of({"prize": "a", "odds": "10%", "reward": "purse"}) == Expected(Fraction(400), ())


def test_several_prizes_add_up_and_blanks_are_worth_nothing():
    found = of(
        {"prize": "a", "odds": "1%", "reward": "card"}, {"prize": "b", "odds": "10%", "reward": "cup"},
        {"prize": "c", "odds": "50%"},
    )  # fmt: skip
    assert found == Expected(Fraction(800), ())


def test_a_prize_whose_worth_nobody_said_is_named():
    found = of(
        {"prize": "a", "odds": "1%", "reward": "stamped"}, {"prize": "b", "odds": "1%", "credit": "3 stamps"},
        {"prize": "c", "odds": "1%", "reward": "free-cup"}, {"prize": "d", "odds": "1%", "reward": "card"},
    )  # fmt: skip
    assert found == Expected(Fraction(500), ("a", "b", "c"))

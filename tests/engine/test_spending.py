"""Spending and giving back: what no decision asks for, and what entries say whatever it was."""

import pytest

from regulars.engine.account import Lot
from regulars.engine.facts import Adjustment, Redemption, Restoration
from tests.builders import at, document, joined, line, order, programs, told

SHOP = programs(document(rewards=[{"reward": "cup", "costs": "6 points"}]))
BOUGHT = [joined("2026-01-01"), order("A", "2026-01-10", line("tea", 1000))]
LATER = at("2026-01-11")


@pytest.mark.parametrize(("points", "reward"), [(0, ""), (-5, ""), (-5, "cup")])
def test_what_takes_nothing_is_no_redemption(points: int, reward: str):
    outcome = told(SHOP, [*BOUGHT, Redemption("D", "points", points, LATER, reward=reward)])
    assert (len(outcome.entries), outcome.spent) == (1, {})


@pytest.mark.parametrize("points", [0, -1])
def test_nothing_comes_back_by_nothing(points: int):
    spent, back = Redemption("D", "points", 4, LATER), Restoration("R", "D", LATER + 1, points)
    assert told(SHOP, [*BOUGHT, spent, back]).account.wallets["points"].available == 6


def test_what_was_owed_for_a_redemption_is_of_the_shop():
    entries = told(SHOP, [*BOUGHT, Redemption("D", "points", 12, LATER)]).entries[1:]
    assert [(one.source, one.points, one.funder) for one in entries] == [("available", 10, ""), ("deficit", 2, "")]


def test_points_come_back_to_a_wallet_that_the_program_has_no_longer():
    wallets = {"points": {}, "credits": {"expires": "1 month"}}
    shop = programs(document(wallets=wallets), document(), starts=["2026-01-20"])
    owed = Redemption("D", "credits", 3, LATER)
    paid = Adjustment("G", "credits", 3, LATER + 1, "reason", "actor")
    back = Restoration("R", "D", at("2026-01-21"))
    outcome = told(shop, [*BOUGHT, owed, paid, back])
    assert outcome.account.wallets["credits"].lots == [Lot("restore:R", 3, None, at("2026-01-21"))]


def test_what_runs_out_when_points_come_back_is_named_after_that():
    slides = {"points": {"expires": "1 month after the last activity", "renewed_by": ["spending"]}}
    spent = Redemption("D", "points", 4, at("2026-02-05"))
    back = Restoration("R", "D", at("2026-02-20"))
    outcome = told(programs(document(wallets=slides)), [*BOUGHT, spent, back])
    assert [(one.identity, one.points) for one in outcome.entries[2:]] == [
        ("expire:points/2026-02-19@restore:R|", 6),
        ("restore:R|", 4),
    ]

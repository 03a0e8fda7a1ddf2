"""Redemptions of a plan, member by member: by hand, in the wallet's bounds, and nothing that is not there."""

import pytest
from django.utils.translation import override

from regulars.engine.facts import Line, Order
from regulars.intake import crews
from regulars.intake.planning import Question, drafted, fold_file
from regulars.programs.planning import saying
from regulars.programs.planning.assuming import BEHAVIOURS, Assumed, Behaviour
from regulars.programs.planning.comparing import outcome
from regulars.programs.planning.redeeming import Wish
from regulars.programs.planning.report import report
from regulars.programs.planning.tallying import Span
from tests.intake.shop import DOCUMENT, at
from tests.intake.staged import HEADER, mapping
from tests.intake.test_planning import FEW, HOW, MONTHS, ORDERS, REFUNDS, SHARED, SHARING

SOON = Behaviour(7_000, 2)


def told(path, document=DOCUMENT, behaviour=SOON, in_force="", **how):
    question = Question(document, in_force, behaviour=behaviour)
    programs = drafted(document)
    found = fold_file(question, programs, path, mapping(**how), lambda _done, _total: None).outcome
    return report(programs, found, Assumed(behaviour), drafted(in_force) if in_force else None)


def orders(tmp_path, text):
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + text)
    return path


def redeemed(found):
    return {month.month: month.redeemed for month in found.wallets[0].months if month.redeemed}


def test_it_comes_to_the_same_by_hand(tmp_path):
    """Of 100 points 70 are wanted two months later, of 50 are 35; nothing stands in the way."""
    path = tmp_path / "few.csv"
    path.write_text(FEW)
    found = told(path)
    months = found.wallets[0].months
    shown = [
        (one.month, one.issued, one.redeemed, one.expired, one.outstanding, one.redeemed_worth, one.owed_worth)
        for one in months
    ]
    assert shown == MONTHS
    assert found.verdict.cost == 105
    assert found.simulated == 7_000


def test_less_than_the_least_waits_until_it_is_enough(tmp_path):
    """70 of January's and 35 of February's together are above 100, in steps of 10."""
    bounded = DOCUMENT.replace("expires: 12 months}", "expires: 12 months, spend: {at_least: 100, step: 10}}")
    assert bounded != DOCUMENT
    two = "A,2019-01-05 10:00,lin,X,1,100.00\nB,2019-02-05 10:00,lin,X,1,50.00\n"
    path = orders(tmp_path, two + "C,2019-06-05 10:00,lin,X,1,1.00\n")
    found = told(path, bounded)
    assert redeemed(found) == {"2019-04": 100}
    # Five are wanted still, and of the last point seven tenths.
    assert found.wallets[0].months[-1].owed_worth == 5
    assert found.wallets[0].months[3].owed_worth == 5


def test_what_expires_first_is_wanted_no_more(tmp_path):
    """All of it would be spent three months later, and is gone after two."""
    brief = DOCUMENT.replace("expires: 12 months", "expires: 2 months")
    path = orders(tmp_path, "A,2019-01-05 10:00,lin,X,1,100.00\nB,2019-06-05 10:00,lin,X,1,1.00\n")
    found = told(path, brief, Behaviour(10_000, 3))
    months = {one.month: one for one in found.wallets[0].months}
    assert redeemed(found) == {}
    assert sum(one.expired for one in months.values()) == 100
    assert months["2019-03"].outstanding == 0
    assert (months["2019-01"].owed_worth, months["2019-04"].owed_worth) == (100, 0)
    # June's point would be spent in September, and is gone in August.
    assert (found.verdict.cost, found.simulated) == (0, 0)


@pytest.mark.parametrize(("lives", "lasting"), [("2 months", 0), ("4 months", 150), ("12 months", 150)])
def test_what_is_wanted_at_the_end_counts_as_far_as_it_lasts(tmp_path, lives, lasting):
    """All of it would be spent three months later: nobody buys anything after the last order, but time goes by."""
    path = orders(tmp_path, "A,2019-05-05 10:00,lin,X,1,100.00\nB,2019-06-05 10:00,lin,X,1,50.00\n")
    found = told(path, DOCUMENT.replace("expires: 12 months", f"expires: {lives}"), Behaviour(10_000, 3))
    assert (found.verdict.cost, found.wallets[0].months[-1].owed_worth) == (lasting, lasting)
    assert found.wallets[0].months[-1].breakage_worth == 150 - lasting
    assert redeemed(found) == {}


@pytest.mark.parametrize("lives", ["1 month", "3 months", "7 months", "12 months"])
def test_who_need_not_be_followed_comes_to_the_same(tmp_path, monkeypatch, lives):
    """Nobody is folded on aside of whom it is sure that nothing wanted runs out; doing so changes nothing."""
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS + REFUNDS)
    document = DOCUMENT.replace("expires: 12 months", f"expires: {lives}")
    found = told(path, document, BEHAVIOURS["usual"], **HOW)
    monkeypatch.setattr(Wish, "is_sure", lambda _wish, _wallet, _by: False)
    assert told(path, document, BEHAVIOURS["usual"], **HOW) == found


def test_what_waits_for_its_least_at_the_end_is_wanted_still(tmp_path):
    bounded = DOCUMENT.replace("expires: 12 months}", "expires: 12 months, spend: {at_least: 100, step: 10}}")
    found = told(orders(tmp_path, "A,2019-05-05 10:00,lin,X,1,100.00\n"), bounded)
    assert found.wallets[0].months[-1].owed_worth == 70


@pytest.mark.parametrize("last", ["2019-03-31", "2019-04-30", "2019-06-30"])
def test_what_expired_costs_nothing_also_when_nothing_happens_afterwards(last):
    """Gone in March; the decision that would have spent it is April's, the only thing that happens then."""
    programs, behaviour = drafted(DOCUMENT.replace("expires: 12 months", "expires: 2 months")), Behaviour(10_000, 3)
    paid = at("2019-01-05 10:00")
    order = Order("A", paid, (Line("1", "X", 1, 10_000),), paid)
    span = Span(at(f"{last} 23:59"), behaviour=behaviour)
    found = report(programs, outcome(programs, None, [("lin", [order])], span), Assumed(behaviour))
    end = found.wallets[0].months[-1]
    assert (found.verdict.cost, found.simulated, end.month) == (0, 0, last[:7])
    assert (end.outstanding, end.owed_worth, end.breakage_worth) == (0, 0, 0)


def test_points_that_are_spent_do_not_expire(tmp_path):
    path = orders(tmp_path, "A,2019-01-05 10:00,lin,X,1,100.00\nB,2020-03-05 10:00,lin,X,1,1.00\n")
    months = told(path).wallets[0].months
    assert (sum(one.redeemed for one in months), sum(one.expired for one in months)) == (70, 30)


def test_points_that_go_back_are_not_wanted(tmp_path):
    back = "A,2019-01-05 10:00,lin,X,10,1000.00\nR,2019-02-05 10:00,lin,X,-10,-1000.00\n"
    path = orders(tmp_path, back + "B,2019-08-05 10:00,lin,X,1,10.00\n")
    found = told(path, **HOW)
    assert redeemed(found) == {}
    assert [one.owed_worth for one in found.wallets[0].months] == [700, *[0] * 6, 7]


def test_rewards_are_taken_by_the_piece(tmp_path):
    """Points that buy nothing at the till: two coffees of 30 out of 70, and ten points wait."""
    stars = DOCUMENT.replace("worth: 1 GBP per 100, ", "") + (
        "rewards:\n  - {reward: coffee, name: {en: Coffee}, costs: 30 points, gives: {product: coffee}}\n"
        "  - {reward: cake, name: {en: Cake}, costs: 50 points, gives: {product: cake}}\n"
    )
    path = orders(tmp_path, "A,2019-01-05 10:00,lin,X,1,100.00\nB,2019-04-05 10:00,lin,X,1,1.00\n")
    assert redeemed(told(path, stars)) == {"2019-03": 60}


def test_rewards_that_nobody_could_take_are_not_taken():
    """One is over, one is not there yet on the day of the decision, and one is a draw: the cake of 50 is left."""
    stars = DOCUMENT.replace("worth: 1 GBP per 100, ", "") + (
        "rewards:\n"
        "  - {reward: coffee, name: {en: Coffee}, costs: 30 points, until: 2019-01-31, gives: {product: coffee}}\n"
        "  - {reward: soup, name: {en: Soup}, costs: 20 points, from: 2019-09-01, gives: {product: soup}}\n"
        "  - {reward: wheel, name: {en: Wheel}, costs: 10 points,"
        " gives: {draw: [{prize: a cake, odds: 1%, reward: cake}]}}\n"
        "  - {reward: cake, name: {en: Cake}, costs: 50 points, gives: {product: cake}}\n"
    )
    programs, paid = drafted(stars), at("2019-01-05 10:00")
    order = Order("A", paid, (Line("1", "X", 1, 10_000),), paid)
    span = Span(at("2019-06-30 23:59"), behaviour=SOON)
    found = report(programs, outcome(programs, None, [("lin", [order])], span), Assumed(SOON))
    assert redeemed(found) == {"2019-03": 50}


@pytest.mark.parametrize("behaviour", [*BEHAVIOURS.values(), Behaviour(10_000, 0)])
def test_buckets_processes_and_again_come_to_the_same_and_sums_close(tmp_path, monkeypatch, behaviour):
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS + REFUNDS)
    alone = told(path, behaviour=behaviour, in_force=DOCUMENT, **HOW)
    assert told(path, behaviour=behaviour, in_force=DOCUMENT, **HOW) == alone
    monkeypatch.setattr(crews, "BUCKET_LINES", 20)
    assert told(path, behaviour=behaviour, in_force=DOCUMENT, **HOW) == alone
    months = alone.wallets[0].months
    left = sum(one.issued - one.returned - one.redeemed - one.expired for one in months)
    assert left == months[-1].outstanding
    # A point is worth a penny, and whoever owes points has none.
    assert all(0 <= one.owed_worth <= one.outstanding for one in months)
    assert sum(one.redeemed for one in months) > 1_000
    # Beside itself nobody gains, and its own cost is the same.
    assert (alone.against.gain, alone.against.lose) == (0, 0)
    assert alone.against.verdict.cost == alone.verdict.cost


def test_customers_who_share_a_budget_redeem_too(tmp_path):
    path = tmp_path / "sharing.csv"
    path.write_text(SHARING)
    found = told(path, SHARED, Behaviour(10_000, 1), in_force=SHARED, **HOW)
    months = found.wallets[0].months
    # Wang's 100 are spent in February; when half of their goods come back in March, there is nothing that could.
    assert [(one.issued, one.returned, one.redeemed, one.outstanding) for one in months] == [
        (100, 0, 0, 100), (20, 0, 100, 20), (0, 0, 20, 0), (50, 0, 0, 50),
    ]  # fmt: skip
    assert found.against.verdict.cost == found.verdict.cost


def test_what_was_spent_before_its_goods_came_back_goes_back_with_what_is_earned_next(tmp_path):
    back = "A,2019-01-05 10:00,lin,X,10,1000.00\nR,2019-03-05 10:00,lin,X,-10,-1000.00\n"
    path = orders(tmp_path, back + "B,2019-05-05 10:00,lin,X,1,300.00\n")
    months = told(path, behaviour=Behaviour(10_000, 1), **HOW).wallets[0].months
    assert [(one.issued, one.returned, one.redeemed, one.outstanding) for one in months] == [
        (1000, 0, 0, 1000), (0, 0, 1000, 0), (0, 0, 0, 0), (0, 0, 0, 0), (300, 300, 0, 0),
    ]  # fmt: skip
    assert [one.owed_worth for one in months] == [1000, 0, 0, 0, 0]


def test_another_behaviour_than_was_simulated_is_told_in_proportion(tmp_path):
    """Half of what is stated comes of it: the tornado moves by half as much."""
    path = orders(tmp_path, "A,2019-01-05 10:00,lin,X,1,100.00\nB,2019-04-05 10:00,lin,X,1,1.00\n")
    found = told(path)
    swing = next(one for one in found.swings if one.name == "redeemed")
    assert (swing.low, swing.stated, swing.high) == (5_500, 7_000, 8_500)
    assert (-swing.result_low, -found.verdict.result, -swing.result_high) == (55, 70, 85)


def test_of_each_wallet_it_is_said_what_the_stated_share_came_to(tmp_path):
    """Credit is gone after a month, before it would be spent."""
    two = DOCUMENT.replace("earn:\n", "earn:\n  - {rule: back, on: order, give: 1 credit per 100 GBP}\n").replace(
        "tiers:\n", "  credit: {money: true, expires: 1 month}\ntiers:\n", 1
    )
    path = orders(tmp_path, "A,2019-01-05 10:00,lin,X,1,100.00\nB,2019-06-05 10:00,lin,X,1,100.00\n")
    found = told(path, two)
    assert (found.simulated, found.simulated_of) == (7_000, (("credit", 0),))
    with override("en"):
        assert "Of credit that comes to 0.0\N{NO-BREAK SPACE}%." in saying.simulated(found)[-1]

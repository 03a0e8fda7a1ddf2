"""Decisions and refusals: the codes on the page, the instant of a decision, what a refusal tells."""

from datetime import date

import pytest

from regulars.engine import limits
from regulars.engine.account import Account, Wallet
from regulars.engine.calendar import day_of
from regulars.engine.decide import CODES, Refusal, decide
from regulars.engine.facts import Hold, Redemption, Transfer
from regulars.engine.fold import fold
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import at, document, joined, line, order, programs, told
from tests.engine.pages import PAGES, tables

SHOP = programs(document())


def a_member(*facts) -> Account:
    return told(SHOP, [joined("2026-01-01"), order("A", "2026-01-10", line("tea", 1000)), *facts]).account


def test_every_code_is_on_the_page_and_says_whether_to_ask_again():
    rows = [row for table in tables(PAGES / "spending.md") for row in table.rows if "again" in row]
    assert {row["code"]: row["again"] == "yes" for row in rows} == CODES
    assert list(CODES) == sorted(CODES)


def test_a_decision_is_dated_now_or_after_the_last_step():
    now = at("2026-01-20")
    made = decide(SHOP, a_member(), Redemption("D", "points", 4, 0), now)
    assert made == Redemption("D", "points", 4, now)
    later = a_member(Redemption("D", "points", 4, now))
    assert decide(SHOP, later, Redemption("E", "points", 4, 0), now) == Redemption("E", "points", 4, now + 1)


def test_what_time_does_comes_first():
    shop = programs(document(wallets={"points": {"expires": "1 month"}}))
    account = told(shop, [order("A", "2026-01-10", line("tea", 1000))]).account
    answer = decide(shop, account, Redemption("D", "points", 4, 0), at("2026-03-01"))
    assert answer == Refusal("not_enough_points", {"available": 0})
    assert account.wallets["points"].available == 0


def test_a_refusal_tells_what_would_have_been_possible():
    answer = decide(SHOP, a_member(), Redemption("D", "points", 11, 0), at("2026-01-20"))
    assert answer == Refusal("not_enough_points", {"available": 10})
    assert isinstance(answer, Refusal)
    assert answer.retry
    unknown = decide(SHOP, a_member(), Transfer("T", "stamps", 1, 0, "wang"), at("2026-01-20"))
    assert unknown == Refusal("wallet_unknown", {})


def test_a_limit_remembers_only_the_days_it_looks_at():
    shop = programs(document(wallets={"points": {"spend": {"per week": "60 points"}}}))
    spent = [Redemption(f"D-{day}", "points", 1, at(f"2026-01-{day}")) for day in range(12, 22)]
    account = told(shop, [order("A", "2026-01-10", line("tea", 6000)), *spent]).account
    assert [points for _, points in account.wallets["points"].redeemed] == [1, 1, 1]


@pytest.mark.parametrize(("period", "used"), [("day", 1), ("week", 3), ("month", 7), ("year", 15)])
def test_a_limit_looks_at_days_of_its_own_calendar_period(period: str, used: int):
    # 2026-05-13 is a Wednesday.
    redeemed = {"2025-12-31": 16, "2026-01-01": 8, "2026-05-01": 4, "2026-05-11": 2, "2026-05-13": 1}
    wallet = Wallet(redeemed=[(day_of(date.fromisoformat(day)), points) for day, points in redeemed.items()])
    assert limits.used(wallet, period, day_of(date(2026, 5, 13))) == used


def test_a_decision_is_what_the_fold_then_does():
    account = a_member()
    made = decide(SHOP, account, Hold("H", "points", 10, 0, at("2026-01-21")), at("2026-01-20"))
    assert isinstance(made, Hold)
    outcome = fold(Tape(SHOP, account), unrolled([made]))
    assert (outcome.account.wallets["points"].held, outcome.account.wallets["points"].available) == (10, 0)


def test_money_may_pay_a_share_of_an_order():
    credit = {"money": "true", "spend": {"share_of_order": "12.5%", "at_least": "10 TWD", "per month": "100"}}
    shop = programs(document(wallets={"points": {}, "credit": credit}, earn=[
        {"rule": "gift", "give": "50 credit"}]))  # fmt: skip
    account = told(shop, [order("A", "2026-01-10", line("tea", 1000))]).account
    now, total = at("2026-01-20"), 100_00
    assert isinstance(decide(shop, account, Redemption("D", "credit", 12_50, 0), now, total), Redemption)
    above = decide(shop, account, Redemption("D", "credit", 12_51, 0), now, total)
    assert above == Refusal("above_share_of_order", {"at_most": 12_50})
    below = decide(shop, account, Redemption("D", "credit", 9_99, 0), now, total)
    assert below == Refusal("below_minimum", {"at_least": 10_00})

"""When time alone changes an account next."""

from regulars.engine.due import next_due
from tests.builders import at, back, document, line, order, programs, refund, told

PENDING = {"points": {"pending": "7 days", "expires": "1 month"}}
LADDER = [{"set": "status", "levels": [{"tier": "member"}, {"tier": "silver", "reach": "1000", "valid": "3 months"}]}]
VERSIONS = programs(document(wallets=PENDING, tiers=LADDER))
ANNIVERSARY = at("2027-01-10")
BOUGHT = order("A", "2026-01-10 15:00", line("tea", 1000))


def test_points_that_wait_are_due_when_they_mature():
    assert next_due(told(VERSIONS, [BOUGHT]).account) == at("2026-01-17 15:00")


def test_points_are_due_when_they_run_out_and_before_the_tier_is_judged():
    account = told(VERSIONS, [BOUGHT], "2026-01-17 15:00").account
    assert next_due(account) == at("2026-02-11")
    assert account.standing.until == at("2026-04-18")


def test_a_tier_is_due_when_its_validity_ends():
    assert next_due(told(VERSIONS, [BOUGHT], "2026-02-11").account) == at("2026-04-18")


def test_only_the_anniversary_is_due_for_an_order_that_came_back():
    account = told(VERSIONS, [BOUGHT, refund("A/R", "2026-01-11", back("tea"))]).account
    assert next_due(account) == ANNIVERSARY


def test_growth_without_points_is_due_by_itself():
    nothing_earned = document(wallets=PENDING, tiers=LADDER, earn=[])
    account = told(programs(nothing_earned), [BOUGHT]).account
    assert next_due(account) == at("2026-01-17 15:00")


def test_points_that_never_run_out_are_never_due():
    assert next_due(told(programs(document()), [BOUGHT]).account) == ANNIVERSARY


def test_the_first_wallet_to_change_is_due():
    wallets = {"points": {"pending": "7 days"}, "credits": {"pending": "2 days"}}
    earn = [{"rule": "p", "give": "1 point per 1 TWD"}, {"rule": "c", "give": "1 credit per 1 TWD"}]
    account = told(programs(document(wallets=wallets, earn=earn)), [BOUGHT]).account
    assert next_due(account) == at("2026-01-12 15:00")

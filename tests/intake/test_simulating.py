"""What the demonstration's households redeem: the same every time, never more than they have, and marked."""

import pytest

from regulars.intake import simulating
from regulars.intake.actions import take_orders
from regulars.intake.simulating import is_simulated, redeemed, simulate
from regulars.ledger import notes, queries
from regulars.ledger.connect import raw, rows
from regulars.ledger.verify import verify
from regulars.members.models import Member
from regulars.programs.actions import set_clock
from regulars.programs.clock import real_now
from regulars.storefront.timeline import cause_of
from tests.intake.shop import at, order, shop

DAY = 86_400_000_000
BEGIN = at("2017-03-01 10:00", "America/New_York")
NUMBERS = [str(number) for number in range(40)]


@pytest.fixture
def published(db):
    shop()
    return set_clock("shop", at("2018-01-02") - real_now())


def test_most_never_redeem_and_the_others_what_they_have():
    """A basket of 200.00 a week, which earns 200 points."""
    moments = [(BEGIN + 7 * week * DAY, 200 * (week + 1)) for week in range(30)]
    found = {number: list(redeemed(number, moments)) for number in NUMBERS}
    assert 18 <= sum(not one for one in found.values()) <= 34
    points = [one.points for each in found.values() for one in each]
    assert (min(points) >= 500, max(points) <= simulating.MOST, {each % 100 for each in points}) == (True, True, {0})
    for each in found.values():
        assert sum(one.points for one in each) <= 6_000
    assert found == {number: list(redeemed(number, moments)) for number in NUMBERS}


def test_they_are_recorded_once_marked_and_exact(published):
    days = [f"2017-{3 + week // 4:02}-{1 + 7 * (week % 4):02} 10:00" for week in range(30)]
    for number in NUMBERS:
        weeks = [order(f"{number}/{day}", day, 20_000, customer=number) for day in days]
        take_orders(published, weeks, at("2018-01-01"), sends=False)
    earned = rows(raw(), "SELECT sum(points)::bigint FROM ledger_entry WHERE kind = 'earn'")
    assert simulate(published) > 10
    assert simulate(published) == 0
    verdict = verify(raw(), published.programs)
    assert verdict.is_exact
    assert rows(raw(), "SELECT sum(points)::bigint FROM ledger_entry WHERE kind = 'earn'") == earned
    assert rows(raw(), "SELECT sum(deficit)::bigint FROM ledger_account") == [(0,)]
    [(member_id,)] = rows(raw(), "SELECT member_id FROM ledger_fact WHERE kind = 11 LIMIT 1")
    assert set(notes.of_member(raw(), published.id, member_id).values()) == {simulating.NOTE}
    entries = queries.entries(raw(), published.id, member_id, None, 200)
    spent = [line for line in entries if line.entry.kind == "redeem"]
    assert spent
    assert all(is_simulated(cause_of(line.entry)) for line in spent)
    assert not any(is_simulated(cause_of(line.entry)) for line in entries if line.entry.kind == "earn")
    assert Member.objects.count() == len(NUMBERS)

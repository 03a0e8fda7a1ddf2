"""Gifts for a tier that reach one of another set; multipliers on multipliers."""

import msgspec

from regulars.engine.fold import apply
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import copied, document, line, order, programs, told

SPENDERS = [{"tier": "member"}, {"tier": "silver", "reach": "1000"}]
COLLECTORS = [{"tier": "guest"}, {"tier": "friend", "reach": "100"}]
GIFTS = [
    {"rule": "base", "give": "1 point per 100 TWD"},
    {"rule": "silver-gift", "on": "tier silver", "give": "100 points"},
    {"rule": "friend-gift", "on": "tier friend", "give": "500 points"},
]
SETS = [{"set": "status", "levels": SPENDERS}, {"set": "club", "grows_by": "points", "levels": COLLECTORS}]
CLIMBING = programs(document(tiers=SETS, earn=GIFTS))
ORDERS = [order("A", "2026-01-10 12:00", line("tea", 1000)), order("B", "2026-01-20 12:00", line("tea", 100))]


def test_a_gift_that_reaches_a_tier_of_another_set_is_followed_by_its_gift_at_once():
    assert told(CLIMBING, ORDERS[:1]).account.wallets["points"].available == 610


def test_an_account_stored_in_between_ends_with_the_same():
    whole = told(CLIMBING, ORDERS).account
    account = told(CLIMBING, ORDERS[:1]).account
    tape = Tape(CLIMBING, copied(account))
    apply(tape, unrolled(ORDERS)[1])
    assert tape.account.wallets["points"].available == whole.wallets["points"].available == 611


def test_many_multipliers_on_one_line_can_be_recorded():
    times = [{"rule": f"times-{n}", "multiply": {"base": "3"}} for n in range(6)]
    tree = document(multipliers="multiply", earn=[{"rule": "base", "give": "1 point per 100 TWD"}, *times])
    outcome = told(programs(tree), ORDERS[:1])
    assert sum(entry.points for entry in outcome.entries) == 10 * 3**6
    assert all(msgspec.msgpack.encode(entry.why) for entry in outcome.entries)

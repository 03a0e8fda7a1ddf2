"""Gifts for a tier that reach one of another set; multipliers on multipliers."""

import msgspec

from regulars.engine.fold import apply
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import back, copied, document, line, order, programs, refund, told

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


GIFT = {"rule": "gift", "on": "tier silver", "give": "50 points"}
WAITING = {"rule": "later", "on": "tier silver", "give": "100 points", "pending": "7 days"}
CUP = {"rule": "cup", "on": "tier silver", "give": "reward cup"}
RETURNED = refund("A/R", "2026-01-11 12:00", back("tea"))


def test_all_that_came_with_a_tier_goes_back_with_it():
    """What waits from what waits, and each gift by its own rule; a reward is only told to have been withdrawn."""
    wallets = {"points": {"pending": "7 days"}}
    at_payment = [SETS[0] | {"growth_counts": "at payment"}]
    tree = document(
        wallets=wallets, tiers=at_payment, rewards=[{"reward": "cup", "costs": "1 point"}], earn=[CUP, WAITING, GIFT]
    )
    outcome = told(programs(tree), [ORDERS[0], RETURNED, order("B", "2026-01-11 13:00", line("tea", 1000))])
    wallet = outcome.account.wallets["points"]
    assert (wallet.pending, wallet.available) == (100, 50), "the second order reaches the tier again"
    gone = [(one.source, one.points, one.why) for one in outcome.entries if one.kind == "reverse"]
    assert gone == [("pending", 100, ("remains", 100, 0)), ("available", 50, ("remains", 50, 0))]
    told_of = [one.payload["grant"] for one in outcome.announcements if one.kind.startswith("reward.")]
    assert told_of[0] == told_of[1] == f"tier:status/silver/{ORDERS[0].paid_at}|cup"


def test_what_went_back_with_a_tier_counts_towards_no_bound():
    capped = document(
        tiers=[SETS[0] | {"growth_counts": "at payment"}],
        earn=[GIFT],
        caps=[{"rules": "gift", "at_most": "50", "per": "lifetime"}],
    )
    used = told(programs(capped), [ORDERS[0], RETURNED]).account.used
    assert {points for windows in used.values() for _, points in windows} <= {0}
    used = told(programs(capped), [ORDERS[0]]).account.used
    assert sorted(points for windows in used.values() for _, points in windows) == [1, 50]


def test_a_tier_that_nothing_came_with_keeps_nothing():
    plain = document(tiers=[SETS[0] | {"growth_counts": "at payment"}])
    standing = told(programs(plain), ORDERS[:1]).account.standing
    assert (standing.tier, standing.gift) == ("silver", None)


def test_many_multipliers_on_one_line_can_be_recorded():
    times = [{"rule": f"times-{n}", "multiply": {"base": "3"}} for n in range(6)]
    tree = document(multipliers="multiply", earn=[{"rule": "base", "give": "1 point per 100 TWD"}, *times])
    outcome = told(programs(tree), ORDERS[:1])
    assert sum(entry.points for entry in outcome.entries) == 10 * 3**6
    assert all(msgspec.msgpack.encode(entry.why) for entry in outcome.entries)

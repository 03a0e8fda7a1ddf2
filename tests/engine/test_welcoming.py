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
        wallets=wallets,
        tiers=at_payment,
        rewards=[{"reward": "cup", "costs": "1 point"}],
        earn=[CUP, WAITING, GIFT, GIFTS[0]],
    )
    small = order("S", "2026-01-10 13:00", line("tea", 100))
    outcome = told(programs(tree), [ORDERS[0], small, RETURNED, order("B", "2026-01-11 13:00", line("tea", 1000))])
    wallet = outcome.account.wallets["points"]
    assert (wallet.pending, wallet.available) == (111, 50), "the second order reaches the tier again"
    gone = [(one.source, one.points, one.why) for one in outcome.entries if one.identity.startswith("tier:")]
    assert gone[2:4] == [("pending", 100, ("remains", 100, 0)), ("available", 50, ("remains", 50, 0))]
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


def test_a_gift_that_goes_back_gives_room_for_one():
    """It was reached twice, and lost in between by its end."""
    rungs = [{"tier": "member"}, {"tier": "silver", "reach": "1000", "valid": "1 month"}]
    tiers = [{"set": "status", "window": "since tier start", "growth_counts": "at payment", "levels": rungs}]
    versions = programs(document(tiers=tiers, earn=[GIFT | {"limit": "2 per lifetime"}]))
    facts = [ORDERS[0], order("C", "2026-02-20 12:00", line("tea", 1000))]
    assert told(versions, facts).account.used == {"limit:gift/lifetime": [(0, 2)]}
    gone = refund("C/R", "2026-02-21 12:00", back("tea"))
    assert told(versions, [*facts, gone]).account.used == {"limit:gift/lifetime": [(0, 1)]}


def test_a_gift_that_goes_back_long_afterwards_finds_its_day_forgotten():
    tree = document(
        tiers=[SETS[0] | {"growth_counts": "at payment"}],
        earn=[GIFT, {"rule": "base", "give": "1 point per 100 TWD"}],
        caps=[{"at_most": "500", "per": "day"}],
    )
    facts = [
        ORDERS[0],
        order("B", "2026-04-01 12:00", line("tea", 100)),
        refund("A/R", "2026-04-02 12:00", back("tea")),
    ]
    assert told(programs(tree), facts).account.wallets["points"].available == 1


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

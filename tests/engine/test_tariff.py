"""What is worked out once for all orders of a day says the same as what every order would find by itself."""

import pytest

from regulars.engine import tariff
from regulars.engine.account import NOTHING, Memo
from regulars.engine.calendar import DAY
from regulars.engine.program import Programs
from regulars.engine.tariff import tariff_of
from tests.builders import Tree, document, line, order, programs, told

GIFT = {"give": "10 points"}
# A Saturday, and the local days around it.
SATURDAY = 20_463
RULES = [
    {"rule": "always", **GIFT},
    {"rule": "weekend", "when": {"weekday": ["sat", "sun"]}, **GIFT},
    {"rule": "gold", "when": {"all": [{"tier": "gold"}]}, **GIFT},
    {"rule": "from", "when": {"from": "2026-01-10"}, **GIFT},
    {"rule": "until", "when": {"until": "2026-01-10"}, **GIFT},
    {"rule": "web", "when": {"channel": "web", "all": [{"weekday": "sat"}]}, **GIFT},
]
LEVELS = [{"tier": "member"}, {"tier": "gold", "reach": "100000", "valid": "12 months"}]
TREE: Tree = document(earn=RULES, tiers=[{"set": "status", "levels": LEVELS}])


def admitted(found: Programs, day: int, tier: str) -> int:
    return len(tariff_of(found, found.versions[0], day, (tier,)).earners)


@pytest.mark.parametrize(
    ("day", "tier", "count"),
    [
        (SATURDAY, "member", 5),
        (SATURDAY, "gold", 6),
        (SATURDAY - 1, "member", 2),
        (SATURDAY + 1, "member", 3),
        (SATURDAY + 2, "member", 2),
    ],
)
def test_rules_are_asked_only_on_days_and_at_tiers_that_they_may_give_something(day: int, tier: str, count: int):
    assert admitted(programs(TREE), day, tier) == count


def test_what_else_a_rule_asks_is_asked_of_each_order():
    bought = [order(channel, "2026-01-10", line("tea", 1000), channel=channel) for channel in ("web", "till")]
    kept = {key: set(memo.kept) for key, memo in told(programs(TREE), bought).memos.items()}
    assert kept["shop/web"] - kept["shop/till"] == {"web"}


def test_a_tariff_is_worked_out_once_and_forgotten_when_there_are_too_many():
    found = programs(TREE)
    first = tariff_of(found, found.versions[0], SATURDAY, ("member",))
    assert tariff_of(found, found.versions[0], SATURDAY, ("member",)) is first
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tariff, "MOST", 2)
        tariff_of(found, found.versions[0], SATURDAY, ("gold",))
        assert len(found.tariffs) == 2
        tariff_of(found, found.versions[0], SATURDAY + 1, ("gold",))
        assert len(found.tariffs) == 1
    again = tariff_of(found, found.versions[0], SATURDAY, ("member",))
    assert again is not first
    assert again == first


def test_waiting_is_the_same_all_day_only_where_the_clock_is_not_changed():
    wallets = {"points": {"unit": {"en": ["point", "points"]}, "pending": "7 days"}}
    found = programs(document(timezone="Europe/Berlin", wallets=wallets, earn=[{"rule": "one", **GIFT}]))
    waits = [tariff_of(found, found.versions[0], day, ()).lasting[0].later for day in (SATURDAY, 20_541, 20_534)]
    assert waits == [7 * 86_400_000_000, None, None]


@pytest.mark.parametrize(
    ("said", "growing"),
    [
        ({}, [("status", True, 7 * DAY)]),
        ({"growth_counts": "at payment"}, [("status", True, None)]),
        ({"grows_by": "orders"}, [("status", False, 7 * DAY)]),
        ({"grows_by": "points of stars"}, [("status", False, 2 * DAY)]),
        ({"grows_by": "visits"}, []),
    ],
)
def test_what_orders_add_to_ladders_counts_so_much_later(said: Tree, growing: list[tuple[str, bool, int | None]]):
    wallets: Tree = {"points": {"pending": "7 days"}, "stars": {"pending": "2 days"}}
    found = programs(TREE | {"wallets": wallets, "tiers": [{"set": "status", "levels": LEVELS} | said]})
    grows = tariff_of(found, found.versions[0], SATURDAY, ("member",)).growing
    assert [(name, by_spend, later) for name, _, by_spend, later in grows] == growing


def test_points_last_as_long_as_the_tier_says_and_bounds_of_each_order_have_no_window():
    wallets = {"points": {"unit": {"en": ["point", "points"]}, "expires": "10 days"}}
    levels = [LEVELS[0], LEVELS[1] | {"expires": "20 days"}]
    caps = [{"wallet": "points", "at_most": "100", "per": per} for per in ("order", "month")]
    found = programs(TREE | {"wallets": wallets, "caps": caps, "tiers": [{"set": "status", "levels": levels}]})
    said = [tariff_of(found, found.versions[0], SATURDAY, (tier,)) for tier in ("member", "gold")]
    calendar = found.calendar
    assert [calendar.day(one.lasting[0].expires_at or 0) - SATURDAY for one in said] == [11, 21]
    begins = {cap.per: start for cap, start in said[0].windows.values()}
    assert begins == {"order": None, "month": calendar.window(SATURDAY, "month")}


def test_what_orders_share_stays_empty():
    memo = Memo(1, (), 0, True, {}, 0, 0)
    assert memo.asked is NOTHING
    with pytest.raises(TypeError, match=r"^nothing is written here: give the memo a mapping of its own$"):
        memo.asked["base"] = 1
    assert NOTHING == {}

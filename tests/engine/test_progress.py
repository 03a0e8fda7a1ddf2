"""How far a member is from the next tier, and from keeping the present one."""

import pytest
from msgspec.msgpack import encode
from msgspec.structs import replace

from regulars.engine.facts import Fact
from regulars.engine.progress import Progress, every_progress, progress
from tests.builders import Tree, at, document, line, order, programs, told

LEVELS = [
    {"tier": "member"},
    {"tier": "silver", "reach": "1000", "retain": "600", "valid": "3 months"},
    {"tier": "gold", "reach": "3000", "valid": "3 months"},
]
VERSIONS = programs(
    document(wallets={"points": {"pending": "7 days"}}, tiers=[{"set": "status", "levels": LEVELS}]),
)
SILVER_UNTIL = at("2026-04-18")


@pytest.mark.parametrize(
    ("bought", "until", "expected"),
    [
        (400, "2026-01-11", Progress(0, 40000, "silver", 100000, 100000, 0, None)),
        (400, "2026-01-20", Progress(40000, 0, "silver", 100000, 60000, 0, None)),
        (1000, "2026-01-20", Progress(100000, 0, "gold", 300000, 200000, 0, SILVER_UNTIL)),
        (4000, "2026-01-20", Progress(400000, 0, None, 300000, 0, 0, SILVER_UNTIL)),
        (1000, "2027-01-16", Progress(100000, 0, "gold", 300000, 200000, 60000, at("2027-01-18"))),
        (1000, "2027-01-17", Progress(0, 0, "gold", 300000, 300000, 60000, at("2027-01-18"))),
    ],
)
def test_progress(bought: int, until: str, expected: Progress):
    account = told(VERSIONS, [order("A", "2026-01-10 12:00", line("tea", bought))], until).account
    found = progress(VERSIONS, account, at(until))
    assert found is not None
    assert replace(found, tier_set="", tier="", projected="") == expected
    assert (found.tier_set, found.tier) == ("status", account.standing.tier)


def test_a_program_without_tiers_has_no_progress():
    versions = programs(document())
    assert progress(versions, told(versions, []).account, at("2026-01-01")) is None


def sole(levels: list[Tree], *facts: Fact, until: str, **parts: str) -> Progress:
    versions = programs(document(tiers=[{"set": "status", "levels": levels} | parts]))
    account = told(versions, facts, until).account
    before = encode(account)
    [found] = every_progress(versions, account, at(until))
    assert encode(account) == before
    return found


SILVER: Tree = {"tier": "silver", "reach": "1000", "retain": "600"}
LOWEST: Tree = {"tier": "member"}
A = order("A", "2026-01-17 12:00", line("tea", 1000))


def test_looking_changes_nothing_though_time_has_passed():
    assert sole([LOWEST, SILVER], A, until="2028-01-01").growth == 0


@pytest.mark.parametrize(
    ("window", "until"),
    [("rolling 12 months", None), ("calendar year", "2027-01-01"), ("calendar quarter", "2026-04-01")],
)
def test_when_growth_begins_again_at_nothing(window: str, until: str | None):
    found = sole([LOWEST, SILVER], A, until="2026-01-20", window=window)
    assert found.window_until == (until and at(until))


def test_a_tier_that_a_new_version_lowered_misses_nothing():
    """It is entered with the next order."""
    lower = {"tier": "silver", "reach": "500"}
    versions = programs(
        document(tiers=[{"set": "status", "levels": [LOWEST, SILVER]}]),
        document(tiers=[{"set": "status", "levels": [LOWEST, lower]}]),
        starts=["2026-02-01"],
    )
    account = told(versions, [order("A", "2026-01-17", line("tea", 700))], "2026-02-02").account
    [found] = every_progress(versions, account, at("2026-02-02"))
    assert (found.tier, found.next_tier, found.missing) == ("member", "silver", 0)


@pytest.mark.parametrize(
    ("parts", "missing"), [({}, 600_00), ({"floor": "silver"}, 0), ({"downgrade": "never"}, 0)], ids=str
)
def test_nobody_needs_growth_for_a_tier_from_which_nobody_falls(parts: dict[str, str], missing: int):
    level = {"tier": "silver", "reach": "1000", "valid": "1 year"} | ({} if parts else {"retain": "600"})
    found = sole([LOWEST, level], A, until="2026-01-20", **parts)
    assert found.keep_missing == missing


def test_the_first_day_of_the_window_counts_towards_staying():
    """On the last day of the year the window of twelve months begins with the day after the first order."""
    day_after = order("B", "2026-01-18 12:00", line("tea", 100))
    found = sole([LOWEST, SILVER | {"valid": "1 year"}], A, day_after, until="2026-01-20")
    assert (found.until, found.keep_missing) == (at("2027-01-18"), 500_00)


def test_what_is_projected_is_projected_for_the_end_of_the_tier():
    """What matures after that comes too late."""
    late = order("B", "2026-04-15 12:00", line("tea", 1000))
    tree = document(
        wallets={"points": {"pending": "7 days"}},
        tiers=[{"set": "status", "window": "rolling 2 months", "levels": [LOWEST, SILVER | {"valid": "3 months"}]}],
    )
    versions = programs(tree)
    account = told(versions, [order("A", "2026-01-10 12:00", line("tea", 1000)), late], "2026-04-16").account
    [found] = every_progress(versions, account, at("2026-04-16"))
    assert (found.until, found.waiting, found.projected) == (at("2026-04-18"), 1000_00, "member")

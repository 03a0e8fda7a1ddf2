"""How far a member is from the next tier, and from keeping the present one."""

import pytest
from msgspec.structs import replace

from regulars.engine.progress import Progress, progress
from tests.builders import at, document, line, order, programs, told

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

"""Who moves when a ladder changes; the fold itself, under the new version, says the same."""

from collections import Counter

import pytest

from regulars.engine.account import Account, Growth, Ladder, Standing
from regulars.engine.grammar import read
from regulars.engine.program import Programs, Version
from regulars.engine.swaying import Sway, sways

DAY = 20_000
NOON = (DAY * 24 + 12) * 3_600_000_000


def ladder(levels: str, window: str = "lifetime", downgrade: str = "one level") -> Version:
    text = {"set": "status", "window": window, "growth_counts": "at payment", "downgrade": downgrade, "levels": []}
    document = {"program": "shop", "timezone": "UTC", "currency": "TWD", "wallets": {"points": {}}}
    for said in levels.split(", "):
        tier, *numbers = said.split()
        level = {"tier": tier} | dict(zip(("reach", "retain"), numbers, strict=False))
        text["levels"].append(level if not numbers else level | {"valid": "1 year"})
    return read(document | {"tiers": [text], "earn": [{"rule": "base", "give": "1 point per 1 TWD"}]}, 1, 0)


def member(tier: str, growth: int) -> Account:
    own = Ladder(tier=tier, growth=Growth(total=growth * 100, days=[(DAY, growth * 100)]), standing=Standing(tier, 0))
    return Account(enrolled_at=0, ladders={"status": own})


@pytest.mark.parametrize(
    ("before", "after", "members", "found"),
    [
        ("m, s 100", "m, s 100", ["m 50"], None),
        ("m, s 100", "m, s 80", ["m 79", "m 80", "m 99", "s 120"], {"moved": {("m", "s"): 2}}),
        ("m, s 80", "m, s 100", ["m 80", "s 120"], {"moved": {("s", "m"): 1}}),
        ("m, s 100 50", "m, s 100 70", ["s 49", "s 50", "s 69", "s 70"], {"lost": {"s": 2}}),
        ("m, s 100 70", "m, s 100 50", ["s 49", "s 50", "s 69", "s 70"], {"kept": {"s": 2}}),
        ("m, s 100", "m, s 100, g 200", ["s 100", "s 200", "s 900"], {"moved": {("s", "g"): 2}}),
        ("m, s 100", "m, silver 100", ["s 150", "m 3"], {"moved": {("s", "silver"): 1}}),
        ("m, s 100 0", "m, s 500 0", ["s 150"], {}),
        ("m, s 100 50", "m, s 100 70", ["s 50"], {"lost": {"s": 1}}),
        ("m, s 100 50", "m, s 100 70", ["s 70"], {}),
        ("m, s 100 0", "m, silver 100", ["s 50"], {"moved": {("s", "m"): 1}}),
    ],
)
def test_members_move_by_the_growth_that_counts(
    before: str, after: str, members: list[str], found: dict[str, dict[object, int]] | None
) -> None:
    old, new = ladder(before), ladder(after)
    accounts = [member(tier, int(growth)) for tier, growth in map(str.split, members)]
    calendar = Programs(1, [old]).calendar
    moved = sways(old, new, calendar, accounts, NOON)
    if found is None:
        assert moved == []
        return
    [sway] = moved
    named = {"moved": sway.moved, "lost": +sway.lost, "kept": +sway.kept}
    assert {name: dict(counted) for name, counted in named.items() if counted} == found


def test_whoever_is_no_member_moves_nowhere() -> None:
    old, new = ladder("m, s 100"), ladder("m, s 80")
    guest, gone, merged = member("m", 90), member("m", 90), member("m", 90)
    guest.enrolled_at, gone.closed_at, merged.into = None, 1, "another"
    calendar = Programs(1, [old]).calendar
    assert sways(old, new, calendar, [guest, gone, merged], NOON) == [Sway("status")]
    [sway] = sways(old, new, calendar, [guest, member("m", 90)], NOON)
    assert sway.moved == {("m", "s"): 1}


@pytest.mark.parametrize("window", ["rolling 12 months", "calendar year", "since joining"])
def test_only_growth_in_the_window_counts(window: str) -> None:
    """The old ladder's window as it is today, and the new one's."""
    whole, some = ladder("m, s 100"), ladder("m, s 100", window)
    calendar = Programs(1, [whole]).calendar

    def moved(old: Version, new: Version, day: int) -> Counter[tuple[str, str]]:
        account = member("m", 120)
        account.ladders["status"].growth.days = [(day, 120_00)]
        account.enrolled_at = NOON - 86_400_000_000
        return sways(old, new, calendar, [account], NOON)[0].moved

    assert moved(whole, some, DAY - 400) == {("s", "m"): 1}
    assert moved(some, whole, DAY - 400) == {}, "what fell out of the old window is forgotten"
    assert moved(whole, some, DAY) == moved(some, whole, DAY) == {}


def test_who_falls_as_far_as_growth_says_falls_from_a_tier_that_it_does_not_keep() -> None:
    old, new = (ladder(f"m, s 100 {retain}", downgrade="full") for retain in (50, 70))
    [sway] = sways(old, new, Programs(1, [old]).calendar, [member("s", 60), member("s", 40)], NOON)
    assert +sway.lost == {"s": 1}


def test_who_has_no_tier_yet_has_the_lowest_one() -> None:
    old, new = ladder("m, s 100 50"), ladder("m, s 100 0")
    assert sways(old, new, Programs(1, [old]).calendar, [Account(enrolled_at=0)], NOON) == [Sway("status")]

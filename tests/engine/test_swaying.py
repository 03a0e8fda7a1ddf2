"""Who moves when a ladder changes; the fold itself, under the new version, says the same."""

from collections import Counter

import pytest

from regulars.engine.account import Account, Growth, Ladder, Standing
from regulars.engine.grammar import read
from regulars.engine.program import Programs, Version
from regulars.engine.swaying import SHOWN, Sway, Way, sways

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


def numbered(*accounts: Account) -> list[tuple[str, Account]]:
    return [(str(place), account) for place, account in enumerate(accounts, 1)]


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
    moved = sways(old, new, calendar, numbered(*accounts), NOON)
    if found is None:
        assert moved == []
        return
    [sway] = moved
    assert sway.counts == {("moved", *way): count for way, count in found.get("moved", {}).items()} | {
        (kind, tier, ""): count for kind in ("lost", "kept") for tier, count in found.get(kind, {}).items()
    }


def test_whoever_is_no_member_moves_nowhere() -> None:
    old, new = ladder("m, s 100"), ladder("m, s 80")
    guest, gone, merged = member("m", 90), member("m", 90), member("m", 90)
    guest.enrolled_at, gone.closed_at, merged.into = None, 1, "another"
    calendar = Programs(1, [old]).calendar
    assert sways(old, new, calendar, numbered(guest, gone, merged), NOON) == [Sway("status")]
    [sway] = sways(old, new, calendar, numbered(guest, member("m", 90)), NOON)
    assert sway.counts == {("moved", "m", "s"): 1}
    assert sway.some == {("moved", "m", "s"): ["2"]}


@pytest.mark.parametrize("window", ["rolling 12 months", "calendar year", "since joining"])
def test_only_growth_in_the_window_counts(window: str) -> None:
    """The old ladder's window as it is today, and the new one's."""
    whole, some = ladder("m, s 100"), ladder("m, s 100", window)
    calendar = Programs(1, [whole]).calendar

    def moved(old: Version, new: Version, day: int) -> Counter[Way]:
        account = member("m", 120)
        account.ladders["status"].growth.days = [(day, 120_00)]
        account.enrolled_at = NOON - 86_400_000_000
        return sways(old, new, calendar, numbered(account), NOON)[0].counts

    assert moved(whole, some, DAY - 400) == {("moved", "s", "m"): 1}
    assert moved(some, whole, DAY - 400) == {}, "what fell out of the old window is forgotten"
    assert moved(whole, some, DAY) == moved(some, whole, DAY) == {}


def test_who_falls_as_far_as_growth_says_falls_from_a_tier_that_it_does_not_keep() -> None:
    old, new = (ladder(f"m, s 100 {retain}", downgrade="full") for retain in (50, 70))
    [sway] = sways(old, new, Programs(1, [old]).calendar, numbered(member("s", 60), member("s", 40)), NOON)
    assert sway.counts == {("lost", "s", ""): 1}


def test_who_has_no_tier_yet_has_the_lowest_one() -> None:
    old, new = ladder("m, s 100 50"), ladder("m, s 100 0")
    assert sways(old, new, Programs(1, [old]).calendar, numbered(Account(enrolled_at=0)), NOON) == [Sway("status")]


def test_on_tiers_that_are_new_members_begin_by_what_was_counted_for_them() -> None:
    """Nothing, where no version had such tiers; else what an older one left them."""
    new = ladder("m, s 100")
    none = read(
        {"program": "shop", "timezone": "UTC", "currency": "TWD", "wallets": {"points": {}}},
        1,
        0,
    )
    accounts = numbered(Account(enrolled_at=0), member("s", 0), member("m", 120), Account())
    [sway] = sways(none, new, Programs(1, [none]).calendar, accounts, NOON)
    assert sway.counts == {("begun", "", "m"): 1, ("begun", "", "s"): 2}
    assert sway.some[("begun", "", "s")] == ["2", "3"]


@pytest.mark.parametrize(("window", "days"), [("rolling 30 days", 30), ("since joining", 278)])
def test_on_tiers_that_are_new_nothing_counts_that_fell_out_of_their_window(window: str, days: int) -> None:
    """They joined on a 1 January, and this is 4 October."""
    new = ladder("m, s 100", window=window)
    none = read({"program": "shop", "timezone": "UTC", "currency": "TWD", "wallets": {"points": {}}}, 1, 0)
    gone, left = member("m", 120), member("m", 120)
    gone.ladders["status"].growth.days = [(DAY - days, 12_000)]
    left.ladders["status"].growth.days = [(DAY - days + 1, 12_000)]
    [sway] = sways(none, new, Programs(1, [none]).calendar, numbered(gone, left), NOON)
    assert sway.some == {("begun", "", "m"): ["1"], ("begun", "", "s"): ["2"]}


def test_only_the_first_of_many_are_named() -> None:
    old, new = ladder("m, s 100"), ladder("m, s 80")
    [sway] = sways(old, new, Programs(1, [old]).calendar, numbered(*[member("m", 90)] * (SHOWN + 1)), NOON)
    assert sway.counts == {("moved", "m", "s"): SHOWN + 1}
    assert sway.some == {("moved", "m", "s"): [str(place) for place in range(1, SHOWN + 1)]}

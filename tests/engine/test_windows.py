"""Growth by local day, the last day of a window, and levels that nobody falls to."""

from datetime import date

import pytest

from regulars.engine.account import Account, Growth
from regulars.engine.calendar import Span, Term, calendar, day_of
from regulars.engine.levels import Level, TierRules, Window
from regulars.engine.windows import grow, last_day
from tests.builders import at


@pytest.mark.parametrize(
    ("told", "days"),
    [
        ([(7, 10), (7, 5)], [(7, 15)]),
        ([(7, 10), (9, 5), (8, 1)], [(7, 10), (8, 1), (9, 5)]),
        ([(7, 10), (9, 5), (7, 1)], [(7, 11), (9, 5)]),
        ([(7, 10), (9, 5), (7, -10)], [(9, 5)]),
        ([(7, 7), (9, 9), (8, -3)], [(7, 7), (8, -3), (9, 9)]),
    ],
    ids=["the same day", "a day between", "an earlier day again", "what went back", "amounts are no days"],
)
def test_growth_is_kept_by_day(told: list[tuple[int, int]], days: list[tuple[int, int]]):
    growth = Growth()
    for day, amount in told:
        grow(growth, day, amount)
    assert (growth.days, growth.total) == (days, sum(amount for _, amount in days))


@pytest.mark.parametrize(
    ("window", "day", "last"),
    [
        (Window("calendar", period="quarter"), "2026-05-10", "2026-06-30"),
        (Window("calendar", period="year"), "2026-12-31", "2026-12-31"),
        (Window("joining"), "2026-03-09", "2026-03-09"),
        (Window("joining"), "2026-03-10", "2027-03-09"),
    ],
    ids=str,
)
def test_the_last_day_of_a_window(window: Window, day: str, last: str):
    account = Account(enrolled_at=at("2024-03-10"))
    found = last_day(window, account, calendar("Asia/Taipei"), day_of(date.fromisoformat(day)))
    assert found == day_of(date.fromisoformat(last))


def test_a_window_that_never_begins_anew_has_no_last_day():
    taipei, day = calendar("Asia/Taipei"), day_of(date(2026, 5, 10))
    assert last_day(Window("rolling", Span(12, "month")), Account(enrolled_at=at("2024-03-10")), taipei, day) is None
    assert last_day(Window("joining"), Account(), taipei, day) is None


def test_nobody_falls_to_a_tier_by_invitation_or_stands_on_one_that_is_gone():
    tiers = ["member", "silver", "gold", "friend", "ruby"]
    levels = tuple(Level(tier, {}, 0, 0, Term(Span(1, "year")), None, tier == "friend") for tier in tiers)
    rules = TierRules("status", Window("lifetime"), levels, {tier: place for place, tier in enumerate(tiers)})
    assert rules.below(rules.index("ruby"), 0) == rules.index("gold")
    assert rules.index("bronze") == 0

"""No cap and no limit is exceeded in any window at any instant: asked of the entries alone."""

from collections import Counter, defaultdict
from datetime import date
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given

from regulars.engine import counters
from regulars.engine.account import Account
from regulars.engine.calendar import calendar, day_of
from regulars.engine.explain import explain
from regulars.engine.fold import fold
from regulars.engine.outcome import Entry
from regulars.engine.program import Cap
from regulars.engine.tape import Tape
from regulars.engine.timeline import PAY, unrolled
from tests.builders import back, document, line, order, programs, refund
from tests.engine.histories import BEGINNING, END, Story, stories, thoroughly
from tests.engine.slow_bounds import Bound, Tree, bounds_of, window
from tests.engine.slow_giving import gift
from tests.engine.slow_model import SlowMember

# The order or the occasion that points belong to, the instant at which it happened, and the program of that time.
Source = tuple[str, int, Tree]


class Windows:
    """What each source keeps by each rule, in every window of every bound that concerns it."""

    def __init__(self, story: Story) -> None:
        self.member = SlowMember(story.trees)
        self.paid = {step.fact.key: step.step[0] for step in unrolled(story.facts) if step.step[1] == PAY}
        self.given: dict[str, Source] = {}
        self.kept: dict[tuple[str, Any], Counter[tuple[str, str]]] = defaultdict(Counter)
        # What one award of a goal comes to, several of which may be given at once.
        self.each: dict[tuple[str, str], int] = {}

    def source(self, entry: Entry) -> Source:
        """What is given again after it went back is given then, and what goes back of it leaves there."""
        if order := explain(entry).order:
            return order, self.paid[order], self.member.tree(self.paid[order])
        # Who brought it about is another one when it goes back.
        cause = entry.identity.partition("|")[0].partition("@")[0]
        if entry.kind == "earn":
            _, tree = self.member.versions[entry.version - 1]
            self.given[cause] = (cause, entry.occurred_at, tree)
        return self.given[cause]

    def write(self, entries: list[Entry]) -> None:
        """What one cause does at one instant; wherever that is more than before, there must have been room."""
        before = {where: used.copy() for where, used in self.kept.items()}
        concerned: dict[tuple[str, Any], Bound] = {}
        for entry in entries:
            name, at, tree = self.source(entry)
            rule = entry.identity.partition("|")[2]
            said = next(one for one in tree["earn"] if one["rule"] == rule)
            if "goal" in said:
                self.each[name, rule] = gift(tree, said["give"]).each
            for bound in bounds_of(tree):
                if rule in bound.rules and (bound.per != "order" or name in self.paid):
                    where = (bound.name, name if bound.per == "order" else window(bound.per, self.member.clock.day(at)))
                    concerned[where] = bound
                    self.kept[where][name, rule] += entry.points if entry.kind == "earn" else -entry.points
        for where, bound in concerned.items():
            used = self.amount(bound, self.kept[where])
            assert used <= max(bound.at_most, self.amount(bound, before.get(where, Counter()))), (where, used)

    def amount(self, bound: Bound, kept: Counter[tuple[str, str]]) -> int:
        if not bound.counts_times:
            return kept.total()
        return sum(-(-points // self.each.get(source, points)) for source, points in kept.items() if points > 0)


def look_at(story: Story) -> None:
    entries = fold(Tape(story.programs, Account()), unrolled(story.facts), END).entries
    windows = Windows(story)
    given = [entry for entry in entries if entry.kind in ("earn", "reverse")]
    for _, together in groupby(given, key=lambda entry: (entry.occurred_at, entry.identity.partition("|")[0])):
        windows.write(list(together))


@thoroughly
@given(stories())
def test_no_bound_is_exceeded_at_any_instant(story: Story):
    look_at(story)


GOAL: Tree = {"rule": "goal", "goal": {"spend": "100", "per": "month", "repeat": "true"}, "give": "5 points"}
FACTS = [
    order("A", "2026-01-31 12:00", line("tea", 100)),
    refund("A/R", "2026-02-02 12:00", back("tea")),
    order("B", "2026-02-02 13:00", line("tea", 300)),
]


def story_of(goal: Tree, *caps: Tree) -> Story:
    tree = document(earn=[goal], caps=list(caps))
    return Story([(BEGINNING, tree)], programs(tree), FACTS)


def test_what_came_back_of_a_goal_is_not_counted_whoever_brought_it_about():
    look_at(story_of(GOAL | {"limit": "once"}))


@pytest.mark.parametrize(
    "bounded",
    [
        story_of(GOAL | {"limit": "2 per day"}),
        story_of(GOAL, {"wallet": "points", "at_most": "10", "per": "day"}),
    ],
    ids=["limit", "cap"],
)
def test_what_a_bound_would_not_allow_is_seen(bounded: Story):
    """Three at once are asked as three, and what goes back makes no room on the day on which it does."""
    look_at(bounded)
    with pytest.raises(AssertionError):
        look_at(Story(bounded.trees, story_of(GOAL).programs, FACTS))


def test_what_goes_back_never_makes_more_room_than_a_bound_has():
    taipei, account = calendar("Asia/Taipei"), Account()
    cap = Cap("monthly", frozenset({"base"}), 40, "month", rejects=False)
    january, february = day_of(date(2026, 1, 10)), day_of(date(2026, 2, 10))
    for day in (february, january, february):
        counters.count(account, cap, taipei, day, february, -15)
        assert counters.room(account, cap, taipei, day, february) == 40
    counters.count(account, cap, taipei, february, february, 10)
    assert counters.room(account, cap, taipei, february, february) == 30


def test_room_goes_back_to_the_window_it_came_from():
    taipei, account = calendar("Asia/Taipei"), Account()
    cap = Cap("daily", frozenset({"base"}), 40, "day", rejects=False)
    for day, amount in [(500, 30), (501, 10), (500, -10)]:
        counters.count(account, cap, taipei, day, 501, amount)
    assert [counters.room(account, cap, taipei, day, 501) for day in (499, 500, 501, 502)] == [40, 20, 30, 40]
    counters.count(account, cap, taipei, 500, 501, -20)
    assert counters.room(account, cap, taipei, 500, 501) == 40


def test_a_window_is_remembered_to_its_last_day():
    taipei, account = calendar("Asia/Taipei"), Account()
    cap = Cap("daily", frozenset({"base"}), 40, "day", rejects=False)
    for day, today, amount in [(500, 500, 30), (600, 600, 5), (500, 600, -10)]:
        counters.count(account, cap, taipei, day, today, amount)
    assert counters.room(account, cap, taipei, 500, 600) == 20
    assert counters.room(account, cap, taipei, 500, 601) == 0


def test_a_window_is_known_by_its_day_alone():
    taipei, account = calendar("Asia/Taipei"), Account()
    cap = Cap("daily", frozenset({"base"}), 1000, "day", rejects=False)
    for day, amount in [(500, 501), (501, 7)]:
        counters.count(account, cap, taipei, day, 501, amount)
    assert [counters.room(account, cap, taipei, day, 501) for day in (500, 501)] == [499, 993]


def test_days_go_on_after_all_windows_of_a_bound_were_forgotten():
    taipei, account = calendar("Asia/Taipei"), Account()
    cap = Cap("daily", frozenset({"base"}), 40, "day", rejects=False)
    for day, today, amount in [(500, 500, 30), (500, 700, -30), (400, 700, -10), (701, 701, 15)]:
        counters.count(account, cap, taipei, day, today, amount)
    assert counters.room(account, cap, taipei, 701, 701) == 25

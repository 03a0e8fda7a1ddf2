"""No cap and no limit is exceeded in any window at any instant: asked of the entries alone."""

from collections import Counter, defaultdict
from datetime import date
from itertools import groupby
from typing import Any

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
from tests.engine.histories import END, Story, stories, thoroughly
from tests.engine.slow_bounds import Bound, bounds_of, window
from tests.engine.slow_model import SlowMember

# The order or the occasion that points belong to, and the instant at which it happened.
Source = tuple[str, int]


class Windows:
    """What each source keeps by each rule, in every window of every bound that concerns it."""

    def __init__(self, story: Story) -> None:
        self.member = SlowMember(story.trees)
        self.paid = {step.fact.key: step.step[0] for step in unrolled(story.facts) if step.step[1] == PAY}
        self.began: dict[str, int] = {}
        self.kept: dict[tuple[str, Any], Counter[tuple[str, str]]] = defaultdict(Counter)

    def source(self, entry: Entry) -> Source:
        if order := explain(entry).order:
            return order, self.paid[order]
        cause = entry.identity.partition("|")[0]
        return cause, self.began.setdefault(cause, entry.occurred_at)

    def write(self, entries: list[Entry]) -> None:
        """What one cause does at one instant; wherever that is more than before, there must have been room."""
        before = {where: used.copy() for where, used in self.kept.items()}
        concerned: dict[tuple[str, Any], Bound] = {}
        for entry in entries:
            name, at = self.source(entry)
            rule = entry.identity.partition("|")[2]
            for bound in bounds_of(self.member.tree(at)):
                if rule in bound.rules and (bound.per != "order" or name in self.paid):
                    where = (bound.name, name if bound.per == "order" else window(bound.per, self.member.clock.day(at)))
                    concerned[where] = bound
                    self.kept[where][name, rule] += entry.points if entry.kind == "earn" else -entry.points
        for where, bound in concerned.items():
            used = amount(bound, self.kept[where])
            assert used <= max(bound.at_most, amount(bound, before.get(where, Counter()))), (where, used)


def amount(bound: Bound, kept: Counter[tuple[str, str]]) -> int:
    return sum(points > 0 for points in kept.values()) if bound.counts_times else kept.total()


@thoroughly
@given(stories())
def test_no_bound_is_exceeded_at_any_instant(story: Story):
    entries = fold(Tape(story.programs, Account()), unrolled(story.facts), END).entries
    windows = Windows(story)
    given = [entry for entry in entries if entry.kind in ("earn", "reverse")]
    for _, together in groupby(given, key=lambda entry: (entry.occurred_at, entry.identity.partition("|")[0])):
        windows.write(list(together))


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

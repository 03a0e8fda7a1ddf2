"""Goals: so much money, so many units, orders or activities within a window, streaks of windows, challenges of steps.

What a goal gives belongs to the window, not to the order that completed it: orders add what they count for, a refund
lowers it, and the latest awards that are no longer supported go back. An order counts in the window of the day on which
it was paid. A window that gave nothing is forgotten some time after its end, as those of caps are. A goal that a
version changes is another one, and begins anew: no version changes what was counted and given under one before it.
Worked examples: docs/rules/goals.md.
"""

from bisect import bisect_left, insort
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from regulars.engine import budgets, counters, due, expiring, growing, lots, occasions
from regulars.engine.account import Account, Award, Memo
from regulars.engine.calendar import UNTIL_FULFILLED, Calendar
from regulars.engine.caps import note
from regulars.engine.counters import REMEMBERED
from regulars.engine.facts import Activity, Line, Order
from regulars.engine.outcome import Why
from regulars.engine.program import Cap, Earned, Goal, Programs, Rule, Scene, Step, Version, bought, is_matching
from regulars.engine.tape import Tape

Counts = tuple[int, ...]
# What counts, by window and step.
Tallies = dict[int, list[int]]


class Turn(Struct, frozen=True):
    """Something counts for a goal of this version, now."""

    tape: Tape
    version: Version
    rule: Rule
    goal: Goal
    at: int
    # What happened, as in identities: one instant may give, take back and give again.
    by: str
    order: str = ""
    memo: Memo | None = None

    @property
    def today(self) -> int:
        return self.tape.programs.calendar.day(self.at)

    @property
    def tallies(self) -> Tallies:
        return self.tape.account.tallies.setdefault(self.goal.key, {})

    @property
    def awards(self) -> list[Award]:
        """By window and number."""
        return self.tape.account.awards.setdefault(self.goal.key, [])


def changed(tape: Tape, version: Version, memo: Memo, scene: Scene, goods: Sequence[Line], at: int, by: str) -> None:
    """An order counts for more, or less, than before. One that is gone will not be handed over any more."""
    assert isinstance(scene.what, Order)
    order = scene.what.key
    for rule in version.goals:
        assert rule.goal is not None
        counts = _counts(rule.goal, scene, goods)
        before = memo.counted.get(rule.name) or (0,) * len(counts)
        if counts != before:
            memo.counted = {**memo.counted, rule.name: counts}
            delta = [now - was for now, was in zip(counts, before, strict=True)]
            _add(Turn(tape, version, rule, rule.goal, at, by, order, memo), scene.day, delta)
    if memo.gone and memo.awaited_by:
        fulfilled(tape, order, memo, at)


def act(tape: Tape, fact: Activity, scene: Scene, at: int) -> None:
    """An activity counts for the goals that wait for it."""
    version = tape.programs.at(at)
    for rule in version.goals:
        assert rule.goal is not None
        delta = [int(step.activity == fact.name and step.asks.hold(scene)) for step in rule.goal.steps]
        if any(delta):
            _add(Turn(tape, version, rule, rule.goal, at, f"activity:{fact.key}"), scene.day, delta)


def _counts(goal: Goal, scene: Scene, goods: Sequence[Line]) -> Counts:
    """What an order counts for, by step."""
    goods = goal.asks.matching(scene, goods)
    return tuple([0 if step.activity else _count(step, step.asks.matching(scene, goods)) for step in goal.steps])


def _count(step: Step, lines: Sequence[Line]) -> int:
    """A discount whose goods came back before it takes nothing off other orders."""
    if step.measure == "spend":
        return max(sum([line.total for line in lines]), 0)
    if step.measure == "units":
        return sum([bought(line) for line in lines])
    return int(any(is_matching(line) for line in lines))


def _add(turn: Turn, day: int, delta: Sequence[int]) -> None:
    """What counts in the window of a local day, unless that is over for long and gave nothing."""
    window, tallies = turn.tape.programs.calendar.window(day, turn.goal.per), turn.tallies
    if window not in tallies:
        _forget(turn)
    if _is_over(turn, window):
        return
    before = tallies.get(window) or [0] * len(delta)
    tallies[window] = [was + more for was, more in zip(before, delta, strict=True)]
    # Mostly an order is but a part of the way.
    met, was_met = times(turn.goal, tallies[window]), times(turn.goal, before)
    if bool(met) != bool(was_met) if turn.goal.streak else met != was_met:
        _settle(turn, window)
    if not any(tallies[window]):
        del tallies[window]


def _is_over(turn: Turn, window: int) -> bool:
    """Streaks need all of their windows; of other goals those that gave something may still change."""
    if turn.goal.streak or window >= turn.today - REMEMBERED[turn.goal.per]:
        return False
    return all(award.window != window for award in turn.awards)


def _forget(turn: Turn) -> None:
    """Windows that are over."""
    oldest = turn.today - REMEMBERED[turn.goal.per]
    if turn.goal.streak or min(turn.tallies, default=oldest) >= oldest:
        return
    kept = {award.window for award in turn.awards}
    for window in [window for window in turn.tallies if window < oldest and window not in kept]:
        del turn.tallies[window]


def _settle(turn: Turn, window: int) -> None:
    """Give what is newly supported, and take back, the latest first, what no longer is; of this window alone."""
    first, last = _stretch(turn, window) if turn.goal.streak else (window, window)
    supported = _supported(turn, first, last)
    mine = _awards_within(turn, first, last)
    given = {award.window: award.number + award.times - 1 for award in mine}
    for where, number in supported.items():
        if number > (before := given.get(where, 0)):
            insort(turn.awards, _give(turn, where, before + 1, number - before), key=_place)
    for award in reversed(mine):
        keeps = max(supported.get(award.window, 0) - award.number + 1, 0)
        if keeps < award.times:
            _take_back(turn, award, keeps)


def _awards_within(turn: Turn, first: int, last: int) -> list[Award]:
    """Mostly those at the end."""
    found = []
    for award in reversed(turn.awards):
        if award.window < first:
            break
        if award.window <= last:
            found.append(award)
    return found[::-1]


def settle(tape: Tape, version: Version, rule: Rule, at: int, by: str) -> None:
    """Give and take back in every window, when what counts came from elsewhere."""
    assert rule.goal is not None
    turn = Turn(tape, version, rule, rule.goal, at, by)
    for window in sorted(turn.tallies):
        _settle(turn, window)


def _place(award: Award) -> tuple[int, int]:
    return award.window, award.number


def cause_of(key: str, window: int, number: int) -> str:
    return f"goal:{key}/{window}/{number}"


def _give(turn: Turn, window: int, number: int, count: int) -> Award:
    """So many times at once. Where that is asked for they wait until the order that completed them is handed over,
    unless there is none."""
    rule, memo, waits_for = turn.rule, turn.memo, ""
    if rule.pending == UNTIL_FULFILLED:
        if memo is None or memo.gone or memo.fulfilled_at is not None:
            rule = replace(rule, pending=None)
        else:
            waits_for = turn.order
            memo.awaited_by = (*memo.awaited_by, (turn.goal.key, window, number))
    cause = cause_of(turn.goal.key, window, number)
    gifts = _admitted(turn, rule, cause, number, count)
    points = occasions.hand_out(turn.tape, turn.version, gifts, cause, turn.at, f"@{turn.by}").get(rule.name, 0)
    return Award(window, number, points, turn.at, turn.version.number, waits_for, times=count)


def _admitted(turn: Turn, rule: Rule, cause: str, number: int, count: int) -> list[Earned]:
    """What bounds and budgets leave of so many awards. Bounds count each of them."""
    tape, version, each, day = turn.tape, turn.version, rule.points, turn.today
    points, why = each * count, _why(rule, turn.goal, number + count - 1, count)
    for cap in version.bounds.get(rule.name, ()):
        left = counters.room(tape.account, cap, tape.programs.calendar, day, day)
        fits = _fitting(cap, left, points, each)
        if fits < points:
            points, why = fits, ("capped", fits, cap.name, *why)
    if not points:
        return []
    note(tape, version, rule.name, points, _parts(points, each), day, day)
    gifts: list[Earned] = [(rule, points, why)]
    if not version.campaigns:
        return gifts
    gifts, _ = budgets.bounded(tape, version, gifts, cause, day, turn.at)
    granted = sum(points for _, points, _ in gifts)
    # The budget gave the last of them back, or one for all where nothing is left.
    note(tape, version, rule.name, 0, _parts(granted, each) - _parts(points, each) + (not granted), day, day)
    return gifts


def _fitting(cap: Cap, left: int, points: int, each: int) -> int:
    """How many of these points, the last award of which may be cut, a bound with so much left admits."""
    if cap.counts_times:
        return min(points, left * each)
    if points <= left:
        return points
    return left // each * each if cap.rejects else left


def _parts(points: int, each: int) -> int:
    """Of how many awards these points are, the last of which may have been cut."""
    return -(-points // each)


def fulfilled(tape: Tape, order: str, memo: Memo, at: int) -> None:
    """The awards that still wait for this order mature."""
    for key, window, number in memo.awaited_by:
        awards = tape.account.awards.get(key, [])
        place = bisect_left(awards, (window, number), key=_place)
        if place < len(awards) and _place(awards[place]) == (window, number) and awards[place].waits_for == order:
            awards[place] = replace(awards[place], waits_for="", matured_at=at)
            cause = cause_of(key, window, number)
            for name, wallet in tape.account.wallets.items():
                if lots.mature_at(wallet, cause, at):
                    due.mature(tape, name, at, due.FULFILLED)
                    expiring.expire(tape, name, wallet, at, f"@{cause}")
            growing.handed_over(tape, cause, at)
    memo.awaited_by = ()


def _take_back(turn: Turn, award: Award, keeps: int) -> None:
    """All but so many of them, under the version that gave them: its dates, its bounds."""
    version = turn.tape.programs.numbered(award.version)
    rule = next(rule for rule in version.goals if rule.goal is not None and rule.goal.key == turn.goal.key)
    points = min(award.points, keeps * rule.points)
    place = bisect_left(turn.awards, _place(award), key=_place)
    turn.awards[place : place + 1] = [replace(award, points=points, times=keeps)] if keeps else []
    if points == award.points:
        return
    if rule.pending == UNTIL_FULFILLED and not award.waits_for and award.matured_at is None:
        rule = replace(rule, pending=None)
    stays = _why(rule, turn.goal, award.number + keeps - 1, keeps) if points else _lacking(turn, award)
    fewer = _parts(award.points, rule.points) - _parts(points, rule.points)
    part = occasions.Part(fewer, stays, award.matured_at, f"@{turn.by}")
    cause = cause_of(turn.goal.key, award.window, award.number)
    occasions.take_back(turn.tape, version, rule, award.points - points, cause, turn.at, award.at, part)


def _why(rule: Rule, goal: Goal, number: int, count: int) -> Why:
    reached = [(step.measure, step.amount * number, step.amount) for step in goal.steps]
    return ("goal", rule.points * count, goal.per, goal.streak, *reached)


def _lacking(turn: Turn, award: Award) -> Why:
    """What the award would need, and what there is; a streak may lack another window than its own."""
    goal = turn.goal
    if goal.streak:
        return ()
    steps = zip(goal.steps, turn.tallies[award.window], strict=True)
    needed = [(step.measure, step.amount * award.number, step.amount, count) for step, count in steps]
    return ("goal", 0, goal.per, 0, *needed)


def _supported(turn: Turn, first: int, last: int) -> dict[int, int]:
    """How many awards what counts in these windows supports, by window."""
    goal, tallies = turn.goal, turn.tallies
    if goal.streak:
        return dict.fromkeys(_streaks(goal, turn.tape.programs.calendar, _met(goal, tallies, first, last)), 1)
    return {first: times(goal, tallies[first])}


def times(goal: Goal, counts: Sequence[int]) -> int:
    """How often the goal is met within a window."""
    number = min(max(count, 0) // step.amount for count, step in zip(counts, goal.steps, strict=True))
    return number if goal.repeats else min(number, 1)


# Streaks


def _met(goal: Goal, tallies: Tallies, first: int, last: int) -> list[int]:
    """The windows in which enough counts, in order."""
    return sorted(window for window, counts in tallies.items() if first <= window <= last and times(goal, counts))


def _stretch(turn: Turn, window: int) -> tuple[int, int]:
    """The first and the last of the windows that a streak through this one could have; of one that is given once, all.

    A streak begins anew where a window was left out, so that others are not concerned.
    """
    goal, calendar, tallies = turn.goal, turn.tape.programs.calendar, turn.tallies
    if not goal.repeats:
        return min(tallies), max(tallies)
    first = last = window
    while (before := calendar.window_before(first, goal.per)) in tallies and times(goal, tallies[before]):
        first = before
    while (after := calendar.next_window(last, goal.per)) in tallies and times(goal, tallies[after]):
        last = after
    return first, last


def _streaks(goal: Goal, calendar: Calendar, windows: Sequence[int]) -> list[int]:
    """Each window that completes so many in a row; a new count begins after it."""
    found = []
    length, follows = 0, None
    for window in windows:
        length = length + 1 if window == follows else 1
        follows = calendar.next_window(window, goal.per)
        if length == goal.streak:
            found.append(window)
            length = 0
            if not goal.repeats:
                break
    return found


class Pursuit(Struct, frozen=True):
    """How far a member is with a goal in the present window: each step's measure, what counts, what is needed next."""

    rule: Rule
    window: int
    met: int
    steps: tuple[tuple[str, int, int], ...]


def pursuits(programs: Programs, account: Account, now: int) -> list[Pursuit]:
    """Every goal of the version in force, in document order; a streak tells of its present window."""
    calendar, version = programs.calendar, programs.at(now)
    found = []
    for rule in version.goals:
        assert rule.goal is not None
        window = calendar.window(calendar.day(now), rule.goal.per)
        counts = account.tallies.get(rule.goal.key, {}).get(window) or [0] * len(rule.goal.steps)
        met = times(rule.goal, counts)
        following = met + 1 if rule.goal.repeats else 1
        steps = tuple(
            (step.measure, count, step.amount * following) for step, count in zip(rule.goal.steps, counts, strict=True)
        )
        found.append(Pursuit(rule, window, met, steps))
    return found

"""Goals: so much money, so many units, orders or activities within a window, streaks of windows, challenges of steps.

What a goal gives belongs to the window, not to the order that completed it: orders add what they count for, a refund
lowers it, and the latest awards that are no longer supported go back. An order counts in the window of the day on which
it was paid. A window that gave nothing is forgotten some time after its end, as those of caps are. Worked examples:
docs/rules/goals.md.
"""

from collections.abc import Sequence

from msgspec import Struct

from regulars.engine import occasions
from regulars.engine.account import Account, Award, Memo
from regulars.engine.calendar import Calendar
from regulars.engine.counters import REMEMBERED
from regulars.engine.facts import Activity, Line
from regulars.engine.outcome import Why
from regulars.engine.program import Goal, Programs, Rule, Scene, Version, bought, is_matching
from regulars.engine.tape import Tape

Counts = tuple[int, ...]


def changed(tape: Tape, version: Version, memo: Memo, scene: Scene, goods: Sequence[Line], at: int) -> None:
    """An order counts for more, or less, than before."""
    for rule in version.goals:
        counts = _counts(rule, scene, goods)
        before = memo.counted.get(rule.name) or (0,) * len(counts)
        if counts != before:
            memo.counted[rule.name] = counts
            delta = [now - was for now, was in zip(counts, before, strict=True)]
            _add(tape, version, rule, scene.day, delta, at)


def act(tape: Tape, fact: Activity, scene: Scene, at: int) -> None:
    """An activity counts for the goals that wait for it."""
    version = tape.programs.at(at)
    for rule in version.goals:
        assert rule.goal is not None
        if rule.scene_test is None or rule.scene_test(scene):
            delta = [int(step.activity == fact.name) for step in rule.goal.steps]
            if any(delta):
                _add(tape, version, rule, scene.day, delta, at)


def _counts(rule: Rule, scene: Scene, goods: Sequence[Line]) -> Counts:
    assert rule.goal is not None
    if rule.scene_test is not None and not rule.scene_test(scene):
        return (0,) * len(rule.goal.steps)
    found = []
    for step in rule.goal.steps:
        if step.activity or (step.scene_test is not None and not step.scene_test(scene)):
            found.append(0)
            continue
        lines = [line for line in goods if step.line_test is None or step.line_test(scene, line)]
        if step.measure == "spend":
            found.append(sum([line.total for line in lines]))
        elif step.measure == "units":
            found.append(sum([bought(line) for line in lines]))
        else:
            found.append(int(any(is_matching(line) for line in lines)))
    return tuple(found)


def _add(tape: Tape, version: Version, rule: Rule, day: int, delta: Sequence[int], at: int) -> None:
    goal, calendar, account = rule.goal, tape.programs.calendar, tape.account
    assert goal is not None
    window = calendar.window(day, goal.per)
    tallies = account.tallies.setdefault(goal.key, {})
    before = tallies.get(window)
    if before is None:
        if window < calendar.day(at) - REMEMBERED[goal.per]:
            return
        before = [0] * len(delta)
    tallies[window] = [was + more for was, more in zip(before, delta, strict=True)]
    _settle(tape, version, rule, at)
    _forget(account, rule, calendar.day(at))


def _settle(tape: Tape, version: Version, rule: Rule, at: int) -> None:
    """Give what is newly supported, and take back, the latest first, what no longer is."""
    goal, account = rule.goal, tape.account
    assert goal is not None
    supported = _supported(goal, tape.programs.calendar, account.tallies[goal.key])
    awards = account.awards.setdefault(goal.key, [])
    given = {(award.window, award.number) for award in awards}
    for window, number in sorted(supported - given):
        cause = f"goal:{goal.key}/{window}/{number}"
        points = occasions.give(tape, version, [(rule, rule.points, _why(rule, goal, number))], cause, at)
        day = tape.programs.calendar.day(at)
        awards.append(Award(window, number, points.get(rule.name, 0), day))
    for award in reversed([award for award in awards if (award.window, award.number) not in supported]):
        awards.remove(award)
        if award.points:
            cause = f"goal:{goal.key}/{award.window}/{award.number}"
            occasions.take_back(tape, version, rule, award.points, cause, at, award.day)


def _why(rule: Rule, goal: Goal, number: int) -> Why:
    return ("goal", rule.points, goal.per, goal.streak, *[(step.measure, step.amount * number) for step in goal.steps])


def _supported(goal: Goal, calendar: Calendar, tallies: dict[int, list[int]]) -> set[tuple[int, int]]:
    reached = {window: times(goal, counts) for window, counts in tallies.items()}
    if goal.streak:
        return _streaks(goal, calendar, sorted(window for window, number in reached.items() if number))
    return {(window, place) for window, number in reached.items() for place in range(1, number + 1)}


def times(goal: Goal, counts: Sequence[int]) -> int:
    """How often the goal is met within a window."""
    number = min(max(count, 0) // step.amount for count, step in zip(counts, goal.steps, strict=True))
    return number if goal.repeats else min(number, 1)


def _streaks(goal: Goal, calendar: Calendar, windows: Sequence[int]) -> set[tuple[int, int]]:
    """Each window that completes so many in a row; a new count begins after it."""
    found: set[tuple[int, int]] = set()
    length, follows = 0, None
    for window in windows:
        length = length + 1 if window == follows else 1
        follows = calendar.next_window(window, goal.per)
        if length == goal.streak:
            found.add((window, 1))
            length = 0
            if not goal.repeats:
                break
    return found


def _forget(account: Account, rule: Rule, today: int) -> None:
    """Streaks need all of their windows; of other goals those that gave something are kept."""
    goal = rule.goal
    assert goal is not None
    tallies = account.tallies[goal.key]
    oldest = today - REMEMBERED[goal.per]
    if goal.streak or min(tallies) >= oldest:
        return
    kept = {award.window for award in account.awards.get(goal.key, ())}
    for window in [window for window in tallies if window < oldest and window not in kept]:
        del tallies[window]


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

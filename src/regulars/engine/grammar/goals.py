"""Goals: what has to be reached, in which window, once or each time, in a row, or step by step."""

from collections.abc import Callable

from msgspec.structs import replace

from regulars.engine import phrases
from regulars.engine.conditions import both, compiled
from regulars.engine.document import RawGoal, RawRule, RawStep, RawWhen
from regulars.engine.grammar.desk import Desk
from regulars.engine.grammar.meaning import meaning
from regulars.engine.program import Goal, LineTest, Rule, SceneTest, Step

MEASURES = ("spend", "units", "orders", "times")
Tests = tuple[SceneTest | None, LineTest | None]


def goal(desk: Desk, path: str, raw: RawRule, tests: Tests) -> Goal | None:
    """None for a rule without a goal. `tests` are the rule's own conditions, which hold for each step."""
    said = raw.goal
    if said is None:
        return None
    activity = raw.on.removeprefix("activity ") if raw.on.startswith("activity ") else ""
    if raw.on != "order" and not activity:
        desk.blame(f"{path}.on", raw.on, "a goal counts orders or an activity")
    written = said.steps or [_only(said)]
    steps = tuple(
        _step(desk, f"{path}.goal.steps[{place}]" if said.steps else f"{path}.goal", step, activity, tests)
        for place, step in enumerate(written)
    )
    if said.steps and any(getattr(said, name) for name in MEASURES):
        desk.blame(f"{path}.goal", raw.rule, "a goal with steps says in its steps what is counted")
    streak = desk.take(f"{path}.goal.streak", said.streak, phrases.whole, 0)
    if said.streak and (streak < 2 or said.per == "lifetime"):
        desk.blame(f"{path}.goal.streak", said.streak, "a streak has at least two days, weeks, months or years")
    return Goal(steps, said.per, said.repeat == "true", streak, raw.rule)


def named(desk: Desk, raw: RawRule, rule: Rule) -> Rule:
    """The rule with what its goal means in the goal's key, once it is known what it gives."""
    if rule.goal is None or desk.problems:
        return rule
    key = f"{rule.name}/{rule.goal.per}/{meaning(raw, rule, desk.raw.currency)}"
    return replace(rule, goal=replace(rule.goal, key=key))


def _only(said: RawGoal) -> RawStep:
    return RawStep(spend=said.spend, units=said.units, orders=said.orders, times=said.times)


def _step(desk: Desk, path: str, raw: RawStep, activity: str, tests: Tests) -> Step:
    named = [name for name in MEASURES if getattr(raw, name)]
    if len(named) > 1:
        desk.blame(path, ", ".join(named), "one thing is counted: " + ", ".join(MEASURES))
    does = raw.activity or activity
    measure = named[0] if named else "times" if does else "orders"
    if bool(does) != (measure == "times"):
        desk.blame(path, measure, "an activity counts times; an order counts spend, units or orders")
    text = getattr(raw, measure) or "1"
    amount = desk.take(f"{path}.{measure}", text, _reader(desk, measure), 1)
    scene_test, line_test = _tests(desk, path, raw.when)
    return Step(measure, amount, scene_test, both(tests[1], line_test), does)


def _reader(desk: Desk, measure: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        found = phrases.money(text, desk.raw.currency) if measure == "spend" else phrases.whole(text)
        if not found:
            raise ValueError("more than nothing has to be reached")
        return found

    return read


def _tests(desk: Desk, path: str, when: RawWhen | None) -> Tests:
    try:
        return compiled(when, desk.raw.currency)
    except ValueError as error:
        desk.blame(f"{path}.when", "", str(error))
        return None, None

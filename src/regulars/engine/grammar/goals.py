"""Goals: what has to be reached, in which window, once or each time, in a row, or step by step."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from regulars.engine import phrases
from regulars.engine.conditions import OF_ORDERS, both_scenes, of_scene, uses
from regulars.engine.document import RawGoal, RawRule, RawStep
from regulars.engine.grammar.campaigns import within
from regulars.engine.grammar.desk import Desk
from regulars.engine.grammar.meaning import meaning
from regulars.engine.grammar.when import of_member, of_order
from regulars.engine.problems import Wrong
from regulars.engine.program import Conditions, Goal, Rule, Step, Version

MEASURES = ("spend", "units", "orders", "times")


def goal(desk: Desk, path: str, raw: RawRule, asks: Conditions) -> Goal | None:
    """None for a rule without a goal. `asks` are the rule's own conditions, which hold for each step."""
    said = raw.goal
    if said is None:
        return None
    activity = raw.on.removeprefix("activity ") if raw.on.startswith("activity ") else ""
    if raw.on != "order" and not activity:
        desk.blame(f"{path}.on", raw.on, "goal_trigger", "order", "activity NAME")
    written = said.steps or [_only(said)]
    of_activities = asks if activity else _of_activities(desk, f"{path}.when", raw, written)
    steps = tuple(
        _step(desk, f"{path}.goal.steps[{place}]" if said.steps else f"{path}.goal", step, activity, of_activities)
        for place, step in enumerate(written)
    )
    if said.steps and any(getattr(said, name) for name in MEASURES):
        desk.blame(f"{path}.goal", raw.rule, "goal_said_twice")
    streak = desk.take(f"{path}.goal.streak", said.streak, phrases.whole, 0)
    if said.streak and (streak < 2 or said.per == "lifetime"):
        desk.blame(f"{path}.goal.streak", said.streak, "streak_too_short")
    return Goal(steps, said.per, said.repeat == "true", streak, asks=asks)


def _of_activities(desk: Desk, path: str, raw: RawRule, steps: Sequence[RawStep]) -> Conditions:
    """What a rule on orders asks of the activities among its steps, on the days of its campaign."""
    if not any(step.activity for step in steps):
        return Conditions()
    for name in uses(raw.when, OF_ORDERS):
        desk.blame(path, name, "activity_has_none")
    return Conditions() if desk.problems else within(desk, raw, Conditions(of_scene(raw.when)))


def counts_orders(rule: Rule) -> bool:
    """Whether an order can complete what the rule aims at."""
    return rule.goal is not None and any(not step.activity for step in rule.goal.steps)


def named(desk: Desk, path: str, raw: RawRule, rule: Rule) -> Rule:
    """The rule with what its goal means in the goal's key, once it is known what it gives."""
    if rule.goal is None or desk.problems:
        return rule
    amounts = [step.amount for step in rule.goal.steps if step.measure == "spend"]
    if rule.goal.repeats and amounts and rule.points > max(amounts) * phrases.MOST_POINTS_PER_MINOR:
        desk.blame(f"{path}.give", raw.give, "too_many_points", most=f"{phrases.MOST_POINTS_PER_MINOR:,}")
    key = f"{rule.name}/{rule.goal.per}/{meaning(raw, rule, desk.raw.currency)}"
    return replace(rule, goal=replace(rule.goal, key=key))


def anew(desk: Desk, version: Version, before: Version) -> None:
    """Warns of goals that were changed, or renamed: what members have of them counts under the old one's key."""
    known = {rule.goal.key: rule.name for rule in before.goals if rule.goal}
    tails = {key.partition("/")[2] for key in known}
    names = [raw.rule for raw in desk.raw.earn]
    for name, key in [(rule.name, rule.goal.key) for rule in version.goals if rule.goal]:
        if key not in known and (name in known.values() or key.removeprefix(f"{name}/") in tails):
            desk.warn(f"earn[{names.index(name)}].goal", name, "goal_anew")


def _only(said: RawGoal) -> RawStep:
    return RawStep(spend=said.spend, units=said.units, orders=said.orders, times=said.times)


def _step(desk: Desk, path: str, raw: RawStep, activity: str, asks: Conditions) -> Step:
    """`asks` is what the rule asks of activities."""
    counted = [name for name in MEASURES if getattr(raw, name)]
    if len(counted) > 1:
        desk.blame(path, ", ".join(counted), "measures_several", *MEASURES)
    does = raw.activity or activity
    measure = counted[0] if counted else "times" if does else "orders"
    if bool(does) != (measure == "times"):
        desk.blame(path, measure, "measure_other", *(["times"] if does else MEASURES[:3]))
    text = getattr(raw, measure) or "1"
    amount = desk.take(f"{path}.{measure}", text, _reader(desk, measure), 1)
    if not does:
        return Step(measure, amount, of_order(desk, f"{path}.when", raw.when))
    own = of_member(desk, f"{path}.when", raw.when)
    return Step(measure, amount, Conditions(both_scenes(asks.scene_test, own.scene_test)), does)


def _reader(desk: Desk, measure: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        found = phrases.money(text, desk.raw.currency) if measure == "spend" else phrases.whole(text)
        if not found:
            raise Wrong("goal_of_nothing")
        return found

    return read

"""What a member does other than buying: it may give by itself, and counts for goals and tiers."""

from regulars.engine import goals, growing
from regulars.engine.expiring import happened
from regulars.engine.facts import Activity
from regulars.engine.occasions import award, scene_of
from regulars.engine.program import Version
from regulars.engine.tape import Tape


def act(tape: Tape, fact: Activity, at: int) -> None:
    award(tape, f"activity:{fact.name}", f"activity:{fact.key}", at, fact)
    if tape.account.enrolled_at is not None:
        happened(tape, f"activity:{fact.name}", at)
        if tape.programs.at(at).goals:
            goals.act(tape, fact, scene_of(tape, at, fact), at)
        growing.done(tape, fact, at)


def is_known(version: Version, name: str) -> bool:
    """Whether anything in the program asks for activities of this name."""
    trigger = f"activity:{name}"
    return (
        trigger in version.rules_on
        or trigger in version.renews
        or any(name in rules.weights for rules in version.tier_sets.values())
        or any(step.activity == name for rule in version.goals if rule.goal for step in rule.goal.steps)
    )

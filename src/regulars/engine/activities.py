"""What a member does other than buying: it may give by itself, and counts for goals and tiers."""

from regulars.engine import goals, growing
from regulars.engine.expiring import happened
from regulars.engine.facts import Activity
from regulars.engine.occasions import award, scene_of
from regulars.engine.tape import Tape


def act(tape: Tape, fact: Activity, at: int) -> None:
    award(tape, f"activity:{fact.name}", f"activity:{fact.key}", at, fact)
    if tape.account.enrolled_at is not None:
        happened(tape, f"activity:{fact.name}", at)
        if tape.programs.at(at).goals:
            goals.act(tape, fact, scene_of(tape, at, fact), at)
        growing.done(tape, fact, at)

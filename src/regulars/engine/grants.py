"""A tier given by hand, for a reason and until an instant. It shows while it is above what growth gained.

Growth goes on beneath it. A grant that cannot be (no such tier, nobody a member, an end before its beginning) has no
effect. Worked examples: docs/rules/grants.md.
"""

from regulars.engine import tiers
from regulars.engine.facts import TierGrant
from regulars.engine.growing import tiers_at
from regulars.engine.tape import Tape
from regulars.engine.tiers import Judge
from regulars.engine.timeline import DECIDE


def granted(tape: Tape, fact: TierGrant, at: int) -> None:
    version = tape.programs.at(at)
    rules = version.tier_sets.get(fact.tier_set)
    if rules is None or not rules.knows(fact.tier) or tape.account.enrolled_at is None:
        return
    if fact.until is not None and fact.until <= at:
        return
    tiers_at(tape, version, at)
    judge = Judge(tape, rules, tape.account.ladders[rules.name], (at, DECIDE, fact.key), "grant", fact.key)
    tiers.grant(judge, fact.tier, fact.until)

"""Benefits: what comes with a tier, a plan or a segment and is not bought with points, such as free shipping.

They hold at an instant or they do not; nothing is counted. Worked examples: docs/rules/benefits.md.
"""

from regulars.engine.account import Account
from regulars.engine.due import advance
from regulars.engine.occasions import scene_of
from regulars.engine.program import Programs
from regulars.engine.tape import Tape


def benefits(programs: Programs, account: Account, now: int) -> list[str]:
    """The names of the benefits that a member has now, in document order. The account is advanced to now."""
    tape = Tape(programs, account)
    advance(tape, now)
    if account.enrolled_at is None:
        return []
    scene = scene_of(tape, now)
    return [
        benefit.name for benefit in programs.at(now).benefits if benefit.scene_test is None or benefit.scene_test(scene)
    ]

"""Rewards that are given, not bought: "with the tenth order, a scarf".

A rule that gives a reward moves no points: the fold announces that it was granted, or withdrawn when what it was for
came back. The key of a grant stays the same for its cause and its rule, so that whoever issues rewards finds what was
issued for it, whatever happens in between. Worked examples: docs/rules/gifts.md.
"""

from regulars.engine.outcome import Announcement
from regulars.engine.program import Rule
from regulars.engine.tape import Once, Tape, is_same_for_all

GRANTED, WITHDRAWN = "reward.granted", "reward.withdrawn"


def grant(tape: Tape, rule: Rule, cause: str, by: str, count: int, at: int) -> None:
    """So many of a rule's reward, for a cause; `by` is what happened now."""
    if is_same_for_all(cause):
        tape.once.append(Once(cause, rule.name, count, tape.programs.at(at).number, at))
    _tell(tape, GRANTED, rule, cause, by, count, at)


def withdraw(tape: Tape, rule: Rule, cause: str, by: str, count: int, at: int) -> None:
    """As far as they were not used yet: that is not the fold's to know."""
    tape.once = [one for one in tape.once if (one.cause, one.rule) != (cause, rule.name)]
    _tell(tape, WITHDRAWN, rule, cause, by, count, at)


def _tell(tape: Tape, kind: str, rule: Rule, cause: str, by: str, count: int, at: int) -> None:
    payload = {"grant": f"{cause}|{rule.name}", "reward": rule.reward, "rule": rule.name, "count": str(count)}
    tape.announcements.append(Announcement(f"{kind}:{by}|{rule.name}", kind, at, payload))

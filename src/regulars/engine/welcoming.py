"""What rules on a tier give when a member reaches it, and take back when the order that gained it is returned.

It goes back as far as it is unused: nothing is owed for it, and the limit of the rule (once, unless it says otherwise)
gets its room back only then, so that nobody gains it twice. What is given lets every tier set grow that counts such
points, but not the one it welcomes to: nobody climbs a ladder by its own gifts. Worked examples: docs/rules/tiers.md.
"""

from regulars.engine import growing, lots
from regulars.engine.caps import note
from regulars.engine.occasions import award
from regulars.engine.outcome import Entry
from regulars.engine.program import Rule, Version
from regulars.engine.tape import Tape, TierMove, wallet_of


def welcome(tape: Tape, at: int) -> None:
    """After a step in which tiers moved; what is given may itself reach a tier of another set."""
    while tape.moved:
        moved, tape.moved = tape.moved, []
        for move in moved:
            _welcome(tape, move, at)


def _welcome(tape: Tape, move: TierMove, at: int) -> None:
    if not move.lost:
        award(tape, f"tier:{move.tier}", _cause(move), at)
        return
    version = tape.programs.at(at)
    for rule in version.rules_on.get(f"tier:{move.tier}", ()):
        _take_back(tape, version, rule, move, at)


def _cause(move: TierMove) -> str:
    return f"tier:{move.tier_set}/{move.tier}/{move.since}"


def _take_back(tape: Tape, version: Version, rule: Rule, move: TierMove, at: int) -> None:
    cause = _cause(move)
    wallet, identity = wallet_of(tape.account, rule.wallet), f"{cause}|{rule.name}"
    own = lots.Own(cause, rule.funder)
    waiting = lots.reduce(wallet.waiting, own, rule.points)
    ready = lots.reduce(wallet.lots, own, rule.points - waiting)
    wallet.pending -= waiting
    wallet.available -= ready
    why = ("remains", waiting + ready, 0)
    for place, points in (("pending", waiting), ("available", ready)):
        if points:
            entry = Entry(
                identity, "reverse", rule.wallet, place, "issued", points, at, version.number, why, rule.funder
            )
            tape.entries.append(entry)
    calendar = tape.programs.calendar
    given_on = calendar.day(move.since)
    if waiting + ready == rule.points:
        note(tape, version, rule.name, -rule.points, -1, given_on, calendar.day(at))
    if waiting + ready:
        growing.gained(tape, rule.wallet, -waiting - ready, cause, at, given_on)

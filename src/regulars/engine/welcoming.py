"""What rules on a tier give when a member reaches it, and take back when the order that gained it is returned.

What was given goes back, by the version that gave it, as far as it is unused: nothing is owed for it, and the limit of
the rule (once, unless it says otherwise) gets its room back only then, so that nobody gains it twice. What is given
lets every tier set grow that counts such points, but not the one it welcomes to: nobody climbs a ladder by its own
gifts. Worked examples: docs/rules/tiers.md.
"""

from regulars.engine import granting, growing, lots
from regulars.engine.account import Given
from regulars.engine.caps import note
from regulars.engine.occasions import award, given_by
from regulars.engine.outcome import Entry
from regulars.engine.program import Rule
from regulars.engine.tape import Tape, TierMove, wallet_of


def welcome(tape: Tape, at: int) -> None:
    """After a step in which tiers moved; what is given may itself reach a tier of another set."""
    while tape.moved:
        moved, tape.moved = tape.moved, []
        for move in moved:
            if not move.lost:
                _welcome(tape, move, at)
            elif move.gift is not None:
                _take_back(tape, move.gift, _cause(move), at)


def _welcome(tape: Tape, move: TierMove, at: int) -> None:
    given = award(tape, f"tier:{move.tier}", _cause(move), at)
    standing = tape.account.ladders[move.tier_set].standing
    if given.points and (standing.tier, standing.since) == (move.tier, move.since):
        standing.gift = given


def _cause(move: TierMove) -> str:
    return f"tier:{move.tier_set}/{move.tier}/{move.since}"


def _take_back(tape: Tape, given: Given, cause: str, at: int) -> None:
    for rule, points in given_by(tape.programs.numbered(given.version), given):
        if rule.reward:
            # Whether it was used is not known here: nobody is given it twice.
            granting.withdraw(tape, rule, cause, cause, points, at)
            continue
        taken = _unused(tape, rule, points, cause, at)
        if taken:
            growing.lost(tape, rule, taken, cause, given.at, at)
        if taken == points:
            _give_room(tape, given, rule, points, at)


def _unused(tape: Tape, rule: Rule, points: int, cause: str, at: int) -> int:
    """Take back as much as is left of it; how much that was."""
    wallet, version = wallet_of(tape.account, rule.wallet), tape.programs.at(at).number
    own = lots.Own(cause, rule.funder)
    waiting = lots.reduce(wallet.waiting, own, points)
    ready = lots.reduce(wallet.lots, own, points - waiting)
    wallet.pending -= waiting
    wallet.available -= ready
    why = ("remains", waiting + ready, 0)
    for place, part in (("pending", waiting), ("available", ready)):
        if part:
            identity = f"{cause}|{rule.name}"
            entry = Entry(identity, "reverse", rule.wallet, place, "issued", part, at, version, why, rule.funder)
            tape.entries.append(entry)
    return waiting + ready


def _give_room(tape: Tape, given: Given, rule: Rule, points: int, at: int) -> None:
    calendar = tape.programs.calendar
    version = tape.programs.numbered(given.version)
    note(tape, version, rule.name, -points, -1, calendar.day(given.at), calendar.day(at))

"""What budgets still have for two who are two again.

As one they may have been given more by a campaign than they would have got apart: a goal that only both reached; that
gives room back. Or less: a welcome that both had got went back, and its room with it. What each then has more is asked
for anew when they part, and what a budget has no room for any more is not given again: the absorbed one goes without
before the survivor does. Nothing rounds. Worked examples: docs/rules/budgets.md.
"""

from collections import Counter

from msgspec.structs import replace

from regulars.engine import growing, occasions, orders, purse
from regulars.engine.calendar import UNTIL_FULFILLED
from regulars.engine.doubles import called
from regulars.engine.facts import Unmerge
from regulars.engine.program import Campaign, Programs
from regulars.engine.purse import Key, total
from regulars.engine.tape import Shadow, Tape


def ask(one: Tape, shadow: Shadow, fact: Unmerge, at: int) -> None:
    """All of what they had as one goes back, and each asks for theirs; unless that is the same."""
    had = {key: total(events) for key, events in one.drawn.items()}
    wanted = Counter[Key]()
    for side in (shadow.mine, shadow.theirs):
        for key, events in side.drawn.items():
            wanted[as_one(shadow, side, key)] += total(events)
    asking = {key: (key[0], f"unmerge:{fact.key}/{key[1]}", key[2]) for key in sorted(had.keys() | wanted.keys())}
    concerned = [key for key, ask in asking.items() if had.get(key, 0) != wanted[key] or ask in one.purse.ruled]
    for key in concerned:
        if had.get(key):
            purse.give_back(one.purse, asking[key], had[key], at)
    for key in concerned:
        if wanted[key]:
            campaign = campaign_of(one.programs, key[0], at)
            granted = purse.draw(one.purse, asking[key], campaign.budget, campaign.is_whole, wanted[key], at)
            go_without(shadow, key, wanted[key] - granted, at)


def campaign_of(programs: Programs, budget: str, at: int) -> Campaign:
    """As it is now, or was last."""
    name = budget.partition("/")[0]
    return next(
        version.campaigns[name]
        for version in (programs.at(at), *reversed(programs.versions))
        if name in version.campaigns
    )


def as_one(shadow: Shadow, side: Tape, key: Key) -> Key:
    """What the two as one call it."""
    budget, cause, rule = key
    return key if side is shadow.mine else (budget, called(cause, shadow.merge, shadow.called), rule)


def go_without(shadow: Shadow, key: Key, points: int, at: int) -> None:
    for side in (shadow.theirs, shadow.mine):
        for own in [own for own in side.drawn if as_one(shadow, side, own) == key]:
            part = min(total(side.drawn[own]), points)
            if part:
                take_off(side, own, part, at)
                points -= part


def take_off(tape: Tape, key: Key, points: int, at: int) -> None:
    """So much of what a cause gave by a rule is not given."""
    _, cause, name = key
    word, _, what = cause.partition(":")
    if word == "order":
        take_off_order(tape, what, name, points, at)
    elif word == "goal":
        take_off_award(tape, cause, name, points, at)
    else:
        take_off_gift(tape, key, points, at)


def take_off_gift(tape: Tape, key: Key, points: int, at: int) -> None:
    """As it was given last: another member's deed may have been withdrawn before, and done again."""
    _, cause, name = key
    given_at = max(when for when, asked, _ in tape.drawn[key] if asked)
    version, times = tape.programs.at(given_at), int(points == total(tape.drawn[key]))
    rule = next(rule for rule in version.rules if rule.name == name)
    occasions.take_back(tape, version, rule, points, cause, at, given_at, occasions.Part(times))
    word, _, what = cause.partition(":")
    if word == "effect":
        given = tape.account.effects[what]
        tape.account.effects[what] = replace(given, points=given.points | {name: given.points[name] - points})


def take_off_order(tape: Tape, key: str, name: str, points: int, at: int) -> None:
    """It was refused, so the order does not ask for it again."""
    touched = tape.touched[key]
    memo, version = touched.memo, tape.programs.numbered(touched.memo.version)
    rule, kept = next(rule for rule in orders.rules_of(version, touched) if rule.name == name), memo.kept[name]
    orders.keep(tape, version, touched, rule, kept - points, at)
    orders.reverse(tape, touched, rule, points, at, "budget", ("remains", kept, kept - points))
    memo.asked = {**memo.asked, name: kept}
    growing.changed(tape, key, memo, at)


def take_off_award(tape: Tape, cause: str, name: str, points: int, at: int) -> None:
    """By the version that gave it, which is that of the order that completed it."""
    goal, window, number = cause.removeprefix("goal:").rsplit("/", 2)
    awards = tape.account.awards[goal]
    place = [(one.window, one.number) for one in awards].index((int(window), int(number)))
    award = awards[place]
    version = tape.programs.numbered(award.version)
    rule = next(rule for rule in version.goals if rule.name == name)
    if rule.pending == UNTIL_FULFILLED and not award.waits_for and award.matured_at is None:
        rule = replace(rule, pending=None)
    # The last of them may have been cut.
    times = -(-award.points // rule.points) + (points - award.points) // rule.points
    part = occasions.Part(times, handed_over_at=award.matured_at)
    occasions.take_back(tape, version, rule, points, cause, at, award.at, part)
    awards[place] = replace(award, points=award.points - points)

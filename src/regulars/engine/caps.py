"""Caps and limits: what is too much is cut from the last rule in document order; the uncapped amount is kept.

An order freezes the room that each bound had when it was paid, and what remains of it is recomputed under that room.
What goes back gives room back to the window it came from. What a correction adds later is limited by the room which
that window has by then. Worked examples: docs/rules/caps.md.
"""

from collections.abc import Mapping, Sequence

from regulars.engine import counters
from regulars.engine.account import Account
from regulars.engine.program import Cap, Earned, Version
from regulars.engine.tape import Tape
from regulars.engine.tariff import Tariff


def bounded(account: Account, tariff: Tariff, gifts: list[Earned]) -> tuple[list[Earned], dict[str, int]]:
    """What may be given on the tariff's day, counted as given; and the room of bounds that had less than all of it."""
    sums, rooms = _sums(tariff.version, gifts), {}
    has_room = True
    for name, total in sums.items():
        cap, start = tariff.windows[name]
        left = counters.take(account, cap, start, tariff.day, total)
        if left < cap.at_most:
            rooms[name] = left
        if total > left:
            has_room = False
    return (gifts if has_room else _fitted(account, tariff, gifts, sums, rooms)), rooms


def of_order(account: Account, tariff: Tariff, gifts: list[Earned]) -> tuple[list[Earned], dict[str, int]]:
    """The same where one bound concerns that day's rules on orders, as on most days."""
    if len(tariff.bounds) != 1:
        return bounded(account, tariff, gifts)
    cap, start = tariff.bounds[0]
    rules, total = cap.rules, 0
    for rule, points, _ in gifts:
        if rule.name in rules:
            total += 1 if cap.counts_times else points
    if not total:
        return gifts, {}
    left = counters.take(account, cap, start, tariff.day, total)
    rooms = {cap.name: left} if left < cap.at_most else {}
    return (gifts if total <= left else _fitted(account, tariff, gifts, {cap.name: total}, rooms)), rooms


def _fitted(
    account: Account, tariff: Tariff, gifts: list[Earned], sums: Mapping[str, int], rooms: Mapping[str, int]
) -> list[Earned]:
    """What is left of gifts that are too much. They were counted as given: the difference goes back."""
    kept = capped(tariff.version, rooms, gifts)
    remaining = _sums(tariff.version, kept)
    for name, total in sums.items():
        cap, start = tariff.windows[name]
        counters.take(account, cap, start, tariff.day, remaining.get(name, 0) - total)
    return kept


def _sums(version: Version, gifts: Sequence[Earned]) -> dict[str, int]:
    """What these gifts come to under each bound that they concern, by its name."""
    sums: dict[str, int] = {}
    bounds = version.bounds
    for rule, points, _ in gifts:
        for cap in bounds.get(rule.name, ()):
            name, more = cap.name, 1 if cap.counts_times else points
            sums[name] = sums[name] + more if name in sums else more
    return sums


def capped(version: Version, room: Mapping[str, int], gifts: list[Earned]) -> list[Earned]:
    """What is left of these gifts under each bound in turn."""
    for cap in version.caps:
        concerned = [place for place, gift in enumerate(gifts) if gift[0].name in cap.rules]
        if not concerned:
            continue
        left = room.get(cap.name, cap.at_most)
        excess = sum([1 if cap.counts_times else gifts[place][1] for place in concerned]) - left
        if excess > 0:
            gifts = _cut(cap, gifts, concerned, excess)
    return gifts


def _cut(cap: Cap, gifts: Sequence[Earned], concerned: Sequence[int], excess: int) -> list[Earned]:
    kept = list(gifts)
    for place in reversed(concerned):
        rule, points, why = kept[place]
        if excess <= 0:
            break
        if cap.rejects:
            left, excess = 0, excess - (1 if cap.counts_times else points)
        else:
            left = max(points - excess, 0)
            excess -= points - left
        kept[place] = (rule, left, ("capped", left, cap.name, *why))
    return [gift for gift in kept if gift[1]]


def note(tape: Tape, version: Version, rule: str, points: int, times: int, day: int, today: int) -> None:
    """A rule gave so many points (or they went back, below zero), so many times, in the windows of `day`."""
    calendar = tape.programs.calendar
    for cap in version.bounds.get(rule, ()):
        counters.count(tape.account, cap, calendar, day, today, times if cap.counts_times else points)


def most(tape: Tape, version: Version, rule: str, points: int, is_new: bool, day: int, today: int) -> int:
    """How many of these points the room of that day's windows admits now. `is_new`: the rule gave nothing so far."""
    for cap in version.bounds.get(rule, ()):
        if is_new or not cap.counts_times:
            left = counters.room(tape.account, cap, tape.programs.calendar, day, today)
            if cap.counts_times:
                points = points if left else 0
            elif points > left:
                points = 0 if cap.rejects else left
    return points

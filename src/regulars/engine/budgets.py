"""Budgets of campaigns: what all members together may get by a campaign's rules.

Asked after limits and caps, so what those cut is not drawn. An order asks for what it earns, and when more is left of
it later, for the excess over all it asked before; what went back gives room back. The award that meets the end gets the
rest, or nothing where the campaign says `all_or_nothing`. Nothing rounds. Worked examples: docs/rules/budgets.md.
"""

from collections.abc import Mapping

from msgspec import Struct

from regulars.engine import purse
from regulars.engine.account import Memo
from regulars.engine.calendar import Calendar, date_of
from regulars.engine.caps import note
from regulars.engine.program import Campaign, Earned, Programs, Rule, Version
from regulars.engine.purse import Purse
from regulars.engine.tape import Tape


def name_of(campaign: Campaign, calendar: Calendar, day: int) -> str:
    """The budget that points of a local day are drawn from: each window has its own."""
    if campaign.per == "lifetime":
        return campaign.name
    return f"{campaign.name}/{date_of(calendar.window(day, campaign.per))}"


def left(programs: Programs, used: Mapping[str, int], now: int) -> dict[str, int]:
    """What every campaign of the version in force can still give."""
    calendar = programs.calendar
    names = {name: name_of(one, calendar, calendar.day(now)) for name, one in programs.at(now).campaigns.items()}
    return {
        name: max(programs.at(now).campaigns[name].budget - used.get(budget, 0), 0) for name, budget in names.items()
    }


class Share(Struct, frozen=True):
    """What a cause asks of a campaign's budget, what it is granted, and what is `left` afterwards of its `size`."""

    wanted: int
    granted: int
    left: int
    size: int


def shares(drawn: Purse, cause: str) -> dict[str, Share]:
    """What one cause asked in a fold, by campaign."""
    found: dict[str, Share] = {}
    for (budget, asking, _), events in sorted(drawn.events.items()):
        wanted, granted = sum(asked for _, asked, _ in events), purse.total(events)
        if asking == cause and wanted:
            name, size = budget.partition("/")[0], drawn.sizes[budget][0]
            left = max(size - drawn.used.get(budget, 0), 0)
            if before := found.get(name):
                wanted, granted = before.wanted + wanted, before.granted + granted
            found[name] = Share(wanted, granted, left, size)
    return found


def bounded(
    tape: Tape, version: Version, gifts: list[Earned], cause: str, day: int, at: int
) -> tuple[list[Earned], dict[str, int]]:
    """What budgets grant of these gifts of a local day; and by rule what was asked where they refused a part of it."""
    kept: list[Earned] = []
    asked: dict[str, int] = {}
    for rule, points, why in gifts:
        if not rule.campaign:
            kept.append((rule, points, why))
            continue
        granted = _draw(tape, version, rule, cause, points, day, at)
        if granted == points:
            kept.append((rule, points, why))
            continue
        asked[rule.name] = points
        note(tape, version, rule.name, granted - points, -(not granted), day, tape.programs.calendar.day(at))
        if granted:
            kept.append((rule, granted, ("budget", granted, rule.campaign, *why)))
    return kept, asked


def more(tape: Tape, version: Version, rule: Rule, order: str, memo: Memo, points: int, at: int) -> int:
    """How many points are granted beyond those that the order keeps: only what it never asked for is asked."""
    kept, cause = memo.kept.get(rule.name, 0), f"order:{order}"
    wanted = kept + points - memo.asked.get(rule.name, kept)
    if wanted <= 0:
        return 0
    granted = _draw(tape, version, rule, cause, wanted, tape.programs.calendar.day(memo.paid_at), at)
    if granted < points:
        memo.asked = {**memo.asked, rule.name: kept + points}
    return granted


def give_back(tape: Tape, version: Version, rule: Rule, cause: str, points: int, day: int, at: int) -> None:
    """Points that were given on a local day went back to where they were drawn from."""
    campaign = version.campaigns[rule.campaign]
    key = (name_of(campaign, tape.programs.calendar, day), cause, rule.name)
    tape.drawn.setdefault(key, []).append((at, 0, -points))
    if tape.one is None:
        purse.give_back(tape.purse, key, points, at)


def _draw(tape: Tape, version: Version, rule: Rule, cause: str, points: int, day: int, at: int) -> int:
    campaign = version.campaigns[rule.campaign]
    key = (name_of(campaign, tape.programs.calendar, day), cause, rule.name)
    before = tape.drawn.setdefault(key, [])
    if tape.one is None:
        granted = purse.draw(tape.purse, key, campaign.budget, campaign.is_whole, points, at)
    else:
        granted = purse.as_granted(tape.one.drawn.get(key, ()), before, points)
    before.append((at, points, granted))
    return granted

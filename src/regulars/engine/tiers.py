"""Tiers: rising as growth comes in, staying or falling when a validity ends and when a refund lowers growth.

Thresholds are inclusive. A validity is judged as of its last local day, and what follows it counts from that day. A
refund is judged against `reach` where its order gained the tier, else against `retain` if it is what brings growth
below that. A tier that the version in force does not know counts as its lowest. Worked examples: docs/rules/tiers.md.
"""

from msgspec import Struct

from regulars.engine.account import Grant, Ladder, Standing, Step
from regulars.engine.levels import TIER, TierRules
from regulars.engine.outcome import Announcement
from regulars.engine.tape import Tape, TierMove
from regulars.engine.timeline import ENROL
from regulars.engine.windows import begin_anew, in_window

# Where in the order of steps tiers are judged: after growth that matured at that instant, before anything is done.
JUDGED = ENROL - 1


class Judge(Struct):
    """One ladder of a member at one step. `order` is the one that the step is about, "" where there is none."""

    tape: Tape
    rules: TierRules
    ladder: Ladder
    here: Step
    because: str
    order: str = ""

    @property
    def at(self) -> int:
        return self.here[0]

    def growth(self, day: int) -> int:
        return in_window(self.ladder.growth, self.rules.window, self.tape.account, self.tape.programs.calendar, day)


def rise(judge: Judge) -> None:
    """Growth came in: up as far as it reaches."""
    present = judge.rules.places.get(judge.ladder.standing.tier, -1)
    reached = judge.rules.reached(judge.ladder.growth.total)
    if reached > present:
        _stand(judge, reached, judge.order)
        show(judge)


def fall(judge: Judge, before: int) -> None:
    """A refund lowered growth from `before`."""
    ladder, rules = judge.ladder, judge.rules
    present, growth = rules.index(ladder.standing.tier), ladder.growth.total
    if not present:
        return
    level = rules.levels[present]
    if _gained_by_it(judge):
        if growth < level.reach:
            _down(judge, present, growth)
    elif growth < level.retain <= before and not _began_anew(judge):
        _down(judge, present, growth)


def _gained_by_it(judge: Judge) -> bool:
    return bool(judge.order) and judge.ladder.standing.gained_by == judge.order


def _began_anew(judge: Judge) -> bool:
    """Whether the window is another one than the one in which the tier began: it is judged when the validity ends."""
    ladder, window = judge.ladder, judge.rules.window
    if not window.begins_anew:
        return False
    return window.kind == TIER or ladder.growth.since > judge.tape.programs.calendar.day(ladder.standing.since)


def lose(judge: Judge, amount: int) -> None:
    """Less, or more, is left of an order from before the tier. Only the one that gained it matters."""
    standing = judge.ladder.standing
    present = judge.rules.index(standing.tier)
    if not present or not _gained_by_it(judge):
        return
    standing.gained_with += amount
    if standing.gained_with < judge.rules.levels[present].reach:
        _down(judge, present, standing.gained_with)


def _down(judge: Judge, present: int, growth: int) -> None:
    place = judge.rules.below(present, growth)
    if place < present:
        gained, standing = "", judge.ladder.standing
        if _gained_by_it(judge):
            gained = announced(judge.rules, standing)
            lost = TierMove(judge.rules.name, standing.tier, standing.since, lost=True, gift=standing.gift)
            judge.tape.moved.append(lost)
        _stand(judge, place, "")
        show(judge, gained)


def review(judge: Judge) -> None:
    """The tier's validity ended: renew it, grant the grace, or move down."""
    rules, ladder = judge.rules, judge.ladder
    standing, calendar = ladder.standing, judge.tape.programs.calendar
    last = calendar.day(judge.at - 1)
    growth = judge.growth(last)
    present = rules.index(standing.tier)
    level = rules.levels[present]
    if not rules.knows(standing.tier):
        _stand(judge, rules.reached(growth), "", last)
    elif present == 0:
        standing.until, standing.in_grace = None, False
    elif growth >= level.retain or rules.below(present, growth) == present:
        standing.until, standing.in_grace = calendar.term_end(last, level.valid), False
        if rules.window.kind == TIER:
            standing.gained_by = ""
            begin_anew(ladder.growth, judge.here)
    elif level.grace and not standing.in_grace:
        standing.until, standing.in_grace = calendar.term_end(last, level.grace), True
    else:
        _stand(judge, rules.below(present, growth), "", last)
    show(judge)


def end_grant(judge: Judge) -> None:
    """The member keeps the tier if growth retains it; else what growth gained shows again."""
    rules, ladder = judge.rules, judge.ladder
    grant, ladder.grant = ladder.grant, None
    assert grant is not None
    last = judge.tape.programs.calendar.day(judge.at - 1)
    place, growth = rules.index(grant.tier), judge.growth(last)
    if place > rules.index(ladder.standing.tier) and growth >= rules.levels[place].retain:
        _stand(judge, place, "", last)
    show(judge)


def grant(judge: Judge, tier: str, until: int | None) -> None:
    """Given by hand; the lowest tier takes a grant away again."""
    level = judge.rules.levels[judge.rules.index(tier)]
    calendar = judge.tape.programs.calendar
    end = calendar.term_end(calendar.day(judge.at), level.valid) if until is None else until
    judge.ladder.grant = Grant(tier, judge.at, end) if judge.rules.index(tier) else None
    show(judge)


def place(judge: Judge) -> None:
    """Whoever has no tier that this version knows is placed by growth."""
    if not judge.rules.knows(judge.ladder.standing.tier):
        judge.growth(judge.tape.programs.calendar.day(judge.at))
        rise(judge)
    show(judge)


def _stand(judge: Judge, place: int, gained_by: str, day: int | None = None) -> None:
    """On another tier from now on; its validity counts from `day`, today if that is not said."""
    rules, ladder, calendar = judge.rules, judge.ladder, judge.tape.programs.calendar
    level = rules.levels[place]
    until = calendar.term_end(calendar.day(judge.at) if day is None else day, level.valid) if place else None
    ladder.standing = Standing(level.tier, judge.at, until, gained_by)
    judge.tape.agenda = None
    if rules.window.kind == TIER:
        ladder.standing.gained_with = ladder.growth.total
        begin_anew(ladder.growth, judge.here)


def show(judge: Judge, withdraws: str = "") -> None:
    """The tier that shows changed, or did not."""
    ladder, rules = judge.ladder, judge.rules
    tier, left = ladder.standing.tier, ladder.tier
    given = ladder.grant
    if given is not None and rules.index(given.tier) > rules.index(tier):
        tier = given.tier
    if tier == left:
        return
    ladder.tier = tier
    if rules.index(tier) > rules.index(left):
        judge.tape.moved.append(TierMove(rules.name, tier, judge.at))
    if left:
        tell(judge, left, withdraws)


def tell(judge: Judge, left: str, withdraws: str = "") -> None:
    """Announce the tier that shows now."""
    rules, tier = judge.rules, judge.ladder.tier
    identity = _identity(rules, judge.at, tier, judge.order)
    told = {"from": left, "to": tier, "set": rules.name, "because": judge.because, "by": judge.order}
    told |= {"withdraws": withdraws}
    payload = {name: text for name, text in told.items() if text}
    judge.tape.announcements.append(Announcement(identity, "tier.changed", judge.at, payload))


def announced(rules: TierRules, standing: Standing) -> str:
    """The identity of the announcement that told of this standing."""
    return _identity(rules, standing.since, standing.tier, standing.gained_by)


def _identity(rules: TierRules, at: int, tier: str, order: str) -> str:
    return f"tier:{rules.name}/{at}|{tier}|{order}"

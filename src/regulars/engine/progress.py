"""How far a member is from the next tier, and from keeping the present one."""

from msgspec import Struct

from regulars.engine.account import Account, Ladder
from regulars.engine.calendar import FOREVER
from regulars.engine.due import advance
from regulars.engine.levels import TierRules
from regulars.engine.packing import copied
from regulars.engine.program import Programs
from regulars.engine.tape import Tape
from regulars.engine.windows import first_day, in_window, last_day


class Progress(Struct, frozen=True):
    """Growth in what the set grows by, money in minor units. `missing` to the next tier (None at the top).

    `waiting` is growth of orders that have not matured. `until` is the instant at which the present tier is judged
    again, None for the lowest; `keep_missing` must count by then to stay. `window_until` is the instant at which growth
    begins again at nothing, None where it never does. `projected` is the tier once the present one was judged, if
    nothing more is bought.
    """

    growth: int
    waiting: int
    next_tier: str | None
    reach: int
    missing: int
    keep_missing: int
    until: int | None
    tier_set: str = ""
    grows_by: str = "spend"
    tier: str = ""
    window_until: int | None = None
    projected: str = ""


def progress(programs: Programs, account: Account, now: int) -> Progress | None:
    """On the program's main tier set; None where it has none."""
    return next(iter(every_progress(programs, account, now)), None)


def every_progress(programs: Programs, account: Account, now: int) -> list[Progress]:
    """On each tier set, the main one first."""
    sets = programs.at(now).tier_sets
    own = copied(account)
    return [_progress(programs, own, rules, now) for rules in sets.values()]


def _progress(programs: Programs, account: Account, rules: TierRules, now: int) -> Progress:
    calendar = programs.calendar
    ladder = account.ladders.get(rules.name) or Ladder()
    today = calendar.day(now)
    growth = in_window(ladder.growth, rules.window, account, calendar, today)
    present = rules.index(ladder.tier)
    following = rules.following(present)
    until = ladder.shown.until
    end = last_day(rules.window, account, calendar, today)
    return Progress(
        growth=growth,
        waiting=sum(amount for _, _, amount in ladder.growth.waiting),
        next_tier=following.tier if following else None,
        reach=following.reach if following else rules.levels[present].reach,
        missing=max(following.reach - growth, 0) if following else 0,
        keep_missing=_keep_missing(programs, account, rules, ladder, until),
        until=until,
        tier_set=rules.name,
        grows_by=rules.grows_by,
        tier=ladder.tier,
        window_until=None if end is None else calendar.midnight(end + 1),
        projected=_projected(programs, account, rules, ladder, until),
    )


def _keep_missing(programs: Programs, account: Account, rules: TierRules, ladder: Ladder, until: int | None) -> int:
    """What the last day of the validity will miss of the growth there is today."""
    present = rules.index(ladder.tier)
    if until is None or not present:
        return 0
    level = rules.levels[present]
    if ladder.tier == ladder.standing.tier and rules.below(present, 0) == present:
        return 0
    first = first_day(rules.window, account, programs.calendar, programs.calendar.day(until - 1))
    left = sum(amount for day, amount in ladder.growth.days if day >= first)
    return max(level.retain - left, 0)


def _projected(programs: Programs, account: Account, rules: TierRules, ladder: Ladder, until: int | None) -> str:
    """The fold itself says it: time passes, and nothing happens; nothing is handed over either."""
    ends = [at for at, _, _ in ladder.growth.waiting if at < FOREVER] + ([until] if until is not None else [])
    if not ends:
        return ladder.tier
    tape = Tape(programs, copied(account))
    advance(tape, max(ends) if until is None else until)
    return tape.account.ladders[rules.name].tier

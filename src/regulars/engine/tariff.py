"""What a version says on a local day to members of some tiers, worked out once for all orders of that day.

Which rules the day and the tiers admit, when points that they give mature and run out, how long growth waits, and where
the windows of bounds begin. Nothing here depends on an order, or on anything else of a member. Nothing rounds.
"""

from msgspec import Struct

from regulars.engine.account import NOTHING_KNOWN
from regulars.engine.calendar import Span
from regulars.engine.expiring import dated
from regulars.engine.facts import Order
from regulars.engine.levels import TierRules
from regulars.engine.program import Cap, Earn, Programs, Scene, SceneTest, Version

# Tariffs are small, and a program has one for each day and each tier in use; as many as are kept at once.
MOST = 10_000
NO_ORDER = Order("", 0, ())


class Lasting(Struct, frozen=True):
    """Of points given that day by one kind of rule: how much later they mature, when they run out, their own last day.

    `later` is None where that is at once, or not the same all day. All go to one wallet.
    """

    wallet: str
    later: int | None
    expires_at: int | None
    lasts_on: int | None


class Tariff(Struct, frozen=True):
    """`earners` are the rules that may give something, with what else they ask, in document order.

    `lasting` is by kind of lot. `growing` lists the tier sets that grow by orders, whether by what is spent, and how
    much later that counts; None as in `Lasting`. `windows` says by name of each bound where its window begins; a bound
    of each order has none. `bounds` are those of the rules that may give something.
    """

    version: Version
    day: int
    earners: tuple[tuple[SceneTest | None, Earn], ...]
    lasting: dict[int, Lasting]
    growing: tuple[tuple[str, TierRules, bool, int | None], ...]
    windows: dict[str, tuple[Cap, int | None]]
    bounds: tuple[tuple[Cap, int | None], ...]


def tariff_of(programs: Programs, version: Version, day: int, tiers: tuple[str, ...]) -> Tariff:
    key = (version.number, day, tiers)
    found = programs.tariffs.get(key)
    if found is None:
        if len(programs.tariffs) >= MOST:
            programs.tariffs.clear()
        found = programs.tariffs[key] = _worked_out(programs, version, day, tiers)
    return found


def _worked_out(programs: Programs, version: Version, day: int, tiers: tuple[str, ...]) -> Tariff:
    calendar = programs.calendar
    seen = Scene(day, 0, tiers, 0, NO_ORDER, NOTHING_KNOWN)
    admitted = [
        (rule, asks, earn)
        for rule, (of_day, asks, earn) in zip(version.order_rules, version.earners, strict=True)
        if of_day is None or of_day(seen)
    ]
    windows = {cap.name: (cap, None if cap.per == "order" else calendar.window(day, cap.per)) for cap in version.caps}
    return Tariff(
        version,
        day,
        tuple([(asks, earn) for _, asks, earn in admitted]),
        {
            rule.lot_kind: Lasting(rule.wallet, _later(programs, day, rule.pending), *dated(calendar, rule, day, tiers))
            for rule in version.order_rules
        },
        tuple(
            [
                (name, rules, rules.grows_by == "spend", _later(programs, day, rules.pending))
                for name, rules in version.tier_sets.items()
                if rules.grows_by_orders
            ]
        ),
        windows,
        tuple([bound for bound in windows.values() if any(rule.name in bound[0].rules for rule, *_ in admitted)]),
    )


def _later(programs: Programs, day: int, span: Span | None) -> int | None:
    return None if span is None else programs.calendar.shift(day, span)

"""Random programs and random histories, small enough to be looked at when one of them fails.

A story is read off one string of bytes, so that thousands are made in a second; the shrinking of bytes towards zero is
the shrinking of stories, since the first choice of each is the plainest. Times come from few days and few times of day:
ties, midnights, month ends and changes to summer time are common.
"""

import os
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from msgspec import Struct

from regulars.engine import grammar
from regulars.engine.calendar import instant_of
from regulars.engine.facts import Activity, Enrolment, Fact, Line, Order, Refund, RefundLine, TierGrant
from regulars.engine.program import Programs
from tests.engine.wider import widened, wider_history

T = TypeVar("T")
Tree = dict[str, Any]
ZONES = ["Asia/Taipei", "America/New_York", "Europe/London", "America/Sao_Paulo", "Australia/Lord_Howe"]
TIMES = [time(12), time(0), time(0, 30), time(2, 30), time(23, 59, 59, 999_999)]
# New York, London, Sao Paulo and Lord Howe change their clocks on some of these; the others end months.
DAYS = [
    *(date(2017, 1, 31), date(2017, 2, 28), date(2017, 3, 12), date(2017, 3, 26), date(2017, 4, 2), date(2017, 5, 31)),
    *(date(2017, 10, 1), date(2017, 10, 15), date(2017, 10, 29), date(2017, 11, 5), date(2017, 12, 31)),
    *(date(2018, 2, 18), date(2018, 3, 11), date(2018, 12, 31), date(2020, 2, 29)),
]
LINES, CATEGORIES, CHANNELS = ["a", "b", "c"], ["tea", "cups"], ["web", "store"]
TIERS, CLUB = ["member", "silver", "gold", "ruby"], ["guest", "friend", "fan", "star"]
UNITS = {"points": "point", "credits": "credit"}
TOTALS = [1000, 333, 1, 99, 100, 2_500, 4_000, 0, -250, -1, 10**12]
BEGINNING, END = -(2**53), 1_600_000_000_000_000


# How many times the usual number of examples; a long run also draws other ones each time.
LONG = float(os.environ.get("REGULARS_LONG", "1"))
thoroughly = settings(
    max_examples=int(300 * LONG),
    derandomize=LONG <= 1,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


class Story(Struct):
    """`trees` with their starts, the same as `programs`, and the facts in no particular order."""

    trees: list[tuple[int, Tree]]
    programs: Programs
    facts: list[Fact]


class Choices:
    """Choices read off a string of bytes; when it is used up, the first of everything."""

    def __init__(self, said: bytes) -> None:
        self.said = iter(said)
        self.tiers: list[str] = []
        self.grows_by: dict[str, str] = {}
        self.kept: set[str] = set()
        self.goals: dict[int, Tree] = {}
        self.instants: list[int] = []

    def upto(self, most: int) -> int:
        return next(self.said, 0) % (most + 1)

    def pick(self, options: Sequence[T]) -> T:
        return options[self.upto(len(options) - 1)]

    def rarely(self, one_in: int) -> bool:
        return self.upto(255) % one_in == one_in - 1

    def some(self, options: Sequence[T]) -> list[T]:
        """One of them, or two."""
        first = self.upto(len(options) - 1)
        return [options[first]] if self.rarely(2) else [options[first], options[first - 1]]

    def order(self, things: list[T]) -> list[T]:
        """Most often as they are."""
        if not self.rarely(3):
            return things
        return [things.pop(self.upto(len(things) - 1)) for _ in range(len(things))]

    def instant(self, zone: str) -> int:
        """Some are those of something else."""
        if self.instants and self.rarely(5):
            return self.pick(self.instants)
        day = self.pick(DAYS) + timedelta(days=self.pick([0, 1, -1]))
        self.instants.append(instant_of(datetime.combine(day, self.pick(TIMES), ZoneInfo(zone))))
        return self.instants[-1]


@st.composite
def stories(draw: st.DrawFn, size: int = 800) -> Story:
    """Half of them are plain, the others wide."""
    choose = Choices(draw(st.binary(min_size=size, max_size=size)))
    is_wide = choose.rarely(2)
    zone = choose.pick(ZONES)
    starts = sorted({BEGINNING, *(choose.instant(zone) for _ in range(choose.pick([0, 0, 1, 2])))})
    wallets = choose.pick([["points", "credits"], ["points", "credits"], ["credits", "points"]])
    said = [(start, tree(choose, zone, wallets)) for start in starts]
    facts = history(choose, zone)
    if is_wide:
        said = [(start, widened(choose, tree)) for start, tree in said]
        facts = wider_history(choose, facts, zone)
    versions = [grammar.read(tree, number, start) for number, (start, tree) in enumerate(said, start=1)]
    return Story(said, Programs(1, versions), choose.order(facts))


# Programs


def tree(choose: Choices, zone: str, wallets: list[str]) -> Tree:
    """One version: the first wallet is the program's for ever, another one may come and go."""
    names = wallets[: choose.pick([1, 2, 2])]
    tiers = [] if choose.rarely(3) else [ladder(choose, "status", names, TIERS, "order")]
    if tiers and choose.rarely(3):
        tiers.append(ladder(choose, "club", names, CLUB, choose.pick(["act", "order"])))
    choose.tiers = [level["tier"] for tier_set in tiers for level in tier_set["levels"]]
    return {
        "program": "shop",
        "timezone": zone,
        "currency": "TWD",
        "enrolment": choose.pick(["first order", "first order", "explicit"]),
        "wallets": {name: wallet(choose) for name in names},
        "tiers": tiers,
        "earn": rules(choose, names),
    }


def wallet(choose: Choices) -> Tree:
    said = {
        "pending": choose.pick(["", "1 day", "36 hours", "2 weeks", "27 days"]),
        "expires": choose.pick(["", "28 days", "1 month, end of month", "3 months", "1 year"]),
        "when_short": choose.pick(["deficit", "deficit", "write_off"]),
    }
    return {name: text for name, text in said.items() if text}


def rules(choose: Choices, names: list[str]) -> list[Tree]:
    """A rate for each wallet, then what comes: gifts, further rates, multipliers, a welcome."""
    found = []
    for name in names:
        step = choose.pick(["1", "0.07", "3.33", "10"])
        give = f"{1 + choose.upto(4)} {UNITS[name]} per {step} TWD"
        found.append({"rule": f"base-{name}", "give": give} | (conditions(choose) if choose.rarely(6) else {}))
    for place in range(choose.upto(3)):
        name = choose.pick(names)
        kind = choose.pick(["fixed", "rate", "multiply", "multiply", "welcome"])
        rule: Tree = {"rule": f"{kind}-{place}"}
        if kind == "multiply":
            rule["multiply"] = {f"base-{name}": choose.pick(["2", "1.5", "1.001", "3.25"])}
        else:
            rule["give"] = f"2 {name} per 0.5 TWD" if kind == "rate" else f"{1 + choose.upto(30)} {name}"
        rule |= {"on": "enrolment"} if kind == "welcome" else conditions(choose)
        found.append(rule)
    return [rule | {"round": choose.pick(["down per order", "half up per order"])} for rule in found]


def conditions(choose: Choices) -> Tree:
    kind = choose.pick(["none", "plain", "plain", "any", "all", "not"])
    if kind == "none":
        return {}
    if kind == "plain":
        return {"when": condition(choose)}
    if kind == "not":
        return {"when": {"not": condition(choose)}}
    return {"when": {kind: [condition(choose) for _ in range(1 + choose.upto(1))]}}


def condition(choose: Choices) -> Tree:
    every: Tree = {
        "category": choose.some(CATEGORIES),
        "channel": choose.some(CHANNELS),
        "product": ["sku-a"],
        "code": "SPRING",
        "weekday": ["sun", "tue"],
        "from": "2017-03-12",
        "until": "2017-10-29",
        "order_at_least": choose.pick(["0.01", "10 TWD", "30"]),
    }
    if choose.tiers:
        every["tier"] = choose.some(choose.tiers)
    names = choose.some(list(every))
    return {name: every[name] for name in names}


MEASURES = {"spend": 12, "orders": 1, "points": 40, "visits": 1, "engagement": 3}
WINDOWS = [
    *("rolling 12 months", "rolling 2 months", "rolling 45 days", "calendar year", "calendar quarter"),
    *("since joining", "since tier start", "since tier start", "lifetime"),
]


def ladder(choose: Choices, name: str, wallets: list[str], tiers: list[str], counts: str) -> Tree:
    """What a set grows by is the program's for ever: by orders the main one, by something else another."""
    measure = choose.grows_by.setdefault(name, choose.pick(["spend", "points", "orders", "points"]))
    if counts == "act" and name not in choose.kept:
        measure = choose.grows_by[name] = choose.pick(["visits", "engagement"])
    choose.kept.add(name)
    first, unit = choose.upto(3), MEASURES[measure]
    places = range(1, 1 + choose.upto(2))
    levels: list[Tree] = [
        {"tier": tiers[first]},
        *(level(choose, tiers[first - place], unit * place, unit * 2 // 3) for place in places),
    ]
    if choose.rarely(6):
        levels.append({"tier": tiers[first - 3], "invitation": "true"} | choose.pick([{}, {"retain": str(unit)}]))
    rules: Tree = {"set": name, "window": choose.pick(WINDOWS), "levels": levels}
    rules |= choose.pick([{}, {}, {"downgrade": "full"}, {"downgrade": "never"}])
    if choose.rarely(6):
        rules["floor"] = levels[min(1, len(levels) - 1)]["tier"] if "reach" in levels[min(1, len(levels) - 1)] else ""
    if measure != "spend":
        rules["grows_by"] = f"points of {wallets[0]}" if measure == "points" else measure
    if measure == "engagement":
        rules["engagement"] = {"review": "2", "visit": "1"}
    if measure in ("spend", "orders", "points") and choose.rarely(2):
        rules["growth_counts"] = "at payment"
        if measure != "points":
            rules |= choose.pick([{}, {"upgrade_applies": "this order"}])
    return rules


def level(choose: Choices, tier: str, reach: int, less: int) -> Tree:
    said: Tree = {"tier": tier, "reach": str(reach)}
    said["valid"] = choose.pick(["1 month", "90 days, end of month", "2 years"])
    said |= choose.pick([{}, {"retain": str(reach - less)}])
    return said | choose.pick([{}, {"grace": "10 days"}, {"grace": "1 month"}])


# What happens


def history(choose: Choices, zone: str) -> list[Fact]:
    found: list[Fact] = [Enrolment(key, choose.instant(zone)) for key in ("lin", "wang")[: choose.pick([0, 1, 1, 2])]]
    for key in ("A", "B", "C", "D")[: 1 + choose.upto(3)]:
        found += snapshots(choose, key, zone)
        found += [refund(choose, key, f"R{place}", zone) for place in range(choose.pick([0, 1, 1, 2, 3]))]
    found += [act(choose, place, zone) for place in range(choose.pick([0, 0, 2, 4]))]
    return [*found, refund(choose, "E", "R0", zone)] if choose.rarely(20) else found


def act(choose: Choices, place: int, zone: str) -> Fact:
    """A visit, a review, or a tier that is granted."""
    kind, at = choose.pick(["visit", "visit", "review", "grant"]), choose.instant(zone)
    if kind != "grant":
        return Activity(f"act-{place}", kind, at)
    tier_set, tiers = choose.pick([("status", TIERS), ("club", CLUB)])
    until = choose.pick([None, at + 30 * 24 * 3600 * 10**6, at])
    return TierGrant(f"grant-{place}", tier_set, choose.pick(tiers), at, until, "reason", "actor")


def snapshots(choose: Choices, key: str, zone: str) -> list[Order]:
    paid_at = choose.instant(zone)
    return [
        Order(
            f"shop/{key}",
            choose.pick([paid_at, choose.instant(zone), paid_at - 1]) if number else paid_at,
            lines(choose),
            None if choose.rarely(12) else paid_at,
            number,
            channel=choose.pick(CHANNELS),
            codes=choose.pick([(), ("SPRING",)]),
            cancelled=choose.rarely(12),
            corrects=number > 0 and choose.rarely(8),
        )
        for number in range(choose.pick([1, 1, 1, 2, 3]))
    ]


def lines(choose: Choices) -> tuple[Line, ...]:
    names = LINES[: choose.pick([1, 2, 3, 3, 0])]
    return tuple(
        Line(
            name,
            f"sku-{name}",
            choose.pick([1, 2, 3, 0, 4]),
            choose.pick(TOTALS[:7] * 4 + TOTALS),
            choose.pick(CATEGORIES),
        )
        for name in names
    )


def refund(choose: Choices, key: str, name: str, zone: str) -> Refund:
    names = choose.pick([["a"], ["a", "b"], ["a", "b", "c"], ["b"], ["c", "unknown"], ["a", "a"]])
    parts = [RefundLine(one, choose.pick([1, 5, 2, 0]), choose.pick([None, None, 300, 0, 2_000, -5])) for one in names]
    return Refund(f"shop/{key}/{name}", f"shop/{key}", choose.instant(zone), tuple(parts))

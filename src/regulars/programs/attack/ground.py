"""What in a document invites: goods, places and hours its rules ask for, and the amounts at which they turn over.

Amounts are hostile to rounding: one minor unit below, at and above each step and threshold, halves and thirds of them,
and a single minor unit. Some are large: enough to earn points that pay for one step.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct

from regulars.engine import phrases
from regulars.engine.calendar import MINUTE, calendar, instant_of
from regulars.engine.catalogue import Reward
from regulars.engine.conditions import listed
from regulars.engine.document import RawDocument, RawWhen, shape
from regulars.engine.grammar.campaigns import dated
from regulars.engine.levels import UNREACHABLE
from regulars.engine.program import Programs, Rule, Version
from regulars.ledger.contents import goes_in
from regulars.programs.document import draft
from regulars.programs.stories.reading import BEGINNING
from regulars.programs.tree import grown

USUAL_START = "2026-01-05 09:00"
BIRTHDAY = (2, 10)
DAY_MINUTES = 24 * 60
LENGTH = re.compile(r"\d+ (hour|day|week|month|year)s?(?![a-z])")


class Bait(Struct, frozen=True):
    """A line and an order that one rule asks for, of whom, and when: local weekdays and minutes, first and last day."""

    sku: str = "THING"
    category: str = ""
    brand: str = ""
    tags: tuple[str, ...] = ()
    channel: str = ""
    store: str = ""
    codes: tuple[str, ...] = ()
    partner: str = ""
    country: str = ""
    method: str = ""
    weekdays: tuple[int, ...] = ()
    minute: int | None = None
    first_day: str = ""
    last_day: str = ""
    plan: str = ""
    segment: str = ""


class Ground(Struct, frozen=True):
    """`starts` are instants at which a history may begin; `amounts` minor units, the smallest first. `rewards` are
    those that put something into the account."""

    raw: RawDocument
    programs: Programs
    baits: tuple[Bait, ...]
    amounts: tuple[int, ...]
    starts: tuple[int, ...]
    spans: tuple[str, ...]
    activities: tuple[str, ...]
    plans: tuple[str, ...]
    segments: tuple[str, ...]
    attributes: dict[str, str]
    country: str
    rewards: tuple[str, ...] = ()

    def start(self, bait: int, place: int) -> int:
        """One of the beginnings from which the bait's rule can still be met; another one for another place."""
        last = self.baits[bait].last_day
        end = local(f"{last} 23:59", self.raw.timezone) if last else None
        possible = [one for one, start in enumerate(self.starts) if end is None or start <= end]
        return possible[place % len(possible)] if possible else place % len(self.starts)

    @property
    def version(self) -> Version:
        return self.programs.versions[-1]

    @property
    def fills(self) -> bool:
        return bool(self.rewards)

    @property
    def wallets(self) -> tuple[str, ...]:
        return tuple(self.version.wallets)


def ground(text: str) -> Ground:
    """Of a document that may be published. Raises DocumentRefused."""
    version = draft(text, 1, BEGINNING).version
    raw = shape(grown(text).tree)
    whens = list(conditions(raw))
    baits = tuple(dict.fromkeys([Bait(), *(bait(when) for when in whens)]))
    flat = [part for when in whens for part in nested(when)]
    return Ground(
        raw,
        Programs(1, [version]),
        baits,
        tuple(sorted(amount for amount in set(amounts(raw, version, flat)) if amount >= 0)),
        starts(raw, flat),
        spans(raw),
        tuple(sorted(activities(raw))),
        tuple(sorted(named(flat, "plan") | {r.on.split()[1] for r in raw.earn if r.on.startswith("plan ")})),
        tuple(sorted(named(flat, "segment"))),
        {name: min(values) for name, values in version.attributes.items()}
        | {name: listed(words)[0] for part in flat for name, words in part.attribute.items()},
        next((one.country for one in baits if one.country), "TW" if asks_country(raw) else ""),
        tuple(name for name, reward in version.rewards.items() if goes_in(reward.gives)),
    )


def asks_country(raw: RawDocument) -> bool:
    return any("country" in listed(rule.needs) for rule in raw.earn)


def conditions(raw: RawDocument) -> Iterator[RawWhen]:
    """As they are written on rules, goals and referral, with the dates of a rule's campaign."""
    for rule in raw.earn:
        asked = [dated(raw, rule), *(step.when for step in (rule.goal.steps if rule.goal else ()))]
        yield from filter(None, asked)
    if raw.referral and raw.referral.when:
        yield raw.referral.when


def nested(when: RawWhen) -> Iterator[RawWhen]:
    yield when
    for part in (*when.every, *when.some):
        yield from nested(part)


def named(whens: Iterable[RawWhen], condition: str) -> set[str]:
    return {word for when in whens for word in listed(getattr(when, condition))}


def bait(when: RawWhen) -> Bait:
    parts = [when, *(part for below in when.every for part in nested(below))]
    parts += list(nested(when.some[0])) if when.some else []

    def first(condition: str) -> str:
        return next((listed(getattr(part, condition))[0] for part in parts if getattr(part, condition)), "")

    hours = first("hours")
    return Bait(
        first("product") or "THING",
        first("category"),
        first("brand"),
        (first("tag"),) if first("tag") else (),
        first("channel"),
        first("store"),
        (first("code"),) if first("code") else (),
        first("partner"),
        first("country"),
        first("payment"),
        tuple(sorted(phrases.weekday(day) for part in parts for day in listed(part.weekday))),
        phrases.hours(hours)[0] if hours else None,
        first("starts"),
        first("ends"),
        first("plan"),
        first("segment"),
    )


def amounts(raw: RawDocument, version: Version, whens: list[RawWhen]) -> Iterator[int]:
    yield from (0, 1, 100, 333)
    for rule in version.order_rules:
        if rule.kind in ("per_money", "percent"):
            step = -(-rule.step // rule.scale)
            yield from around(step)
            yield from (step // 2, step - step // 2, step // 3, 2 * step // 3, 10 * step)
            yield earning_a_step(version, rule, step)
    for when in whens:
        for text in filter(None, (when.order_at_least, when.order_at_most)):
            yield from around(phrases.money(text, raw.currency))
            yield 2 * phrases.money(text, raw.currency)
    yield from (price(version, reward) for reward in version.rewards.values() if goes_in(reward.gives))
    for rule in version.goals:
        yield from (step.amount for step in (rule.goal.steps if rule.goal else ()) if step.measure == "spend")
    for rules in version.tier_sets.values():
        if rules.grows_by == "spend":
            yield from (level.reach for level in rules.levels if 0 < level.reach < UNREACHABLE)


def around(amount: int) -> tuple[int, int, int]:
    return amount - 1, amount, amount + 1


def earning_a_step(version: Version, rule: Rule, step: int) -> int:
    """Money that earns points by this rule that are worth a step of it."""
    worth = version.wallets[rule.wallet].value
    if worth is None or not worth.minor:
        return step
    points = -(-step * worth.points // worth.minor)
    return -(-points // rule.points) * step


def price(version: Version, reward: Reward) -> int:
    """Money that earns what the reward costs."""
    rules = (one for one in version.order_rules if one.kind in ("per_money", "percent") and one.wallet == reward.wallet)
    return max((-(-reward.points // rule.points) * -(-rule.step // rule.scale) for rule in rules), default=0)


def starts(raw: RawDocument, whens: list[RawWhen]) -> tuple[int, ...]:
    """Where a rule has a first day, before that too; where it has only a last one, on that day."""
    days = sorted({when.starts or when.ends for when in whens if when.starts or when.ends})
    return tuple(local(text, raw.timezone) for text in [USUAL_START, *(f"{day} 09:00" for day in days)])


def local(text: str, zone: str) -> int:
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=calendar(zone).zone))


def spans(raw: RawDocument) -> tuple[str, ...]:
    """How long one may wait: what the document names as a length of time, and a day, a month, a year."""
    said = [
        part for wallet in raw.wallets.values() for part in (wallet.pending, wallet.expires, wallet.grace_on_return)
    ]
    said += [part for rule in raw.earn for part in (rule.pending, rule.expires)]
    levels = [level for tier_set in raw.tiers for level in tier_set.levels]
    said += [level.valid for level in levels]
    said += [text for level in levels if not isinstance(level.expires, str) for text in level.expires.values()]
    said += [level.expires for level in levels if isinstance(level.expires, str)]
    lengths = [found[0] for text in said if (found := LENGTH.match(text))]
    return tuple(dict.fromkeys(["1 day", "1 month", *lengths, "12 months"]))


def activities(raw: RawDocument) -> set[str]:
    found = {rule.on.split()[1] for rule in raw.earn if rule.on.startswith("activity ")}
    found |= {step.activity for rule in raw.earn if rule.goal for step in rule.goal.steps if step.activity}
    for tier_set in raw.tiers:
        found |= {*tier_set.engagement, *listed(tier_set.visit)}
    return found


def hour_of(bait: Bait, programs: Programs, now: int) -> int:
    """The next instant at which a bait's rule may be met; now where it asks for no time."""
    zone_calendar = programs.calendar
    if bait.first_day:
        now = max(now, zone_calendar.midnight(phrases.local_day(bait.first_day)) + MINUTE)
    for day in range(zone_calendar.day(now), zone_calendar.day(now) + 8):
        if bait.weekdays and (day + 3) % 7 not in bait.weekdays:
            continue
        at = zone_calendar.midnight(day) + (bait.minute if bait.minute is not None else DAY_MINUTES // 2) * MINUTE
        if at >= now:
            return at
    return now

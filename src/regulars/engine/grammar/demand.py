"""What a rule's conditions demand of an order and of a line, as far as it can be told that nothing meets them.

Conditions that stand together narrow each other: named values by what they have in common, dates and amounts by their
bounds, hours by the minutes that are left. `any` and `not` are looked into where that is certain; whatever is not
certain counts as possible.
"""

from collections.abc import Iterable

from msgspec import Struct, field
from msgspec.structs import replace

from regulars.engine import phrases
from regulars.engine.conditions import listed
from regulars.engine.document import RawDocument, RawWhen
from regulars.engine.problems import Problem

# An order, or a line, has exactly one of each.
NAMED = ("channel", "store", "partner", "country", "tier", "weekday", "product", "category", "brand")
# Of these there may be several at once: any of them is asked for.
SEVERAL = ("plan", "segment", "tag", "code", "payment", "tier")
FAR = 2**62
# One bit for each minute.
ALL_DAY = 2 ** (24 * 60) - 1
Numbers = tuple[tuple[int, int], ...]


class Demand(Struct, frozen=True):
    """`allowed` holds the values that are left of a condition, and by `any_of` it has one of each of these, and by
    `none_of` none. `minutes` are bits, `numbers` what each condition on the number of the order lets pass. Days and
    amounts are inclusive.
    """

    allowed: dict[str, frozenset[str]] = field(default_factory=lambda: {"weekday": frozenset(phrases.WEEKDAYS)})
    first: int = -FAR
    last: int = FAR
    least: int = -FAR
    most: int = FAR
    named: tuple[str, ...] = NAMED
    any_of: tuple[tuple[str, frozenset[str]], ...] = ()
    none_of: frozenset[tuple[str, str]] = frozenset()
    minutes: int = ALL_DAY
    numbers: tuple[Numbers, ...] = ()

    @property
    def contradiction(self) -> Problem | None:
        """Why nothing can meet it; None when something may."""
        for name in self._excluded():
            return Problem(name, "", "conditions_exclude", told={"condition": name})
        if self.first > self.last:
            return Problem("until", "", "dates_exclude")
        if self.least > self.most:
            return Problem("order_at_most", "", "amounts_exclude")
        if self.last - self.first < 6 and not self._weekdays() & self.allowed["weekday"]:
            return Problem("weekday", "", "weekdays_exclude")
        return None

    def _excluded(self) -> Iterable[str]:
        """Conditions of which nothing is left."""
        yield from [name for name, values in self.allowed.items() if not values]
        for name, values in self.any_of:
            if all((name, value) in self.none_of for value in values):
                yield name
        if not self.minutes:
            yield "hours"
        if not self._has_number():
            yield "nth_order"

    def _has_number(self) -> bool:
        """What comes every so many orders falls together some day; of exact numbers one has to pass everything."""
        exact = [frozenset(number for number, _ in one) for one in self.numbers if all(number for number, _ in one)]
        if not exact:
            return True
        return any(all(_lets_pass(one, number) for one in self.numbers) for number in frozenset.intersection(*exact))

    def _weekdays(self) -> frozenset[str]:
        return frozenset(phrases.WEEKDAYS[(day + 3) % 7] for day in range(self.first, self.last + 1))


def demanded(when: RawWhen | None, currency: str, named: tuple[str, ...] = NAMED) -> Demand:
    """Of a document whose phrases are known to be right."""
    return narrowed(Demand(named=named), when, currency) if when else Demand(named=named)


def named_in(raw: RawDocument) -> tuple[str, ...]:
    """With several tier sets a member has several tiers."""
    return NAMED if len(raw.tiers) < 2 else tuple(name for name in NAMED if name != "tier")


def narrowed(demand: Demand, when: RawWhen, currency: str) -> Demand:
    """What is left of a demand when this holds as well."""
    for name in demand.named:
        if values := frozenset(listed(getattr(when, name))):
            demand = _only(demand, name, demand.allowed.get(name, values) & values)
    for name in SEVERAL:
        if values := frozenset(listed(getattr(when, name))):
            demand = replace(demand, any_of=(*demand.any_of, (name, values)))
    for name, words in when.attribute.items():
        values = frozenset(listed(words))
        demand = _only(demand, f"attribute {name}", demand.allowed.get(f"attribute {name}", values) & values)
    if when.hours:
        demand = replace(demand, minutes=demand.minutes & _minutes(when))
    if numbers := tuple(phrases.nth(text) for text in listed(when.nth_order)):
        demand = replace(demand, numbers=(*demand.numbers, numbers))
    return _branches(_bounded(demand, when, currency), when, currency)


def _bounded(demand: Demand, when: RawWhen, currency: str) -> Demand:
    """By days and amounts."""
    if when.starts:
        demand = replace(demand, first=max(demand.first, phrases.local_day(when.starts)))
    if when.ends:
        demand = replace(demand, last=min(demand.last, phrases.local_day(when.ends)))
    if when.order_at_least:
        demand = replace(demand, least=max(demand.least, phrases.money(when.order_at_least, currency)))
    if when.order_at_most:
        demand = replace(demand, most=min(demand.most, phrases.money(when.order_at_most, currency)))
    return demand


def _branches(demand: Demand, when: RawWhen, currency: str) -> Demand:
    for nested in when.every:
        demand = narrowed(demand, nested, currency)
    if when.none:
        demand = _without(demand, when.none, currency)
    return _one_of(demand, when.some, currency) if when.some else demand


def _only(demand: Demand, name: str, values: frozenset[str]) -> Demand:
    return replace(demand, allowed=demand.allowed | {name: values})


def _minutes(when: RawWhen) -> int:
    found = 0
    for since, until in map(phrases.hours, listed(when.hours)):
        between = (1 << until) - (1 << since)
        found |= between if since < until else ALL_DAY + between
    return found


def _lets_pass(numbers: Numbers, nth: int) -> bool:
    return any(nth % every == 0 if every else nth == number for number, every in numbers)


def _without(demand: Demand, excluded: RawWhen, currency: str) -> Demand:
    """What `not` takes away, where it speaks of one thing alone."""
    said = [name for name in excluded.__struct_fields__ if getattr(excluded, name)]
    if said == ["some"]:
        for branch in excluded.some:
            demand = _without(demand, branch, currency)
        return demand
    if len(said) != 1:
        return demand
    [name] = said
    if name in demand.named and name in demand.allowed:
        demand = _only(demand, name, demand.allowed[name] - frozenset(listed(getattr(excluded, name))))
    if name in SEVERAL:
        gone = [(name, value) for value in listed(getattr(excluded, name))]
        return replace(demand, none_of=demand.none_of.union(gone))
    if name == "hours":
        return replace(demand, minutes=demand.minutes & ~_minutes(excluded))
    return _beyond(demand, excluded, currency)


def _beyond(demand: Demand, excluded: RawWhen, currency: str) -> Demand:
    """Days and amounts on the other side of what is excluded alone."""
    limits = _bounded(Demand(), excluded, currency)
    if limits.first > -FAR:
        return replace(demand, last=min(demand.last, limits.first - 1))
    if limits.last < FAR:
        return replace(demand, first=max(demand.first, limits.last + 1))
    if limits.least > -FAR:
        return replace(demand, most=min(demand.most, limits.least - 1))
    return demand if limits.most == FAR else replace(demand, least=max(demand.least, limits.most + 1))


def _one_of(demand: Demand, branches: list[RawWhen], currency: str) -> Demand:
    """Impossible only when every branch is."""
    found = [narrowed(demand, branch, currency) for branch in branches]
    return demand if any(not branch.contradiction for branch in found) else found[0]


def together(one: RawWhen | None, other: RawWhen | None, currency: str, named: tuple[str, ...] = NAMED) -> Demand:
    """What meets both."""
    demand = demanded(one, currency, named)
    return narrowed(demand, other, currency) if other else demand

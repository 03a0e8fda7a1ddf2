"""What a rule's conditions demand of an order and of a line, as far as it can be told that nothing meets them.

Conditions that stand together narrow each other: named values by what they have in common, dates and amounts by their
bounds. `any` and `not` are looked into where that is certain; whatever is not certain counts as possible.
"""

from msgspec import Struct, field
from msgspec.structs import replace

from regulars.engine import phrases
from regulars.engine.conditions import listed
from regulars.engine.document import RawDocument, RawWhen
from regulars.engine.problems import Problem

# An order, or a line, has exactly one of each.
NAMED = ("channel", "store", "partner", "country", "tier", "weekday", "product", "category", "brand")
FAR = 2**62


class Demand(Struct, frozen=True):
    """`allowed` holds the values that are left of a condition. Days and amounts are inclusive."""

    allowed: dict[str, frozenset[str]] = field(default_factory=lambda: {"weekday": frozenset(phrases.WEEKDAYS)})
    first: int = -FAR
    last: int = FAR
    least: int = -FAR
    most: int = FAR
    named: tuple[str, ...] = NAMED

    @property
    def contradiction(self) -> Problem | None:
        """Why nothing can meet it; None when something may."""
        for name, values in self.allowed.items():
            if not values:
                return Problem(name, "", "conditions_exclude", told={"condition": name})
        if self.first > self.last:
            return Problem("until", "", "dates_exclude")
        if self.least > self.most:
            return Problem("order_at_most", "", "amounts_exclude")
        if self.last - self.first < 6 and not self._weekdays() & self.allowed["weekday"]:
            return Problem("weekday", "", "weekdays_exclude")
        return None

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
    if when.starts:
        demand = replace(demand, first=max(demand.first, phrases.local_day(when.starts)))
    if when.ends:
        demand = replace(demand, last=min(demand.last, phrases.local_day(when.ends)))
    if when.order_at_least:
        demand = replace(demand, least=max(demand.least, phrases.money(when.order_at_least, currency)))
    if when.order_at_most:
        demand = replace(demand, most=min(demand.most, phrases.money(when.order_at_most, currency)))
    for nested in when.every:
        demand = narrowed(demand, nested, currency)
    if when.none:
        demand = _without(demand, when.none)
    return _one_of(demand, when.some, currency) if when.some else demand


def _only(demand: Demand, name: str, values: frozenset[str]) -> Demand:
    return replace(demand, allowed=demand.allowed | {name: values})


def _without(demand: Demand, excluded: RawWhen) -> Demand:
    """What `not` takes away, where it speaks of one thing alone."""
    said = [name for name in excluded.__struct_fields__ if getattr(excluded, name)]
    if len(said) != 1 or said[0] not in demand.named or said[0] not in demand.allowed:
        return demand
    return _only(demand, said[0], demand.allowed[said[0]] - frozenset(listed(getattr(excluded, said[0]))))


def _one_of(demand: Demand, branches: list[RawWhen], currency: str) -> Demand:
    """Impossible only when every branch is."""
    found = [narrowed(demand, branch, currency) for branch in branches]
    return demand if any(not branch.contradiction for branch in found) else found[0]


def together(one: RawWhen | None, other: RawWhen | None, currency: str, named: tuple[str, ...] = NAMED) -> Demand:
    """What meets both."""
    demand = demanded(one, currency, named)
    return narrowed(demand, other, currency) if other else demand

"""What a draw gives on average: each prize's worth times its chance, as an exact fraction of a minor unit.

A prize is worth the money that it gives or takes off, else what its points, or the points that buy it, are worth. Of a
prize whose worth nobody said only the name is told. An expectation is no promise: one draw gives one prize or none.
"""

from fractions import Fraction

from msgspec import Struct

from regulars.engine.catalogue import Cost, Gives, Prize
from regulars.engine.luck import MILLION
from regulars.engine.program import Version


class Expected(Struct, frozen=True):
    """`minor` units on average, without the prizes whose worth is `unknown`."""

    minor: Fraction
    unknown: tuple[str, ...]


def expected(version: Version, gives: Gives) -> Expected:
    worths = [(prize, worth_of(version, prize)) for prize in gives.prizes]
    known = sum((Fraction(prize.odds, MILLION) * worth for prize, worth in worths if worth is not None), Fraction())
    return Expected(known, tuple(prize.name for prize, worth in worths if worth is None))


def worth_of(version: Version, prize: Prize) -> Fraction | None:
    """In minor units; None where nobody said."""
    if prize.is_blank:
        return Fraction()
    if prize.cost is not None:
        return _of_points(version, prize.cost)
    reward = version.rewards[prize.reward]
    if reward.gives.minor:
        return Fraction(reward.gives.minor)
    costs = [reward.gives.cost] if reward.gives.cost else reward.costs
    worths = [_of_points(version, cost) for cost in costs]
    return sum((one for one in worths if one is not None), Fraction()) if worths and None not in worths else None


def _of_points(version: Version, cost: Cost) -> Fraction | None:
    value = version.wallets[cost.wallet].value
    return Fraction(cost.points * value.minor, value.points) if value is not None else None

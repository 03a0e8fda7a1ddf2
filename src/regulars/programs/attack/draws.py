"""What a draw gives on average, against its price. No sequence is needed for it: the odds stand in the document.

Of its prizes only credit is weighed, also that of a reward that can be won, as long as there is one to win.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from regulars.engine.catalogue import Cost, Prize, Reward
from regulars.engine.luck import MILLION
from regulars.engine.program import Version
from regulars.programs.attack.weighing import Gain, surplus


def draws(version: Version) -> list[str]:
    return [name for name, reward in version.rewards.items() if reward.gives.is_draw]


def lucrative(version: Version) -> Iterator[Gain]:
    """Draws that give more than they cost, at the tier at which they cost least."""
    for reward in (version.rewards[name] for name in draws(version)):
        won = average(version, reward)
        prices = [paid(costs) for costs in (reward.costs, *reward.costs_for.values())]
        found = [gain for price in prices if (gain := surplus(version, won, price)) is not None]
        if found:
            wallet, points = max(found, key=lambda gain: gain[1])
            yield Gain("bonus" if reward.limits or reward.supply else "minted", wallet, reward.name, points)


def average(version: Version, reward: Reward) -> dict[str, Fraction]:
    """Points by wallet of one draw."""
    found: dict[str, Fraction] = {}
    for prize in reward.gives.prizes:
        if (cost := credit_of(version, prize)) is not None:
            found[cost.wallet] = found.get(cost.wallet, Fraction()) + Fraction(cost.points * prize.odds, MILLION)
    return found


def credit_of(version: Version, prize: Prize) -> Cost | None:
    return prize.cost or (version.rewards[prize.reward].gives.cost if prize.reward else None)


def paid(costs: tuple[Cost, ...]) -> Mapping[str, int]:
    return {cost.wallet: cost.points for cost in costs}

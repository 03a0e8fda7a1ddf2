"""The search: steps of numbers whose plan meets every aim and is nearest to what is written.

Candidates are plans of a sample of the customers. Differential evolution looks for the best, with a seed; when the time
is up, the best so far stands. All that were looked at make the trade-off curve.
"""

import time
from collections.abc import Callable, Sequence
from fractions import Fraction

from msgspec import Struct

from regulars.programs.planning.report import Report
from regulars.programs.planning.tuning.aims import Aim, measured
from regulars.programs.planning.tuning.numbers import Number

# An aim that is missed outweighs any distance.
MISSED = 1_000.0
POPULATION = 8
GENERATIONS = 1_000
Steps = tuple[int, ...]


class Tried(Struct, frozen=True):
    """A candidate: the steps of its numbers, how far it is from what is written, by how much it misses the aims, and
    what it comes to by each measure; `cost` is the share of revenue.
    """

    steps: Steps
    distance: float
    missed: float
    cost: Fraction
    values: tuple[Fraction, ...]

    @property
    def weight(self) -> float:
        return self.distance + MISSED * self.missed


class Search(Struct):
    """`best` first; `is_over` when the search ended by itself, not by the clock."""

    tried: list[Tried]
    is_over: bool
    seconds: float


# What the plan of a candidate comes to; None: no such program.
Planner = Callable[[Steps], Report | None]


def search(
    numbers: Sequence[Number],
    aims: Sequence[Aim],
    planner: Planner,
    seed: int,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> Search:
    """Raises ImportError where scipy is not installed."""
    from scipy.optimize import differential_evolution

    begun = clock()
    known: dict[Steps, Tried | None] = {}

    def is_late() -> bool:
        return clock() - begun >= seconds

    def weigh(point: Sequence[float]) -> float:
        steps = tuple(round(value) for value in point)
        if steps not in known:
            if is_late() and known:
                return MISSED**2
            known[steps] = tried(steps, numbers, aims, planner(steps))
        found = known[steps]
        return MISSED**2 if found is None else found.weight

    written = [min(max(round((one.written - one.low) / one.step), 0), one.steps) for one in numbers]
    differential_evolution(
        weigh,
        [(0, one.steps) for one in numbers],
        integrality=[True] * len(numbers),
        popsize=POPULATION,
        maxiter=GENERATIONS,
        rng=seed,
        polish=False,
        x0=written,
        callback=lambda _best, convergence: is_late(),  # noqa: ARG005  # scipy says how near it is
    )
    found = sorted((one for one in known.values() if one is not None), key=lambda one: (one.weight, one.steps))
    return Search(found, not is_late(), clock() - begun)


def tried(steps: Steps, numbers: Sequence[Number], aims: Sequence[Aim], told: Report | None) -> Tried | None:
    if told is None:
        return None
    distance = sum(one.distance(step) for one, step in zip(numbers, steps, strict=True))
    values = tuple(measured(told, one.name, one.is_share) for one in aims)
    missed = sum(one.missed_by(value) for one, value in zip(aims, values, strict=True))
    return Tried(steps, distance, missed, measured(told, "cost", is_share=True), values)


def curve(found: Sequence[Tried], aims: Sequence[Aim], place: int) -> list[Tried]:
    """Those of which none costs less and comes to more of an aim's measure (to less, where it is to be at most so)."""
    sign = -1 if aims[place].is_most else 1
    best: list[Tried] = []
    for one in sorted(found, key=lambda one: (one.cost, -sign * one.values[place], one.weight)):
        if not best or sign * one.values[place] > sign * best[-1].values[place]:
            best.append(one)
    return best

"""What goes together on one cart: groups, what stands alone, the order in which offers apply.

What an offer would take off by itself decides between those of a group; of several alike, the one laid first. A coupon
applies once to an order, under whatever codes it is laid there.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from regulars.engine.catalogue import ALONE, Offer, Stacking
from regulars.rewards.pricing.cart import Laid
from regulars.rewards.pricing.discounts import No


class Candidate(Struct, frozen=True):
    """An offer that would apply by itself, and what it would take off then; `place` is where it was laid."""

    laid: Laid
    offer: Offer
    place: int
    minor: int


def check_once(candidates: Iterable[Candidate], another: Candidate) -> None:
    """No coupon is among them that is laid again with another. Raises No."""
    for one in candidates:
        if one.laid.kind == another.laid.kind == "coupon" and one.laid.name == another.laid.name:
            raise No("not_together", **{"with": one.laid.id})


def chosen(stacking: Stacking, candidates: Sequence[Candidate]) -> tuple[list[Candidate], dict[str, str]]:
    """One of each group, and by the others' ids what they do not go with."""
    kept, losing = [], {}
    for candidate in candidates:
        best = _best(stacking, candidates, candidate.offer.group)
        if best is None or best is candidate:
            kept.append(candidate)
        else:
            losing[candidate.laid.id] = best.laid.id
    return kept, losing


def _best(stacking: Stacking, candidates: Iterable[Candidate], group: str) -> Candidate | None:
    """Which of a group applies; None where any number may."""
    policy = stacking.groups.get(group)
    if policy is None:
        return None
    mine = [candidate for candidate in candidates if candidate.offer.group == group]
    if policy == "first":
        return mine[0]
    return (max if policy == "highest" else min)(mine, key=lambda one: one.minor)


def alone(candidates: Sequence[Candidate]) -> Candidate | None:
    """The one that takes off most of those that go with nothing else."""
    mine = [candidate for candidate in candidates if candidate.offer.group == ALONE]
    return max(mine, key=lambda one: one.minor, default=None)


def in_order(stacking: Stacking, candidates: Iterable[Candidate]) -> list[Candidate]:
    """As they apply: by kind, then as they were laid. What does nothing to a cart comes first."""
    rank = {kind: place for place, kind in enumerate(stacking.order)}
    return sorted(candidates, key=lambda one: (rank.get(one.offer.gives.kind, -1), one.place))


def bound(stacking: Stacking, goods: int) -> int | None:
    """The most that offers take off goods worth so much; None: all of it."""
    if stacking.share is not None:
        return goods * stacking.share // 10_000
    return stacking.at_most

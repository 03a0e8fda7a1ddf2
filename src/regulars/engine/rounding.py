"""Where points are rounded: whole steps of an amount, and shares of a whole."""

from collections.abc import Sequence


def whole_steps(amount: int, step: int, half_up: bool) -> int:
    """Rounded down, or to the nearest with a half upwards. Nothing for amounts below zero."""
    if amount <= 0:
        return 0
    return (2 * amount + step) // (2 * step) if half_up else amount // step


def signed_steps(amount: int, step: int, half_up: bool) -> int:
    """The same for a discount line, which takes away as many as its amount would give."""
    return whole_steps(amount, step, half_up) if amount >= 0 else -whole_steps(-amount, step, half_up)


def spread(whole: int, weights: Sequence[int]) -> list[int]:
    """Shares of a whole by weight: largest remainder, ties in the order given. Weights below zero get nothing."""
    bounded = [max(weight, 0) for weight in weights]
    return in_proportion(whole, bounded) if any(bounded) else bounded


def in_proportion(whole: int, weights: Sequence[int]) -> list[int]:
    """The same, and weights below zero take away as much as they weigh. Together they weigh something."""
    total = sum(weights)
    shares = [whole * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(whole * weights[place] % total), place))
    for place in by_remainder[: whole - sum(shares)]:
        shares[place] += 1
    return shares

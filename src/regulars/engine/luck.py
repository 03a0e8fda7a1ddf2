"""Luck: the number that a draw gets out of its day's seed, and the prize that the number is.

A draw is called by its day and its place in it, "2026-03-01/17", and the seed of a day is a secret that was fixed, and
its SHA-256 published, before the day began. HMAC-SHA256 of the name under the seed is read as groups of five
hexadecimal digits; the first group below a million is the number drawn. So every number is as likely as any other,
nobody knows one before the seed is told, and everybody can find it again afterwards. Prizes lie one after the other
from zero on, each as long as its chance in a million; what is left at the end wins nothing. Nothing rounds: a chance
that does not come out even is no chance (`grammar.gives`). Worked examples: docs/rules/draws.md.
"""

import hmac
from collections.abc import Sequence
from hashlib import sha256

from regulars.engine.calendar import date_of
from regulars.engine.catalogue import Prize

MILLION = 1_000_000
SEED_BYTES = 32
DIGITS, GROUPS = 5, 12


def name_of(day: int, number: int) -> str:
    """What the draw of a local day is called that was the so many-th of it."""
    return f"{date_of(day)}/{number}"


def digest_of(seed: bytes) -> bytes:
    """What is published of a seed before its day."""
    return sha256(seed).digest()


def number_drawn(seed: bytes, name: str) -> int:
    """From 0 to 999,999. Where all twelve groups are too large, the same again with an apostrophe behind the name."""
    while True:
        digits = hmac.digest(seed, name.encode(), sha256).hex()
        groups = (int(digits[place * DIGITS : (place + 1) * DIGITS], 16) for place in range(GROUPS))
        found = next((group for group in groups if group < MILLION), None)
        if found is not None:
            return found
        name += "'"


def place_won(prizes: Sequence[Prize], number: int) -> int | None:
    """Which of the prizes a number is, counted from 0; None: nothing."""
    for place, prize in enumerate(prizes):
        if number < prize.odds:
            return place
        number -= prize.odds
    return None

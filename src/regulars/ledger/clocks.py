"""What a fact says of the time, and facts from a clock that runs slightly ahead of ours.

Worked examples: docs/rules/arriving.md.
"""

from msgspec.structs import replace

from regulars.engine.facts import Fact, Order
from regulars.ledger import codec

# Microseconds. What lies farther ahead is refused.
CLOCK_SKEW = 5 * 60 * 1_000_000


def said_at(fact: Fact) -> int:
    """The latest instant that a fact speaks of."""
    said = codec.occurred_at(fact) or 0
    return max(said, fact.version_at) if isinstance(fact, Order) else said


def is_too_far(fact: Fact, now: int) -> bool:
    return said_at(fact) > now + CLOCK_SKEW


def as_of(fact: Fact, now: int) -> Fact:
    """What is kept of a fact from a clock that runs slightly ahead: it is read as of now.

    Whether it is a repeat was decided by what it says. Versions keep their order: how far one ran ahead counts as its
    number.
    """
    if said_at(fact) <= now:
        return fact
    if isinstance(fact, Order):
        ahead = max(fact.version_at - now, 0)
        paid_at = None if fact.paid_at is None else min(fact.paid_at, now)
        return replace(fact, paid_at=paid_at, version_at=fact.version_at - ahead, number=fact.number + ahead)
    return replace(fact, at=now)

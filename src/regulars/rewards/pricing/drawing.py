"""Lucky draws that anybody can check afterwards.

A seed is kept secret while a draw runs; its commitment is published before, the seed itself after. Each ticket's number
follows from seed and ticket alone, every number below a million being as likely as any other (a remainder below one in
10^70 apart). Prizes have their published chances in the order of the document.
"""

import hmac
from collections.abc import Sequence
from hashlib import sha256

from regulars.engine.catalogue import Prize

MILLION = 1_000_000


def commitment(seed: bytes) -> str:
    """What is published before the draw: nobody can choose another seed later."""
    return sha256(b"regulars draw\n" + seed).hexdigest()


def number(seed: bytes, ticket: str) -> int:
    """The ticket's number, from 0 on and below a million."""
    return int.from_bytes(hmac.digest(seed, ticket.encode(), "sha256"), "big") % MILLION


def drawn(prizes: Sequence[Prize], seed: bytes, ticket: str) -> Prize | None:
    """What the ticket wins; None: nothing. It never changes."""
    mine = number(seed, ticket)
    for prize in prizes:
        if mine < prize.odds:
            return prize
        mine -= prize.odds
    return None

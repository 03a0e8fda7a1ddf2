"""Codes that led nowhere, counted by who tried them: whoever guesses is slowed down, and noticed.

A slip of the typist shows by the check character and costs little; a well-spelled code that nobody made was made up.
After `LIMIT` points within a window every code of that asker is refused until it is over, right ones too.
"""

import logging
from hashlib import sha256

from django.core.cache import cache

LIMIT = 40
WINDOW_SECONDS = 600
# A slip, and a code that is spelled well and was never made.
SLIP, MADE_UP = 1, 4

log = logging.getLogger(__name__)


def too_many(program_id: int, asker: str) -> bool:
    return bool(cache.get(_slot(program_id, asker), 0) >= LIMIT)


def note(program_id: int, asker: str, points: int) -> None:
    slot = _slot(program_id, asker)
    cache.add(slot, 0, WINDOW_SECONDS)
    counted = cache.incr(slot, points)
    if counted - points < LIMIT <= counted:
        log.warning("%s guesses codes of program %d; none is taken from there for a while", asker, program_id)


def _slot(program_id: int, asker: str) -> str:
    return "guesses:" + sha256(f"{program_id} {asker}".encode()).hexdigest()

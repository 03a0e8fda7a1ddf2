"""Who may hand over a body: a key is looked at before anything of a request is read, in a thread of its own.

A key that was good is taken at its word for a minute, so that nobody waits for the database twice; whether it still
may is asked again when its request is decided.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from time import monotonic

from regulars.access.keys import hash_of
from regulars.contract.problems import Problem
from regulars.gateway.deciding import Sort

KNOWN_SECONDS = 60.0
KNOWN_MOST = 1_000
# Requests whose key is being looked at; each waits without a body.
STRANGERS_MOST = 256
LOOK_SECONDS = 10.0

# Of an address and a key: raises Problem, in this language, where they may not send this sort of things.
Admit = Callable[[str, str, str, Sort], None]


class Entrance:
    """Belongs to one event loop."""

    def __init__(self, admit: Admit, looking: Executor) -> None:
        self._admit, self._looking = admit, looking
        self._known: dict[tuple[Sort, bytes], float] = {}
        self._strangers = 0

    async def pass_by(self, address: str, key: str, language: str, sort: Sort) -> None:
        """Raises Problem."""
        mark = (sort, hash_of(key))
        if self._known.get(mark, 0.0) > monotonic():
            return
        if self._strangers >= STRANGERS_MOST:
            raise Problem("overloaded", headers={"Retry-After": "1"})
        self._strangers += 1
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(self._looking, self._admit, address, key, language, sort)
        except TimeoutError:
            raise Problem("timed_out", headers={"Retry-After": "1"}) from None
        finally:
            self._strangers -= 1
        if len(self._known) >= KNOWN_MOST:
            self._known.clear()
        self._known[mark] = monotonic() + KNOWN_SECONDS

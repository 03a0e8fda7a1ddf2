"""Bodies of requests come in: each within a size and a time, and all together within the room there is."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from regulars.contract.problems import Problem
from regulars.gateway.living import Receive


class Gone(Exception):
    """Whoever asked has hung up."""


class Room:
    """So many bytes in all, and of one client; belongs to one event loop."""

    def __init__(self, most: int, of_one: int | None = None) -> None:
        self._most, self._of_one = most, most if of_one is None else of_one
        self.taken = 0
        self._by_client: Counter[str] = Counter()

    @contextmanager
    def held_for(self, client: str) -> Iterator[Callable[[int], None]]:
        """Take more of the room, which is free again after this block. Raises Problem where there is none."""
        size = 0

        def take(more: int) -> None:
            nonlocal size
            size += more
            self.taken += more
            self._by_client[client] += more
            if self.taken > self._most or self._by_client[client] > self._of_one:
                raise Problem("overloaded", headers={"Retry-After": "1"})

        try:
            yield take
        finally:
            self.taken -= size
            self._by_client[client] -= size
            if not self._by_client[client]:
                del self._by_client[client]


async def receive_all(
    receive: Receive, keep: Callable[[bytes], object], take: Callable[[int], None], most: int, seconds: float
) -> int:
    """Its size, whatever length was stated. Raises Problem where it does not come, or is too much, and Gone."""
    size, more = 0, True
    try:
        async with asyncio.timeout(seconds):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                more = message.get("more_body", False)
                chunk = message.get("body", b"")
                size += len(chunk)
                take(len(chunk))
                if size > most:
                    raise Problem("body_too_large")
                keep(chunk)
    except TimeoutError:
        raise Problem("body_too_slow") from None
    return size

"""How an ASGI server begins and ends: who is being answered when it is asked to stop is answered first."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

DRAIN_SECONDS = 8


class UnderWay:
    """Enter it for each request; belongs to one event loop."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def __enter__(self) -> None:
        self._count += 1
        self._idle.clear()

    def __exit__(self, *_: object) -> None:
        self._count -= 1
        if not self._count:
            self._idle.set()

    async def live(self, receive: Receive, send: Send, leave: Callable[[], object]) -> None:
        """The lifespan; `leave` is called when everybody was answered, or after `DRAIN_SECONDS`."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self._idle_in_time()
                leave()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _idle_in_time(self) -> None:
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._idle.wait()
        except TimeoutError:
            return

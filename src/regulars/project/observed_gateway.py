"""Around every request of the gateway: an id, a figure, a span and a line in the log; and whether it is ready."""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import perf_counter
from typing import Any

from django.db import close_old_connections

from regulars.gateway.app import Gateway, target_of
from regulars.gateway.living import Message, Receive, Send
from regulars.observing import figures, logs, tracing
from regulars.observing.logs import NOWHERE
from regulars.project.health import ALIVE, readiness
from regulars.project.observed import HEADER, method_of

LOOK_SECONDS = 2.0
SAMPLE_SECONDS = 0.5
Told = tuple[bool, dict[str, Any]]
NO_ANSWER: Told = (False, {"ready": False, "database": "unreachable"})


def looked() -> Told:
    close_old_connections()
    return readiness()


class Observed:
    """An ASGI application around the gateway's."""

    def __init__(self, gateway: Gateway, look: Callable[[], Told] = looked) -> None:
        self._gateway, self._look = gateway, look
        self._looking = ThreadPoolExecutor(1, "ready")
        self._sampling: asyncio.Task[None] | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            if figures.begin():
                self._sampling = asyncio.ensure_future(self._sample())
            await self._gateway(scope, receive, send)
        elif scope["path"] == "/livez":
            await _say(send, 200, ALIVE)
        elif scope["path"] == "/readyz":
            is_ready, said = await self._readiness()
            await _say(send, 200 if is_ready else 503, said)
        else:
            await self._observed(scope, receive, send)

    async def _readiness(self) -> Told:
        """A database that does not answer in time is not reachable."""
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return await asyncio.get_running_loop().run_in_executor(self._looking, self._look)
        except TimeoutError:
            return NO_ANSWER

    async def _sample(self) -> None:
        while True:
            figures.waiting(*self._gateway.load)
            await asyncio.sleep(SAMPLE_SECONDS)

    async def _observed(self, scope: Message, receive: Receive, send: Send) -> None:
        begun = perf_counter()
        headers = dict(scope["headers"])
        asked = logs.id_of(headers.get(HEADER.lower().encode(), b"").decode("latin-1"))
        logs.request_id.set(asked)
        method, (route, facts) = method_of(scope["method"]), _place(scope)
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (HEADER.lower().encode(), asked.encode())]
            await send(message)

        with tracing.span(method, headers.get(b"traceparent", b"").decode("latin-1")) as span:
            await self._gateway(scope, receive, sending)
            tracing.name(span, f"{method} {route}", status)
        took = perf_counter() - begun
        figures.answered("gateway", method, route, status, took)
        logs.answered("gateway", method, route, status, took, facts)


def _place(scope: Message) -> tuple[str, list[str]]:
    with suppress(Exception):
        target = target_of(scope)
        if target.sort == "checkouts":
            return (f"/v1/checkouts/<checkout>:{target.verb}" if target.number else "/v1/checkouts"), []
        if target.source:
            return f"/v1/{target.sort}/<source>/<id>", [f"{target.source}/{target.number}"]
        return f"/v1/{target.sort}:batch", []
    return NOWHERE, []


async def _say(send: Send, status: int, said: dict[str, Any]) -> None:
    body = json.dumps(said).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
